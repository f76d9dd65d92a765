"""What the `chonai users` commands do for one person: add, disable, roles, groups, passwords."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from assistant import calendar
from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant, checked_grant
from assistant.people.sections.known_sections import (
    new_sections_notice,
    problem_of_section,
    section_name,
    sections_before,
)
from assistant.people.sign_on.passwords import checked_password
from ui.commands.section_commands import sections
from ui.commands.staff_commands import day_argument, import_staff

Command = Callable[[Assistant, dict[str, Any], Progress], CommandResult]


def _add(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    """Add a person; without a password a link for choosing one is told."""
    del progress
    number, name, password = arguments["number"], arguments["name"], arguments.get("password")
    section = _section(arguments["section"])
    notices = _notices(assistant, section, calendar.today())
    if password is not None:  # before anything is kept
        checked_password(password, about=(number, *name.split(), section))
    assistant.accounts.add(
        number, name=name, section=section, by=OPERATOR_ACTOR,
        employment=arguments.get("employment") or "",
    )  # fmt: skip
    if arguments.get("admin"):
        assistant.accounts.grant(number, RoleGrant("administrator"), by=OPERATOR_ACTOR)
    member = assistant.accounts.member(number)
    lines = [f"{member.number} {member.name}（{member.section}）を加えました。", *notices]
    url = None
    if password is not None:
        assistant.local_sign_in.set_password(member, password, by=OPERATOR_ACTOR)
    elif assistant.local_sign_in.is_on:
        url = _link_of(assistant, member)
        lines += _link_lines(url)
    return CommandResult(0, {**_member_document(member), "link": url}, tuple(lines))


def _list(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del arguments, progress
    members = assistant.directory.members(today=calendar.today())
    document = {"users": [_member_document(member) for member in members]}
    lines = [_member_words(member) for member in members] or ["利用者はいません。"]
    return CommandResult(0, document, tuple(lines))


def _disable(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    assistant.accounts.disable(arguments["number"], by=OPERATOR_ACTOR)
    return _told(assistant, arguments, "の利用を止めました。")


def _enable(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    assistant.accounts.enable(arguments["number"], by=OPERATOR_ACTOR)
    return _told(assistant, arguments, "の利用を再開しました。")


def _grant(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    grant = _role(arguments)
    notices = _notices(assistant, grant.section, calendar.today()) if grant.section else []
    assistant.accounts.grant(arguments["number"], grant, by=OPERATOR_ACTOR)
    return _told(assistant, arguments, f"に役割を付けました: {grant.words}", notices)


def _revoke(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    grant = _role(arguments)
    assistant.accounts.revoke(arguments["number"], grant, by=OPERATOR_ACTOR)
    return _told(assistant, arguments, f"の役割を取り消しました: {grant.words}")


def _join(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    group = arguments["group"]
    assistant.accounts.join(arguments["number"], group, by=OPERATOR_ACTOR)
    return _told(assistant, arguments, f"をグループ「{group}」に入れました。")


def _leave(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    group = arguments["group"]
    assistant.accounts.leave(arguments["number"], group, by=OPERATOR_ACTOR)
    return _told(assistant, arguments, f"をグループ「{group}」から外しました。")


def _transfer(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    day, section = day_argument(arguments), _section(arguments["section"])
    notices = _notices(assistant, section, day)
    assistant.accounts.transfer(arguments["number"], section, on=day, by=OPERATOR_ACTOR)
    return _told(assistant, arguments, f"の異動を登録しました: {day} から {section}", notices)


def _reset_password(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del progress
    member = assistant.accounts.member(arguments["number"])
    password = assistant.local_sign_in.reset_password(member, by=OPERATOR_ACTOR)
    lines = (
        f"{member.number} {member.name} の初期パスワード: {password}",
        "この画面にだけ表示されます。本人は、最初のサインインで自分のパスワードに変えます。",
    )
    return CommandResult(0, {**_member_document(member), "password": password}, lines)


def _link(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    member = assistant.accounts.member(arguments["number"])
    if not member.enabled:
        raise UsageError(
            f"{member.number} は利用を止めています。先に chonai users enable で再開してください。"
        )
    url = _link_of(assistant, member)
    document = {**_member_document(member), "link": url}
    return CommandResult(0, document, tuple(_link_lines(url)))


def _merge_number(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del progress
    day, new = day_argument(arguments), arguments["new_number"]
    assistant.accounts.add_number(arguments["number"], new, on=day, by=OPERATOR_ACTOR)
    return _told(assistant, arguments, f"の番号に加えました: {day} から {new}")


def _told(
    assistant: Assistant, arguments: dict[str, Any], words: str, notices: list[str] | None = None
) -> CommandResult:
    """Return the person as they are now, and what was done."""
    member = assistant.accounts.member(arguments["number"])
    lines = (f"{member.number} {member.name} {words}", *(notices or ()))
    return CommandResult(0, _member_document(member), lines)


def _section(text: str) -> str:
    name = section_name(text)
    problem = problem_of_section(name)
    if problem:
        raise UsageError(problem)
    return name


def _role(arguments: dict[str, Any]) -> RoleGrant:
    section = arguments.get("section") or ""
    return checked_grant(arguments["role"], _section(section) if section else "")


def _notices(assistant: Assistant, section: str, day: date) -> list[str]:
    """Return what to say of a section that nobody has had so far."""
    with assistant.database.read() as connection:
        known = sections_before(connection, day + timedelta(days=1))
    return [new_sections_notice({section})] if known and section not in known else []


def _link_of(assistant: Assistant, member: Member) -> str:
    settings = assistant.settings
    token = assistant.links.for_first_password(member, by=OPERATOR_ACTOR)
    base = settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    return f"{base}/signin/first?token={token}"


def _link_lines(url: str) -> list[str]:
    return ["本人に次のリンクを渡してください（24時間のあいだ、一度だけ使えます）。", url]


def _member_document(member: Member) -> dict[str, Any]:
    return {
        "number": member.number,
        "name": member.name,
        "section": member.section,
        "employment": member.employment,
        "enabled": member.enabled,
        "roles": [{"role": grant.role, "section": grant.section} for grant in member.grants],
        "groups": list(member.groups),
        "until": member.until.isoformat() if member.until else None,
    }


def _member_words(member: Member) -> str:
    parts = [
        member.number, member.name, member.section, member.employment,
        "・".join(grant.words for grant in member.grants),
        "・".join(f"グループ「{group}」" for group in member.groups),
        f"{member.until} まで" if member.until else "",
        "" if member.enabled else "停止中",
    ]  # fmt: skip
    return "  ".join(part for part in parts if part)


USER_COMMANDS: dict[str, Command] = {
    "users-add": _add,
    "users-list": _list,
    "users-disable": _disable,
    "users-enable": _enable,
    "users-grant": _grant,
    "users-revoke": _revoke,
    "users-join": _join,
    "users-leave": _leave,
    "users-transfer": _transfer,
    "users-reset-password": _reset_password,
    "users-link": _link,
    "users-merge-number": _merge_number,
    "users-import": import_staff,
    "users-sections": sections,
}
