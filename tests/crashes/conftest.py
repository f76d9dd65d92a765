"""One program that starts processes to be killed, and the seed of a run."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("killed_library", "wholeness", "publishing_jobs")

from death import Doomed  # noqa: E402 - asserts are rewritten as a module is imported

_SEED = "CRASH_SEED"


@pytest.fixture(scope="session")
def crash_seed() -> int:
    """The seed of all kills: CRASH_SEED of the environment, or a new one."""
    return int(os.environ.get(_SEED) or random.SystemRandom().randrange(1_000_000))


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doomed]:
    """A program that starts processes to be killed."""
    with Doomed(tmp_path_factory.mktemp("doomed") / "log.txt") as program:
        yield program


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where a data directory is to be."""
    return tmp_path / "data"
