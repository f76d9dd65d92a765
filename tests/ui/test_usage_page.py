"""利用状況 as administrators, auditors, leaders and others see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from signed_in import person, streamlit_user
from streamlit.testing.v1 import AppTest
from usage_page import NOW, usage_page

from assistant import calendar
from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.people.roles import RoleGrant
from assistant.usage.figures import read_usage
from assistant.usage.ledger import UsageEvent
from assistant.usage.remarks import read_remarks
from assistant.usage.simulation import simulate
from ui import resources
from ui.components.usage.report_area import written

Open = Callable[[str], AppTest]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: NOW)


@pytest.fixture
def office(quick_assistant: Assistant) -> Iterator[Assistant]:
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


@pytest.fixture
def open_page(office: Assistant) -> Open:
    return partial(usage_page, office)


@pytest.fixture
def simulated(office: Assistant) -> Assistant:
    """Forty weeks of made-up use, an auditor, a leader of 総務課 and a clerk."""
    simulate(office.database, weeks=40, staff=300, seed=5, progress=lambda _: None)
    person(office, "1001", RoleGrant("auditor"))
    person(office, "1002", RoleGrant("leader", "総務課"), section="総務課")
    person(office, "1003", section="総務課")
    return office


def _words(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _tables(page: AppTest) -> list[Any]:
    return [table.value.to_dict("records") for table in page.dataframe]


def test_the_official_number_comes_first_and_how_many_are_missing(
    simulated: Assistant, open_page: Open
) -> None:
    page = open_page("1001")
    figures = read_usage(simulated.database, now=NOW)
    found = figures.official(2026)
    assert found.value is not None
    assert [metric.label for metric in page.metric] == [
        "公式の値（2026年度）", "目標 200人まで", "今週（速報）", "今週の除外",
    ]  # fmt: skip
    shown = f"{found.value:.0f}人" if found.value.is_integer() else f"{found.value:.1f}人"
    assert page.metric[0].value == shown
    assert page.metric[1].value == f"あと{found.missing}人"
    assert page.warning[0].value.startswith("模擬データです")


def test_every_chart_has_a_table_and_a_sentence(simulated: Assistant, open_page: Open) -> None:
    page = open_page("1001")
    words = _words(page)
    charts = page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    assert len(charts) == len(page.expander) == 11
    for part in (
        "公式の値は", "この傾きが続けば", "直近4週のすべて", "市全体で",
        "新規", "使い始めた人のうち", "質問が最も多いのは", "区分を根拠に", "マニュアルを根拠に",
        "最初の表示まで", "引用か", "確定した後の調整が",
    ):  # fmt: skip
        assert part in words, part
    assert "usage verify" in words
    assert any("除外した人の質問も含みます" in caption.value for caption in page.caption)


def test_the_page_shows_what_the_ledger_says(simulated: Assistant, open_page: Open) -> None:
    page = open_page("1001")
    figures = read_usage(simulated.database, now=NOW)
    weekly = next(rows for rows in _tables(page) if rows and "利用元ごと" in rows[0])
    assert [row["人数"] for row in weekly] == [f"{row['active']}人" for row in figures.rows]
    assert weekly[0]["状態"] == "速報"
    assert weekly[3]["状態"] == "確定"


def test_no_section_of_few_people_is_shown(simulated: Assistant, open_page: Open) -> None:
    page = open_page("1001")
    for kind in ("週", "月", "年度"):
        page = page.radio(key="usage-section-kind").set_value(kind).run()
        table = next(
            rows for rows in _tables(page) if rows and "在籍" in rows[0] and "課" in rows[0]
        )
        numbers = [row["利用した人"] for row in table[:-1] if row["利用した人"] != "非表示"]
        assert all(int(number.removesuffix("人")) >= 5 for number in numbers)
        assert len(numbers) != len(table) - 2  # never one hidden alone


def test_a_leader_sees_the_rows_of_the_own_section_only(
    simulated: Assistant, open_page: Open
) -> None:
    page = open_page("1002")
    assert page.header[0].value == "総務課"
    [rows] = _tables(page)
    assert {row["当時の課名"] for row in rows} == {"総務課"}
    assert all(row["人数"] == "非表示" or int(row["人数"][:-1]) >= 5 for row in rows)
    assert not page.metric


def test_others_see_nothing(simulated: Assistant, open_page: Open) -> None:
    page = open_page("1003")
    assert "権限がありません" in page.error[0].value
    assert not page.metric


def test_an_empty_ledger_is_told_in_words(office: Assistant, open_page: Open) -> None:
    person(office, "1001", RoleGrant("administrator"))
    page = open_page("1001")
    assert [metric.value for metric in page.metric] == ["－", "－", "0人", "0人"]
    assert "まだありません" in _words(page)
    assert not page.warning
    charts = page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    assert len(charts) == 1  # the way to 200, with its target line; no axes without numbers


def test_this_weeks_people_are_counted_once_each(office: Assistant, open_page: Open) -> None:
    person(office, "1001", RoleGrant("administrator"))
    for number, (who, days) in enumerate([("a", 0), ("a", 0), ("b", 0), ("c", 7)]):
        office.ledger.append(
            UsageEvent(
                str(number), who, "", "screen", NOW - timedelta(days=days), "answered",
                "extractive", False, True,
            )
        )  # fmt: skip
    page = open_page("1001")
    assert page.metric[2].value == "2人"
    assert "月曜日0時から日曜日24時まで" in page.markdown[-1].value


def test_no_forecast_before_eight_weeks(office: Assistant, open_page: Open) -> None:
    simulate(office.database, weeks=8, staff=40, seed=5, progress=lambda _: None)
    person(office, "1001", RoleGrant("administrator"))
    words = _words(open_page("1001"))
    assert "見通しは、8週が確定してから示します" in words


def test_reports_are_saved_by_who_may_see_the_use(simulated: Assistant, open_page: Open) -> None:
    page = open_page("1001")
    labels = [button.label for button in page.get("download_button")]
    assert labels[0] == "Excel の報告"
    assert labels[-1] == "BI ツール用の CSV"
    auditor, clerk = (simulated.accounts.member(number) for number in ("1001", "1003"))
    sid = streamlit_user(simulated, auditor)["sid"]
    assert written("2026", "csv", auditor.person_id, sid).startswith("\ufeff期間,指標".encode())
    with pytest.raises(UsageError, match="権限"):
        written("2026", "csv", clerk.person_id, streamlit_user(simulated, clerk)["sid"])
    with pytest.raises(UsageError, match="権限"):
        written("2026", "csv", auditor.person_id, "another")


def test_an_administrator_writes_the_pdca_which_is_kept(
    simulated: Assistant, open_page: Open
) -> None:
    person(simulated, "1004", RoleGrant("administrator"))
    page = open_page("1004")
    page.text_area(key="usage-2026-plan").set_value("全課に案内する")
    page = next(b for b in page.button if b.label == "保存する").click().run()
    assert page.success[0].value.startswith("保存しました")
    with simulated.database.read() as connection:
        assert read_remarks(connection, "2026")["plan"] == "全課に案内する"
    assert "計画（Plan）：全課に案内する" in _words(open_page("1001"))
