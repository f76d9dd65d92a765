"""Where a sign-in may lead back to: only to a page of our own."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

HOME: Final = "/"
_QUERY: Final = re.compile(r"[?#].*", re.DOTALL)
_LONGEST: Final = 1_000
LONGEST_WITH_QUERY: Final = 2_500
"""A question of 200 letters in an address (/?q=…), nine characters each; a cookie holds it too."""
# Where the password is asked again on the way to them.
_OF_OURS: Final = frozenset({"/signin/pin", "/signin/terminal"})
# Signing in or out again would lead in circles.
_NOT_BACK_TO: Final = frozenset({"signin", "signout", "auth"})


def safe_next(value: str) -> str:
    """Return the path that a sign-in leads back to, "/" for whatever is no page of our own."""
    short = len(value) <= LONGEST_WITH_QUERY and len(_QUERY.sub("", value)) <= _LONGEST
    return value if value in _OF_OURS or (short and _is_our_page(value)) else HOME


def _is_our_page(value: str) -> bool:
    """Tell whether every browser and proxy takes a value for a page of the host it came from.

    They take two slashes, or a slash and a backslash, for the beginning of another host's name,
    some of them behind dots or control characters too, or after decoding %2F.
    """
    if not value.startswith("/") or not value.isprintable():
        return False
    try:
        path = unquote(_QUERY.sub("", value), errors="strict")
    except UnicodeDecodeError:
        return False
    if not path.isprintable() or "\\" in value or "\\" in path:
        return False
    steps = path.split("/")[1:]
    in_order = "" not in steps[:-1] and "." not in steps and ".." not in steps
    return in_order and steps[0].lower() not in _NOT_BACK_TO
