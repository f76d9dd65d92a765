"""A process that publishes is killed at every step and at any time: nothing is lost or mixed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from crowd import Crowd
from death import Doomed
from eager_chroma import create_eager
from killed_library import KilledLibrary, told_of
from publishing_jobs import open_directory

from assistant.search.chroma_store import ChromaStore

KILLS = 40
MANY_KILLS = 300
KILLS_AMONG_MANY = 20
CROWD = Crowd(manuals=20, of_each=1000)
_OF_ONE_DIRECTORY = 50


@pytest.fixture
def eager_collections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process, too, make collections that write their files often."""
    monkeypatch.setattr(ChromaStore, "create", create_eager)


@pytest.mark.usefixtures("eager_collections")
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_version_and_every_job(
    data: Path, doomed: Doomed, crash_seed: int, tell_run: list[str]
) -> None:
    _kill(KILLS, data, doomed, crash_seed, tell_run)


@pytest.mark.full
@pytest.mark.usefixtures("eager_collections")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(MANY_KILLS // _OF_ONE_DIRECTORY))
def test_many_kills_at_any_moment(
    part: int, data: Path, doomed: Doomed, crash_seed: int, tell_run: list[str]
) -> None:
    _kill(_OF_ONE_DIRECTORY, data, doomed, crash_seed + 1 + part, tell_run)


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_kills_in_a_library_of_20_000_passages(
    data: Path, doomed: Doomed, crash_seed: int, tell_run: list[str]
) -> None:
    began = time.monotonic()
    with open_directory(data) as assistant:
        CROWD.publish(assistant)
    tell_run.append(f"{CROWD.passages:,} 件を公開: {time.monotonic() - began:.0f} 秒")
    _kill(KILLS_AMONG_MANY, data, doomed, crash_seed, tell_run, CROWD)


def _kill(
    count: int,
    data: Path,
    doomed: Doomed,
    seed: int,
    tell_run: list[str],
    crowd: Crowd | None = None,
) -> None:
    began = time.monotonic()
    library = KilledLibrary(data, doomed, random.Random(seed), crowd)
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
