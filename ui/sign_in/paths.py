"""Where a sign-in may lead back to: only to a page of our own."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

HOME: Final = "/"
_QUERY: Final = re.compile(r"[?#].*", re.DOTALL)
_LONGEST: Final = 1_000
LONGEST_LINK: Final = 1_000  # letters of a question in an address (/?q=…)
LONGEST_WITH_QUERY: Final = 9 * LONGEST_LINK + 100
"""Such a question is nine characters a letter; twice as many would be too much for most proxies."""
QUESTION: Final = "q"
"""The parameter of a page's address that fills a question in."""
NOT_KEPT: Final = "too_long"
TOO_LONG: Final = f"/?{NOT_KEPT}=1"
"""Where a longer question leads: the page says that it was not kept."""
# Where the password is asked again on the way to them.
_OF_OURS: Final = frozenset({"/signin/pin", "/signin/terminal"})
# Signing in or out again would lead in circles.
_NOT_BACK_TO: Final = frozenset({"signin", "signout", "auth"})


def safe_next(value: str) -> str:
    """Return the path that a sign-in leads back to, "/" for whatever is no page of our own.

    A link with a question that is too long leads to where this is said.
    """
    if value in _OF_OURS:
        return value
    if len(_QUERY.sub("", value)) > _LONGEST or not _is_our_page(value):
        return HOME
    if len(value) <= LONGEST_WITH_QUERY:
        return value
    return TOO_LONG if value.startswith(f"/?{QUESTION}=") else HOME


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
