"""Reads single cells of the manuals' sheet; each problem says what to write instead."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PureWindowsPath
from typing import Final

from assistant.domain import CountedBy
from assistant.japanese.days import read_day
from assistant.people.access import EVERYONE, checked_audience
from assistant.people.names import folded_name, plain_name, problem_of_name
from assistant.people.roles import ROLE_WORDS

COUNTED_BY: Final[dict[CountedBy, tuple[str, ...]]] = {
    "": ("",),
    "announcement": ("公告日", "公告", "announcement"),
    "contract": ("契約締結日", "契約", "contract"),
    "decision": ("決裁日", "決裁", "decision"),
}
_EVERYONE: Final = (EVERYONE, "全員", "全職員")
_KINDS: Final = {
    "section": "section", "課": "section",
    "group": "group", "グループ": "group",
    "role": "role", "役割": "role",
}  # fmt: skip
_ROLES: Final = {folded_name(name): role for role, w in ROLE_WORDS.items() for name in (role, w)}
_BETWEEN: Final = re.compile("[,，、､;；\n]")
_SHOWN: Final = 40


def file_in_folder(text: str, what: str, problems: list[str]) -> str:
    """Return a path with plain slashes, "" for none and for one that leaves the folder."""
    path = PureWindowsPath(text)  # knows both slashes, drives and servers
    if not text or (path.name and not path.anchor and ".." not in path.parts):
        return path.as_posix() if text else ""
    problems.append(
        f"{what}「{shown(text)}」がこのフォルダの外を指しています。"
        "フォルダの中のファイル名を書いてください。"
    )
    return ""


def day_of(text: str, what: str, problems: list[str]) -> date | None:
    """Return the day that a cell names, None for none and for what cannot be read."""
    if not text:
        return None
    try:
        return read_day(text)
    except ValueError:
        problems.append(
            f"{what}「{shown(text)}」を読めません。2026-04-01 か 令和8年4月1日 の形で書き、"
            "決まっていなければ空にしてください。"
        )
        return None


def counted_by_of(text: str, problems: list[str]) -> CountedBy:
    """Return which day a cell names, "" for none and for what is none of them."""
    for value, words in COUNTED_BY.items():
        if folded_name(text) in words:
            return value
    names = "・".join(words[0] for value, words in COUNTED_BY.items() if value)
    problems.append(
        f"経過措置の基準「{shown(text)}」を読めません。{names} のどれかを書くか、空にしてください。"
    )
    return ""


def audience_of(text: str, problems: list[str]) -> str:
    """Return an audience in its one spelling, "" for none and for one that cannot be meant."""
    if not text:
        return ""
    parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    read = [_audience_part(part) for part in parts]
    wrong = [problem for _, problem in read if problem]
    spelled = {part for part, _ in read}
    if not parts:
        wrong.append(f"閲覧範囲「{shown(text)}」を読めません。誰もが読めるなら 全員 と書きます。")
    elif EVERYONE in spelled and len(spelled) > 1:
        wrong.append("閲覧範囲に 全員 とほかの範囲があります。どちらかだけを書いてください。")
    problems += wrong
    return "" if wrong else checked_audience(",".join(part for part, _ in read))


def _audience_part(part: str) -> tuple[str, str]:
    """Return one part as `may_read` knows it, and why it cannot be meant."""
    if folded_name(part) in _EVERYONE:
        return EVERYONE, ""
    said, colon, rest = part.replace("：", ":").partition(":")
    kind, name = _KINDS.get(folded_name(said), ""), plain_name(rest)
    told = f"閲覧範囲「{shown(part)}」"
    if not colon:
        return "", (
            f"{told}だけでは、課かグループか役割か分かりません。"
            f"課なら 課:{shown(part)}、グループなら グループ:{shown(part)} と書いてください。"
        )
    if not kind or ":" in name:
        return "", (
            f"{told}を読めません。全員、課:課名、グループ:グループ名、役割:役割名 の形で、"
            "2つ以上は「、」で区切って書いてください。"
        )
    if kind == "role":
        if role := _ROLES.get(folded_name(name)):
            return f"role:{role}", ""
        roles = "・".join(ROLE_WORDS.values())
        return "", f"{told}の役割はありません。{roles} から選んでください。"
    problem = problem_of_name(name, f"{told}の名前")
    return ("", problem) if problem else (f"{kind}:{name}", "")


def shown(text: str) -> str:
    """Return what a cell says as a message shows it: one line, not endless."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"
