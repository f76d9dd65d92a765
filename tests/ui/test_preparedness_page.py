"""マニュアル整備状況 as an administrator and as editors use it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from signed_in import person, streamlit_user
from signed_in_pages import opened_page, press
from small_manuals import publish_text
from streamlit.testing.v1 import AppTest

from assistant import calendar
from assistant.errors import UsageError
from assistant.library.wanted import WHOLE_CITY, Goal, WantedManuals, Wish
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant
from ui import resources
from ui.components.library.preparedness_area import written

PAGE = Path(__file__).parents[2] / "ui" / "app_pages" / "preparedness.py"
ADMINISTRATOR, EDITOR, CLERK = "1001", "1002", "1003"
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 11, 27, 9, tzinfo=calendar.TOKYO)
    monkeypatch.setattr(calendar, "now", lambda: moment)


@pytest.fixture
def office(quick_assistant: Assistant) -> Iterator[Assistant]:
    """An administrator, an editor of 契約検査課 and a clerk; a manual, wishes and goals."""
    person(quick_assistant, ADMINISTRATOR, RoleGrant("administrator"), section="情報政策課")
    person(quick_assistant, EDITOR, RoleGrant("editor", "契約検査課"), section="契約検査課")
    person(quick_assistant, CLERK, section="契約検査課")
    publish_text(quick_assistant, "一", "二")
    publish_text(
        quick_assistant, "三", manual_id="secret", title="秘密の手引き",
        audience="section:情報政策課",
    )  # fmt: skip
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


@pytest.fixture
def wishes(office: Assistant) -> WantedManuals:
    found = WantedManuals(office.database)
    found.add(Wish("契約事務の手引き", "契約検査課"), by=OPERATOR_ACTOR)
    found.add(Wish("防災の手引き", "総務課", wanted_by=date(2026, 4, 1)), by=OPERATOR_ACTOR)
    return found


@pytest.fixture
def open_page(office: Assistant) -> Open:
    def open_as(number: str = ADMINISTRATOR) -> AppTest:
        return opened_page(PAGE, office, number)

    return open_as


def _fill(page: AppTest, key: str, value: str) -> None:
    [field] = [f for f in (*page.text_input, *page.text_area) if f.key == key]
    field.set_value(value)


def _table(page: AppTest, place: int) -> list[dict[str, object]]:
    return page.dataframe[place].value.to_dict("records")


def _said(page: AppTest) -> str:
    assert not page.error, page.error[0].value
    return page.success[0].value.replace("\\", "")


def _html(page: AppTest) -> str:
    return "\n".join(item.value for item in page.html)


def test_a_clerk_sees_nothing_of_the_page(open_page: Open, wishes: WantedManuals) -> None:
    page = open_page(CLERK)
    assert "この画面を使う権限がありません" in page.error[0].value
    assert not page.dataframe
    assert not page.metric


def test_after_idle_minutes_the_page_asks_again(
    open_page: Open, wishes: WantedManuals, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    page = page.selectbox(key="wanted-chosen").select(2).run()
    page = press(page, "一覧から削除する")
    later = calendar.now() + timedelta(minutes=16)
    monkeypatch.setattr(calendar, "now", lambda: later)
    page = press(page, "削除する")
    assert "もう一度ご本人の確認" in page.warning[0].value
    assert not page.dataframe
    assert len(wishes.all(today=later.date())) == 2


def test_an_empty_city_is_told_what_to_do_first(quick_assistant: Assistant) -> None:
    person(quick_assistant, ADMINISTRATOR, RoleGrant("administrator"))
    resources.set_assistant(quick_assistant)
    page = AppTest.from_file(PAGE, default_timeout=30)
    page.user = streamlit_user(quick_assistant, quick_assistant.accounts.member(ADMINISTRATOR))
    page.run()
    resources.set_assistant(None)
    assert not page.exception
    assert [m.value for m in page.metric] == ["0件", "0件", "0件", "0件"]
    assert len(page.info) == 2


def test_the_numbers_stand_by_section_with_a_chart_and_a_table(
    open_page: Open, wishes: WantedManuals
) -> None:
    wishes.set_goal(Goal("契約検査課", 8, date(2027, 3, 31)), by=OPERATOR_ACTOR)
    page = open_page()
    assert [(m.label, m.value) for m in page.metric] == [
        ("施行中のマニュアル", "2件"), ("整備したいマニュアル", "2件"),
        ("見直し期限切れ", "0件"), ("未回答の質問", "0件"),
    ]  # fmt: skip
    assert "目標 8件の25％（2027年3月31日まで）" in _html(page)
    assert "課ごとの目標の合計" in _html(page)
    rows = _table(page, 0)
    assert [row["課"] for row in rows] == ["市全体", "契約検査課", "総務課"]
    assert rows[1]["マニュアル"] == 2
    assert rows[1]["達成率"] == pytest.approx(0.25)
    assert (rows[2]["整備したい"], rows[2]["うち、ある"]) == (1, 0)
    assert page.get("arrow_vega_lite_chart") or page.get("vega_lite_chart")


def test_what_is_there_missing_and_late_is_told_and_filtered(
    open_page: Open, wishes: WantedManuals
) -> None:
    page = open_page()
    assert [(r["マニュアル"], r["状況"]) for r in _table(page, 1)] == [
        ("契約事務の手引き", "ある"), ("防災の手引き", "ない（期限超過）"),
    ]  # fmt: skip
    assert _table(page, 1)[0]["登録されているマニュアル"] == "契約事務の手引き（契約検査課）"
    page = page.selectbox(key="wanted-state").select("まだない").run()
    assert [r["マニュアル"] for r in _table(page, 1)] == ["防災の手引き"]
    page = page.selectbox(key="wanted-section").select("契約検査課").run()
    assert "当てはまるものはありません" in page.info[0].value


def test_a_wanted_manual_is_added_by_an_administrator(
    open_page: Open, wishes: WantedManuals, today: date
) -> None:
    page = open_page()
    _fill(page, "wanted-new-0-title", "旅費の手引き")
    _fill(page, "wanted-new-0-other", "総務課")
    _fill(page, "wanted-new-0-by", "令和9年3月31日")
    _fill(page, "wanted-new-0-note", "急ぎ")
    page = press(page, "追加する")
    assert "「旅費の手引き」を一覧に追加しました" in _said(page)
    found = {item.wish.title: item.wish for item in wishes.all(today=today)}
    assert found["旅費の手引き"] == Wish(
        "旅費の手引き", "総務課", wanted_by=date(2027, 3, 31), note="急ぎ"
    )


def test_what_cannot_be_read_is_told_and_nothing_is_kept(
    open_page: Open, wishes: WantedManuals, today: date
) -> None:
    page = open_page()
    _fill(page, "wanted-new-0-title", "旅費の手引き")
    _fill(page, "wanted-new-0-by", "来年")
    page = press(page, "追加する")
    assert "期限「来年」を読めません" in page.error[0].value.replace("\\", "")
    assert len(wishes.all(today=today)) == 2


def test_an_editor_changes_the_lines_of_their_own_section_only(
    open_page: Open, wishes: WantedManuals, today: date
) -> None:
    page = open_page(EDITOR)
    assert [row["課"] for row in _table(page, 0)] == ["市全体", "契約検査課", "総務課"]
    assert page.selectbox(key="wanted-chosen").options == ["契約事務の手引き（契約検査課）"]
    assert page.selectbox(key="wanted-new-0-known").options == ["契約検査課"]
    assert "目標を決める対象" not in [s.label for s in page.selectbox]
    page = page.selectbox(key="wanted-chosen").select(1).run()
    _fill(page, "wanted-change-1-0-note", "第2編も要る")
    page = press(page, "この内容に変更する")
    assert "変更しました" in _said(page)
    own = next(i.wish for i in wishes.all(today=today) if i.id == 1)
    assert (own.note, own.section) == ("第2編も要る", "契約検査課")
    page = press(page, "一覧から削除する")
    assert "登録されているマニュアルは、そのまま残ります" in page.warning[0].value
    page = press(page, "削除する")
    assert [item.wish.title for item in wishes.all(today=today)] == ["防災の手引き"]


def test_an_editor_of_another_section_learns_no_title_that_they_may_not_read(
    open_page: Open, office: Assistant, wishes: WantedManuals
) -> None:
    person(office, "1005", RoleGrant("editor", "総務課"))
    wishes.link(2, "secret", by=OPERATOR_ACTOR)
    wishes.add(Wish("秘密の手引き", "総務課"), by=OPERATOR_ACTOR)
    page = open_page("1005")
    told = {r["マニュアル"]: r["登録されているマニュアル"] for r in _table(page, 1)}
    assert told["防災の手引き"] == "（閲覧できないマニュアル）"
    assert told["秘密の手引き"] == ""
    assert not any("秘密" in o for o in page.selectbox(key="wanted-new-0-manual").options)
    page = page.selectbox(key="wanted-chosen").select(2).run()
    page = press(page, "この内容に変更する")  # the link that is not seen stays
    links = {item.id: item.wish.manual_id for item in wishes.all(today=date(2026, 11, 27))}
    assert links[2] == "secret"


def test_a_role_removed_while_the_page_is_open_ends_its_actions(
    open_page: Open, office: Assistant, wishes: WantedManuals, today: date
) -> None:
    page = open_page(EDITOR)
    _fill(page, "wanted-new-0-title", "旅費の手引き")
    office.accounts.revoke(EDITOR, RoleGrant("editor", "契約検査課"), by=OPERATOR_ACTOR)
    page = press(page, "追加する")
    assert "この画面を使う権限がありません" in page.error[0].value
    assert len(wishes.all(today=today)) == 2


def test_a_manual_of_another_name_is_chosen_as_the_one(
    open_page: Open, wishes: WantedManuals
) -> None:
    page = open_page()
    page = page.selectbox(key="wanted-chosen").select(2).run()
    page.selectbox(key="wanted-change-2-0-manual").select("contract")
    page = press(page, "この内容に変更する")
    told = {r["マニュアル"]: r["状況"] for r in _table(page, 1)}
    assert told["防災の手引き"] == "ある"


def test_goals_are_set_changed_and_taken_back(
    open_page: Open, wishes: WantedManuals, today: date
) -> None:
    page = open_page()
    _fill(page, "goal--0-count", "１２０件")
    _fill(page, "goal--0-by", "R10.3.31")
    page = press(page, "市全体の目標を登録する")
    assert "市全体の目標を、2028年3月31日までに120件と登録しました" in _said(page)
    assert wishes.goals(today=today) == {WHOLE_CITY: Goal(WHOLE_CITY, 120, date(2028, 3, 31))}
    page = page.selectbox(key="goal-section").select("総務課").run()
    _fill(page, "goal-総務課-0-count", "たくさん")
    page = press(page, "総務課の目標を登録する")
    assert "目標の件数を、数字で" in page.error[0].value
    page = page.selectbox(key="goal-section").select(WHOLE_CITY).run()
    page = press(page, "市全体の目標を削除する")
    page = press(page, "削除する")
    assert "削除しました" in _said(page)
    assert wishes.goals(today=today) == {}


def test_the_excel_file_holds_what_the_person_looks_after(
    office: Assistant, wishes: WantedManuals
) -> None:
    def titles(number: str) -> list[list[object]]:
        user = streamlit_user(office, office.accounts.member(number))
        book = load_workbook(io.BytesIO(written(user["login"], user["sid"])))
        return [[row[0] for row in s.iter_rows(min_row=2, values_only=True)] for s in book]

    person(office, "1005", RoleGrant("editor", "総務課"))
    assert titles("1005") == [[], [], ["防災の手引き"]]
    both = ["契約事務の手引き", "秘密の手引き"]
    assert titles(ADMINISTRATOR) == [both, both, ["契約事務の手引き", "防災の手引き"]]
    with pytest.raises(UsageError, match="権限"):
        titles(CLERK)
    with pytest.raises(UsageError, match="権限"):
        written(office.accounts.member(ADMINISTRATOR).person_id, "no session")
