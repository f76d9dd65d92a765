from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from audit_tools import CLERK, Clock, append, events_of, unguarded
from streamlit.testing.v1 import AppTest

from assistant import calendar
from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.people.audit.records import AuditFilter, read_head
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant, checked_grant
from ui import resources
from ui.components.audit_files import written

PAGE = Path(__file__).parents[2] / "ui" / "app_pages" / "audit.py"


class Office:
    """Three people: an auditor, an administrator and one without a role, each signed in."""

    def __init__(self, assistant: Assistant):
        self.assistant = assistant
        self.people: dict[str, tuple[str, str]] = {}
        for number, role in (("2001", "auditor"), ("2002", "administrator"), ("2003", "")):
            person_id = assistant.accounts.add(
                number, name="氏名", section="総務課", by=OPERATOR_ACTOR
            )
            if role:
                assistant.accounts.grant(number, checked_grant(role, ""), by=OPERATOR_ACTOR)
            session = assistant.sessions.find(
                assistant.sessions.open_session(assistant.accounts.member(number), "local")
            )
            assert session is not None
            self.people[number] = (person_id, session.id)

    def open(self, number: str) -> AppTest:
        page = AppTest.from_file(PAGE, default_timeout=30)
        person_id, session_id = self.people[number]
        page.user = {"login": person_id, "sid": session_id}
        return page.run()

    @property
    def last_event(self) -> str:
        return str(events_of(self.assistant.database)[-1]["action"])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, datetime(2026, 11, 2, 9, 15, 2, tzinfo=calendar.TOKYO))


@pytest.fixture
def office(quick_assistant: Assistant, clock: Clock) -> Iterator[Office]:
    resources.set_assistant(quick_assistant)
    yield Office(quick_assistant)
    resources.set_assistant(None)


def _rows(page: AppTest) -> list[dict[str, object]]:
    assert not page.exception
    return page.dataframe[0].value.to_dict("records") if page.dataframe else []


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


@pytest.mark.parametrize("number", ["2001", "2002"])
def test_an_auditor_and_an_administrator_see_the_newest_events_first(
    office: Office, number: str
) -> None:
    office.assistant.audit.record(CLERK, "role.grant", "1002", {"role": "editor", "section": "税"})
    page = office.open(number)
    assert page.title[0].value == "監査記録"
    rows = _rows(page)
    assert rows[0] == {
        "番号": len(rows),
        "日時": "2026-11-02 09:15:02",
        "利用者": "1001",
        "操作": "役割の付与",
        "対象": "1002",
        "詳細": "役割：編集者、課：税",
    }
    head = read_head(office.assistant.database)
    assert f"今の末尾：{head.id} 番<br>{head.hash}" in _html(page)


def test_nobody_else_sees_anything(office: Office) -> None:
    page = office.open("2003")
    assert "権限がありません" in page.error[0].value
    assert not page.title
    assert not page.dataframe
    assert not page.button


def test_who_has_not_used_the_page_for_long_confirms_first(office: Office, clock: Clock) -> None:
    clock.go_on(minutes=16)
    page = office.open("2001")
    assert "本人の確認" in page.warning[0].value
    assert not page.dataframe


def test_there_is_no_button_that_changes_anything(office: Office) -> None:
    append(office.assistant.database, 150)
    page = office.open("2001")
    assert [button.label for button in page.button] == [
        "絞り込む", "新しい100件", "古い100件", "検証する",
    ]  # fmt: skip
    assert [button.label for button in page.download_button] == [
        "CSV で書き出す", "Excel で書き出す",
    ]  # fmt: skip


def test_looking_and_verifying_record_nothing(office: Office) -> None:
    before = read_head(office.assistant.database)
    _press(office.open("2001"), "検証する")
    assert read_head(office.assistant.database) == before


def test_events_are_filtered_by_day_person_action_and_text(office: Office, clock: Clock) -> None:
    clock.set(2026, 11, 3, 0, 0)
    office.assistant.audit.record(CLERK, "role.grant", "1002", {"role": "editor"})
    clock.set(2026, 11, 2, 9, 16)
    page = office.open("2001")
    page.text_input(key="audit-from").set_value("令和8年11月3日")
    assert [row["対象"] for row in _rows(_press(page, "絞り込む"))] == ["1002"]
    page.text_input(key="audit-from").set_value("")
    page.text_input(key="audit-to").set_value("2026/11/2")
    page.text_input(key="audit-actor").set_value("２００１")
    assert {row["操作"] for row in _rows(_press(page, "絞り込む"))} == {"サインイン"}
    page.text_input(key="audit-to").set_value("")
    page.text_input(key="audit-actor").set_value("")
    page.selectbox(key="audit-action").select("role.grant")
    page.text_input(key="audit-text").set_value("editor")
    assert [row["番号"] for row in _rows(_press(page, "絞り込む"))] == [
        read_head(office.assistant.database).id
    ]


def test_the_actions_are_chosen_by_their_words(office: Office) -> None:
    options = office.open("2001").selectbox(key="audit-action").options
    assert options[:2] == ["すべて", "サインイン"]
    assert "監査記録の封印" in options


def test_a_day_that_cannot_be_read_is_told_and_the_rest_of_the_page_stays(office: Office) -> None:
    page = office.open("2001")
    page.text_input(key="audit-from").set_value("きのう")
    page = _press(page, "絞り込む")
    assert "期間「きのう」を読めません。" in page.error[0].value
    assert not page.dataframe
    assert not page.download_button
    assert [button.label for button in page.button] == ["絞り込む", "検証する"]


def test_nothing_found_says_what_to_do(office: Office) -> None:
    page = office.open("2001")
    page.text_input(key="audit-text").set_value("どこにもない")
    assert "期間や条件を変えて" in _press(page, "絞り込む").info[0].value


def test_a_page_holds_a_hundred_and_a_new_filter_begins_at_the_first(office: Office) -> None:
    known = read_head(office.assistant.database).id
    append(office.assistant.database, 230 - known)
    page = office.open("2001")
    assert [row["番号"] for row in _rows(page)] == list(range(230, 130, -1))
    assert "230 件のうち、新しいものから 1〜100 件目" in _html(page)
    page = _press(_press(page, "古い100件"), "古い100件")
    assert [row["番号"] for row in _rows(page)] == list(range(30, 0, -1))
    assert "3ページ目／全3ページ（最も古い記録までです）" in _html(page)
    assert _rows(_press(page, "古い100件"))[-1]["番号"] == 1
    assert _rows(_press(page, "新しい100件"))[0]["番号"] == 130
    page.selectbox(key="audit-action").select("person.change")
    page = _press(page, "絞り込む")
    assert _rows(page)[0]["番号"] == 230
    assert "1ページ目／全3ページ（最も新しい記録です）" in _html(page)


def test_verifying_says_in_words_that_all_is_right(office: Office) -> None:
    page = _press(office.open("2001"), "検証する")
    assert "書かれたときのままつながっています" in page.success[0].value
    assert "控えのハッシュ値と比べないと分かりません" in page.success[0].value


def test_verifying_names_what_was_changed_and_what_to_do(office: Office) -> None:
    with unguarded(office.assistant.database) as raw:
        raw.execute("UPDATE audit_event SET actor_name = 'x' WHERE id = 3")
    page = _press(office.open("2001"), "検証する")
    assert "記録 3（2026\\-11\\-02 09\\:15\\:02" in page.error[0].value
    assert "情報セキュリティの担当に連絡してください" in page.error[0].value


def test_a_printed_head_is_compared(office: Office) -> None:
    head = events_of(office.assistant.database)[1]["hash"]
    page = office.open("2001")
    page.text_input(key="audit-printed").set_value(head)
    page = _press(page, "検証する")
    assert "その時点から書き足されただけです" in page.success[0].value
    page.text_input(key="audit-printed").set_value("c" * 64)
    page = _press(page, "検証する")
    assert "どこにもありません" in page.error[0].value
    page.text_input(key="audit-printed").set_value("c")
    assert "64桁" in _press(page, "検証する").error[0].value


def test_who_loses_the_role_can_verify_no_longer(office: Office) -> None:
    page = office.open("2001")
    office.assistant.accounts.revoke("2001", RoleGrant("auditor"), by=OPERATOR_ACTOR)
    page = _press(page, "検証する")
    assert "権限がありません" in page.error[0].value
    assert not page.success


def test_a_file_is_made_when_asked_for_and_names_who_took_it(office: Office) -> None:
    person_id, session_id = office.people["2001"]
    content = written(AuditFilter(action="sign_in"), "csv", person_id, session_id)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row[3] for row in rows[11:]] == ["サインイン"] * 3
    assert rows[1][:2] == ["書き出した人", "2001"]
    last = events_of(office.assistant.database)[-1]
    assert (last["action"], last["actor_name"]) == ("export", "2001")
    assert written(AuditFilter(), "xlsx", person_id, session_id)[:2] == b"PK"


def test_no_file_is_made_for_who_lost_the_role_the_session_or_the_time(
    office: Office, clock: Clock
) -> None:
    assistant = office.assistant
    person_id, session_id = office.people["2001"]
    for case in (office.people["2003"], (person_id, "nobody's")):
        with pytest.raises(UsageError, match="権限を確かめられません"):
            written(AuditFilter(), "csv", *case)
    clock.moment += timedelta(minutes=16)
    with pytest.raises(UsageError, match="権限を確かめられません"):
        written(AuditFilter(), "csv", person_id, session_id)
    clock.moment -= timedelta(minutes=16)
    assistant.sessions.end(session_id, by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="権限を確かめられません"):
        written(AuditFilter(), "csv", person_id, session_id)
    assert office.last_event == "session.end"
