"""What one worksheet displays: its cells without hidden rows and columns, merges as one cell."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from ingest.readers.spanned_table import Cell

MOST_ROWS = 10_000
MOST_COLUMNS = 300
_MOST_MERGED = 2_000_000  # cells inside merged ranges
# Graph paper (方眼紙): many columns, each for one or two characters.
_NARROW, _MANY = 4.0, 15


@dataclass(frozen=True)
class FileCell:
    """A cell as the file has it: `ruled` by lines on two sides, `strong` by bold or a fill."""

    text: str
    ruled: bool = False
    strong: bool = False


@dataclass
class FileSheet:
    """A worksheet as the file has it; rows and columns count from 1.

    `cells` are those that say something or are ruled, `merges` (top, left, bottom, right),
    `widths` in characters.
    """

    name: str
    cells: dict[tuple[int, int], FileCell]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    widths: dict[int, float] = field(default_factory=dict)
    notes: dict[tuple[int, int], str] = field(default_factory=dict)
    shapes: list[tuple[int, str]] = field(default_factory=list)  # (row, text)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SheetCell(Cell):
    """A displayed cell; rows and columns count what is displayed, from 0."""

    ruled: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Sheet:
    """What a worksheet displays; `row_numbers` are the numbers that the program shows."""

    name: str
    cells: list[SheetCell]
    row_numbers: Sequence[int]
    is_graph_paper: bool

    def label(self, row: int) -> str:
        """Return the name of the place of a displayed row."""
        return f"{self.name} {self.row_numbers[row]}行目"


def displayed_sheet(sheet: FileSheet) -> Sheet:
    """Return what a worksheet displays, notes beside their cells."""
    cells = dict(sheet.cells)
    for place, note in sheet.notes.items():
        if place[0] <= MOST_ROWS and place[1] <= MOST_COLUMNS:
            own = cells.get(place, FileCell(""))
            text = f"{own.text}（メモ: {note}）"
            cells[place] = FileCell(text, own.ruled, own.strong)
    last_row = max((row for row, _ in cells), default=0)
    last_column = max((column for _, column in cells), default=0)
    rows = [row for row in range(1, last_row + 1) if row not in sheet.hidden_rows]
    columns = [c for c in range(1, last_column + 1) if c not in sheet.hidden_columns]
    row_at = {row: index for index, row in enumerate(rows)}
    column_at = {column: index for index, column in enumerate(columns)}
    ends, covered = _merged(sheet, last_row, last_column)
    shown: list[SheetCell] = []
    for (row, column), cell in sorted(cells.items()):
        if (row, column) in covered:
            continue
        if (row, column) in ends:
            bottom, right = ends[row, column]
            top, left = bisect_left(rows, row), bisect_left(columns, column)
            bottom, right = bisect_right(rows, bottom) - 1, bisect_right(columns, right) - 1
        else:
            top, left = row_at.get(row, 0), column_at.get(column, 0)
            bottom, right = row_at.get(row, -1), column_at.get(column, -1)
        if top <= bottom and left <= right:
            shown.append(SheetCell(top, left, bottom, right, cell.text, cell.ruled, cell.strong))
    return Sheet(sheet.name, shown, rows, _is_graph_paper(sheet, columns))


def hidden_problems(sheet: FileSheet) -> list[str]:
    """Return what to say of hidden rows and columns that hold text."""
    said = [place for place, cell in sheet.cells.items() if cell.text]
    rows = sorted({row for row, _ in said} & sheet.hidden_rows)
    columns = sorted({column for _, column in said} & sheet.hidden_columns)
    hidden = [f"{_ranges(map(str, rows), rows)}行目"] if rows else []
    hidden += [f"{_ranges(map(column_letter, columns), columns)}列"] if columns else []
    if not hidden:
        return []
    return [f"シート「{sheet.name}」の非表示の{'、'.join(hidden)}は取り込みませんでした。"]


def column_letter(number: int) -> str:
    """Return the letters of a column, A for 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _ranges(names: Iterable[str], numbers: Collection[int]) -> str:
    """Return 3〜5、9 for consecutive numbers by their names."""
    parts: list[list[str]] = []
    previous = -1
    for name, number in zip(names, numbers, strict=True):
        if number == previous + 1:
            parts[-1].append(name)
        else:
            parts.append([name])
        previous = number
    return "、".join(p[0] if len(p) == 1 else f"{p[0]}〜{p[-1]}" for p in parts)


def _merged(
    sheet: FileSheet, last_row: int, last_column: int
) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """Return where merged cells end, by where they begin, and the places that they cover."""
    ends: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    room = _MOST_MERGED
    for top, left, bottom, right in sheet.merges:
        bottom, right = min(bottom, last_row), min(right, last_column)
        room -= max(0, bottom - top + 1) * max(0, right - left + 1)
        if room < 0:
            sheet.problems.append(
                f"シート「{sheet.name}」は結合セルが多すぎるため、一部を結合しないまま読みました。"
            )
            break
        inside = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        if inside:
            ends[top, left] = (bottom, right)
            covered |= inside - {(top, left)}
    return ends, covered


def _is_graph_paper(sheet: FileSheet, columns: Sequence[int]) -> bool:
    widths = [sheet.widths.get(column, 0.0) for column in columns]
    return len(widths) >= _MANY and 0 < median(widths) <= _NARROW
