"""A full disk: told in Japanese, nothing half published, the old version found, then done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from poor_disk import CAN_MOUNT, Disk, size_limit, small_disk
from publishing_jobs import do_open_jobs, handlers, job_of, open_directory
from shelf import FIRST_DAY, Action, Shelf
from wholeness import COMMON, problems, version_lines, views, wait_until_whole

from assistant import calendar
from assistant.errors import DataDirectoryError
from assistant.jobs.records import Job, Jobs
from assistant.jobs.worker import Handler, JobContext, JobWorker
from assistant.library import publishing
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR

WAYS = {"small-disk": small_disk, "size-limit": size_limit}
MOMENTS = [
    *[pytest.param("begun", left, id=f"begun-{left}") for left in (0, 80_000, 500_000)],
    *[pytest.param(m, 0, id=m) for m in ("embedded", "staged", "indexed", "flipped")],
]
_MANUAL = "keiyaku"
_PASSAGES = 120  # about 600 kB of rows and vectors
_LATER = date(2021, 4, 1)
_WORKED_SECONDS = 60


@pytest.fixture(params=[way for way in WAYS if way != "small-disk" or CAN_MOUNT])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    way: Callable[[Path], AbstractContextManager[Disk]] = WAYS[request.param]
    with way(tmp_path / "disk") as given:
        yield given


def _publication(since: date, edition: int, count: int) -> Action:
    passages = tuple(
        f"第{n}条は、{edition}回目の改正により{COMMON}の限度額を{edition * 1000 + n}万円とします。"
        for n in range(count)
    )
    return Action("publish", _MANUAL, passages, since)


def _add(assistant: Assistant, action: Action) -> str:
    job = Jobs(assistant.database).add(job_of(action), by=OPERATOR_ACTOR)
    assert job is not None
    return job.id


def _shown(assistant: Assistant) -> list[set[str]]:
    """Return by each way of asking the editions that are shown, by the beginning of a passage."""
    today = calendar.today()
    return [
        {text.partition("、")[2].partition("回")[0] for text in view[today].get(_MANUAL, ())}
        for view in views(assistant, [today]).values()
    ]


def _fill_when(
    moment: str, fill: Callable[[], None], handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> Handler:
    """Return the handler, during whose work the disk becomes full at some moment."""

    def filling(then: Callable[..., Any]) -> Callable[..., Any]:
        def fill_first(*arguments: Any) -> Any:
            fill()
            return then(*arguments)

        return fill_first

    if moment == "begun":
        return filling(handler)
    name = {
        "embedded": "keep_original",
        "staged": "index_versions",
        "indexed": "flip",
        "flipped": "retire_from_indexes",
    }[moment]
    monkeypatch.setattr(publishing, name, filling(getattr(publishing, name)))
    return handler


def _telling(handler: Handler, told: threading.Event) -> Handler:
    """Return a handler that tells when its work is over, by whatever way."""

    def work(context: JobContext) -> Any:
        try:
            return handler(context)
        finally:
            told.set()

    return work


def _over(assistant: Assistant, job_id: str, states: tuple[str, ...]) -> Job:
    """Wait for a job to come into one of some states."""
    deadline = time.monotonic() + _WORKED_SECONDS
    while True:
        job = Jobs(assistant.database).get(job_id)
        assert job is not None
        if job.state in states:
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.05)


@pytest.mark.parametrize(("moment", "left"), MOMENTS)
def test_a_disk_that_fills_up_during_a_job_stops_it_with_words_and_harms_nothing(
    disk: Disk, moment: str, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = disk.folder / "data"
    first, second = _publication(FIRST_DAY, 1, 20), _publication(_LATER, 2, _PASSAGES)
    shelf = Shelf().after(first)
    with open_directory(data) as assistant:
        jobs = Jobs(assistant.database)
        _add(assistant, first)
        do_open_jobs(assistant)
        job_id = _add(assistant, second)
        with monkeypatch.context() as patched:
            publish = handlers(assistant)["publish"]
            filling = _fill_when(moment, lambda: disk.fill(left), publish, patched)
            worker = JobWorker(jobs, {"publish": _telling(filling, told := threading.Event())})
            try:
                worker.start()
                assert told.wait(_WORKED_SECONDS)
                out = version_lines(assistant, _MANUAL) == shelf.after(second).lines(_MANUAL)
                shown = _shown(assistant)
                disk.make_room()
                ended = _over(assistant, job_id, ("failed", "done"))
            finally:
                disk.make_room()
                worker.close()
        assert all(editions == {"2" if out else "1"} for editions in shown)
        assert out or ended.state == "failed"
        if ended.state == "failed":
            assert "空き" in ended.error
            assert jobs.retry(job_id)
            do_open_jobs(assistant)
        assert version_lines(assistant, _MANUAL) == shelf.after(second).lines(_MANUAL)
        wait_until_whole(assistant)
        assert problems(assistant) == []
        assert all(editions == {"2"} for editions in _shown(assistant))
    with open_directory(data) as assistant:
        wait_until_whole(assistant)
        assert problems(assistant) == []
        assert all(editions == {"2"} for editions in _shown(assistant))


def test_a_job_that_the_full_disk_does_not_take_is_refused_with_words(disk: Disk) -> None:
    with open_directory(disk.folder / "data") as assistant:
        disk.fill(0)
        jobs = Jobs(assistant.database)
        with pytest.raises(DataDirectoryError, match="空き"):  # noqa: PT012 - some fit in first
            for n in range(1000):
                jobs.add(job_of(_publication(FIRST_DAY, n, 20)), by=OPERATOR_ACTOR)
        disk.make_room()
        assert jobs.add(job_of(_publication(FIRST_DAY, 1, 20)), by=OPERATOR_ACTOR) is not None


if CAN_MOUNT:  # only a disk of its own can say how little room it has

    def test_a_start_on_a_full_disk_says_how_much_room_is_needed(tmp_path: Path) -> None:
        with small_disk(tmp_path / "disk") as disk:
            disk.fill(1_000_000)
            with pytest.raises(DataDirectoryError, match="少なくとも 50 MB の空き"):
                open_directory(disk.folder / "data")
