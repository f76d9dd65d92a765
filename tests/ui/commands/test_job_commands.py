"""`chonai jobs`: what each command does, its JSON, its exit status, and its arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from command_group import CommandGroup
from typer.testing import CliRunner

from assistant.jobs.records import Job, NewJob
from assistant.opening import Assistant
from assistant.owner import CommandResult
from assistant.people.audit.trail import OPERATOR_ACTOR
from ui.commands import jobs_cli

JOB = {
    "id", "kind", "title", "state", "step", "done", "total", "attempts", "cancel_requested",
    "created_at", "created_by", "run_after", "started_at", "ended_at", "result", "error",
}  # fmt: skip


class Commands(CommandGroup):
    """The commands of one assistant, and what they are tried on."""

    def add(self, title: str = "契約事務の手引き.pdf") -> Job:
        job = self.assistant.jobs.add(NewJob("ingest", title), by=OPERATOR_ACTOR)
        assert job is not None
        return job

    def work(self) -> Job:
        """Begin with the job that has waited longest."""
        job = self.assistant.jobs.claim("worker", ["ingest"])
        assert job is not None
        return job


@pytest.fixture
def commands(quick_assistant: Assistant) -> Commands:
    return Commands(quick_assistant, "jobs")


def test_jobs_are_listed_the_latest_first(commands: Commands) -> None:
    assert commands.done("list", open=False) == {"jobs": [], "more": False}
    commands.add("一.pdf")
    done = commands.work()
    commands.assistant.jobs.end(done.id, "worker", "done", result={"pages": 3})
    commands.add("二.pdf")
    result = commands.run("list", open=False)
    jobs = result.document["jobs"]
    assert [(job["title"], job["state"]) for job in jobs] == [
        ("二.pdf", "waiting"), ("一.pdf", "done"),
    ]  # fmt: skip
    assert [job.keys() for job in jobs] == [JOB, JOB]
    assert jobs[1]["result"] == {"pages": 3}
    assert jobs[0]["created_at"].endswith("+00:00")
    assert "待ち  二.pdf  サーバーの運用者" in result.lines[0]
    assert [job["title"] for job in commands.done("list", open=True)["jobs"]] == ["二.pdf"]


def test_one_job_is_shown_with_how_far_it_is_and_its_log(commands: Commands) -> None:
    job = commands.add()
    commands.work()
    commands.assistant.jobs.tell(job.id, "worker", step="読取り", done=3, total=12)
    commands.assistant.jobs.log(job.id, "3ページ目を読みました。")
    result = commands.run("show", job=job.id[:10].upper())
    assert result.document.keys() == {*JOB, "log"}
    assert [line["text"] for line in result.document["log"]] == [
        "受け付けました。", "始めました。", "3ページ目を読みました。",
    ]  # fmt: skip
    assert "進行中" in result.lines[0]
    assert "読取り 3/12" in result.lines[0]
    assert result.lines[1].strip() == f"ID: {job.id}"


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(
    commands: Commands,
) -> None:
    running = commands.add()
    commands.work()
    waiting = commands.add()
    assert commands.done("cancel", job=waiting.id)["state"] == "cancelled"
    asked = commands.run("cancel", job=running.id)
    assert (asked.document["state"], asked.document["cancel_requested"]) == ("running", True)
    assert "まもなく止まります" in asked.lines[0]
    assert "中止を求めています" in commands.run("list", open=True).lines[0]
    assert "中止できません" in commands.refused("cancel", job=waiting.id)


def test_a_failed_job_is_done_again(commands: Commands) -> None:
    job = commands.add()
    commands.work()
    assert "進行中です" in commands.refused("retry", job=job.id)
    commands.assistant.jobs.end(job.id, "worker", "failed", error="読めません。")
    assert "読めません。" in commands.run("list", open=False).lines[0]
    document = commands.done("retry", job=job.id)
    assert (document["state"], document["error"]) == ("waiting", "")


@pytest.mark.parametrize("command", ["show", "cancel", "retry"])
@pytest.mark.parametrize("given", ["", " ", "zzzz"])
def test_a_job_that_there_is_not_is_told(commands: Commands, command: str, given: str) -> None:
    commands.add()
    assert "chonai jobs" in commands.refused(command, job=given)


def test_a_beginning_that_fits_several_jobs_names_them(commands: Commands) -> None:
    found = [commands.add(f"{n}.pdf") for n in range(17)]  # two of 17 begin with the same digit
    first = next(
        digit for digit in "0123456789abcdef" if sum(j.id.startswith(digit) for j in found) > 1
    )
    told = commands.refused("cancel", job=first)
    assert all(j.id in told for j in found if j.id.startswith(first))
    assert all(job["state"] == "waiting" for job in commands.done("list")["jobs"])


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Type a command, and learn what would be carried out."""

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        asked: dict[str, Any] = {}

        def carried_out(name: str, arguments: dict[str, Any]) -> CommandResult:
            asked.update(arguments, command=name)
            return CommandResult(0, {})

        monkeypatch.setattr(jobs_cli, "run", carried_out)
        done = CliRunner().invoke(jobs_cli.jobs_app, words)
        return done.exit_code, asked

    return run


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), {"command": "jobs-list", "open": False}),
        (("--open", "--json"), {"command": "jobs-list", "open": True}),
        (("list", "--open"), {"command": "jobs-list", "open": True}),
        (("show", "a1", "--json"), {"command": "jobs-show", "job": "a1"}),
        (("cancel", "a1"), {"command": "jobs-cancel", "job": "a1"}),
        (("retry", "a1"), {"command": "jobs-retry", "job": "a1"}),
    ],
)
def test_arguments_arrive_as_they_were_typed(
    typed: Callable[..., tuple[int, dict[str, Any]]], words: tuple[str, ...], asked: dict[str, Any]
) -> None:
    assert typed(*words) == (0, asked)


@pytest.mark.parametrize(
    "words", [("show",), ("cancel",), ("nothing",), ("--open", "show", "a1"), ("--none",)]
)
def test_wrong_usage_ends_with_two(
    typed: Callable[..., tuple[int, dict[str, Any]]], words: tuple[str, ...]
) -> None:
    assert typed(*words)[0] == 2
