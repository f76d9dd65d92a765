from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.readers.reading_order import separated
from ingest.readers.spanned_table import Cell

Box = tuple[str, int, int, int, int]  # name, top, left, bottom, right


def _names(boxes: Sequence[Box], gap: int) -> list[str]:
    cells = [Cell(top, left, bottom, right, name) for name, top, left, bottom, right in boxes]
    return ["".join(cell.text for cell in group) for group in separated(cells, gap=gap)]


@pytest.mark.parametrize(
    ("boxes", "groups"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([("a", 0, 0, 1, 1)], ["a"], id="one"),
        pytest.param([("b", 5, 0, 6, 1), ("a", 0, 0, 1, 1)], ["a", "b"], id="rows"),
        pytest.param([("b", 0, 5, 9, 6), ("a", 0, 0, 1, 1)], ["a", "b"], id="columns"),
        pytest.param(
            [("d", 5, 5, 6, 6), ("c", 5, 0, 6, 1), ("b", 0, 5, 1, 6), ("a", 0, 0, 1, 1)],
            ["a", "b", "c", "d"],
            id="rows before columns",
        ),
        pytest.param(
            [("c", 0, 5, 9, 6), ("b", 4, 0, 9, 1), ("a", 0, 0, 1, 1)],
            ["a", "b", "c"],
            id="a tall box beside two",
        ),
        pytest.param([("b", 2, 0, 3, 1), ("a", 0, 0, 1, 1)], ["ab"], id="no row between"),
    ],
)
def test_boxes_are_parted_by_straight_gaps(boxes: list[Box], groups: list[str]) -> None:
    assert _names(boxes, 1) == groups


def test_boxes_that_overlap_a_little_can_be_parted() -> None:
    boxes = [("b", 9, 0, 20, 5), ("a", 0, 0, 10, 5)]
    assert _names(boxes, 0) == ["ab"]
    assert _names(boxes, -2) == ["a", "b"]
