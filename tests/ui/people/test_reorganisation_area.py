"""組織改正 as an administrator uses it: lines, what follows from them, recording, withdrawing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from small_manuals import publish_text
from streamlit.testing.v1 import AppTest
from users_page import fill, html, press, refused, said

from assistant import calendar
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.sections.reorganisation import recorded_changes
from ui.components.people.reorganisation_form import next_april

Find = Callable[[str], Member | None]
OpenPage = Callable[..., AppTest]


@pytest.fixture
def page(open_page: OpenPage) -> AppTest:
    return open_page(area="組織改正")


@pytest.fixture
def april(today: date) -> date:
    return next_april(today)


def _line(page: AppTest, number: int, old: str, new: str, *, heir: bool = False) -> None:
    page.selectbox(key=f"reorganisation-0-old-{number}").select(old)
    fill(page, f"{number}行目の新課名", new)
    if heir:
        page.checkbox(key=f"reorganisation-0-heir-{number}").check()


def _items(page: AppTest, heading: str) -> list[str]:
    """Return what the preview says under a heading."""
    found = next(item.value for item in page.html if f">{heading}</h4>" in item.value)
    return [part.partition("</li>")[0] for part in found.split("<li>")[1:]]


@pytest.mark.parametrize(
    ("today", "april"),
    [
        (date(2026, 11, 27), date(2027, 4, 1)),
        (date(2027, 3, 31), date(2027, 4, 1)),
        (date(2027, 4, 1), date(2027, 4, 1)),
        (date(2027, 4, 2), date(2028, 4, 1)),
    ],
    ids=str,
)
def test_the_day_offered_is_the_next_first_of_april(today: date, april: date) -> None:
    assert next_april(today) == april


def test_a_renamed_section_is_looked_at_in_plain_words_recorded_and_withdrawn(
    page: AppTest, office: Assistant, person: Find, april: date
) -> None:
    assert "0時に自動で効力が生じます" in html(page)
    assert "予定されている組織改正はありません" in html(page)
    _line(page, 1, "契約課", "財産契約課")
    page = press(page, "内容を確かめる")
    assert _items(page, "課の変更") == ["契約課 → 財産契約課（承継）"]
    assert _items(page, "職員の所属") == ["2人が「契約課」から「財産契約課」へ移ります。"]
    assert _items(page, "役割") == ["1003 佐藤 次郎・編集者：契約課 → 財産契約課"]
    assert _items(page, "マニュアルの所管") == ["変わりません。"]
    assert recorded_changes(office.database) == []
    page = press(page, "この内容で登録する")
    assert "組織改正を登録しました" in said(page)
    assert person("1002").section == "契約課"
    then = office.directory.member_by_number("1003", today=april)
    assert (then.section, then.grants[0].section) == ("財産契約課", "財産契約課")
    assert "契約課 → 財産契約課" in html(page)
    assert page.text_input(key="reorganisation-1-new-1").value == ""
    page = press(page, "「契約課」の変更を取消し")
    assert "変わらなくなります" in page.warning[0].value
    page = press(page, "取り消す")
    assert "取り消しました" in said(page)
    assert recorded_changes(office.database) == []
    assert office.directory.member_by_number("1003", today=april).section == "契約課"


def test_each_manual_of_a_section_that_is_split_can_go_another_way(
    page: AppTest, office: Assistant, april: date
) -> None:
    office.accounts.transfer("1002", "契約検査課", on=calendar.today(), by=OPERATOR_ACTOR)
    audience = "section:契約検査課"
    publish_text(office, "契約書は2通作る。", audience=audience)
    publish_text(office, "検査は2人で行う。", manual_id="check", title="検査の手引き")
    page.run()
    _line(page, 1, "契約検査課", "契約課", heir=True)
    _line(page, 2, "契約検査課", "検査課")
    page.run()
    assert "契約検査課のマニュアルの新しい所管" in [h.value for h in page.subheader]
    page.selectbox(key="reorganisation-0-manual-check").select("検査課")
    page = press(page, "内容を確かめる")
    assert _items(page, "課の変更") == ["契約検査課 → 契約課（承継）", "契約検査課 → 検査課"]
    assert _items(page, "マニュアルの所管") == [
        "『契約事務の手引き』：契約検査課 → 契約課",
        "『検査の手引き』：契約検査課 → 検査課",
    ]
    (widened,) = _items(page, "マニュアルの閲覧範囲")
    assert widened.startswith("『契約事務の手引き』：契約検査課 → ")
    assert "検査課" in widened.partition("→")[2]
    assert "職員は全員「契約課」の所属になるので" in html(page)
    page = press(page, "この内容で登録する")
    assert "『検査の手引き』の所管：契約検査課 → 検査課" in html(page)
    owners = {
        change.change.manual_id: change.change.new for change in recorded_changes(office.database)
    }
    assert owners["check"] == "検査課"
    page = press(page, "「契約検査課」の変更を取消し")
    press(page, "取り消す")
    assert recorded_changes(office.database) == []


def test_wrong_lines_are_all_told_and_nothing_is_recorded(page: AppTest, office: Assistant) -> None:
    _line(page, 1, "契約課", "契約課")
    _line(page, 2, "監査事務局", "監査課")
    _line(page, 3, "監査事務局", "検査課")
    page = press(page, "内容を確かめる")
    assert "直すところは 2 件です" in refused(page)
    assert "1行目: 「契約課」の名前が変わりません" in html(page)
    assert "2行目: 「監査事務局」は 2 つに分かれますが" in html(page)
    assert "この内容で登録する" not in [b.label for b in page.button]
    assert recorded_changes(office.database) == []


def test_a_day_that_cannot_be_is_refused(page: AppTest) -> None:
    _line(page, 1, "契約課", "財産契約課")
    fill(page, "効力が生じる日", "四月")
    assert "効力が生じる日「四月」を読めません" in refused(page.run())
    fill(page, "効力が生じる日", "2020-04-01")
    page.run()
    _line(page, 1, "", "財産契約課")
    assert "過ぎています" in refused(press(page, "内容を確かめる"))


def test_lines_are_asked_for_as_many_as_there_are(page: AppTest) -> None:
    assert "組織改正の行がありません" in refused(press(page, "内容を確かめる"))
    _line(page, 1, "契約課", "財産契約課")
    page = press(page, "行を増やす")
    _line(page, 4, "情報政策課", "デジタル推進課")
    page = press(page, "内容を確かめる")
    assert _items(page, "課の変更") == [
        "契約課 → 財産契約課（承継）",
        "情報政策課 → デジタル推進課（承継）",
    ]


def test_what_was_looked_at_counts_only_for_the_lines_as_they_were(page: AppTest) -> None:
    _line(page, 1, "契約課", "財産契約課")
    page = press(page, "内容を確かめる")
    assert "この内容で登録する" in [b.label for b in page.button]
    fill(page, "1行目の新課名", "管財契約課")
    assert "この内容で登録する" not in [b.label for b in page.run().button]


def test_a_preview_that_has_become_stale_is_refused(page: AppTest, office: Assistant) -> None:
    _line(page, 1, "契約課", "財産契約課")
    page = press(page, "内容を確かめる")
    office.accounts.transfer("1001", "契約課", on=calendar.today(), by=OPERATOR_ACTOR)
    page = press(page, "この内容で登録する")
    assert "確かめた後で" in refused(page)
    assert recorded_changes(office.database) == []
    page = press(page, "内容を確かめる")
    assert _items(page, "職員の所属") == ["3人が「契約課」から「財産契約課」へ移ります。"]
    assert "登録しました" in said(press(page, "この内容で登録する"))


def test_a_change_that_has_taken_effect_cannot_be_withdrawn(
    page: AppTest, office: Assistant, person: Find, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = today + timedelta(days=1)
    publish_text(office, "契約書は2通作る。", audience="section:契約課")
    _line(page, 1, "契約課", "財産契約課")
    fill(page, "効力が生じる日", tomorrow.isoformat())
    page = press(press(page, "内容を確かめる"), "この内容で登録する")
    page = press(page, "「契約課」の変更を取消し")
    later = calendar.now() + timedelta(days=1)
    monkeypatch.setattr(calendar, "now", lambda: later)
    session = office.sessions.open_session(office.accounts.member("1001"), "local")
    page.user = {**page.user, "sid": office.sessions.find(session).id}
    page.run()
    assert "これまでの組織改正（1件）" in [e.label for e in page.expander]
    assert "「契約課」の変更を取消し" not in [b.label for b in page.button]
    assert person("1002").section == "財産契約課"
    readers = office.library.sources(reader=person("1002").reader, as_of=tomorrow)
    assert [source.manual for source in readers.values()] == ["契約事務の手引き"]
    assert len(office.library.sources(reader=OPERATOR, as_of=tomorrow)) == 1
