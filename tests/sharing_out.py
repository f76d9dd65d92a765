"""How pytest-xdist shares the tests out: whole files and groups, and one group to itself."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ALONE = "alone"
# The longest come first, so that all processes end at about the same time.
_EARLY = ("/crashes/", "/ingest/fuzzing/", "/eval/", "/ui/test_one_owner")


def group_of(item: pytest.Item) -> str:
    """Return the group whose tests one process runs, "" for those that go with their file."""
    if item.get_closest_marker("model"):
        return ALONE
    if item.get_closest_marker("browser"):
        return "browser"
    return "library" if "library_assistant" in getattr(item, "fixturenames", ()) else ""


def _place(item: pytest.Item) -> int:
    group = group_of(item)
    if group:
        return {"browser": 0, "library": 1, ALONE: 4}[group]
    return 2 if any(part in item.path.as_posix() for part in _EARLY) else 3


class Shares(LoadScopeScheduling):
    """Gives out files and groups in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, name = nodeid.partition("::")
        grouped = name.rfind("@") > name.rfind("]")
        return name.rpartition("@")[2] if grouped else path

    def remove_node(self, node: Any) -> str | None:
        crashed = super().remove_node(node)
        for other in self.nodes:
            self._reschedule(other)
        return crashed

    def _reschedule(self, node: Any) -> None:
        """Let all processes but one end before ALONE: a local model needs both cores."""
        if next(iter(self.workqueue), "") != ALONE or len(self.nodes) == 1:
            super()._reschedule(node)
        elif self._pending_of(self.assigned_work[node]) <= 2 and not any(
            one.shutting_down for one in self.nodes
        ):
            node.shutdown()


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if group := group_of(item):
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_place)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    config.option.loadscopereorder = False
    return Shares(config, log)
