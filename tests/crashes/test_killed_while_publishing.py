"""A process that publishes is killed at every step and at any time: nothing is lost or mixed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from death import Doomed
from eager_chroma import create_eager
from killed_library import KilledLibrary, told_of

from assistant.search.chroma_store import ChromaStore

KILLS = 40
MANY_KILLS = 300
_OF_ONE_DIRECTORY = 50


@pytest.fixture(autouse=True)
def eager_collections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process, too, make collections that write their files often."""
    monkeypatch.setattr(ChromaStore, "create", create_eager)


def test_a_kill_at_any_moment_leaves_the_old_or_the_new_version_and_every_job(
    data: Path, doomed: Doomed, crash_seed: int, tell_run: list[str]
) -> None:
    _kill(KILLS, data, doomed, crash_seed, tell_run)


@pytest.mark.full
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(MANY_KILLS // _OF_ONE_DIRECTORY))
def test_many_kills_at_any_moment(
    part: int, data: Path, doomed: Doomed, crash_seed: int, tell_run: list[str]
) -> None:
    _kill(_OF_ONE_DIRECTORY, data, doomed, crash_seed + 1 + part, tell_run)


def _kill(count: int, data: Path, doomed: Doomed, seed: int, tell_run: list[str]) -> None:
    began = time.monotonic()
    library = KilledLibrary(data, doomed, random.Random(seed))
    try:
        library.begin()
        while library.kills.total() < count:
            if library.kills.total() % 5 == 4:
                library.kill_at_some_time()
            else:
                library.kill_at_a_step()
    except BaseException as error:
        error.add_note(f"CRASH_SEED={seed}, after {library.kills.total()} kills")
        raise
    finally:
        tell_run += told_of(library, seed, time.monotonic() - began)
