"""Decide how large the text of a slide can be and how high each part of it is."""

from __future__ import annotations

from dataclasses import dataclass

from manual_blocks import Block, Heading, Item, Note, Paragraph, Row, Table, merges
from text_size import line_count, width_in_em

BODY_WIDTH, BODY_HEIGHT = 868.0, 388.0  # points
SIZES = (24.0, 22.0, 20.0, 18.0, 16.0, 14.0, 12.0, 11.0, 10.0)  # points
TABLE_SCALE = 0.85
LEADING = 1.3  # of the size; set exactly, because fonts differ in their own
SPACE_AFTER = 0.3  # of the size
CELL_MARGIN = 4.0  # points, above and below the text of a cell
SIDE_MARGIN = 6.0  # points, left and right of it
GAP = 8.0  # points under each group


@dataclass(frozen=True)
class Line:
    """A paragraph on a slide; what follows the label is indented by its width."""

    text: str
    label: str = ""
    is_bold: bool = False

    @property
    def indent(self) -> float:
        """Return the indent in em."""
        return width_in_em(self.label) + 1 if self.label else 0.0

    def height(self, size: float) -> float:
        """Return the points that the paragraph needs at size points."""
        lines = line_count(self.text, BODY_WIDTH / size - self.indent)
        return (lines * LEADING + SPACE_AFTER) * size


Group = tuple[Line, ...] | Table


def groups(blocks: tuple[Block, ...]) -> list[Group]:
    """Return runs of text and tables in order; a table's caption belongs to the text above it."""
    found: list[Group] = []
    lines: list[Line] = []
    for block in blocks:
        match block:
            case Heading(text=text):
                lines.append(Line(text, is_bold=True))
            case Paragraph(text=text):
                lines.append(Line(text))
            case Note(text=text):
                lines.append(Line(text, is_bold=True))
            case Item(label=label, text=text):
                lines.append(Line(text, label=label))
            case Table(caption=caption):
                lines.append(Line(caption, is_bold=True))
                found += [tuple(lines), block]
                lines = []
    return [*found, tuple(lines)] if lines else found


def fitting_size(content: list[Group]) -> float | None:
    """Return the largest size in points at which everything fits, or None if none does."""
    for size in SIZES:
        if sum(group_height(group, size) + GAP for group in content) - GAP <= BODY_HEIGHT:
            return size
    return None


def group_height(group: Group, size: float) -> float:
    """Return the points that a group needs when text has size points."""
    if isinstance(group, Table):
        return sum(row_heights(group, size * TABLE_SCALE))
    return sum(line.height(size) for line in group)


def row_heights(table: Table, size: float) -> list[float]:
    """Return the points that each row needs when its text has size points."""
    heights: list[float] = []
    for part in (table.head, table.rows):
        heights += _part_heights(part, table.widths, size)
    return heights


def _part_heights(rows: tuple[Row, ...], widths: tuple[float, ...], size: float) -> list[float]:
    """Return the heights of one part's rows; a high merged cell heightens its last row."""
    spans = {(merge.row, merge.column): merge for merge in merges(rows)}
    heights = [0.0] * len(rows)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            merge = spans.get((number, column))
            width = merge.width if merge else 1
            last = number + (merge.height if merge else 1) - 1
            if not cell.joined:
                share = sum(widths[column : column + width]) / sum(widths)
                room = (BODY_WIDTH * share - 2 * SIDE_MARGIN) / size
                needed = line_count(cell.text, room) * LEADING * size + 2 * CELL_MARGIN
                heights[last] = max(heights[last], needed - sum(heights[number:last]))
    return heights
