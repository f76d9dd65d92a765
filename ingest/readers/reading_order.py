"""The order in which boxes on a page or sheet are read: cut at straight gaps, again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar


class Boxed(Protocol):
    """Something with edges; `top` and `left` grow downwards and to the right."""

    @property
    def top(self) -> int:
        """The upper edge."""

    @property
    def left(self) -> int:
        """The left edge."""

    @property
    def bottom(self) -> int:
        """The lower edge."""

    @property
    def right(self) -> int:
        """The right edge."""


T = TypeVar("T", bound=Boxed)


def separated(boxes: Sequence[T], *, gap: int) -> list[list[T]]:
    """Return groups of boxes that no straight gap parts, in reading order.

    Rows are cut before columns. A cut needs more than `gap` between two edges; below 0 boxes may
    overlap by so much.
    """
    rows = _cut(boxes, lambda box: (box.top, box.bottom), gap)
    columns = [_cut(row, lambda box: (box.left, box.right), gap) for row in rows]
    if len(rows) == 1 and len(columns[0]) == 1:
        return [sorted(boxes, key=lambda box: (box.top, box.left))]
    groups = [column for row in columns for column in row]
    return [group for part in groups for group in separated(part, gap=gap)]


def _cut(boxes: Sequence[T], edges: Callable[[T], tuple[int, int]], gap: int) -> list[list[T]]:
    parts: list[list[T]] = []
    reach = 0
    for box in sorted(boxes, key=edges):
        start, end = edges(box)
        if not parts or start - reach > gap:
            parts.append([])
            reach = end
        parts[-1].append(box)
        reach = max(reach, end)
    return parts
