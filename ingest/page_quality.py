"""Judges whether the text of a page is Japanese that people can read, or rubbish."""

from __future__ import annotations

from typing import Literal

PageVerdict = Literal["readable", "mojibake", "empty"]
_LEAST_CHARACTERS = 8


def judge_page(text: str) -> PageVerdict:
    """Return the verdict on a page's text.

    Rubbish: more than 10 % private-use, replacement, NUL or control characters, or more than
    30 % of letters outside Latin, kana and the common kanji block (pypdf turns several Japanese
    encodings into Hangul, accented letters and rare kanji without an error).
    """
    characters = [c for c in text if not c.isspace()]
    if len(characters) < _LEAST_CHARACTERS:
        return "empty" if all(c.isalnum() or c in "-–—.()" for c in characters) else "mojibake"
    broken = sum(
        c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or c < " " or "\x7f" <= c < "\xa0"
        for c in characters
    )
    strange = sum(_is_strange(c) for c in characters)
    if broken > 0.1 * len(characters) or strange > 0.3 * len(characters):
        return "mojibake"
    return "readable"


def _is_strange(c: str) -> bool:
    """Tell whether a letter belongs to a script that Japanese documents do not use in bulk."""
    return (
        "\u00c0" <= c <= "\u036f"
        or "\u0400" <= c <= "\u1fff"
        or "\u3400" <= c <= "\u4dbf"
        or "\uac00" <= c <= "\ud7af"
    )
