"""The `chonai audit` commands: reads their arguments; see audit_commands.py for what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.commands.command_line import AsJson, finish, run

audit_app = typer.Typer(no_args_is_help=True, help="監査記録")

From = Annotated[str, typer.Option("--from", help="この日から（2026-04-01 の形、日本時間）")]
To = Annotated[str, typer.Option("--to", help="この日まで（この日を含む）")]
Actor = Annotated[str, typer.Option(help="操作した利用者の職員番号")]
Action = Annotated[str, typer.Option(help="操作（sign_in や「サインイン」など）")]
Text = Annotated[str, typer.Option(help="対象か詳細に含まれる文字")]


@audit_app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="控えのハッシュ値（書き出した記録に印刷された64桁）")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """監査記録が書き換えられていないことを確かめる。"""
    finish(run("audit-verify", {"head": head}), as_json)


@audit_app.command("list")
def list_events(
    from_: From = "",
    to: To = "",
    actor: Actor = "",
    action: Action = "",
    text: Text = "",
    limit: Annotated[int, typer.Option(help="新しいものからこの数だけ")] = 100,
    as_json: AsJson = False,
) -> None:
    """監査記録を新しいものから並べる。"""
    finish(run("audit-list", {**_filter(from_, to, actor, action, text), "limit": limit}), as_json)


@audit_app.command()
def export(
    out: Annotated[Path, typer.Argument(help="新しいファイル（.csv か .xlsx）")],
    from_: From = "",
    to: To = "",
    actor: Actor = "",
    action: Action = "",
    text: Text = "",
    as_json: AsJson = False,
) -> None:
    """監査記録をファイルに書き出す。書き出したことも記録される。"""
    arguments = {**_filter(from_, to, actor, action, text), "out": str(out.absolute())}
    finish(run("audit-export", arguments), as_json)


@audit_app.command()
def seal(as_json: AsJson = False) -> None:
    """終わった月の監査記録を封印する（サーバーの起動時にも行われる）。"""
    finish(run("audit-seal", {}), as_json)


def _filter(from_: str, to: str, actor: str, action: str, text: str) -> dict[str, str]:
    return {"from": from_, "to": to, "actor": actor, "action": action, "text": text}
