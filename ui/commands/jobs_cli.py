"""The `chonai jobs` commands: reads their arguments; see job_commands.py for what they do."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.errors import UsageError
from assistant.owner import CommandResult
from ui.commands.command_line import AsJson, finish, run

jobs_app = typer.Typer(help="取込みなど、裏で進む処理")

JobId = Annotated[str, typer.Argument(metavar="ID", help="処理の ID（初めの何文字かでもよい）")]
OnlyOpen = Annotated[bool, typer.Option("--open", help="終わっていないものだけ")]


@jobs_app.callback(invoke_without_command=True)
def jobs(context: typer.Context, only_open: OnlyOpen = False, as_json: AsJson = False) -> None:
    """処理を新しいものから並べる。"""
    if context.invoked_subcommand is None:
        finish(run("jobs-list", {"open": only_open}), as_json)
    elif only_open or as_json:
        what = f"--open と --json は、{context.invoked_subcommand} の後に書いてください。"
        finish(CommandResult.failed(UsageError(what)), as_json)


@jobs_app.command("list")
def list_jobs(only_open: OnlyOpen = False, as_json: AsJson = False) -> None:
    """処理を新しいものから並べる。"""
    finish(run("jobs-list", {"open": only_open}), as_json)


@jobs_app.command()
def show(job: JobId, as_json: AsJson = False) -> None:
    """1つの処理の状態と経過を示す。"""
    finish(run("jobs-show", {"job": job}), as_json)


@jobs_app.command()
def cancel(job: JobId, as_json: AsJson = False) -> None:
    """処理を中止する（進行中のものは、次の区切りで止まる）。"""
    finish(run("jobs-cancel", {"job": job}), as_json)


@jobs_app.command()
def retry(job: JobId, as_json: AsJson = False) -> None:
    """失敗または中止した処理を、もう一度実行する。"""
    finish(run("jobs-retry", {"job": job}), as_json)
