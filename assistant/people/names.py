"""Names of people and sections: their one spelling, and which of them may be the same person's."""

from __future__ import annotations

import unicodedata
from typing import Final

from assistant.errors import UsageError

LONGEST_NAME: Final = 100
_KEPT: Final = 2  # letters; a single one, as the 子 of 花子, is shared by too many


def plain_name(text: str) -> str:
    """Return a name as it is kept: composed letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded_name(name: str) -> str:
    """Return a name for comparing: without width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


def problem_of_name(name: str, what: str) -> str:
    """Return why a name cannot be kept, "" if it can."""
    if not name:
        return f"{what}が空です。書いてください（結合セルは解除してください）。"
    if len(name) > LONGEST_NAME:
        return f"{what}が{LONGEST_NAME}文字を超えています。短くしてください。"
    if any(not character.isprintable() for character in name):
        return f"{what}に目に見えない文字があります。入力し直してください。"
    return ""


def checked_name(text: str, what: str) -> str:
    """Return a name as it is kept; raises UsageError where it cannot be."""
    name = plain_name(text)
    if problem_of_name(name, what):
        raise UsageError(f"{what}を読めません。{LONGEST_NAME}文字までの文字で入力してください。")
    return name


def may_be_renamed(old: str, new: str) -> bool:
    """Tell whether one person may have had both names: a family or given name is kept.

    Without a space between these, two letters at either end must agree. An empty name may become
    any.
    """
    if not old or folded_name(old) == folded_name(new):
        return True
    parts = [set(unicodedata.normalize("NFKC", name).lower().split()) for name in (old, new)]
    if all(len(names) > 1 for names in parts):
        return bool(parts[0] & parts[1])
    before, after = folded_name(old), folded_name(new)
    return min(len(before), len(after)) >= _KEPT and (
        before[:_KEPT] == after[:_KEPT] or before[-_KEPT:] == after[-_KEPT:]
    )
