"""An administrator decides on the page what the indicator rests on; nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

import pytest
from audit_tools import events_of
from signed_in import person
from streamlit.testing.v1 import AppTest
from usage_page import NOW, usage_page

from assistant import calendar
from assistant.opening import Assistant
from assistant.people.roles import RoleGrant
from assistant.usage.book import read_entries
from assistant.usage.figures import read_usage
from assistant.usage.freezing import freeze
from assistant.usage.ledger import UsageEvent
from assistant.usage.resolving import read_register
from ui import resources

Open = Callable[[str], AppTest]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: NOW)


@pytest.fixture
def office(quick_assistant: Assistant) -> Iterator[Assistant]:
    """Two clerks who asked in a frozen week, an administrator and an auditor."""
    resources.set_assistant(quick_assistant)
    for number in ("2001", "2002"):
        member = person(quick_assistant, number)
        quick_assistant.ledger.append(
            UsageEvent(
                f"a{number}", member.person_id, "総務課", "screen", NOW - timedelta(days=10),
                "answered", "extractive", False, True,
            )
        )  # fmt: skip
    freeze(quick_assistant.database, now=NOW)
    person(quick_assistant, "1001", RoleGrant("administrator"))
    person(quick_assistant, "1002", RoleGrant("auditor"))
    yield quick_assistant
    resources.set_assistant(None)


@pytest.fixture
def open_page(office: Assistant) -> Open:
    return partial(usage_page, office)


def _fill(page: AppTest, form: str, **fields: str) -> None:
    for name, value in fields.items():
        page.text_input(key=f"{form}-{name}-0").set_value(value)


def _send(page: AppTest, label: str) -> AppTest:
    page = next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def _said(page: AppTest) -> str:
    return _plain("\n".join(box.value for box in page.success))


def _plain(words: str) -> str:
    """Return words of the page without the marks that keep their hyphens as they are."""
    return words.replace("\\", "")


def _active(office: Assistant) -> int:
    return read_usage(office.database, now=NOW).closed[-1].active


def test_an_exclusion_is_registered_and_adjusts_the_frozen_week(
    office: Assistant, open_page: Open
) -> None:
    page = open_page("1001")
    _fill(page, "usage-exclude", number="2001", first="令和8年11月1日", reason="動作確認")
    page = _send(page, "除外を登録する")
    assert "除外を登録しました（登録番号 2）。確定した 1 週に調整を登録しました。" in _said(page)
    assert _active(office) == 1
    [event] = [e for e in events_of(office.database) if e["action"] == "usage.change"]
    assert office.accounts.member("1001").person_id in list(event)
    assert page.text_input(key="usage-exclude-number-1").value == ""


def test_an_exclusion_is_ended(office: Assistant, open_page: Open) -> None:
    page = open_page("1001")
    _fill(page, "usage-exclude", number="2001", first="2026-11-01", reason="動作確認")
    page = _send(page, "除外を登録する")
    _fill(page, "usage-end-exclusion", last="2026-11-10")
    page = _send(page, "除外を終わらせる")
    assert "除外を 2026-11-10 までにしました" in _said(page)
    with office.database.read() as connection:
        assert read_register(connection).exclusions[0].end == date(2026, 11, 11)
    assert _active(office) == 2


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param(
            {"number": "2001", "first": "2026-11-10", "last": "2026-11-01", "reason": "確認"},
            "除外の終わり 2026-11-01 が始まり 2026-11-10 より前です",
            id="ends before it begins",
        ),
        pytest.param(
            {"number": "2001", "reason": ""}, "除外の理由が書かれていません", id="no reason"
        ),
        pytest.param({"number": "9999", "reason": "確認"}, "9999 の人はいません", id="nobody"),
        pytest.param(
            {"number": "2001", "first": "きのう", "reason": "確認"},
            "除外を始める日「きのう」を読めません",
            id="no day",
        ),
    ],
)
def test_what_cannot_be_is_told_and_the_form_keeps_what_was_written(
    office: Assistant, open_page: Open, fields: dict[str, str], problem: str
) -> None:
    page = open_page("1001")
    _fill(page, "usage-exclude", **fields)
    page = _send(page, "除外を登録する")
    assert problem in _plain(page.error[0].value)
    assert page.text_input(key="usage-exclude-number-0").value == fields["number"]
    with office.database.read() as connection:
        assert read_entries(connection, "exclusion") == []


def test_two_numbers_become_one_person(office: Assistant, open_page: Open) -> None:
    page = open_page("1001")
    _fill(page, "usage-same-person", number="2001", kept="2002", reason="再任用")
    assert "同じ人として数えます" in _said(_send(page, "同じ人として登録する"))
    assert _active(office) == 1


def test_a_target_is_undecided_until_it_is_decided(office: Assistant, open_page: Open) -> None:
    page = open_page("1001")
    assert "（未決定の初期値）50人" in "".join(item.value for item in page.html)
    page.number_input(key="usage-target-2026-0").set_value(70)
    _fill(page, "usage-target", decision="第5号")
    page = _send(page, "目標を登録する")
    assert "目標を登録しました（決定：第5号）" in _said(page)
    assert "2026年度の目安 70人" in "".join(item.value for item in page.html)


def test_a_target_of_nobody_is_refused(office: Assistant, open_page: Open) -> None:
    page = open_page("1001")
    page.number_input(key="usage-target-2027-0").set_value(0)
    _fill(page, "usage-target", decision="第5号")
    page = _send(page, "目標を登録する")
    assert "2027年度の目標 0 人は使えません" in page.error[0].value
    with office.database.read() as connection:
        assert read_entries(connection, "target") == []


def test_the_official_value_is_decided_with_its_number(office: Assistant, open_page: Open) -> None:
    page = open_page("1001")
    page.selectbox(key="usage-official-method-0").set_value("last_week")
    page.checkbox(key="usage-official-quotations-0").set_value(False)
    page = _send(page, "公式の値の作り方を登録する")
    assert "決定の番号が書かれていません" in page.error[0].value
    _fill(page, "usage-official", decision="第6号", since="2026-04-01")
    page = _send(page, "公式の値の作り方を登録する")
    assert "2026-04-01 からの公式の値の作り方を登録しました" in _said(page)
    setting = read_usage(office.database, now=NOW).setting
    assert (setting.method, setting.quotations, setting.decision) == ("last_week", False, "第6号")


def test_an_auditor_reads_but_decides_nothing(open_page: Open) -> None:
    page = open_page("1002")
    assert "設定" not in [header.value for header in page.header]
    assert not page.tabs
