"""The `chonai glossary` commands: reads their arguments; see glossary_commands.py for more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.commands.command_line import AsJson, finish, run

glossary_app = typer.Typer(no_args_is_help=True, help="用語（職員の言葉とマニュアルの言葉）")

Term = Annotated[str, typer.Argument(metavar="TERM", help="職員が使う言葉（例 有休）")]
Number = Annotated[int, typer.Argument(metavar="PROPOSAL", help="提案の番号")]
Reason = Annotated[str, typer.Option(help="理由（監査記録に残る）")]


@glossary_app.command("list")
def list_entries(
    text: Annotated[str, typer.Option(help="用語かマニュアルの言葉に含まれる文字")] = "",
    proposals: Annotated[bool, typer.Option("--proposals", help="提案だけを並べる")] = False,
    as_json: AsJson = False,
) -> None:
    """用語と提案を並べる。"""
    finish(run("glossary-list", {"text": text, "only_proposals": proposals}), as_json)


@glossary_app.command()
def propose(
    term: Term,
    meaning: Annotated[
        str, typer.Argument(metavar="MEANING", help="マニュアルでの言葉（複数は「、」で区切る）")
    ],
    note: Annotated[str, typer.Option(help="提案する理由")] = "",
    as_json: AsJson = False,
) -> None:
    """用語を提案する。"""
    finish(run("glossary-propose", {"term": term, "meaning": meaning, "note": note}), as_json)


@glossary_app.command()
def accept(proposal: Number, reason: Reason = "", as_json: AsJson = False) -> None:
    """質問集で確かめてから、提案を採用する（結果が悪くなるときは --reason が要る）。"""
    finish(run("glossary-accept", {"proposal": proposal, "reason": reason}), as_json)


@glossary_app.command()
def decline(proposal: Number, reason: Reason = "", as_json: AsJson = False) -> None:
    """提案を見送る。"""
    finish(run("glossary-decline", {"proposal": proposal, "reason": reason}), as_json)


@glossary_app.command()
def remove(term: Term, reason: Reason = "", as_json: AsJson = False) -> None:
    """用語を削除する。"""
    finish(run("glossary-remove", {"term": term, "reason": reason}), as_json)


@glossary_app.command()
def export(
    out: Annotated[Path, typer.Argument(help="新しいファイル（.csv）")], as_json: AsJson = False
) -> None:
    """用語を CSV に書き出す。"""
    finish(run("glossary-export", {"out": str(out.absolute())}), as_json)


@glossary_app.command("import")
def import_entries(
    file: Annotated[Path, typer.Argument(help="見出しが「用語,マニュアルの言葉」の CSV")],
    as_json: AsJson = False,
) -> None:
    """CSV の用語を、まとめて提案する。"""
    finish(run("glossary-import", {"file": str(file.absolute())}), as_json)
