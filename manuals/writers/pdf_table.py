"""A ruled table with merged cells that continues over pages, heads repeated."""

from __future__ import annotations

from itertools import accumulate

from japanese_text import japanese_text
from manual_blocks import Merge, Row, Table, divide_rows, is_form_row, merges
from pdf_footnotes import footnotes_in
from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable
from reportlab.platypus import Table as Grid

INK = colors.HexColor("#1f2933")
HEAD_FILL = colors.HexColor("#e3ecf5")
# An empty line still has a height: a form is filled in by hand.
EMPTY = "　"
FORM_ROW_PADDING = 6.0  # points above and below, in a row that is mostly to be filled in


class RuledRows(Flowable):  # type: ignore[misc]
    """The head and some rows of a table; where it is cut, merged cells show their text twice.

    reportlab moves a whole block of merged rows to the next page, or cuts its text in two.
    """

    def __init__(
        self,
        table: Table,
        rows: tuple[Row, ...],
        *,
        width: float,
        styles: tuple[ParagraphStyle, ParagraphStyle],
        footnotes: dict[str, str],
    ) -> None:
        """Take the table, the rows of it to show, and the styles of head and body cells."""
        super().__init__()
        self.table, self.rows = table, rows
        self.total_width, self.styles, self.all_footnotes = width, styles, footnotes
        shown = "".join(cell.text for row in (*table.head, *rows) for cell in row)
        self.footnotes = footnotes_in(footnotes, shown)

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size in points."""
        self.grid = self._grid()
        size: tuple[float, float] = self.grid.wrap(available_width, available_height)
        self.height = size[1]
        return size

    def draw(self) -> None:
        """Draw the grid that the last wrap made."""
        self.grid.drawOn(self.canv, 0, 0)

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Return as many rows as fit and the rest, or nothing if none fits under the heads."""
        self.wrap(available_width, available_height)
        heads = len(self.table.head)
        tops = list(accumulate(self.grid._rowHeights))
        count = sum(top <= available_height for top in tops) - heads
        for fitting in range(min(count, len(self.rows) - 1), 0, -1):
            upper, lower = divide_rows(self.rows, fitting)
            part = self._with_rows(upper)
            if part.wrap(available_width, available_height)[1] <= available_height:
                return [part, self._with_rows(lower)]
        return []

    def _with_rows(self, rows: tuple[Row, ...]) -> RuledRows:
        """Return the same table with other rows."""
        return RuledRows(
            self.table,
            rows,
            width=self.total_width,
            styles=self.styles,
            footnotes=self.all_footnotes,
        )

    def _grid(self) -> Grid:
        """Return reportlab's table of these rows."""
        head_style, body_style = self.styles
        heads = len(self.table.head)
        cells = [
            [japanese_text(cell.text or EMPTY, style) for cell in row]
            for rows, style in ((self.table.head, head_style), (self.rows, body_style))
            for row in rows
        ]
        total = sum(self.table.widths)
        widths = [self.total_width * width / total for width in self.table.widths]
        # Otherwise reportlab knows only the heights of the rows that fit.
        grid = Grid(cells, colWidths=widths, longTableOptimize=0)
        look = [
            # Without this a table selects Helvetica, which is then listed without being embedded.
            ("FONTNAME", (0, 0), (-1, -1), body_style.fontName),
            ("GRID", (0, 0), (-1, -1), 0.5, INK),
            ("BACKGROUND", (0, 0), (-1, heads - 1), HEAD_FILL),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
        for position, row in enumerate(self.rows, start=heads):
            if is_form_row(row):
                look.append(("TOPPADDING", (0, position), (-1, position), FORM_ROW_PADDING))
                look.append(("BOTTOMPADDING", (0, position), (-1, position), FORM_ROW_PADDING))
        look += [_span(merge, 0) for merge in merges(self.table.head)]
        look += [_span(merge, heads) for merge in merges(self.rows)]
        grid.setStyle(look)
        return grid


def _span(merge: Merge, first_row: int) -> tuple[str, tuple[int, int], tuple[int, int]]:
    """Return reportlab's command for merged cells; first_row is where their part begins."""
    top = first_row + merge.row
    return (
        "SPAN",
        (merge.column, top),
        (merge.column + merge.width - 1, top + merge.height - 1),
    )
