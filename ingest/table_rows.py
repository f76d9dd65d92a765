"""Table rows that can be read alone: each cell with its column's head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.evidence import TABLE_MARK
from ingest.document import Block

SEPARATOR = TABLE_MARK
_CAPTION_UNIT = re.compile(r"単位[\s　:：]*(?![はのをがに])([^\s　）)、。]+)")
# Columns of which a unit in the caption does not speak: numbers of rows, units of their own.
_OTHER_UNIT = re.compile(r"番号|№|^No|^順|[（(](?:円|千円|万円|日|時間|人|件|回|[%％])[)）]", re.I)
_BARE_NUMBER = re.compile(r"^[0-9０-９][0-9０-９,，.]*$")
_LONG_CELL = 12  # said once even under heads that do not belong together
_LONGEST_NAME = 40  # of a row that names those below it; a longer one is a note


@dataclass(frozen=True)
class TableRow:
    """A row as it is said, the name of its place, and whether it names the rows below it."""

    text: str
    label: str | None = None
    names_rows: bool = False


def readable_rows(table: Block, *, caption: str = "") -> list[str]:
    """Return the text of each row that `labelled_rows` returns."""
    return [row.text for row in labelled_rows(table, caption=caption)]


def labelled_rows(table: Block, *, caption: str = "") -> list[TableRow]:
    """Return each row as a line, the head row itself left out.

    A line reads 「区分：委託 ｜ 限度額：50万円」. Equal cells side by side are said once under all
    their heads (課長・部長：200), a cell that fills its row without any.

    A row that begins with the first head again (採用の月｜7月…) is the head of the rows below it.
    A unit that the caption states for the whole table (単位 万円) is said at each bare number.
    A table of one column gives its cells as they are.
    """
    rows = [tuple(" ".join(cell.split()) for cell in row) for row in table.rows]
    labels = table.labels or (None,) * len(rows)
    names, body = rows[0], rows[1:]
    if len(names) == 1:
        cells = ((cell, label) for row, label in zip(rows, labels, strict=True) for cell in row)
        return [TableRow(cell, label) for cell, label in cells if cell]
    if not body:
        return [TableRow(SEPARATOR.join(cell for cell in names if cell), labels[0])]
    found = _CAPTION_UNIT.search(caption)
    unit = found[1] if found else ""
    said: list[TableRow] = []
    for index, (row, label) in enumerate(zip(body, labels[1:], strict=True)):
        if _is_head(row, names, rows[index : index + 3]):
            names = row
        elif _fills_row(row):
            below = body[index + 1 : index + 2]
            short = len(row[0]) <= _LONGEST_NAME and not row[0].endswith("。")
            said.append(TableRow(row[0], label, bool(below) and short))
        elif line := _line(names, row, unit):
            said.append(TableRow(line, label))
    return said


def head_of(table: Block) -> tuple[str, ...]:
    """Return the head row of a table."""
    return tuple(" ".join(cell.split()) for cell in table.rows[0])


def continues(table: Block, previous: Block) -> bool:
    """Tell whether a table at the top of a page carries on the one that ended the page before."""
    return (
        table.page is not None
        and previous.page is not None
        and table.page == previous.page + 1
        and head_of(table) == head_of(previous)
    )


def _is_head(row: Sequence[str], names: Sequence[str], around: Sequence[Sequence[str]]) -> bool:
    """Tell a head row in the midst of a table; `around` are the row above, it, and that below.

    A first column that says the same in neighbouring rows is merged, and no head.
    """
    return (
        bool(names[0])
        and row[0] == names[0]
        and len(around) == 3
        and names[0] not in (around[0][0], around[2][0])
        and not _fills_row(row)
        and (_is_figures(names) or not _is_figures(row))
        and not any(cell.endswith("。") for cell in row)
    )


def _fills_row(row: Sequence[str]) -> bool:
    """Tell whether all cells say the same words: one cell merged over the whole row."""
    return len(row[0]) > 1 and len(set(row)) == 1 and not _is_figures(row)


def _is_figures(row: Sequence[str]) -> bool:
    """Tell whether most cells are figures, as in data."""
    said = [cell for cell in row if cell]
    return sum(_BARE_NUMBER.match(cell) is not None for cell in said) * 2 > len(said)


def _line(names: Sequence[str], row: Sequence[str], unit: str) -> str:
    """Join a row; what stands in several columns side by side is said once under all heads."""
    runs: list[tuple[str, str, list[str]]] = []
    for position, cell in enumerate(row):
        name = names[position] if position < len(names) else ""
        counted = unit and name and _BARE_NUMBER.match(cell) and not _OTHER_UNIT.search(name)
        own_unit = f"（{unit}）" if counted else ""
        if runs and runs[-1][:2] == (cell, own_unit) and _may_join(runs[-1][2][-1], name, cell):
            runs[-1][2].append(name)
        else:
            runs.append((cell, own_unit, [name]))
    parts = []
    for cell, own_unit, heads in runs:
        name = _joined(heads)
        if cell:
            parts.append(f"{name}{own_unit}：{cell}" if name and name != cell else cell)
    return SEPARATOR.join(parts)


def _may_join(name: str, other: str, cell: str) -> bool:
    """Tell whether two heads may be said together: short words of two joint heads are not one."""
    return len(cell) > _LONG_CELL or name.rpartition("/")[0] == other.rpartition("/")[0]


def _joined(heads: Sequence[str]) -> str:
    """Join heads, what they share said once: 「5日払/締切・支払日」."""
    joined = ""
    before = None
    for head in dict.fromkeys(head for head in heads if head):
        joint, _, own = head.rpartition("/")
        joined += ("・" if joined else "") + (own if joint and joint == before else head)
        before = joint
    return joined
