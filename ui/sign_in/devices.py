"""What a browser calls itself, in short: for the list of one's own sessions."""

from __future__ import annotations

from typing import Final

_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = ("Windows", "Mac OS X", "Android", "iPhone", "iPad", "Linux")


def device_name(user_agent: str) -> str:
    """Return a browser and its system, such as Edge（Windows）."""
    browser = next((words for mark, words in _BROWSERS if mark in user_agent), "ブラウザ")
    system = next((known for known in _SYSTEMS if known in user_agent), "")
    return f"{browser}（{system}）" if system else browser
