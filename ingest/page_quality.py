"""Judges whether the text of a page is Japanese that people can read, or rubbish."""

from __future__ import annotations

import re
from typing import Literal

PageVerdict = Literal["readable", "mojibake", "empty"]
_LEAST_CHARACTERS = 8
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff\x00-\x1f\x7f-\x9f]")
# Letters of scripts that Japanese documents do not use in bulk.
_STRANGE = re.compile("[\u00c0-\u036f\u0400-\u1fff\u3400-\u4dbf\uac00-\ud7af]")


def judge_page(text: str) -> PageVerdict:
    """Return the verdict on a page's text.

    Rubbish: more than 10 % private-use, replacement, NUL or control characters, or more than
    30 % of letters outside Latin, kana and the common kanji block (pypdf turns several Japanese
    encodings into Hangul, accented letters and rare kanji without an error).
    """
    characters = "".join(text.split())
    if len(characters) < _LEAST_CHARACTERS:
        return "empty" if all(c.isalnum() or c in "-–—.()" for c in characters) else "mojibake"
    broken, strange = len(_BROKEN.findall(characters)), len(_STRANGE.findall(characters))
    if broken > 0.1 * len(characters) or strange > 0.3 * len(characters):
        return "mojibake"
    return "readable"
