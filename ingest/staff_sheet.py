"""Reads a staff list (職員番号, 氏名, 所属 …) from CSV or Excel; names every wrong line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

from assistant.errors import UnusableList, UsageError
from assistant.japanese.days import read_day
from assistant.people.names import plain_name, problem_of_name
from assistant.people.numbers import checked_number
from assistant.people.sections.known_sections import problem_of_section, section_name
from assistant.people.staff.staff_list import NO_END, StaffRow
from ingest.list_file import ListColumn, ListLine, read_list

COLUMNS: Final = (
    ListColumn("number", ("職員番号", "番号", "職員No", "職員No.", "職員コード", "number")),
    ListColumn("name", ("氏名", "名前", "職員氏名", "name")),
    ListColumn("section", ("所属", "課", "所属課", "所属名", "課名", "section")),
    ListColumn(
        "employment",
        ("任用形態", "雇用形態", "職種", "任用区分", "雇用区分", "employment"),
        required=False,
    ),
    ListColumn("valid_from", ("有効開始日", "開始日", "任用開始日", "valid_from"), required=False),
    ListColumn("valid_to", ("有効終了日", "終了日", "任用終了日", "valid_to"), required=False),
)
_ENDLESS: Final = ("9999-12-31", "9999/12/31", "99991231", "なし", "無期限", "期限なし")
_REFUSED: Final = (
    "職員名簿に直すところがあります。何も登録していません。直してからやり直してください。"
)


@dataclass(frozen=True)
class StaffSheet:
    """The lines of a staff list and the SHA-256 of its file."""

    rows: tuple[StaffRow, ...]
    sha256: str


def read_staff_sheet(content: bytes) -> StaffSheet:
    """Read a list of staff; raises UnusableList with every problem, and UnreadableManual.

    A number is taken as it is written: a cell of Excel that holds the number 123 is 123, not 00123
    (unless its format displays the zeros). `valid_to` is the last day.
    """
    problems: list[str] = []
    rows: list[StaffRow] = []
    first: dict[str, int] = {}
    for line in read_list(content, COLUMNS):
        row = _row(line, problems)
        if row is None:
            continue
        earlier = first.setdefault(row.number, row.line)
        if earlier != row.line:
            problems.append(
                f"{row.line}行目: 職員番号 {row.number} は {earlier}行目にもあります。"
                "1つの番号は1行にしてください。"
            )
        rows.append(row)
    if problems:
        raise UnusableList(_REFUSED, problems)
    return StaffSheet(tuple(rows), hashlib.sha256(content).hexdigest())


def _row(line: ListLine, problems: list[str]) -> StaffRow | None:
    """Return the row of a line, None without a number; adds what is wrong to the problems."""
    found: list[str] = []
    number = _number(line.values["number"], found)
    name = plain_name(line.values["name"])
    section = section_name(line.values["section"])
    employment = plain_name(line.values.get("employment", ""))
    valid_from = _day(line.values.get("valid_from", ""), "有効開始日", found)
    last_day = _last_day(line.values.get("valid_to", ""), found)
    words = [problem_of_name(name, "氏名"), problem_of_section(section)]
    if employment:
        words.append(problem_of_name(employment, "任用形態"))
    found += filter(None, words)
    if valid_from is not None and last_day is not None and last_day < valid_from:
        found.append(
            f"終了日 {last_day} が開始日 {valid_from} より前です。日付を確かめてください。"
        )
    problems += [f"{line.number}行目: {problem}" for problem in found]
    if not number:
        return None
    return StaffRow(line.number, number, name, section, employment or None, valid_from, last_day)


def _number(text: str, found: list[str]) -> str:
    if not text:
        found.append("職員番号が空です。番号を書くか、行を削除してください。")
        return ""
    try:
        return checked_number(text)
    except UsageError as error:
        found.append(str(error))
        return ""


def _day(text: str, what: str, found: list[str]) -> date | None:
    if not text:
        return None
    try:
        return read_day(text)
    except ValueError:
        found.append(
            f"{what}「{text[:40]}」を読めません。2026-04-01 か 令和8年4月1日 の形で書いてください。"
        )
        return None


def _last_day(text: str, found: list[str]) -> date | None:
    return NO_END if text in _ENDLESS else _day(text, "有効終了日", found)
