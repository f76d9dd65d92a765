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


def cell(value: float | int | None) -> str:
    """Return a figure as a cell of the measurements, four digits of a share; - for none."""
    return "-" if value is None else f"{value:g}" if isinstance(value, int) else f"{value:.4g}"
