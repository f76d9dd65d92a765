"""Reorganisations recorded so far: those to come can be taken back, the others are told."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import Actor
from assistant.people.sections.reorganisation import (
    RecordedChange,
    recorded_changes,
    withdraw_change,
)
from ui import resources
from ui.components.people.acting import confirmed, perform
from ui.components.style import note
from ui.components.text import as_html, as_label, date_words

PLACE: Final = "reorganisation"
_WITHDRAW: Final = (
    "{day}の「{old}」の変更を取り消します。\n"
    "その日になっても、所属・所管・閲覧範囲・役割は変わらなくなります。"
)

_Group = tuple[date, str, str]


def show_changes() -> None:
    """Show the changes to come, each with a button that takes it back, and those of the past."""
    known = recorded_changes(resources.assistant().database)
    planned = [item for item in known if item.is_planned]
    past = [item for item in known if not item.is_planned]
    st.subheader("予定されている組織改正")
    if not planned:
        st.html(note(as_html("予定されている組織改正はありません。")))
    titles = _titles(planned)
    for (day, old, manual_id), items in _grouped(planned).items():
        with st.container(border=True, key=f"planned-{items[0].id}"):
            _show_planned(day, old, titles.get(manual_id, manual_id), items)
    if past:
        with st.expander(f"これまでの組織改正（{len(past):,}件）"):
            lines = [f"<li>{as_html(_words(item))}</li>" for item in reversed(past)]
            st.html(f'<div class="chonai-document"><ul>{"".join(lines)}</ul></div>')


def _grouped(items: list[RecordedChange]) -> dict[_Group, list[RecordedChange]]:
    """Return the changes in the groups in which they are taken back."""
    groups: dict[_Group, list[RecordedChange]] = defaultdict(list)
    for item in items:
        change = item.change
        groups[change.takes_effect, change.old, change.manual_id or ""].append(item)
    return groups


def _show_planned(day: date, old: str, title: str, items: list[RecordedChange]) -> None:
    if title:
        words = f"『{title}』の所管：{old} → {items[0].change.new}"
    else:
        words = "、".join(
            f"{item.change.new}（承継）" if len(items) > 1 and item.change.heir else item.change.new
            for item in items
        )
        words = f"{old} → {words}"
    ids = "・".join(str(item.id) for item in items)
    st.html(
        f"<p><strong>{as_html(f'{date_words(day)}：{words}')}</strong></p>"
        + note(as_html(f"登録番号 {ids}"))
    )
    what = f"『{title}』の所管" if title else old

    def withdraw(by: Actor) -> str:
        withdraw_change(resources.assistant().database, items[0].id, by=by)
        return f"{date_words(day)}の「{what}」の変更を取り消しました。"

    if confirmed(
        f"withdraw-{items[0].id}", asks=as_label(f"「{what}」の変更を取消し"),
        warning=_WITHDRAW.format(day=date_words(day), old=what), agrees="取り消す",
    ):  # fmt: skip
        perform(PLACE, withdraw)


def _words(item: RecordedChange) -> str:
    change = item.change
    manual = "（マニュアル1件の所管）" if change.manual_id else ""
    return f"{date_words(change.takes_effect)}：{change.old} → {change.new}{manual}"


def _titles(items: list[RecordedChange]) -> dict[str, str]:
    """Return the titles of the manuals that the changes name, as far as they are in force."""
    library, titles = resources.assistant().library, {}
    for day in {calendar.today(), *(i.change.takes_effect for i in items if i.change.manual_id)}:
        for source in library.sources(reader=OPERATOR, as_of=day).values():
            titles[source.manual_id] = source.manual
    return titles
