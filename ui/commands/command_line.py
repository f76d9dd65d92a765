"""What every `chonai` command does: find who carries it out, print the result, leave."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from getpass import getpass
from typing import Annotated, Any

import typer

from assistant.errors import AssistantError, UsageError
from assistant.owner import CommandResult, carry_out, owned, serving
from assistant.settings import Settings, read_settings

AsJson = Annotated[bool, typer.Option("--json", help="結果を JSON で標準出力に書く")]


def run(name: str, arguments: dict[str, Any]) -> CommandResult:
    """Carry a command out here, or through the server that owns the data directory."""

    def carried_out(settings: Settings) -> CommandResult:
        address = serving(settings.data_dir)
        if address is not None:
            return carry_out(address, name, arguments, tell)
        from assistant.data_directory import prepare_data_directory
        from assistant.opening import open_assistant
        from ui.commands.dispatch import run_command

        prepare_data_directory(settings.data_dir)
        with owned(settings.data_dir, progress=tell), open_assistant(settings) as assistant:
            return run_command(assistant, name, arguments, tell)

    return guarded(carried_out)


def secret_from(given: str, *, prompt: str = "パスワード: ") -> str:
    """Return the password given with --password; "-" reads it where no shell history sees it."""
    if given == "-":
        on_terminal = sys.stdin.isatty()
        given = getpass(prompt) if on_terminal else sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise UsageError("--password が空です。パスワードを入力してください。")
    return given


def guarded(carried_out: Callable[[Settings], CommandResult]) -> CommandResult:
    """Carry out with the settings of the environment; an error becomes a result."""
    return told(lambda: carried_out(read_settings()))


def told(carried_out: Callable[[], CommandResult]) -> CommandResult:
    """Carry out; an error becomes a result with its exit status."""
    try:
        return carried_out()
    except AssistantError as error:
        return CommandResult.failed(error)


def finish(result: CommandResult, as_json: bool) -> None:
    """Print the result and leave with its exit status; errors for people go to standard error."""
    if as_json:
        sys.stdout.write(json.dumps(result.document, ensure_ascii=False) + "\n")
        failed = isinstance(result.document, dict) and "error" in result.document
        if failed and result.lines:
            sys.stderr.write(result.lines[0] + "\n")
    else:
        stream = sys.stderr if _is_error(result) else sys.stdout
        stream.write("\n".join(result.lines) + "\n")
    raise typer.Exit(result.status)


def _is_error(result: CommandResult) -> bool:
    return (
        isinstance(result.document, dict)
        and "error" in result.document
        and (result.status != 0 and set(result.document) == {"error"})
    )


def tell(text: str) -> None:
    """Tell how far the work is, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
