from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assistant.domain import ManualVersion
from assistant.library.in_force import Term, terms

TODAY = date(2026, 11, 27)
Y24, Y25, Y26, Y27 = (date(year, 4, 1) for year in (2024, 2025, 2026, 2027))


def version(
    name: str, number: int, start: date | None, *, revision: int = 1, **more: Any
) -> ManualVersion:
    kept = {"state": "published", "effective_to": None, "manual_id": "m", **more}
    return ManualVersion(
        id=name, number=number, revision=revision, effective_from=start, file_name="m.txt",
        sha256="0", uploaded_by="operator", published_at=None, **kept,
    )  # fmt: skip


def _terms(*versions: ManualVersion) -> dict[str, tuple[date | None, date | None]]:
    return {key: (t.first, t.end) for key, t in terms(versions, today=TODAY).items()}


def test_a_version_ends_where_the_next_begins_in_whatever_order_they_come() -> None:
    new, old, next_year = version("b", 1, Y26), version("a", 2, Y24), version("c", 3, Y27)
    expected = {"a": (Y24, Y26), "b": (Y26, Y27), "c": (Y27, None)}
    assert _terms(new, old, next_year) == _terms(next_year, old, new) == expected


def test_a_version_without_a_date_holds_since_ever() -> None:
    assert _terms(version("a", 1, None), version("b", 2, Y26)) == {
        "a": (None, Y26),
        "b": (Y26, None),
    }


def test_an_abolished_version_leaves_a_gap_before_the_next() -> None:
    old = version("a", 1, Y24, effective_to=Y25)
    assert _terms(old, version("b", 2, Y26)) == {"a": (Y24, Y25), "b": (Y26, None)}


def test_of_a_number_the_latest_revision_counts() -> None:
    found = _terms(version("a", 1, Y25), version("b", 1, Y25, revision=2), version("c", 2, Y26))
    assert found == {"b": (Y25, Y26), "c": (Y26, None)}


def test_of_two_versions_with_one_date_the_later_number_counts() -> None:
    assert _terms(version("a", 1, Y25), version("b", 2, Y25)) == {"b": (Y25, None)}


@pytest.mark.parametrize(
    ("state", "publish_on", "counts"),
    [
        pytest.param("published", None, True, id="published"),
        pytest.param("ready", date(2026, 11, 27), True, id="its day has come"),
        pytest.param("ready", date(2026, 11, 28), False, id="its day is to come"),
        pytest.param("ready", None, False, id="without a day"),
        pytest.param("draft", None, False, id="draft"),
        pytest.param("staged", None, False, id="staged"),
        pytest.param("superseded", None, False, id="superseded"),
        pytest.param("withdrawn", None, False, id="withdrawn"),
    ],
)
def test_only_what_has_been_published_ends_the_version_before(
    state: str, publish_on: date | None, counts: bool
) -> None:
    old = version("old", 1, Y24)
    new = version("new", 2, Y26, state=state, publish_on=publish_on)
    found = _terms(old, new)
    assert ("new" in found, found["old"][1]) == ((True, Y26) if counts else (False, None))


def test_manuals_do_not_end_one_another() -> None:
    found = _terms(version("a", 1, Y24), version("b", 1, Y26, manual_id="other"))
    assert found == {"a": (Y24, None), "b": (Y26, None)}


@pytest.mark.parametrize(
    ("day", "holds", "over"),
    [
        pytest.param(date(2025, 3, 31), False, False, id="the day before"),
        pytest.param(Y25, True, False, id="the first day"),
        pytest.param(date(2026, 3, 31), True, False, id="the last day"),
        pytest.param(Y26, False, True, id="the day after"),
    ],
)
def test_a_term_includes_its_first_day_and_not_its_end(day: date, holds: bool, over: bool) -> None:
    term = Term(Y25, Y26)
    assert (term.holds(day), term.over(day)) == (holds, over)
