"""Read one table of a sample manual's source, with its merged cells and comments."""

from __future__ import annotations

import re

from manual_blocks import ABOVE, LEFT, Cell, Row, SourceError, Table, merges

CAPTION_PREFIX = "表: "
WIDTHS_PREFIX = "幅: "
SECOND_HEAD_PREFIX = "|| "
MEMO = re.compile(r"^(.*?)\s*【メモ: *([^【】]+)】$")


def read_table(lines: tuple[str, ...], position: int, name: str) -> tuple[Table, int]:
    """Read the table whose caption stands at position; return it and the index after it."""
    caption = lines[position].strip().removeprefix(CAPTION_PREFIX)
    first = position
    widths = _read_widths(lines, position + 1, name)
    position += 2
    head: list[Row] = []
    rows: list[Row] = []
    while position < len(lines) and lines[position].startswith("|"):
        place = f"{name} {position + 1}行目"
        line = lines[position].strip()
        is_second_head = line.startswith(SECOND_HEAD_PREFIX)
        if is_second_head and (len(head) != 1 or rows):
            raise SourceError(f"{place}: 「||」の行は、1行目の見出しのすぐ下に1行だけ置けます。")
        part = head if is_second_head or not head else rows
        row = _read_row(line.removeprefix("|") if is_second_head else line, len(widths), place)
        _check_joins(row, has_row_above=bool(part), place=place)
        part.append(row)
        position += 1
    if not head:
        raise SourceError(f"{name} {first + 1}行目: 表「{caption}」に行がありません。")
    for merged in (tuple(head), tuple(rows)):
        try:
            merges(merged)
        except ValueError as error:
            raise SourceError(
                f"{name} {first + 1}行目: 表「{caption}」の結合したセルが四角になりません。"
            ) from error
    return Table(caption, widths, head=tuple(head), rows=tuple(rows)), position


def _read_widths(lines: tuple[str, ...], position: int, name: str) -> tuple[float, ...]:
    """Read the relative widths of the columns."""
    place = f"{name} {position + 1}行目"
    line = lines[position].strip() if position < len(lines) else ""
    if not line.startswith(WIDTHS_PREFIX):
        raise SourceError(f"{place}: 表の題の次に「{WIDTHS_PREFIX}30 40 30」がありません。")
    parts = line.removeprefix(WIDTHS_PREFIX).split()
    try:
        widths = tuple(float(part) for part in parts)
    except ValueError as error:
        raise SourceError(f"{place}: 幅は空白で区切った数で書いてください。") from error
    if min(widths, default=0) <= 0:
        raise SourceError(f"{place}: 幅は0より大きい数で書いてください。")
    return widths


def _read_row(line: str, columns: int, place: str) -> Row:
    """Read the cells of one row."""
    if not line.endswith("|") or len(line) < 2:
        raise SourceError(f"{place}: 表の行が「|」で終わっていません。")
    texts = [text.strip() for text in line[1:-1].split("|")]
    if len(texts) != columns:
        raise SourceError(f"{place}: セルが{len(texts)}個あります。「幅: 」の数は{columns}個です。")
    return tuple(_read_cell(text, place) for text in texts)


def _read_cell(text: str, place: str) -> Cell:
    """Read one cell: a mark that joins it to a neighbour, or text with a comment at its end."""
    if text in (ABOVE, LEFT):
        return Cell("", joined=text)
    match = MEMO.match(text)
    if match:
        return Cell(match[1], memo=match[2].strip())
    if "【メモ" in text:
        raise SourceError(f"{place}: メモはセルの終わりに「【メモ: 文】」と書いてください。")
    return Cell(text)


def _check_joins(row: Row, *, has_row_above: bool, place: str) -> None:
    """Refuse a cell that joins a neighbour that is not there."""
    if row[0].joined == LEFT:
        raise SourceError(f"{place}: 最初の列の「{LEFT}」には、左のセルがありません。")
    if not has_row_above and any(cell.joined == ABOVE for cell in row):
        raise SourceError(f"{place}: 「{ABOVE}」には、つながる上の行がありません。")
