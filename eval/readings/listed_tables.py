"""Tables of real files as a person reads them, and which of their rows the chunks say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answers.evidence import TABLE_MARK
from assistant.japanese.normalize import folded
from assistant.library import ChunkDraft

GOV_TABLES = Path(__file__).with_name("gov_tables.jsonl")


@dataclass(frozen=True)
class ListedTable:
    """A table on a page: `rows` give some of its rows, each cell by its head.

    Heads of several levels are joined (頻度/毎日). Where a table has no heads, the label in the
    first column stands for one.
    """

    file: str
    page: int
    table: str
    rows: tuple[Mapping[str, str], ...]


def listed_tables(path: Path = GOV_TABLES) -> list[ListedTable]:
    """Return the tables of a list, one JSON object a line."""
    lines = path.read_text("utf-8").splitlines()
    return [
        ListedTable(one["file"], one["page"], one["table"], tuple(one["rows"]))
        for one in map(json.loads, lines)
    ]


def unread_rows(table: ListedTable, chunks: Iterable[ChunkDraft]) -> list[Mapping[str, str]]:
    """Return the rows of a table that no line of the chunks of its page says with its heads."""
    said = [
        [folded(part) for part in chunk.text[span.start : span.end].split(TABLE_MARK.strip())]
        for chunk in chunks
        if chunk.kind == "table"
        for span in chunk.spans
        if span.page == table.page
    ]
    return [row for row in table.rows if not any(_says(parts, row) for parts in said)]


def _says(parts: Sequence[str], row: Mapping[str, str]) -> bool:
    return all(
        any(_says_cell(parts, part, folded(head).split("/"), folded(cell)) for part in parts)
        for head, cell in row.items()
    )


def _says_cell(parts: Sequence[str], part: str, head: Sequence[str], cell: str) -> bool:
    """Tell whether a part of a line says a cell below its head, or beside it as a label."""
    if cell not in part:
        return False
    before, _, after = part.partition(":")
    if cell in after and all(level in before for level in head):
        return True
    return any(other != part and [other] == list(head) for other in parts) or list(head) == [""]
