"""The `chonai eval` commands: reads their arguments; see eval_commands.py for what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.commands.command_line import AsJson, finish, run

eval_app = typer.Typer(no_args_is_help=True, help="品質の評価")
sets_app = typer.Typer(no_args_is_help=True, help="質問集")
runs_app = typer.Typer(no_args_is_help=True, help="評価の記録")
eval_app.add_typer(sets_app, name="sets")
eval_app.add_typer(runs_app, name="runs")

AsNumber = Annotated[str, typer.Option("--as", help="この職員番号の人が読めるものだけで答える")]
Set = Annotated[str, typer.Argument(metavar="SET", help="質問集の名前（名前@2 で第2版）")]
Run = Annotated[int, typer.Argument(metavar="RUN", help="評価の番号")]


@eval_app.command("retrieval")
def eval_retrieval(folder: Path, as_json: AsJson = False) -> None:
    """検索の質を、判定つきの質問集で測る。"""
    finish(run("eval-retrieval", {"folder": str(folder.absolute())}), as_json)


@eval_app.command("answers")
def eval_answers(
    questions: Annotated[
        str, typer.Argument(metavar="FILE|SET", help="質問集のファイルか、登録した質問集の名前")
    ],
    sample: Annotated[int | None, typer.Option(help="この数だけ選んで測る")] = None,
    resume: Annotated[bool, typer.Option(help="前回の続きから測る")] = False,
    compare: Annotated[str, typer.Option(help="比べる評価の番号か、前回の記録のファイル")] = "",
    as_number: AsNumber = "",
    as_json: AsJson = False,
) -> None:
    """回答の質を質問集で測る（--as がなければ、誰でも読めるものだけで答える）。"""
    is_number = compare.isdecimal() and not Path(compare).exists()
    arguments = {
        "questions": str(Path(questions).absolute()),
        "named": questions,
        "sample": sample,
        "resume": resume,
        "compare": str(Path(compare).absolute()) if compare and not is_number else compare or None,
        "as_number": as_number,
    }
    finish(run("eval-answers", arguments), as_json)


@eval_app.command("model")
def eval_model(
    questions: Annotated[
        str, typer.Argument(metavar="FILE|SET", help="質問集のファイルか、登録した質問集の名前")
    ],
    sample: Annotated[int | None, typer.Option(help="この数だけ選んで測る")] = None,
    as_json: AsJson = False,
) -> None:
    """ローカルモデルのまとめを引用と比べ、自動で書かせるかどうかを決める。"""
    arguments = {
        "questions": str(Path(questions).absolute()),
        "named": questions,
        "sample": sample,
    }
    finish(run("eval-model", arguments), as_json)


@sets_app.command("list")
def list_sets(as_json: AsJson = False) -> None:
    """登録した質問集を並べる。"""
    finish(run("eval-sets-list", {}), as_json)


@sets_app.command("show")
def show_set(question_set: Set, as_json: AsJson = False) -> None:
    """質問集の質問を並べる。"""
    finish(run("eval-sets-show", {"set": question_set}), as_json)


@sets_app.command("import")
def import_questions(
    file: Annotated[Path, typer.Argument(help="質問集（.jsonl / .xlsx / .csv）")],
    name: Annotated[str, typer.Option(help="質問集の名前（なければファイルの名前）")] = "",
    as_json: AsJson = False,
) -> None:
    """ファイルの質問を質問集にする（同じ名前があれば置き換え、凍結していれば次の版にする）。"""
    finish(run("eval-sets-import", {"file": str(file.absolute()), "name": name}), as_json)


@sets_app.command("first")
def take_first(as_json: AsJson = False) -> None:
    """付属の質問集（見本マニュアルへの質問）を、まだなければ登録する。"""
    finish(run("eval-sets-first", {}), as_json)


@sets_app.command("export")
def export_questions(
    question_set: Set,
    out: Annotated[Path, typer.Argument(help="新しいファイル（.jsonl / .xlsx）")],
    as_json: AsJson = False,
) -> None:
    """質問集をファイルに書き出す。"""
    finish(run("eval-sets-export", {"set": question_set, "out": str(out.absolute())}), as_json)


@sets_app.command("template")
def write_template(
    out: Annotated[Path, typer.Argument(help="新しいファイル（.xlsx）")], as_json: AsJson = False
) -> None:
    """書き込むためのひな形（Excel）を書き出す。"""
    finish(run("eval-sets-template", {"out": str(out.absolute())}), as_json)


@sets_app.command("freeze")
def freeze_set(
    question_set: Set,
    reason: Annotated[str, typer.Option(help="理由（監査記録に残る）")] = "",
    as_json: AsJson = False,
) -> None:
    """質問集を凍結する（これからの変更は次の版になる）。"""
    finish(run("eval-sets-freeze", {"set": question_set, "reason": reason}), as_json)


@sets_app.command("draft")
def draft_questions(
    question_set: Set,
    count: Annotated[int, typer.Option(help="作る下書きの数")] = 30,
    from_answers: Annotated[
        bool, typer.Option("--from-answers", help="答えられなかった質問などから作る")
    ] = False,
    by: Annotated[
        str,
        typer.Option(help="質問の言葉を作るもの（model / rules、なければモデルがあればモデル）"),
    ] = "auto",
    as_json: AsJson = False,
) -> None:
    """マニュアルの文と表から、質問の下書きを作る（言葉はモデルか規則、答えは記載のまま）。"""
    arguments = {"set": question_set, "count": count, "from_answers": from_answers, "by": by}
    finish(run("eval-sets-draft", arguments), as_json)


@sets_app.command("approve")
def approve_questions(
    question_set: Set,
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="承認する下書きの ID")],
    as_json: AsJson = False,
) -> None:
    """確かめた下書きを承認する（承認した質問だけを測る）。"""
    finish(run("eval-sets-approve", {"set": question_set, "ids": ids}), as_json)


@runs_app.command("list")
def list_runs(as_json: AsJson = False) -> None:
    """評価の記録を並べる。"""
    finish(run("eval-runs-list", {}), as_json)


@runs_app.command("show")
def show_run(
    number: Run,
    case: Annotated[str, typer.Option(help="この ID の質問だけを詳しく見る")] = "",
    as_json: AsJson = False,
) -> None:
    """評価の結果を見る。"""
    finish(run("eval-runs-show", {"run": number, "case": case}), as_json)


@runs_app.command("export")
def export_run(
    number: Run,
    out: Annotated[Path, typer.Argument(help="新しいファイル（.xlsx）")],
    as_json: AsJson = False,
) -> None:
    """評価を、条件と信頼区間をつけて Excel に書き出す。"""
    finish(run("eval-runs-export", {"run": number, "out": str(out.absolute())}), as_json)


@runs_app.command("compare")
def compare_two(
    earlier: Annotated[int, typer.Argument(metavar="A", help="前の評価の番号")],
    later: Annotated[int, typer.Argument(metavar="B", help="後の評価の番号")],
    as_json: AsJson = False,
) -> None:
    """2つの評価を比べ、変わった質問と、差が偶然でないかを示す。"""
    finish(run("eval-runs-compare", {"earlier": earlier, "later": later}), as_json)


@runs_app.command("stop")
def stop_run(number: Run, as_json: AsJson = False) -> None:
    """動いている評価を止める（続きは chonai eval answers --resume）。"""
    finish(run("eval-runs-stop", {"run": number}), as_json)


@runs_app.command("judge")
def judge_answers(number: Run, as_json: AsJson = False) -> None:
    """回答を、設定した審査モデル（回答を書いたものとは別のモデル）に判定させる。"""
    finish(run("eval-runs-judge", {"run": number}), as_json)
