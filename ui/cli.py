"""The `chonai` command: reads arguments, finds who carries the command out, prints the result."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.errors import AssistantError, DirectoryInUse, UsageError
from assistant.owner import CommandResult, CommandServer, carry_out, owned, serving
from assistant.settings import Settings
from ui.commands.audit_cli import audit_app
from ui.commands.command_line import AsJson, finish, guarded, run, secret_from, tell, told
from ui.commands.eval_cli import eval_app
from ui.commands.glossary_cli import glossary_app
from ui.commands.jobs_cli import jobs_app
from ui.commands.manuals_cli import manuals_app
from ui.commands.usage_cli import usage_app
from ui.commands.users_cli import users_app

if TYPE_CHECKING:
    from assistant.opening import Assistant

# Threads that spin while they wait made one embedding take 1.2 s instead of 50 ms beside a model.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

app = typer.Typer(no_args_is_help=True, help="庁内アシスタント", pretty_exceptions_enable=False)
app.add_typer(eval_app, name="eval")
app.add_typer(usage_app, name="usage")
app.add_typer(users_app, name="users")
app.add_typer(audit_app, name="audit")
app.add_typer(manuals_app, name="manuals")
app.add_typer(jobs_app, name="jobs")
app.add_typer(glossary_app, name="glossary")
AsOf = Annotated[
    str, typer.Option("--as-of", help="この日に効力のあった版から答える（例：令和7年4月1日）")
]
AsNumber = Annotated[str, typer.Option("--as", help="この職員番号の人が読めるものだけで答える")]
_BATCH_USAGE = "--batch と --out は、質問を書かずに両方指定してください。"
_REINDEX_SECONDS = 3600.0  # 50,000 passages take about 5 minutes


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument()],
    password: Annotated[
        str | None,
        typer.Option(
            help="保護されたファイルのパスワード。「-」なら画面に出さずに尋ねる"
            "（端末でなければ標準入力の1行目を読む）。値を書くと、シェルの履歴や ps に残る"
        ),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(help="フォルダの対応表（CSV・Excel）。ファイル名、表題、所管課など"),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="取り込まずに、何が起きるかだけを示す")
    ] = False,
    draft: Annotated[bool, typer.Option("--draft", help="公開せず、下書きとして取り込む")] = False,
    correction: Annotated[
        bool, typer.Option("--correction", help="新しい施行日のない、軽微な修正として取り込む")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """ファイルやフォルダのマニュアルを取り込む。"""

    def carried_out() -> CommandResult:
        arguments: dict[str, Any] = {
            "paths": [str(p.absolute()) for p in paths],
            "sheet": None if sheet is None else str(sheet.absolute()),
            "preview": preview,
            "draft": draft,
            "correction": correction,
        }
        if password is not None:
            arguments["password"] = secret_from(password)
        return run("ingest", arguments)

    finish(told(carried_out), as_json)


@app.command()
def search(
    query: str,
    limit: int = 5,
    as_of: AsOf = "",
    as_number: AsNumber = "",
    as_json: AsJson = False,
) -> None:
    """質問に近い記載を探す。"""
    arguments = {"query": query, "limit": limit, "as_of": as_of, "as_number": as_number}
    finish(run("search", arguments), as_json)


@app.command()
def ask(
    question: Annotated[str, typer.Argument()] = "",
    batch: Annotated[Path | None, typer.Option(help="質問の JSON Lines")] = None,
    out: Annotated[Path | None, typer.Option(help="回答の JSON Lines")] = None,
    as_of: AsOf = "",
    as_number: AsNumber = "",
    as_json: AsJson = False,
) -> None:
    """質問に、根拠を示して答える。--batch と --out でまとめて答える。"""
    if batch is None and out is None:
        arguments = {"question": question, "as_of": as_of, "as_number": as_number}
        finish(run("ask", arguments), as_json)
    elif batch is None or out is None or question:
        finish(
            CommandResult.failed(UsageError(_BATCH_USAGE)),
            as_json,
        )
    else:
        arguments = {
            "batch": str(batch.absolute()),
            "out": str(out.absolute()),
            "as_number": as_number,
        }
        finish(run("ask-batch", arguments), as_json)


@app.command()
def doctor(
    reindex: Annotated[bool, typer.Option(help="別の埋め込みモデルで索引を作り直す")] = False,
    as_json: AsJson = False,
) -> None:
    """インストールの状態を調べ、直し方を示す。"""
    finish(guarded(lambda settings: _examine(settings, reindex)), as_json)


@app.command()
def prepare(as_json: AsJson = False) -> None:
    """検索モデルとローカルモデルを準備する（一度だけ）。"""

    def carried_out(settings: Settings) -> CommandResult:
        from ui.commands.prepare import prepare as fetch

        return fetch(settings, progress=tell)

    finish(guarded(carried_out), as_json)


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="画面のポート")] = None,
    ingest_first: Annotated[
        list[Path] | None, typer.Option("--ingest", help="開く前に取り込むフォルダ")
    ] = None,
) -> None:
    """画面を開く。"""
    finish(guarded(lambda settings: _serve(settings, port, ingest_first or [])), False)


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    app()


def _examine(settings: Settings, reindex: bool) -> CommandResult:
    from assistant.data_directory import prepare_data_directory
    from assistant.opening import open_assistant
    from ui.commands.doctor import doctor as examine

    address = serving(settings.data_dir)
    if address is not None:
        if reindex:
            raise DirectoryInUse("索引の作り直しは、chonai serve を止めてから実行してください。")
        return carry_out(address, "doctor", {}, tell)
    try:
        prepare_data_directory(settings.data_dir)
        with (
            owned(settings.data_dir, progress=tell),
            open_assistant(settings, reindex=reindex) as assistant,
        ):
            if reindex and not assistant.library.index.wait_until_whole(_REINDEX_SECONDS):
                tell("索引の作り直しが終わっていません。次に起動したときに続けます。")
            return examine(settings, assistant)
    except AssistantError as error:
        return examine(settings, None, error)


def _serve(settings: Settings, port: int | None, folders: list[Path]) -> CommandResult:
    from assistant.data_directory import prepare_data_directory
    from assistant.opening import open_assistant
    from assistant.people.audit.settings_record import record_settings
    from ui.commands.dispatch import run_command

    if port is not None:
        settings = settings.model_copy(update={"port": port})
    url = f"http://{settings.host}:{settings.port}"
    prepare_data_directory(settings.data_dir)
    address = serving(settings.data_dir)
    if address is not None:
        raise DirectoryInUse(
            f"このデータフォルダは、動いている chonai serve（{address.url}）が使っています。"
            "その画面を使うか、止めてから起動してください。"
        )
    with owned(settings.data_dir, progress=tell), open_assistant(settings) as assistant:
        record_settings(assistant.database, settings)
        if folders:
            paths = {"paths": [str(folder.absolute()) for folder in folders]}
            result = run_command(assistant, "ingest", paths, tell)
            for line in result.lines if result.status else ():
                tell(line)
        commands = CommandServer(
            settings.data_dir,
            lambda name, arguments, progress: run_command(assistant, name, arguments, progress),
            url=url,
        )
        try:
            from ui.server import serve as serve_pages

            serve_pages(assistant, settings, ready=lambda at: _say_open(assistant, at))
        finally:
            commands.close()
    return CommandResult(0, {}, ("終了しました。",))


def _say_open(assistant: Assistant, at: str) -> None:
    """Say where the pages are, and how the first administrator comes in where there is none."""
    tell(f"画面を開きました: {at}")
    try:
        token = assistant.links.for_first_administrator()
    except UsageError as error:
        tell(f"管理者がまだいません。{error}")
        return
    if token is not None:
        base = assistant.settings.public_url.rstrip("/") or at
        tell(
            "管理者がまだいません。最初の管理者は、次のリンクから登録してください"
            f"（1回だけ、24時間以内）:\n{base}/signin/first?token={token}"
        )


if __name__ == "__main__":
    main()
