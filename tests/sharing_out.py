"""How pytest-xdist shares the tests out: whole files and groups, and one group to itself."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_ALONE = "tests with the local model, alone"
# Groups by how their tests' names begin; the first that fits counts. The processes know no more
# of each other's tests than names: `--dist loadgroup` of pytest-xdist 3.8 knows no pytest 9.2.
_GROUPS = {
    _ALONE: (
        "tests/assistant/language_model/test_local_server.py",
        "tests/assistant/language_model/test_weights.py",
        "tests/eval/test_sample_questions.py::test_the_local_model",
        "tests/ui/test_browser_local_model.py",
        "tests/ui/test_one_owner.py::test_the_local_model",
    ),
    "tests in a browser, over servers that they share": (
        "tests/ui/test_accessibility.py",
        "tests/ui/test_browser",
    ),
    "tests of the whole library, which takes long to make": (
        "tests/assistant/answers/test_clarifying.py",
        "tests/assistant/answers/test_conflicts.py",
        "tests/eval/test_conflicts_and_choices.py",
        "tests/eval/test_cross_references.py",
        "tests/eval/test_model_city.py",
    ),
}
_MARKS = {"model": 0, "browser": 1}  # that put a test into one of the groups so far
_LIBRARY = 2
# These files come before the others, so that all processes end at about the same time.
_LONG = ("tests/crashes/", "tests/ingest/fuzzing/", "tests/eval/", "tests/ui/test_one_owner.py")


def _place(nodeid: str) -> int:
    """Return the place of a test's group in `_GROUPS`, or their number."""
    found = (n for n, begins in enumerate(_GROUPS.values()) if nodeid.startswith(begins))
    return next(found, len(_GROUPS))


class Shares(LoadScopeScheduling):
    """Gives out files and groups in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return [*_GROUPS, nodeid.partition("::")[0]][_place(nodeid)]

    def remove_node(self, node: Any) -> str | None:
        crashed = super().remove_node(node)
        for other in self.nodes:
            self._reschedule(other)
        return crashed

    def _reschedule(self, node: Any) -> None:
        """Let all processes but one end before the local model: it needs both cores."""
        if next(iter(self.workqueue), "") != _ALONE or len(self.nodes) == 1:
            super()._reschedule(node)
        elif self._pending_of(self.assigned_work[node]) <= 2 and not any(
            one.shutting_down for one in self.nodes
        ):
            node.shutdown()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        wanted = [place for mark, place in _MARKS.items() if item.get_closest_marker(mark)]
        wanted += [_LIBRARY] if "library_assistant" in getattr(item, "fixturenames", ()) else []
        if wanted and _place(item.nodeid) not in wanted:
            raise pytest.UsageError(f"{item.nodeid} belongs into a group of tests/sharing_out.py")
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    place = _place(item.nodeid)
    if place == len(_GROUPS):
        return place + (not item.nodeid.startswith(_LONG))
    return place or len(_GROUPS) + 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    config.option.loadscopereorder = False
    return Shares(config, log)
