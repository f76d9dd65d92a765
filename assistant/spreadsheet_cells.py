"""Cells for spreadsheets: what begins like a formula is text, whoever wrote it."""

from __future__ import annotations

from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_text(cell: Any) -> Any:
    """Return a cell that Excel takes for text: an apostrophe before what it would compute."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
