"""The `chonai manuals` commands: reads their arguments; see manual_commands.py for the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.commands.command_line import AsJson, finish, run

manuals_app = typer.Typer(no_args_is_help=True, help="マニュアルの一覧・公開・取下げ・版の比較")

ManualName = Annotated[
    str,
    typer.Argument(
        metavar="MANUAL", help="マニュアルの表題、ファイル名、ID（ID は初めの何文字かでもよい）"
    ),
]
VersionId = Annotated[
    str, typer.Argument(metavar="VERSION_ID", help="版の ID（初めの何文字かでもよい）")
]
AsOf = Annotated[
    str, typer.Option("--as-of", help="この日の状態（2027-04-01 や R9.4.1）。省くと今日")
]
Reason = Annotated[str, typer.Option(help="理由（監査記録に残る）")]
_WHICH = "版の番号（2。修正の前なら 2.1 のように修正の番号も書く）。"


@manuals_app.command("list")
def list_manuals(
    as_of: AsOf = "",
    every: Annotated[
        bool, typer.Option("--all", help="下書き・公開予約・修正前・終了・取下げの版も並べる")
    ] = False,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", help="一覧を書き出す新しい Excel ファイル（.xlsx）")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """施行中のマニュアルを並べる。"""
    arguments = {"as_of": as_of, "all": every, "xlsx": str(xlsx.absolute()) if xlsx else None}
    finish(run("manuals-list", arguments), as_json)


@manuals_app.command()
def show(manual: ManualName, as_of: AsOf = "", as_json: AsJson = False) -> None:
    """1つのマニュアルの、すべての版を示す。"""
    finish(run("manuals-show", {"manual": manual, "as_of": as_of}), as_json)


@manuals_app.command()
def publish(
    which: Annotated[
        str,
        typer.Argument(
            metavar="MANUAL|VERSION_ID", help="下書きが1つのマニュアル、または公開する版の ID"
        ),
    ],
    on: Annotated[str, typer.Option(help="この日から公開する。省くと今すぐ")] = "",
    reason: Annotated[
        str,
        typer.Option(help="質問集で悪くなる質問があっても公開する理由（監査記録に残る）"),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """下書き・公開予約・取り下げた版などを、質問集で確かめてから公開する。"""
    finish(run("manuals-publish", {"which": which, "on": on, "reason": reason}), as_json)


@manuals_app.command()
def withdraw(
    manual: ManualName,
    version: Annotated[
        int | None, typer.Option("--version", help="この番号の版だけ。省くと公開中のすべて")
    ] = None,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """公開をやめる（だれも検索・閲覧できなくなる）。"""
    arguments = {"manual": manual, "version": version, "reason": reason}
    finish(run("manuals-withdraw", arguments), as_json)


@manuals_app.command("roll-back")
def roll_back(manual: ManualName, reason: Reason = "", as_json: AsJson = False) -> None:
    """最後に公開した版・修正を取り消し、その前の状態に戻す。"""
    finish(run("manuals-roll-back", {"manual": manual, "reason": reason}), as_json)


@manuals_app.command()
def diff(
    manual: ManualName,
    from_: Annotated[str, typer.Option("--from", help=f"前の{_WHICH}省くと、後の版の1つ前")] = "",
    to: Annotated[str, typer.Option("--to", help=f"後の{_WHICH}省くと、下書きか施行中の版")] = "",
    as_json: AsJson = False,
) -> None:
    """2つの版の違いを、節ごとに示す。"""
    finish(run("manuals-diff", {"manual": manual, "from": from_, "to": to}), as_json)


@manuals_app.command()
def discard(version_id: VersionId, as_json: AsJson = False) -> None:
    """下書きを破棄する（元に戻せない）。"""
    finish(run("manuals-discard", {"version_id": version_id}), as_json)
