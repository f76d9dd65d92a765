"""Reads a reorganisation (旧課名, 新課名, 承継, マニュアル) from CSV or Excel, line by line."""

from __future__ import annotations

from typing import Final

from assistant.errors import UnusableList
from assistant.people.sections.known_sections import section_name
from assistant.people.sections.reorganisation import ChangeLine
from ingest.list_file import ListColumn, read_list

COLUMNS: Final = (
    ListColumn("old", ("旧課名", "旧課", "旧所属", "改正前", "old")),
    ListColumn("new", ("新課名", "新課", "新所属", "改正後", "new")),
    ListColumn("heir", ("承継", "承継課", "引継ぎ", "heir"), required=False),
    ListColumn("manual", ("マニュアル", "マニュアル名", "manual"), required=False),
)
_YES: Final = ("○", "〇", "◯", "◎", "●", "1", "yes", "true", "はい", "有")
_NO: Final = ("", "×", "✕", "-", "－", "0", "no", "false", "いいえ", "無")


def read_section_sheet(content: bytes) -> tuple[ChangeLine, ...]:
    """Read which section becomes which; raises UnusableList and UnreadableManual."""
    problems: list[str] = []
    lines = []
    for line in read_list(content, COLUMNS):
        mark = line.values.get("heir", "").strip().lower()
        if mark not in (*_YES, *_NO):
            problems.append(
                f"{line.number}行目: 承継の欄「{mark[:20]}」を読めません。"
                "引き継ぐ課の行に ○ を書き、ほかは空にしてください。"
            )
        lines.append(
            ChangeLine(
                line=line.number,
                old=section_name(line.values["old"]),
                new=section_name(line.values["new"]),
                heir=mark in _YES,
                manual=line.values.get("manual", "").strip(),
            )
        )
    if problems:
        raise UnusableList("組織改正の一覧に直すところがあります。何も登録していません。", problems)
    return tuple(lines)
