"""White space in the source of a web page, as a browser shows it."""

from __future__ import annotations

import re

WRAP = "\x1f"  # a line end of the source, until its neighbours are known
_SPACES = re.compile(r"[ \t\r\n\f]+")
_JAPANESE = r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_SPACED = rf"[ {WRAP}]*{WRAP}[ {WRAP}]*"
_AT_JAPANESE = re.compile(rf"(?<={_JAPANESE}){_SPACED}|{_SPACED}(?={_JAPANESE})")
_BETWEEN = re.compile(rf"[ {WRAP}]+")


def flowing(text: str | None) -> str:
    """Return the text of an element with its white space run together."""
    return _SPACES.sub(lambda m: WRAP if "\n" in m[0] else " ", text or "")


def joined_wraps(text: str) -> str:
    """Return a line whose source was wrapped: no space where Japanese goes on."""
    return _BETWEEN.sub(" ", _AT_JAPANESE.sub("", text))
