"""The rows of a table as choices: conditions under which it gives different values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from assistant.answers.evidence import TABLE_MARK
from assistant.answers.statements import AskedFigure, content
from assistant.domain import RetrievedChunk
from assistant.japanese.measures import measures
from assistant.japanese.normalize import normalized

_MOST_ROWS, _MOST_CHOICES = 8, 6
_LONGEST_CHOICE: Final = 40
_WHO: Final = re.compile(r"誰|だれ|どなた")
# Columns that put rows in order, or tell them apart by what no question lacks.
_NO_CONDITION: Final = re.compile(
    r"^(?:月|日|時期|期日|期限|質問|問|誤り|悪い例|よくない|項目|様式|名称|行うこと|手順|段階"
    r"|確かめること|担当|だれが)"
)
_NUMBERING: Final = ("番号", "順", "号", "No", "No.")
_YEN_UNSAID: Final = re.compile(r"\d[億万千](?!円)")  # 600万の工事
_NOTE: Final = re.compile(r"[(（](?:メモ|※)[^()（）]*[)）]")
_ITEM_NUMBER: Final = re.compile(r"^(?:\d{1,2}|[（(]\d{1,2}[）)]|[ア-ン])[\s　．.]+")
_BRACKETS: Final = re.compile("[()（）]")  # 職種別報酬（会計年度任用職員）
_DIGIT: Final = re.compile(r"\d")


@dataclass(frozen=True)
class _Row:
    """A row of a table: its sentence, its cells by their heads."""

    text: str

    @cached_property
    def cells(self) -> dict[str, str]:
        parts = (cell.partition("：") for cell in self.text.split(TABLE_MARK))
        return {head: value for head, mark, value in parts if mark and head not in _NUMBERING}

    @cached_property
    def words(self) -> frozenset[str]:
        return content(self.text)


def knows(table: RetrievedChunk, asked: AskedFigure) -> bool:
    """Tell whether a table with its headings knows every noun of a question."""
    return asked.nouns <= _headed(table) | content(table.chunk.text)


def _headed(table: RetrievedChunk) -> frozenset[str]:
    """Return the words of the headings above a table and of its caption."""
    lines = (line for line in table.chunk.sentences() if TABLE_MARK not in line)
    above = "\n".join((table.source.manual, *table.chunk.heading_path, *lines))
    return content(_BRACKETS.sub(" ", above))


def table_choices(table: RetrievedChunk, asked: AskedFigure) -> tuple[str, ...]:
    """Return the conditions of the rows, 2 to 6, where the question names none and they differ.

    A question that names a row, or an amount where the rows are ranges of amounts, is answered by
    that row: ().
    """
    all_rows = [row for row in map(_Row, table.chunk.sentences()) if row.cells]
    rows = [row for row in all_rows if next(iter(row.cells)) in all_rows[0].cells]
    rows = _named(asked.content - _headed(table), rows)
    if not 2 <= len(rows) <= _MOST_ROWS:
        return ()
    condition = next((head for head in rows[0].cells if _differs(rows, head)), "")
    if not condition or _NO_CONDITION.search(condition):
        return ()
    values = {_value(asked, row, condition) for row in rows}
    if len(values) < 2 or () in values or _names_amount(asked, rows, condition):
        return ()
    cells = [_plain(row.cells[condition]) for row in rows]
    if any(_is_named(cell, asked) for cell in cells):
        return ()
    told = tuple(dict.fromkeys(_choice(condition, cell) for cell in cells))
    fit = all(len(choice) <= _LONGEST_CHOICE for choice in told)
    return told[:_MOST_CHOICES] if fit and len(told) > 1 else ()


def _named(words: frozenset[str], rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows that hold most of some words: a row that is named stands alone."""
    counts = [len(words & row.words) for row in rows]
    return [row for row, count in zip(rows, counts, strict=True) if count == max(counts)]


def _differs(rows: Sequence[_Row], head: str) -> bool:
    cells = [row.cells.get(head) for row in rows]
    return None not in cells and len(set(cells)) > 1


def _value(asked: AskedFigure, row: _Row, condition: str) -> tuple[str, ...]:
    """Return what a row answers: cells under heads that the question names, or of its kind."""
    cells = {head: value for head, value in row.cells.items() if head != condition}
    plain = normalized(asked.text)
    if asked.match.asks_kind:
        of_kind = asked.match.holds_asked_kind
        cells = {head: value for head, value in cells.items() if of_kind(f"{head}：{value}")}
    named = tuple(v for head, v in cells.items() if any(h in plain for h in _heads(head)))
    if named or asked.match.asks_kind or _WHO.search(plain):
        return named or tuple(cells.values())
    return ()


def _heads(head: str) -> list[str]:
    """Return the heads that stand in one where equal cells are said once (契約書・請書)."""
    return re.split("[・/]", normalized(head))


def _names_amount(asked: AskedFigure, rows: Sequence[_Row], condition: str) -> bool:
    units = {m.unit for row in rows for m in measures(row.cells[condition])}
    said = {measure.unit for measure in asked.measures}
    if _YEN_UNSAID.search(normalized(asked.text)):
        said.add("円")
    return not units.isdisjoint(said)


def _is_named(cell: str, asked: AskedFigure) -> bool:
    """Tell whether a question names a case in full: 宿日直手当 does not name 日直."""
    return normalized(cell) in normalized(asked.text) and content(cell) <= asked.content


def _plain(cell: str) -> str:
    return _ITEM_NUMBER.sub("", _NOTE.sub("", cell)).strip()


def _choice(head: str, cell: str) -> str:
    """Return a cell as a choice that is understood alone: 予定価格5万円以下, 物件の借入れ."""
    return f"{head}{cell}" if _DIGIT.match(cell) else cell
