"""The list of the library: what stands where on a day, and the Excel file of it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from small_manuals import prepared_manual, publish_text

from assistant import calendar
from assistant.domain import ManualVersion
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.library_export import write_library
from assistant.library.library_list import (
    LibraryRow,
    in_force,
    library_rows,
    people_names,
    version_chunks,
    version_words,
)
from assistant.library.preparedness import wanted_standings
from assistant.library.publishing import PreparedManual
from assistant.library.wanted import WantedManuals, Wish
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.sections.reorganisation import ChangeLine, record_changes

TODAY = date(2026, 11, 27)
OLD, NEW = "限度額は80万円です。", "限度額は120万円です。"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: datetime(2026, 11, 27, 9, tzinfo=calendar.TOKYO))


@pytest.fixture
def library(quick_assistant: Assistant) -> Assistant:
    """A manual with a version of each kind, and a draft of another that was never published."""
    publish_text(quick_assistant, OLD, since=date(2024, 4, 1))
    publish_text(quick_assistant, "書き間違い", since=date(2026, 4, 1))
    publish_text(quick_assistant, NEW, since=date(2026, 4, 1))
    publish_text(quick_assistant, "来年度の額です。", since=date(2027, 4, 1))
    gone = publish_text(quick_assistant, "誤り", since=date(2028, 4, 1))
    quick_assistant.lifecycle.withdraw("contract", by=OPERATOR_ACTOR, version_id=gone.id)
    waiting = _draft(quick_assistant, prepared_manual("再来年", since=date(2029, 4, 1)))
    quick_assistant.lifecycle.release(waiting.id, by=OPERATOR_ACTOR, on=date(2027, 1, 4))
    _draft(quick_assistant, prepared_manual("案", manual_id="leave", title="休暇の手引き"))
    return quick_assistant


def _draft(assistant: Assistant, prepared: PreparedManual) -> ManualVersion:
    library = assistant.library
    store_vectors(library.vectors, library.encoder, prepared.drafts)
    return Publisher(library).draft(prepared)


def _rows(assistant: Assistant, as_of: date = TODAY, **scope: frozenset[str]) -> list[LibraryRow]:
    return library_rows(assistant.library, as_of=as_of, today=TODAY, **scope)


def _standings(rows: list[LibraryRow]) -> list[tuple[str, int, int, str]]:
    return [(r.manual.id, r.version.number, r.version.revision, r.standing) for r in rows]


def test_every_version_is_listed_with_its_standing_newest_first(library: Assistant) -> None:
    assert _standings(_rows(library)) == [
        ("leave", 1, 1, "draft"),
        ("contract", 5, 1, "waiting"),
        ("contract", 4, 1, "withdrawn"),
        ("contract", 3, 1, "coming"),
        ("contract", 2, 2, "in_force"),
        ("contract", 2, 1, "superseded"),
        ("contract", 1, 1, "ended"),
    ]


def test_one_version_of_a_manual_is_in_force_on_a_day_and_until_its_last_day(
    library: Assistant,
) -> None:
    [row] = in_force(_rows(library))
    assert (row.version.number, row.last_day) == (2, date(2027, 3, 31))
    assert (row.pages, row.chunks) == (1, 1)
    assert version_words(row.version) == "第2版（修正1回目）"
    [old] = in_force(_rows(library, date(2026, 3, 31)))
    assert (old.version.number, old.last_day) == (1, date(2026, 3, 31))
    assert in_force(_rows(library, date(2024, 3, 31))) == []
    [later] = in_force(_rows(library, date(2027, 4, 1)))
    assert later.version.number == 3


def test_an_editor_gets_the_manuals_of_their_sections_as_they_are_today(
    library: Assistant,
) -> None:
    manual = _rows(library)[0].manual
    Publisher(library.library).update_manual(
        replace(manual, owner_section="人事課"), by=OPERATOR_ACTOR
    )
    assert {r.manual.id for r in _rows(library, owners=frozenset({"人事課"}))} == {"leave"}
    assert _rows(library, owners=frozenset()) == []
    day = TODAY + timedelta(days=1)
    record_changes(
        library.database, [ChangeLine(1, "契約検査課", "契約課", True)], day=day, by=OPERATOR_ACTOR
    )
    after = library_rows(library.library, as_of=day, today=day, owners=frozenset({"契約課"}))
    assert {row.manual.id for row in after} == {"contract"}
    assert {row.manual.owner_section for row in after} == {"契約課"}


@pytest.mark.parametrize(
    ("review_on", "overdue"), [(date(2026, 11, 26), True), (TODAY, False), (None, False)]
)
def test_a_review_is_overdue_the_day_after_it_was_due(
    quick_assistant: Assistant, review_on: date | None, overdue: bool
) -> None:
    publish_text(quick_assistant, NEW)
    manual = _rows(quick_assistant)[0].manual
    Publisher(quick_assistant.library).update_manual(
        replace(manual, review_on=review_on), by=OPERATOR_ACTOR
    )
    assert _rows(quick_assistant)[0].overdue is overdue


def test_the_chunks_of_a_version_come_in_their_order(quick_assistant: Assistant) -> None:
    version = publish_text(quick_assistant, "一", "二", "三")
    chunks = version_chunks(quick_assistant.database, version.id)
    assert [chunk.text for chunk in chunks] == ["一", "二", "三"]


def _workbook(assistant: Assistant) -> dict[str, list[tuple[object, ...]]]:
    rows = _rows(assistant)
    wanted = wanted_standings(WantedManuals(assistant.database).all(today=TODAY), rows, today=TODAY)
    with io.BytesIO() as file:
        names = people_names(assistant.database)
        write_library(file, rows, wanted, as_of=TODAY, names=names)
        book = load_workbook(io.BytesIO(file.getvalue()))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_excel_file_has_the_manuals_all_versions_and_what_is_wanted(
    library: Assistant,
) -> None:
    wishes = WantedManuals(library.database)
    wishes.add(
        Wish("契約事務の手引き", "契約検査課", wanted_by=date(2026, 4, 1)), by=OPERATOR_ACTOR
    )
    wishes.add(Wish("防災の手引き", wanted_by=date(2026, 4, 1), note="急ぎ"), by=OPERATOR_ACTOR)
    sheets = _workbook(library)
    assert list(sheets) == ["マニュアル一覧", "すべての版", "整備したいマニュアル"]
    heads, *manuals = sheets["マニュアル一覧"]
    assert [dict(zip(heads, line, strict=True)) for line in manuals] == [
        {
            "マニュアル": "契約事務の手引き", "ファイル": "contract.txt",
            "版": "第2版（修正1回目）", "施行日": datetime(2026, 4, 1),
            "施行の末日": datetime(2027, 3, 31), "所管課": "契約検査課", "内線": "2315",
            "区分": "契約", "閲覧範囲": "全員", "次回見直し日": None, "見直し": None,
            "ページ数": 1, "ID": "contract",
        }
    ]  # fmt: skip
    heads, *versions = sheets["すべての版"]
    states = [dict(zip(heads, line, strict=True))["状態"] for line in versions]
    assert states == ["下書き", "公開予約", "取下げ", "施行前", "施行中", "修正前", "終了"]
    published = dict(zip(heads, versions[4], strict=True))
    assert published["公開した人"] == "サーバーの運用者"
    assert published["公開日時"] == "2026-11-27 09:00:00"
    _, *wanted = sheets["整備したいマニュアル"]
    assert wanted == [
        ("防災の手引き", None, None, datetime(2026, 4, 1), "ない", "超過", None, "急ぎ"),
        (
            "契約事務の手引き", "契約検査課", None, datetime(2026, 4, 1), "ある", None,
            "契約事務の手引き", None,
        ),
    ]  # fmt: skip


def test_what_begins_like_a_formula_stays_text_in_the_excel_file(
    quick_assistant: Assistant,
) -> None:
    publish_text(quick_assistant, NEW, title='=HYPERLINK("http://x.example","押す")')
    rows = _rows(quick_assistant)
    with io.BytesIO() as file:
        write_library(file, rows, [], as_of=TODAY, names={})
        cell = load_workbook(io.BytesIO(file.getvalue())).worksheets[0]["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_an_empty_library_makes_a_file_with_heads_only(quick_assistant: Assistant) -> None:
    assert [len(lines) for lines in _workbook(quick_assistant).values()] == [1, 1, 1]
