"""What a run tells at its end: what was not run and why, and what tests wished to tell."""

from __future__ import annotations

import os
from typing import Any

import pytest

_LEFT_OUT = "left_out"
_TOLD = "told"
_skipped: dict[str, str] = {}
_told: list[str] = []
_left_out: set[str] = set()


@pytest.fixture
def tell_run(request: pytest.FixtureRequest) -> Any:
    """Lines that are printed at the end of the run, whether or not tests passed."""
    lines: list[str] = []
    yield lines
    request.node.user_properties += [(_TOLD, line) for line in lines]


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _keep_skip(report)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _keep_skip(report)
    if report.when == "teardown":
        _told.extend(str(value) for name, value in report.user_properties if name == _TOLD)


def _keep_skip(report: pytest.CollectReport | pytest.TestReport) -> None:
    if report.skipped and isinstance(report.longrepr, tuple):
        _skipped[report.nodeid] = str(report.longrepr[2])


def pytest_deselected(items: list[pytest.Item]) -> None:
    _left_out.update(item.nodeid for item in items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over from a process of pytest-xdist what was not chosen there."""
    _left_out.update(getattr(node, "workeroutput", {}).get(_LEFT_OUT, ()))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in _told:
        terminalreporter.write_line(line)
    if _left_out:
        terminalreporter.write_line(f"選ばれなかったテスト: {len(_left_out)}（-m の指定による）")
    for nodeid, reason in _skipped.items():
        terminalreporter.write_line(f"実行しなかったテスト: {nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_LEFT_OUT] = sorted(_left_out)
    elif _skipped and os.environ.get("CI") == "true" and exitstatus == 0:
        session.exitstatus = 1
