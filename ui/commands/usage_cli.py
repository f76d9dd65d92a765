"""The `chonai usage` commands: reads their arguments; see usage_commands.py for what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.commands.command_line import AsJson, finish, run

usage_app = typer.Typer(no_args_is_help=True, help="利用状況")

Out = Annotated[Path, typer.Argument(help="新しいファイル（.csv か .xlsx）")]
Since = Annotated[str, typer.Option("--from", help="この日から（2026-04-01 の形）")]
Until = Annotated[str, typer.Option("--to", help="この日まで（この日を含む。省けば期限なし）")]
Reason = Annotated[str, typer.Option(help="理由")]
Decision = Annotated[str, typer.Option(help="決定の番号（例: DX推進本部決定 第3号）")]


@usage_app.command()
def weekly(as_json: AsJson = False) -> None:
    """週ごとの利用者数を数える。"""
    finish(run("usage-weekly", {}), as_json)


@usage_app.command()
def freeze(as_json: AsJson = False) -> None:
    """終わった週を確定し、遅れて届いた記録を調整にする（サーバーの毎日の処理でも行われる）。"""
    finish(run("usage-freeze", {}), as_json)


@usage_app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="控えのハッシュ値（報告や書き出しに印刷された64桁）")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """確定した週を台帳から数え直し、書換えがないことを確かめる。"""
    finish(run("usage-verify", {"head": head}), as_json)


@usage_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="ほかの生成AIの利用記録（CSV・Excel）")],
    source: Annotated[str, typer.Option(help="利用元の記号（英小文字。例: gpt）")],
    name: Annotated[str, typer.Option(help="利用元の名前（初めてのとき）")] = "",
    as_json: AsJson = False,
) -> None:
    """ほかの生成AIの利用記録を取り込む。同じ行は二度数えない。"""
    arguments = {"file": str(file.absolute()), "source": source, "name": name}
    finish(run("usage-import", arguments), as_json)


@usage_app.command()
def export(out: Out, as_json: AsJson = False) -> None:
    """利用の記録を仮名で書き出す。表計算ソフトで、どの数も数え直せる。"""
    finish(run("usage-export", {"out": str(out.absolute())}), as_json)


@usage_app.command()
def report(
    out: Annotated[
        Path | None, typer.Argument(help="新しいファイル（.xlsx・.pdf・.csv）。省けば画面に示す")
    ] = None,
    period: Annotated[str, typer.Option(help="2026（年度）か 2026-11（月）。省けば今年度")] = "",
    as_json: AsJson = False,
) -> None:
    """月か年度の報告を作る（本部への報告用の Excel・PDF、BI ツール用の CSV）。"""
    arguments = {"out": str(out.absolute()) if out else None, "period": period}
    finish(run("usage-report", arguments), as_json)


@usage_app.command()
def simulate(
    weeks: Annotated[int, typer.Option(help="週の数")] = 104,
    staff: Annotated[int, typer.Option(help="職員の数")] = 600,
    seed: Annotated[int, typer.Option(help="乱数の種（同じなら同じデータ）")] = 1,
    as_json: AsJson = False,
) -> None:
    """空のデータフォルダを、模擬の職員と利用で満たす（画面を試すため）。"""
    finish(run("usage-simulate", {"weeks": weeks, "staff": staff, "seed": seed}), as_json)


@usage_app.command()
def exclude(
    number: Annotated[str, typer.Argument(help="職員番号")],
    kind: Annotated[str, typer.Option(help="test（試験用）・shared（共用）・machine（機械）")],
    reason: Reason,
    since: Since = "",
    until: Until = "",
    as_json: AsJson = False,
) -> None:
    """試験用・共用・機械のアカウントを、数えないものとして登録する。"""
    arguments = {"number": number, "kind": kind, "reason": reason, "from": since, "to": until}
    finish(run("usage-exclude", arguments), as_json)


@usage_app.command("end-exclusion")
def end_exclusion(
    entry: Annotated[int, typer.Argument(help="登録番号（chonai usage exclusions）")],
    until: Annotated[str, typer.Option("--to", help="この日まで除外する")] = "",
    as_json: AsJson = False,
) -> None:
    """除外を終わらせる。"""
    finish(run("usage-end-exclusion", {"entry": entry, "to": until}), as_json)


@usage_app.command()
def exclusions(as_json: AsJson = False) -> None:
    """除外の登録を並べる。"""
    finish(run("usage-exclusions", {}), as_json)


@usage_app.command("same-person")
def same_person(
    number: Annotated[str, typer.Argument(help="職員番号")],
    kept: Annotated[str, typer.Argument(help="同じ人の、もう一つの職員番号")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """二つの番号の利用を、同じ人として数える。"""
    arguments = {"number": number, "kept": kept, "reason": reason}
    finish(run("usage-same-person", arguments), as_json)


@usage_app.command()
def unresolved(as_json: AsJson = False) -> None:
    """取り込んだ記録のうち、誰のものか分からない番号を並べる。"""
    finish(run("usage-unresolved", {}), as_json)


@usage_app.command()
def official(
    decision: Decision = "",
    method: Annotated[
        str, typer.Option(help="mean_of_closed_weeks・mean_of_march・last_week")
    ] = "mean_of_closed_weeks",
    reading: Annotated[str, typer.Option(help="active・sustained・three_of_four")] = "active",
    sources: Annotated[str, typer.Option(help="含める利用元（コンマ区切り）")] = "chonai",
    quotations: Annotated[
        bool, typer.Option(help="引用だけの人を数える（--no-quotations で数えない）")
    ] = True,
    since: Since = "",
    as_json: AsJson = False,
) -> None:
    """公式の値の作り方を、決定の番号とともに登録する。--decision がなければ今の設定を示す。"""
    arguments = {
        "decision": decision,
        "method": method,
        "reading": reading,
        "sources": sources,
        "quotations": quotations,
        "from": since,
    }
    finish(run("usage-official", arguments), as_json)


@usage_app.command()
def target(
    people: Annotated[
        list[str] | None, typer.Argument(help="年度=人数（例: 2026=50 2029=200）")
    ] = None,
    decision: Decision = "",
    as_json: AsJson = False,
) -> None:
    """年度ごとの目標を登録する。何も指定しなければ今の目標を示す。"""
    finish(run("usage-target", {"people": people or [], "decision": decision}), as_json)
