"""The job table and its workers: nothing is lost, done twice, or goes on after it was cancelled."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant import calendar
from assistant.database import Database
from assistant.errors import DataDirectoryError
from assistant.jobs.records import MOST_ATTEMPTS, Job, Jobs, NewJob
from assistant.jobs.schedule import Recurring, Schedule
from assistant.jobs.worker import JobContext, JobFailed, JobWorker, is_dead
from assistant.people.audit.trail import OPERATOR_ACTOR

BY = OPERATOR_ACTOR


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "chonai.db")
    yield opened
    opened.close()


@pytest.fixture
def jobs(database: Database) -> Jobs:
    return Jobs(database)


def added(jobs: Jobs, kind: str = "read", title: str = "規程.pdf", **more: object) -> Job:
    job = jobs.add(NewJob(kind, title, dict(more)), by=BY)
    assert job is not None
    return job


def texts(jobs: Jobs, job: Job) -> list[str]:
    return [line.text for line in jobs.lines(job.id)]


def until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it never came to hold")


def state(jobs: Jobs, job: Job) -> str:
    found = jobs.get(job.id)
    assert found is not None
    return found.state


def test_jobs_are_done_in_their_order_and_keep_what_became_of_them(jobs: Jobs) -> None:
    first, second = added(jobs, title="一.pdf", pages=3), added(jobs, title="二.pdf", pages=5)
    order: list[str] = []

    def read(context: JobContext) -> dict[str, int]:
        order.append(context.job.title)
        context.log("目次を読みました。")
        return {"pages": context.job.arguments["pages"]}

    done = JobWorker(jobs, {"read": read}).run([first.id, second.id])
    assert order == ["一.pdf", "二.pdf"]
    assert [(job.state, job.result) for job in done] == [
        ("done", {"pages": 3}),
        ("done", {"pages": 5}),
    ]
    assert texts(jobs, first) == [
        "受け付けました。", "始めました。", "目次を読みました。", "終わりました。",
    ]  # fmt: skip


def test_a_job_is_claimed_by_one_worker_alone(jobs: Jobs) -> None:
    wanted = [added(jobs, title=str(number)) for number in range(40)]
    claimed: list[str] = []
    begin = threading.Barrier(4)

    def claim(worker: str) -> None:
        begin.wait()
        while (job := jobs.claim(worker, ["read"])) is not None:
            claimed.append(job.id)

    threads = [threading.Thread(target=claim, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(job.id for job in wanted)


def test_how_far_a_job_is_can_be_seen_while_it_runs(jobs: Jobs) -> None:
    job = added(jobs)
    seen: list[tuple[str, int, int]] = []

    def read(context: JobContext) -> None:
        for page in (1, 2, 3):
            context.tell(f"{page}番目の章", page, 3)
            found = jobs.get(job.id)
            assert found is not None
            seen.append((found.step, found.done, found.total))

    JobWorker(jobs, {"read": read}).run([job.id])
    assert seen == [("1番目の章", 1, 3), ("2番目の章", 2, 3), ("3番目の章", 3, 3)]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(JobFailed("表紙がありません。"), "表紙がありません。", id="its own"),
        pytest.param(DataDirectoryError("空きがありません。"), "空きがありません。", id="known"),
        pytest.param(
            ZeroDivisionError(), "思わぬ失敗がありました（ZeroDivisionError）", id="other"
        ),
    ],
)
def test_a_failure_is_told_and_the_next_job_is_done(
    jobs: Jobs, error: Exception, said: str
) -> None:
    bad, good = added(jobs, title="bad"), added(jobs, title="good")

    def read(context: JobContext) -> None:
        if context.job.title == "bad":
            raise error

    failed, done = JobWorker(jobs, {"read": read}).run([bad.id, good.id])
    assert (failed.state, done.state) == ("failed", "done")
    assert failed.error.startswith(said)
    assert said in texts(jobs, bad)[-1]


def test_a_failed_job_can_be_done_again(jobs: Jobs) -> None:
    job = added(jobs)
    tries: list[int] = []

    def read(context: JobContext) -> None:
        tries.append(context.job.attempts)
        if len(tries) == 1:
            raise JobFailed("空きがありません。")

    worker = JobWorker(jobs, {"read": read})
    worker.run([job.id])
    assert jobs.retry(job.id)
    [done] = worker.run([job.id])
    assert (done.state, done.error, tries) == ("done", "", [1, 1])
    assert not jobs.retry(job.id)


def test_a_waiting_job_is_cancelled_at_once_and_never_done(jobs: Jobs) -> None:
    job = added(jobs)
    assert jobs.cancel(job.id)
    [found] = JobWorker(jobs, {"read": lambda _: pytest.fail("done all the same")}).run([job.id])
    assert found.state == "cancelled"
    assert not jobs.cancel(job.id)


def test_a_running_job_ends_at_its_next_step_when_it_is_cancelled(jobs: Jobs) -> None:
    job = added(jobs)
    reached, stopped = threading.Event(), threading.Event()

    def read(context: JobContext) -> None:
        reached.set()
        while True:  # ends only by being interrupted
            context.tell("読取り", 1, 2)
            time.sleep(0.01)

    worker = JobWorker(jobs, {"read": read}, on_stop=stopped.set)
    worker.start()
    assert reached.wait(10)
    jobs.cancel(job.id)
    worker.wake()
    until(lambda: state(jobs, job) == "cancelled")
    assert stopped.is_set()
    worker.close()


def test_what_fails_because_it_was_stopped_was_cancelled(jobs: Jobs) -> None:
    job = added(jobs)
    reached, stopped = threading.Event(), threading.Event()

    def read(_: JobContext) -> None:
        reached.set()
        assert stopped.wait(10)
        raise JobFailed("読み取りの部品が異常終了しました。")  # it was ended by on_stop

    worker = JobWorker(jobs, {"read": read}, on_stop=stopped.set)
    worker.start()
    assert reached.wait(10)
    jobs.cancel(job.id)
    worker.wake()
    until(lambda: state(jobs, job) == "cancelled")
    worker.close()


def test_a_server_that_stops_puts_its_job_back_and_the_next_one_does_it(jobs: Jobs) -> None:
    job = added(jobs)
    reached, done = threading.Event(), threading.Event()

    def slow(context: JobContext) -> None:
        reached.set()
        while True:
            context.tell("読取り", 1, 2)
            time.sleep(0.01)

    first = JobWorker(jobs, {"read": slow})
    first.start()
    assert reached.wait(10)
    first.close()
    found = jobs.get(job.id)
    assert found is not None
    assert (found.state, found.attempts) == ("waiting", 0)
    second = JobWorker(jobs, {"read": lambda _: done.set()})
    second.start()
    assert done.wait(10)
    until(lambda: state(jobs, job) == "done")
    second.close()


def _killed_while_it_holds(path: Path, job: Job) -> None:
    """Have a process claim the job and be killed at once."""
    program = (
        "import os, sys; from pathlib import Path; from assistant.database import Database\n"
        "from assistant.jobs.records import Jobs; from assistant.jobs.worker import JobWorker\n"
        "jobs = Jobs(Database(Path(sys.argv[1])))\n"
        "JobWorker(jobs, {'read': lambda _: os.kill(os.getpid(), 9)}).run([sys.argv[2]])\n"
    )
    root = Path(__file__).parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", program, str(path), job.id], cwd=root, check=False
    )
    assert ended.returncode == -9


def test_what_a_killed_process_held_is_done_by_the_next(jobs: Jobs, tmp_path: Path) -> None:
    job = added(jobs)
    _killed_while_it_holds(tmp_path / "chonai.db", job)
    assert state(jobs, job) == "running"
    worker = JobWorker(jobs, {"read": lambda _: {"pages": 1}})
    worker.start()
    until(lambda: state(jobs, job) == "done")
    worker.close()
    assert "サーバーが止まったため、もう一度始めます。" in texts(jobs, job)


def test_a_job_that_kills_its_process_again_and_again_is_given_up(
    jobs: Jobs, tmp_path: Path
) -> None:
    job = added(jobs)
    worker = JobWorker(jobs, {})
    for _ in range(MOST_ATTEMPTS):
        _killed_while_it_holds(tmp_path / "chonai.db", job)
        jobs.take_up_again(worker.id, is_dead=is_dead)
    found = jobs.get(job.id)
    assert found is not None
    assert found.state == "failed"
    assert f"{MOST_ATTEMPTS}回止まった" in found.error


@pytest.mark.parametrize(
    ("worker", "beat", "dead"),
    [
        pytest.param(None, timedelta(), True, id="nobody"),
        pytest.param(f"{platform.node()}:{os.getpid()}:gone", timedelta(), True, id="an old one"),
        pytest.param(f"{platform.node()}:1:x", timedelta(), False, id="a process that lives"),
        pytest.param("elsewhere:1:x", timedelta(seconds=50), False, id="beats elsewhere"),
        pytest.param("elsewhere:1:x", timedelta(seconds=70), True, id="silent elsewhere"),
    ],
)
def test_a_worker_is_dead_when_its_process_is_or_its_beat_is_old(
    worker: str | None, beat: timedelta, dead: bool
) -> None:
    assert is_dead(worker, calendar.stored_now() - beat) is dead


def test_of_work_with_a_name_one_job_is_open_at_a_time(jobs: Jobs) -> None:
    new = NewJob("day", "整理", {"period": "2026-11-27"}, dedup="2026-11-27")
    first = jobs.add(new, by=BY)
    assert first is not None
    assert jobs.add(new, by=BY) is None
    JobWorker(jobs, {"day": lambda _: None}).run([first.id])
    assert jobs.add(new, by=BY) is not None


def test_work_that_is_open_again_already_is_not_retried(jobs: Jobs) -> None:
    new = NewJob("day", "整理", dedup="2026-11-27")
    first = jobs.add(new, by=BY)
    assert first is not None
    jobs.cancel(first.id)
    jobs.add(new, by=BY)
    assert not jobs.retry(first.id)
    assert state(jobs, first) == "cancelled"


def test_daily_work_is_put_in_line_once_a_day(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    added_times: list[int] = []
    schedule = Schedule(
        jobs, [Recurring("day", "整理", "day")], added=lambda: added_times.append(1)
    )
    now = datetime(2026, 11, 27, 14, 59, tzinfo=UTC)  # a minute before midnight in Tokyo
    monkeypatch.setattr(calendar, "now", lambda: now)
    assert (schedule.look(), schedule.look()) == (1, 0)
    worker = JobWorker(jobs, {"day": lambda _: None})
    worker.run([job.id for job in jobs.recent()])
    assert schedule.look() == 0
    monkeypatch.setattr(calendar, "now", lambda: now + timedelta(minutes=1))
    assert (schedule.look(), len(added_times)) == (1, 2)
    periods = {job.arguments["period"] for job in jobs.recent()}
    assert periods == {"2026-11-27", "2026-11-28"}


def test_daily_work_that_failed_is_tried_again_after_an_hour(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: JobContext) -> None:
        raise JobFailed("空きがありません。")

    schedule = Schedule(jobs, [Recurring("day", "整理", "day")], added=lambda: None)
    now = datetime(2026, 11, 27, 1, tzinfo=UTC)
    monkeypatch.setattr(calendar, "now", lambda: now)
    schedule.look()
    JobWorker(jobs, {"day": fail}).run([job.id for job in jobs.recent()])
    assert schedule.look() == 0
    monkeypatch.setattr(calendar, "now", lambda: now + timedelta(minutes=61))
    assert schedule.look() == 1


def test_what_is_over_can_be_forgotten_and_what_is_open_cannot(jobs: Jobs) -> None:
    over, waiting = added(jobs, title="over"), added(jobs, kind="other", title="waiting")
    JobWorker(jobs, {"read": lambda _: None}).run([over.id])
    jobs.forget([over.id, waiting.id])
    assert [job.title for job in jobs.recent()] == ["waiting"]
    assert jobs.lines(over.id) == []
