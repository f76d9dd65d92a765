"""Hides cells of few people, and as many others as it takes that nobody can work them out.

A table has one number a section and their total, which everybody knows. Hidden cells all look the
same, whether they are few or hidden for the others' sake.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEAST_SHOWN: Final = 5
"""Fewer people than this are not shown: they could be told apart."""
HIDDEN_WORDS: Final = "非表示"


def shown_cells(
    cells: Mapping[str, int], most: Mapping[str, int] | None = None
) -> dict[str, int | None]:
    """Return the cells of a table as they may be shown beside their total: None is hidden.

    `most` says of each section how many people it can be at most (its staff), where that is known
    to the reader too. The total of all cells is taken to be known.
    """
    hidden = {name for name, number in cells.items() if number < LEAST_SHOWN}
    shown = sorted((name for name in cells if name not in hidden), key=lambda n: (cells[n], n))
    bounds = {name: (most or {}).get(name, sum(cells.values())) for name in cells}
    while hidden and shown and not _is_safe(cells, hidden, bounds):
        hidden.add(shown.pop(0))
    return {name: None if name in hidden else number for name, number in cells.items()}


def _is_safe(cells: Mapping[str, int], hidden: set[str], bounds: Mapping[str, int]) -> bool:
    """Tell whether no hidden cell can be narrowed to fewer than LEAST_SHOWN people.

    What is known of the hidden ones is their sum, and that none is more than its bound. The people
    of a section that has fewer than LEAST_SHOWN staff are few whatever the table says.
    """
    together = sum(cells[name] for name in hidden)
    room = sum(bounds[name] for name in hidden)
    for name in hidden:
        least = max(0, together - (room - bounds[name]))
        most = min(bounds[name], together)
        if bounds[name] > 0 and least == most:
            return False
        if bounds[name] >= LEAST_SHOWN and most < LEAST_SHOWN:
            return False
    return True
