"""Reads tables in text files (.csv, .tsv): the first row names the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.document import Block, ReadDocument, page_text
from ingest.readers.sheets.sheet_cells import MOST_COLUMNS, MOST_ROWS
from ingest.readers.spanned_table import one_line, text_lines
from ingest.readers.text.plain_text import decode

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE = 50  # rows
_LONGEST_CELL = 131_072
Row = tuple[int, list[str]]


def read_delimited(content: bytes) -> ReadDocument:
    """Read a table, each row labelled with its number; a file of one column gives its lines.

    Lines above the heads that have one cell only are titles. Raises UnreadableManual.
    """
    text = readable(decode(content))
    rows, more = _rows(text)
    if not rows:
        raise UnreadableManual("値のない表のファイルです。元のファイルを確かめてください。")
    blocks = _blocks(rows)
    problems = []
    if more:
        problems.append(
            f"大きいため、{MOST_ROWS:,}行・{MOST_COLUMNS}列までを取り込みました。"
            "残りも要るときは、分けてください。"
        )
    return ReadDocument([Page(None, None, page_text(blocks), "document")], blocks, "", problems)


def _rows(text: str) -> tuple[list[Row], bool]:
    """Return the rows that hold something with their numbers, and whether there are more."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows: list[Row] = []
    wide = False
    try:
        for number, row in enumerate(reader, 1):
            if number > MOST_ROWS:
                return rows, True
            wide = wide or len(row) > MOST_COLUMNS
            cells = [cell.strip() for cell in row[:MOST_COLUMNS]]
            if any(cells):
                rows.append((number, cells))
    except csv.Error as error:
        raise UnreadableManual(
            "区切り記号や引用符が乱れていて、表として読めません。"
            "Excel で開いて確かめ、.xlsx で保存し直してください。"
        ) from error
    return rows, wide


def _delimiter(text: str) -> str:
    """Return the mark that cuts the most rows into the same number of cells, more than one."""

    def agreement(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            sizes = [len(row) for row in islice(reader, _SAMPLE) if len(row) > 1]
        except csv.Error:
            return 0, 0
        common = max(set(sizes), key=sizes.count, default=0)
        return sizes.count(common), common

    return max(_DELIMITERS, key=agreement)


def _blocks(rows: Sequence[Row]) -> list[Block]:
    width = max(len(row) for _, row in rows)
    if width == 1:
        return [b for n, row in rows for b in text_lines(row[0], label=_label(n))]
    titles = next((i for i, (_, row) in enumerate(rows) if sum(map(bool, row)) > 1), len(rows))
    blocks = [b for n, row in rows[:titles] for b in text_lines("".join(row), label=_label(n))]
    table = [(n, (*row, *[""] * (width - len(row)))) for n, row in rows[titles:]]
    if table:
        heads = tuple(one_line(cell) for cell in table[0][1])
        labels = tuple(_label(n) for n, _ in table)
        blocks.append(Block("", rows=(heads, *(row for _, row in table[1:])), labels=labels))
    return blocks


def _label(number: int) -> str:
    return f"{number}行目"
