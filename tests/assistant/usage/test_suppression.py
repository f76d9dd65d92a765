"""Tables of random sections are solved as equations: no cell of fewer than five comes out."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy
import pytest
from scipy.optimize import linprog

from assistant.usage.suppression import LEAST_SHOWN, shown_cells

Cells = dict[str, int]
Shown = dict[str, int | None]


def _week(rng: random.Random, staff: Cells) -> Cells:
    """Return how many were active in each section; a few sections use it much, many hardly."""
    eagerness = {name: rng.choice((0.02, 0.1, 0.3, 0.6, 0.95)) for name in staff}
    return {
        name: sum(rng.random() < eagerness[name] for _ in range(number))
        for name, number in staff.items()
    }


def _equations(weeks: list[tuple[Shown, int]], staff: Shown, all_staff: int) -> tuple:  # type: ignore[type-arg]
    """Return unknowns, and what the tables say of them: each total, each cell that is shown."""
    names = [(week, name) for week, (shown, _) in enumerate(weeks) for name in shown]
    names += [("staff", name) for name in staff]  # type: ignore[list-item]
    place = {name: number for number, name in enumerate(names)}
    rows, right = [], []
    for week, (shown, total) in enumerate(weeks):
        rows.append({place[week, name]: 1 for name in shown})
        right.append(total)
        for name, number in shown.items():
            if number is not None:
                rows.append({place[week, name]: 1})
                right.append(number)
    rows.append({place["staff", name]: 1 for name in staff})  # type: ignore[index]
    right.append(all_staff)
    for name, number in staff.items():
        if number is not None:
            rows.append({place["staff", name]: 1})  # type: ignore[index]
            right.append(number)
    return names, rows, right


def _solved(names: list, rows: list[dict[int, int]], right: list[int]) -> dict:  # type: ignore[type-arg]
    """Return the unknowns that the equations alone determine (Gauss and Jordan, in fractions)."""
    matrix = [
        [Fraction(row.get(column, 0)) for column in range(len(names))] + [Fraction(value)]
        for row, value in zip(rows, right, strict=True)
    ]
    done = 0
    for column in range(len(names)):
        pivot = next((r for r in range(done, len(matrix)) if matrix[r][column]), None)
        if pivot is None:
            continue
        matrix[done], matrix[pivot] = matrix[pivot], matrix[done]
        factor = matrix[done][column]
        matrix[done] = [value / factor for value in matrix[done]]
        for r in range(len(matrix)):
            if r != done and matrix[r][column]:
                times = matrix[r][column]
                matrix[r] = [a - times * b for a, b in zip(matrix[r], matrix[done], strict=True)]
        done += 1
    found = {}
    for row in matrix[:done]:
        places = [column for column in range(len(names)) if row[column]]
        if len(places) == 1:
            found[names[places[0]]] = row[-1]
    return found


def _check(seed: int) -> None:
    rng = random.Random(seed)
    sections = [f"課{n}" for n in range(rng.randint(1, 12))]
    staff = {name: rng.choice((2, 4, 6, 9, 14, 25, 40)) for name in sections}
    weeks = [_week(rng, staff), _week(rng, staff)]
    shown_staff = shown_cells(staff)
    shown = [shown_cells(week, staff) for week in weeks]
    told = [(table, sum(week.values())) for table, week in zip(shown, weeks, strict=True)]
    names, rows, right = _equations(told, shown_staff, sum(staff.values()))
    for name, value in _solved(names, rows, right).items():
        assert value >= LEAST_SHOWN or _is_given_away(_table_of(name, weeks, staff)), (
            f"seed {seed}: {name} is {value}"
        )
    if seed % 10 == 0:
        _check_bounds(seed, staff, weeks, shown)


def _table_of(name: tuple[object, str], weeks: list[Cells], staff: Cells) -> Cells:
    return staff if name[0] == "staff" else weeks[int(str(name[0]))]


def _is_given_away(table: Cells) -> bool:
    """Tell whether the total, which everybody knows, says it already: there is one section only."""
    return len(table) == 1


def _check_bounds(seed: int, staff: Cells, weeks: list[Cells], shown: list[Shown]) -> None:
    """Nobody can narrow a cell down either, knowing how many people work in each section."""
    for week, table in zip(weeks, shown, strict=True):
        hidden = [name for name, number in table.items() if number is None]
        together = sum(week[name] for name in hidden)
        if len(hidden) == len(table):
            continue  # all are hidden: nothing more could be
        for name in hidden:
            aim = numpy.array([float(other == name) for other in hidden])
            limits = [(0, staff[other]) for other in hidden]
            least, most = (
                sign
                * linprog(
                    sign * aim, A_eq=[[1.0] * len(hidden)], b_eq=[together], bounds=limits
                ).fun
                for sign in (1, -1)
            )
            assert most - least > 0.5, f"seed {seed}: {name} is {week[name]}"
            assert staff[name] < LEAST_SHOWN or most > LEAST_SHOWN - 0.5, f"seed {seed}: {name}"


@pytest.mark.parametrize("seed", range(40))
def test_no_small_cell_can_be_worked_out(seed: int) -> None:
    _check(seed)


@pytest.mark.full
def test_no_small_cell_can_be_worked_out_of_a_thousand_tables() -> None:
    for seed in range(1000, 2000):
        _check(seed)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param({"a": 9, "b": 12}, {"a": 9, "b": 12}, id="nobody is few"),
        pytest.param(
            {"a": 3, "b": 12, "c": 9}, {"a": None, "b": 12, "c": None}, id="a second goes"
        ),
        pytest.param({"a": 3, "b": 3, "c": 9}, {"a": None, "b": None, "c": 9}, id="two are enough"),
        pytest.param({"a": 1, "b": 1, "c": 9}, {"a": None, "b": None, "c": None}, id="two too few"),
        pytest.param({"a": 0, "b": 12, "c": 9}, {"a": None, "b": 12, "c": None}, id="nobody"),
        pytest.param({"a": 4}, {"a": None}, id="one section"),
        pytest.param({}, {}, id="no section"),
    ],
)
def test_what_is_hidden(cells: Cells, expected: Shown) -> None:
    assert shown_cells(cells) == expected


def test_a_section_that_all_used_does_not_give_the_other_away() -> None:
    cells, staff = {"a": 3, "b": 6, "c": 20, "d": 7}, {"a": 10, "b": 6, "c": 30, "d": 9}
    assert shown_cells(cells, staff) == {"a": None, "b": None, "c": 20, "d": 7}
