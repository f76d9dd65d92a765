"""The page of a list's template that tells how to fill it in, and how its pages are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ingest.list_file import ListColumn

GUIDE: Final = "書き方"


def head_words(column: ListColumn) -> str:
    """Return the head of a column in a template."""
    return column.heads[0] + ("（必須）" if column.required else "")


def write_guide(
    book: Any,
    columns: Sequence[ListColumn],
    how: Mapping[str, tuple[str, str]],
    notes: Sequence[str],
    *,
    widths: tuple[int, int, int],
) -> None:
    """Write what each column is for; no cell is a head alone, or this would be a second list.

    `how` gives by a column's name what to write, and what holds where nothing is written. Widths
    are in characters.
    """
    sheet = book.add_worksheet(GUIDE)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF5"})
    text = book.add_format({"valign": "top", "text_wrap": True})
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width, text)
    for row, note in enumerate(notes):
        sheet.merge_range(row, 0, row, 2, note, text)
    top = len(notes) + 1
    for place, name in enumerate(("列", "書くこと", "空のとき")):
        sheet.write_string(top, place, name, head)
    for row, column in enumerate(columns):
        told = (f"{chr(ord('A') + row)}列 {head_words(column)}", *how[column.name])
        for place, cell in enumerate(told):
            sheet.write_string(top + 1 + row, place, cell, text)
    print_on_a4(sheet)


def print_on_a4(sheet: Any) -> None:
    """Have a sheet printed across A4, as wide as one page."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
