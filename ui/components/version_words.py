"""Versions, and what changes between two, in words: for the pages and for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Final

from assistant import calendar
from assistant.answers.pinned import Pin
from assistant.domain import NearChange
from assistant.library.library_list import COUNTED_BY_WORDS
from ui.components.text import date_words

NOT_THE_SAME: Final = (
    "この引用の原文が、回答したときの内容と一致しません。保存されたデータが変わっています。"
    "この引用を使わずに、管理者に知らせてください。"
)


def edition_words(number: int, revision: int, since: date | None) -> str:
    """Return 第3版（2026年4月1日施行）, with the number of a correction where it is one."""
    corrected = f"修正{revision - 1}回目" if revision > 1 else ""
    begun = f"{date_words(since)}施行" if since is not None else ""
    more = "、".join(part for part in (corrected, begun) if part)
    return f"第{number}版" + (f"（{more}）" if more else "")


def version_notice(pin: Pin) -> str:
    """Return that another version holds today, or none; "" where the cited one does."""
    if pin.is_current:
        return ""
    own = pin.version
    cited = edition_words(own.number, own.revision, own.effective_from)
    now = pin.current
    if now is None:
        return f"この引用は{cited}のものです。現在、効力のある版はありません。"
    holds = edition_words(now.version, now.revision, now.effective_from)
    return f"この引用は{cited}のものです。現在は{holds}です。"


def changes_by_day(changes: Sequence[NearChange]) -> list[list[NearChange]]:
    """Return the changes of one manual on one day together."""
    runs = groupby(changes, key=lambda change: (change.manual, change.changes_on))
    return [list(run) for _, run in runs]


def change_heading(change: NearChange) -> str:
    """Return 『契約事務の手引き』は、2026年4月1日に内容が変わります."""
    past = change.changes_on <= calendar.today()
    verb = "変わりました" if past else "変わります"
    return f"『{change.manual}』は、{date_words(change.changes_on)}に内容が{verb}"


def transition_lines(changes: Sequence[NearChange]) -> list[str]:
    """Return what decides between the two versions, each line once."""
    notes = [f"経過措置：{words}" for change in changes for words in change.transition_notes]
    days = [COUNTED_BY_WORDS[change.counted_by] for change in changes if change.counted_by]
    decided = [f"どちらの版によるかは、{day}で決まります。" for day in days]
    return list(dict.fromkeys([*notes, *decided]))


def reading_words(change: NearChange) -> tuple[str, str]:
    """Return how the readings before and after a change are named, with their versions."""
    before = edition_words(change.before_version, 1, change.before_from)
    after = edition_words(change.after_version, 1, change.after_from)
    gone = "には、この箇所に当たる記載は見つかりません。"
    return (
        f"変更前：{before}" + (gone if change.before is None else ""),
        f"変更後：{after}" + (gone if change.after is None else ""),
    )
