"""Tables of the measurements as Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; bars and line breaks in cells are made harmless."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "｜").replace("\n", " ") for cell in line) + " |"
        for line in lines
    )


def share_cell(value: float | None) -> str:
    """Return a share (0..1) as a cell, a dash for one that does not apply."""
    return "-" if value is None else f"{value:.3f}"
