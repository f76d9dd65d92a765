"""マニュアルの一覧 on the page マニュアル管理: what keepers see of manuals, and do with versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from signed_in import person, streamlit_user
from small_manuals import prepared_manual
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from assistant import calendar, tables
from assistant.domain import ManualVersion
from assistant.errors import UsageError
from assistant.library import Publisher
from assistant.library.comparison import Piece, SectionChange
from assistant.library.drafts import store_vectors
from assistant.library.shelf import Shelf
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant
from ui import resources, state
from ui.components.library.acting import Keeper
from ui.components.library.difference_html import change_html
from ui.components.library.manual_form import require_own
from ui.components.library.preparedness_area import written
from ui.components.text import clock_words
from ui.keepers import shelf_of

pytestmark = pytest.mark.slow

APP = Path(__file__).parents[2] / "ui" / "app.py"
OLD = ("宿泊料は1万円とする。", "日当は二千円とする。", "旅行命令は課長が出す。")
NEW = ("宿泊料は1万2千円とする。", "日当は二千円とする。", "旅費は月末に請求する。")


def bring(
    assistant: Assistant,
    *sentences: str,
    owner: str = "総務課",
    manual_id: str = "travel",
    title: str = "旅費の手引き",
    since: date | None = None,
    review: date | None = None,
    as_draft: bool = False,
) -> ManualVersion:
    prepared = prepared_manual(*sentences, manual_id=manual_id, title=title, since=since)
    manual = replace(prepared.manual, owner_section=owner, review_on=review)
    prepared = replace(prepared, manual=manual)
    store_vectors(assistant.library.vectors, assistant.library.encoder, prepared.drafts)
    publisher = Publisher(assistant.library)
    return publisher.draft(prepared) if as_draft else publisher.publish(prepared)


@pytest.fixture
def opened(quick_assistant: Assistant) -> Iterator[Assistant]:
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


@pytest.fixture
def library(opened: Assistant, today: date) -> dict[str, ManualVersion]:
    """旅費の手引き with a version in force and a draft of 総務課, and a manual of 契約課."""
    return {
        "held": bring(opened, *OLD, review=today - timedelta(days=1)),
        "draft": bring(opened, *NEW, since=today, as_draft=True),
        "foreign": bring(
            opened, "契約書は2通作る。", owner="契約課", manual_id="c", title="契約の手引き"
        ),
    }


def open_page(opened: Assistant, number: str = "1001", *roles: RoleGrant) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=60)
    member = person(opened, number, *(roles or (RoleGrant("administrator"),)))
    page.user = streamlit_user(opened, member)
    page.run()
    page = page.switch_page("app_pages/manage_manuals.py").run()
    return page.radio(key=state.LIBRARY_AREA_KEY).set_value("マニュアルの一覧").run()


def open_card(opened: Assistant, part: str = "版と公開", *who: Any) -> AppTest:
    page = open_page(opened, *who)
    page = page.selectbox(key=state.KEPT_MANUAL_KEY).select("travel").run()
    return page.radio(key="library-part-travel").set_value(part).run()


def html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def press(page: AppTest, label: str) -> AppTest:
    page = next(b for b in page.button if b.label == label).click().run()
    assert not page.exception
    return page


def fill(page: AppTest, label: str, value: str) -> None:
    fields = [*page.text_input, *page.text_area]
    next(f for f in fields if f.label == label).set_value(value)


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def said(page: AppTest) -> str:
    assert [item.value for item in page.error] == []
    return str(page.success[0].value).replace("\\", "")


def in_force(opened: Assistant) -> str | None:
    manual = Shelf(opened.library, None).manual("travel")
    return None if manual is None or manual.in_force is None else manual.in_force.version.id


def test_the_list_shows_what_is_in_force_drafted_and_overdue(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    page = open_page(opened)
    rows = {row["マニュアル"]: row for row in page.dataframe[0].value.to_dict("records")}
    travel = rows["旅費の手引き"]
    assert (travel["公開中の版"], travel["下書き"]) == ("第1版", "第2版（下書き）")
    assert (travel["見直し"], travel["閲覧範囲"]) == ("期限切れ", "全員")
    assert rows["契約の手引き"]["見直し"] == ""
    page = page.checkbox(key="library-overdue").check().run()
    assert list(page.dataframe[0].value["マニュアル"]) == ["旅費の手引き"]
    page = page.checkbox(key="library-overdue").uncheck().run()
    page = page.selectbox(key="library-owner").select("契約課").run()
    assert list(page.dataframe[0].value["マニュアル"]) == ["契約の手引き"]
    page = page.checkbox(key="library-drafts").check().run()
    assert "当てはまるマニュアルはありません" in page.info[0].value


def test_an_editor_sees_the_manuals_of_the_own_section_only_in_the_file_too(
    opened: Assistant, library: dict[str, ManualVersion], tmp_path: Path
) -> None:
    page = open_page(opened, "2002", RoleGrant("editor", "総務課"))
    assert list(page.dataframe[0].value["マニュアル"]) == ["旅費の手引き"]
    assert len(page.selectbox(key=state.KEPT_MANUAL_KEY).options) == 1
    assert "契約の手引き" not in html(page)
    file = tmp_path / "list.xlsx"
    file.write_bytes(written(page.user["login"], page.user["sid"]))
    cells = [c for s in openpyxl.load_workbook(file) for row in s.values for c in row]
    assert "旅費の手引き" in cells
    assert "契約の手引き" not in cells


def test_a_draft_is_compared_and_published(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    page = open_card(opened)
    told = html(page)
    assert "<ins>" in told
    assert "<del>" in told
    assert '<span class="chonai-side">前：</span>' in told
    assert '<span class="chonai-side">後：</span>' in told
    assert any("第1版から第2版への違い" in item.value for item in page.markdown)
    assert in_force(opened) == library["held"].id
    page = press(page, "今すぐ公開する")
    assert "第2版を公開しました" in said(page)
    assert in_force(opened) == library["draft"].id


def test_a_draft_is_published_on_a_day_and_the_plan_taken_back(
    opened: Assistant, library: dict[str, ManualVersion], today: date
) -> None:
    page = open_card(opened)
    fill(page, "公開する日", today.isoformat())
    page = press(page, "日を決めて公開する")
    assert "明日以後の日" in page.error[0].value
    fill(page, "公開する日", (today + timedelta(days=3)).isoformat())
    page = press(page, "日を決めて公開する")
    assert "予約しました" in said(page)
    assert "公開予約" in html(page)
    assert in_force(opened) == library["held"].id
    page = press(page, "公開の予約を取り消す")
    assert "下書きに戻りました" in said(page)
    manual = Shelf(opened.library, None).manual("travel")
    assert manual is not None
    assert [row.standing for row in manual.prepared] == ["draft"]


def test_a_draft_is_discarded_after_one_question(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    page = press(open_card(opened), "破棄する")
    assert "元に戻せません" in page.warning[0].value
    page = press(page, "下書きを破棄する")
    assert "破棄しました" in said(page)
    assert Shelf(opened.library, None).version(library["draft"].id) is None


def test_a_roll_back_says_what_will_be_in_force_afterwards(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    opened.lifecycle.release(library["draft"].id, by=OPERATOR_ACTOR)
    page = press(open_card(opened), "前の版に戻す")
    assert "その後は、第1版" in page.warning[0].value
    assert in_force(opened) == library["draft"].id
    page = press(page, "前の版に戻す（確定）")
    assert "今は第1版が公開中です" in said(page)
    assert in_force(opened) == library["held"].id
    assert "前の版に戻す" not in labels(page)


def test_the_last_version_is_withdrawn_with_a_reason_and_published_once_more(
    opened: Assistant,
) -> None:
    version = bring(opened, *OLD)
    page = press(open_card(opened), "取り下げる")
    assert "使われなくなります" in page.warning[0].value
    fill(page, "取下げの理由", "誤りがあったため")
    page = press(page, "この版を取り下げる")
    assert "公開中の版はありません" in said(page)
    assert in_force(opened) is None
    row = page.dataframe[1].value.to_dict("records")[0]
    assert (row["状態"], "誤りがあったため" in row["取下げ"]) == ("取下げ", True)
    assert "職員 1001" in row["取下げ"]
    press(page, "もう一度公開する")
    assert in_force(opened) == version.id


def test_days_and_transition_are_changed_and_a_wrong_day_is_told_where_it_was_typed(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    page = open_card(opened)
    fill(page, "施行日", "2027-04-01")
    fill(page, "廃止日（使わなくなる最初の日）", "2027-03-01")
    page = press(page, "日付と経過措置を保存する")
    assert "廃止日は施行日より後" in page.error[0].value
    fill(page, "廃止日（使わなくなる最初の日）", "")
    fill(page, "経過措置の説明", "公告済みの契約は前の版による。")
    next(s for s in page.selectbox if s.label.startswith("経過措置の基準")).select("announcement")
    page = press(page, "日付と経過措置を保存する")
    assert "保存しました" in said(page)
    listing = Shelf(opened.library, None).version(library["draft"].id)
    assert listing is not None
    found = listing.version
    assert (found.effective_from, found.counted_by) == (date(2027, 4, 1), "announcement")
    assert found.transition_note == "公告済みの契約は前の版による。"


def test_what_is_said_of_a_manual_is_changed(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    page = open_card(opened, "マニュアルの情報")
    fill(page, "表題", "旅費事務の手引き")
    fill(page, "次回見直し日", "令和9年2月1日")
    next(r for r in page.radio if r.label.startswith("読める人")).set_value("written")
    fill(page, "「範囲を指定する」のとき", "課:総務課")
    page = press(page, "マニュアルの情報を保存する")
    assert "保存しました" in said(page)
    manual = opened.library.known("travel")
    assert manual is not None
    assert (manual.title, manual.audience) == ("旅費事務の手引き", "section:総務課")
    assert manual.review_on == date(2027, 2, 1)


def test_an_editor_cannot_hand_a_manual_to_a_section_of_others(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    page = open_card(opened, "マニュアルの情報", "2002", RoleGrant("editor", "総務課"))
    owner = next(s for s in page.selectbox if s.label == "所管課" and s.key != "library-owner")
    assert owner.options == ["総務課"]
    opened.accounts.grant("2002", RoleGrant("editor", "契約課"), by=OPERATOR_ACTOR)
    page = page.run()
    owner = next(s for s in page.selectbox if s.label == "所管課" and s.key != "library-owner")
    owner.select("契約課")
    press(page, "マニュアルの情報を保存する")
    manual = opened.library.known("travel")
    assert manual is not None
    assert manual.owner_section == "契約課"


def test_a_section_of_others_is_refused_whatever_the_form_offers(opened: Assistant) -> None:
    editor = person(opened, "2002", RoleGrant("editor", "総務課"))
    shelf = shelf_of(editor)
    assert shelf is not None
    keeper = Keeper(editor, shelf)
    require_own(keeper, "総務課")
    for section in ("契約課", ""):
        with pytest.raises(UsageError, match=r"あなたが編集者になっている課（総務課）"):
            require_own(keeper, section)


def test_a_manual_that_went_to_another_section_is_refused_at_the_moment_of_the_action(
    opened: Assistant, library: dict[str, ManualVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_card(opened, "版と公開", "2002", RoleGrant("editor", "総務課"))
    manual = opened.library.known("travel")
    assert manual is not None
    handed = replace(manual, owner_section="契約課")
    asked = Shelf.manual

    def late(self: Shelf, manual_id: str) -> Any:
        """Hand the manual over between the drawing of the page and the action on it."""
        Publisher(opened.library).update_manual(handed, by=OPERATOR_ACTOR)
        return asked(self, manual_id)

    monkeypatch.setattr(Shelf, "manual", late)
    page = press(page, "今すぐ公開する")
    assert "担当ではなくなりました" in page.error[0].value
    assert in_force(opened) == library["held"].id
    monkeypatch.undo()
    assert "担当するマニュアルはまだありません" in page.run().info[0].value


def test_a_draft_is_asked_by_its_editor_and_this_is_no_use(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    page = open_card(opened, "下書きに質問する")
    fill(page, "下書きへの質問", "旅費は月末に請求しますか")
    page = press(page, "下書きに質問する")
    assert "これは下書きです。職員の回答には使われていません。" in page.warning[0].value
    assert '<blockquote class="chonai-quote">旅費は月末に請求する。' in html(page)
    assert "『旅費の手引き』 第3節" in html(page)
    with opened.database.read() as connection:
        for table in (tables.usage_event, tables.answer):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
    found = opened.library.manuals(reader=OPERATOR, as_of=calendar.today())
    assert library["draft"].id not in {listing.version.id for listing in found}


def test_a_draft_is_read_as_the_ai_sees_it(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    page = open_card(opened, "AIが読んだ文")
    assert NEW[2] in html(page)
    page = page.selectbox(key="library-reading-travel").select(library["held"].id).run()
    assert OLD[2] in html(page)


def test_what_publishing_would_change_of_the_manual_is_said_before(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    told = html(open_card(opened))  # the draft says nothing of a next review
    assert "公開すると、マニュアルの情報も次のように変わります。" in told
    assert "次回見直し日：" in told
    assert "→ （なし）" in told


def test_any_two_versions_are_compared(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    page = open_card(opened, "版の違い")
    page = page.selectbox(key="difference-after-travel").select(library["held"].id).run()
    assert any("第2版から第1版への違い" in item.value for item in page.markdown)
    assert "同じ1か所の見出し" in [expander.label for expander in page.expander]


def test_commands_and_daily_work_are_shown_to_those_who_keep_all_manuals(
    opened: Assistant, library: dict[str, ManualVersion]
) -> None:
    area = "コマンドや定期の処理"
    for number, role, seen in (
        ("1001", RoleGrant("administrator"), True),
        ("2002", RoleGrant("editor", "総務課"), False),
    ):
        page = open_page(opened, number, role)
        page = page.radio(key=state.LIBRARY_AREA_KEY).set_value("ファイルの取込み").run()
        assert not page.exception
        assert (area in [expander.label for expander in page.expander]) is seen


def test_nothing_in_a_difference_is_markup() -> None:
    piece = Piece("added", "", "<b>太字</b>")
    change = SectionChange("added", ("<i>章</i>",), None, (piece,), None, 3)
    shown = change_html(change, before=("v1", "a.pdf"), after=("v2", "a.pdf"))
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert 'href="/pages/v2/3.png"' in shown
    assert "追加" in shown


def test_an_instant_of_the_job_table_is_told_in_the_time_of_the_office() -> None:
    assert clock_words(datetime(2026, 11, 27, 5, 5)) == "11月27日 14:05"
    assert clock_words(datetime(2026, 11, 27, 15, 5)) == "11月28日 00:05"
    assert clock_words(None) == ""
