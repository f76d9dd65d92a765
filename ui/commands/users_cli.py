"""The `chonai users` commands: reads their arguments; see user_commands.py for what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.owner import CommandResult
from ui.commands.command_line import AsJson, finish, run, secret_from, told

users_app = typer.Typer(no_args_is_help=True, help="利用者・職員名簿・組織改正")

Number = Annotated[str, typer.Argument(help="職員番号")]
SectionOption = Annotated[str, typer.Option(help="課（編集者・DX推進リーダーの役割では必ず）")]
RoleName = Annotated[
    str, typer.Argument(help="editor / evaluator / administrator / auditor / leader")
]
GroupName = Annotated[str, typer.Argument(help="グループ名")]
OnDay = Annotated[str, typer.Option(help="この日から（2027-04-01 や R9.4.1）。省くと今日")]
Apply = Annotated[bool, typer.Option("--apply", help="確かめた内容を反映する。付けないと表示だけ")]


@users_app.command()
def add(
    number: Number,
    name: Annotated[str, typer.Option(help="氏名")],
    section: Annotated[str, typer.Option(help="所属課")],
    employment: Annotated[str, typer.Option(help="任用形態（例 会計年度任用職員）")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="管理者の役割も付ける")] = False,
    password: Annotated[
        str | None,
        typer.Option(
            help="初期パスワード。「-」なら画面に出さずに尋ねる（端末でなければ標準入力の"
            "1行目を読む）。省くと、本人がパスワードを決めるリンクを表示する"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """利用者を加える。"""
    arguments: dict[str, Any] = {
        "number": number,
        "name": name,
        "section": section,
        "employment": employment,
        "admin": admin,
    }

    def carried_out() -> CommandResult:
        if password is not None:
            arguments["password"] = secret_from(password)
        return run("users-add", arguments)

    finish(told(carried_out), as_json)


@users_app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """今日有効な番号を持つ利用者を並べる。"""
    finish(run("users-list", {}), as_json)


@users_app.command()
def disable(number: Number, as_json: AsJson = False) -> None:
    """利用を止める（すぐにサインアウトされる）。"""
    finish(run("users-disable", {"number": number}), as_json)


@users_app.command()
def enable(number: Number, as_json: AsJson = False) -> None:
    """止めた利用を再開する。"""
    finish(run("users-enable", {"number": number}), as_json)


@users_app.command()
def grant(
    number: Number, role: RoleName, section: SectionOption = "", as_json: AsJson = False
) -> None:
    """役割を付ける。"""
    finish(run("users-grant", {"number": number, "role": role, "section": section}), as_json)


@users_app.command()
def revoke(
    number: Number, role: RoleName, section: SectionOption = "", as_json: AsJson = False
) -> None:
    """役割を取り消す。"""
    finish(run("users-revoke", {"number": number, "role": role, "section": section}), as_json)


@users_app.command()
def join(number: Number, group: GroupName, as_json: AsJson = False) -> None:
    """グループに入れる。"""
    finish(run("users-join", {"number": number, "group": group}), as_json)


@users_app.command()
def leave(number: Number, group: GroupName, as_json: AsJson = False) -> None:
    """グループから外す。"""
    finish(run("users-leave", {"number": number, "group": group}), as_json)


@users_app.command()
def transfer(
    number: Number,
    section: Annotated[str, typer.Argument(help="異動先の課")],
    on: OnDay = "",
    as_json: AsJson = False,
) -> None:
    """異動を登録する。"""
    finish(run("users-transfer", {"number": number, "section": section, "on": on}), as_json)


@users_app.command("reset-password")
def reset_password(number: Number, as_json: AsJson = False) -> None:
    """パスワードを発行し直し、一度だけ表示する。"""
    finish(run("users-reset-password", {"number": number}), as_json)


@users_app.command()
def link(number: Number, as_json: AsJson = False) -> None:
    """本人がパスワードを決めるための、一度だけ使えるリンクを表示する。"""
    finish(run("users-link", {"number": number}), as_json)


@users_app.command("merge-number")
def merge_number(
    number: Number,
    new_number: Annotated[str, typer.Argument(help="同じ人の新しい番号")],
    on: OnDay = "",
    as_json: AsJson = False,
) -> None:
    """新しい番号を同じ人のものにする（再任用など）。"""
    arguments = {"number": number, "new_number": new_number, "on": on}
    finish(run("users-merge-number", arguments), as_json)


@users_app.command("import")
def import_staff(
    file: Annotated[Path, typer.Argument(help="職員名簿（CSV か .xlsx）")],
    on: OnDay = "",
    complete: Annotated[
        bool, typer.Option("--complete", help="全職員の名簿。名簿にない人は利用を終える")
    ] = False,
    apply: Apply = False,
    passwords: Annotated[
        Path | None,
        typer.Option(help="新しい利用者の初期パスワードを書き出す新しい CSV（--apply のとき）"),
    ] = None,
    same_person: Annotated[
        list[str] | None,
        typer.Option(help="同じ人の前の番号と新しい番号（前=新）。何度でも書ける"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """職員名簿を取り込む。まず何が変わるかを表示し、--apply で反映する。"""
    arguments = {
        "file": str(file.absolute()),
        "on": on,
        "complete": complete,
        "apply": apply,
        "passwords": str(passwords.absolute()) if passwords else None,
        "same_person": same_person or [],
    }
    finish(run("users-import", arguments), as_json)


@users_app.command()
def sections(
    file: Annotated[
        Path | None, typer.Argument(help="組織改正の一覧（旧課名・新課名・承継・マニュアル）")
    ] = None,
    list_changes: Annotated[bool, typer.Option("--list", help="登録した組織改正を並べる")] = False,
    withdraw: Annotated[
        int | None, typer.Option(help="始まっていない組織改正を、番号で取り消す")
    ] = None,
    on: Annotated[str, typer.Option(help="施行日（2027-04-01 や R9.4.1）")] = "",
    apply: Apply = False,
    as_json: AsJson = False,
) -> None:
    """組織改正（課の改称・統合・分割）を登録する。"""
    arguments = {
        "file": str(file.absolute()) if file else None,
        "list": list_changes,
        "withdraw": withdraw,
        "on": on,
        "apply": apply,
    }
    finish(run("users-sections", arguments), as_json)
