"""Table rows that can be read alone: each cell with its column's head."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answers.evidence import TABLE_MARK
from ingest.document import Block

SEPARATOR = TABLE_MARK
_CAPTION_UNIT = re.compile(r"単位[\s　:：]*(?![はのをがに])([^\s　）)、。]+)")
# Columns of which a unit in the caption does not speak: numbers of rows, units of their own.
_OTHER_UNIT = re.compile(r"番号|№|^No|^順|[（(](?:円|千円|万円|日|時間|人|件|回|[%％])[)）]", re.I)
_BARE_NUMBER = re.compile(r"^[0-9０-９][0-9０-９,，.]*$")


def readable_rows(
    table: Block, heads: Sequence[str] | None = None, *, caption: str = ""
) -> list[str]:
    """Return the text of each row that `labelled_rows` returns."""
    return [line for line, _ in labelled_rows(table, heads, caption=caption)]


def labelled_rows(
    table: Block, heads: Sequence[str] | None = None, *, caption: str = ""
) -> list[tuple[str, str | None]]:
    """Return a line and the name of its place for each row, the head row itself left out.

    A line reads 「区分：委託 ｜ 限度額：50万円」.

    A unit that the caption states for the whole table (単位 万円) is said at each bare number.

    `heads` are the heads of a table that this one continues; a repeated head row is dropped.
    A table of one column gives its cells as they are.
    """
    rows = [tuple(" ".join(cell.split()) for cell in row) for row in table.rows]
    labels = table.labels or (None,) * len(rows)
    first = rows[0]
    names = tuple(heads) if heads is not None else first
    skipped = 1 if heads is None or first == tuple(heads) else 0
    body = list(zip(rows, labels, strict=True))[skipped:]
    if len(names) == 1:
        cells = ((cell, label) for row, label in zip(rows, labels, strict=True) for cell in row)
        return [(cell, label) for cell, label in cells if cell]
    if not body:
        return [(SEPARATOR.join(cell for cell in first if cell), labels[0])]
    unit = _CAPTION_UNIT.search(caption)
    lines = ((_line(names, row, unit[1] if unit else ""), label) for row, label in body)
    return [(line, label) for line, label in lines if line]


def head_of(table: Block) -> tuple[str, ...]:
    """Return the head row of a table."""
    return tuple(" ".join(cell.split()) for cell in table.rows[0])


def continues(table: Block, previous: Block, heads: Sequence[str]) -> bool:
    """Tell whether a table at the top of a page carries on the one that ended the page before."""
    return (
        table.page is not None
        and previous.page is not None
        and table.page == previous.page + 1
        and len(table.rows[0]) == len(heads)
    )


def _line(names: Sequence[str], row: Sequence[str], unit: str) -> str:
    """Join a row; a merged cell that fills several columns is said once."""
    parts: list[str] = []
    previous: tuple[str, str] | None = None
    for position, cell in enumerate(row):
        name = names[position] if position < len(names) else ""
        if not cell or (previous is not None and cell == previous[1] and name == previous[0]):
            continue
        if previous is not None and cell == previous[1] and len(cell) > 12:
            continue
        if name and unit and _BARE_NUMBER.match(cell) and not _OTHER_UNIT.search(name):
            parts.append(f"{name}（{unit}）：{cell}")
        else:
            parts.append(f"{name}：{cell}" if name and name != cell else cell)
        previous = (name, cell)
    return SEPARATOR.join(parts)
