"""Versions and manuals in the words of the page マニュアル管理."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assistant.library.library_list import (
    COUNTED_BY_WORDS,
    LibraryRow,
    standing_words,
    version_words,
)
from assistant.library.shelf import ShelvedManual
from ui.components.text import date_words, instant_words

NONE: Final = "なし"


def row_words(row: LibraryRow) -> str:
    """Return a version with its state and 施行日: 第2版（下書き・2026年4月1日施行）."""
    start = row.version.effective_from
    since = f"・{date_words(start)}施行" if start else ""
    return f"{version_words(row.version)}（{standing_words(row)}{since}）"


def state_words(row: LibraryRow) -> str:
    """Return the state of a version, with the day on which one that waits is published."""
    words = standing_words(row)
    if row.standing == "waiting" and row.version.publish_on is not None:
        return f"{words}（{date_words(row.version.publish_on)}に公開）"
    return words


def term_words(row: LibraryRow) -> str:
    """Return from when to when a version is in force, or is to be: 2026年4月1日〜2027年3月31日."""
    start = date_words(row.version.effective_from) or "（前から）"
    last = date_words(row.last_day)
    return f"{start}〜{last}"


def review_words(manual: ShelvedManual) -> str:
    """Return the next review of a manual, and in words whether it is overdue."""
    day = date_words(manual.manual.review_on) or "（未定）"
    return f"{day}（期限切れ）" if manual.overdue else day


def transition_words(row: LibraryRow) -> str:
    """Return the 経過措置 of a version: by which day it is counted, and its note."""
    version = row.version
    counted = COUNTED_BY_WORDS[version.counted_by]
    parts = [f"{counted}で判断" if counted else "", version.transition_note]
    return "。".join(part for part in parts if part)


def who_and_when(person_id: str, instant: str | None, names: Mapping[str, str]) -> str:
    """Return 2026年11月27日 14:05 1001 山田 花子, or "" where nobody did it."""
    if not instant:
        return ""
    return f"{instant_words(instant)} {names.get(person_id, person_id)}".strip()
