"""What can be done with a version that is not shown to readers: publish, schedule, discard."""

from __future__ import annotations

from datetime import date
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.errors import UsageError
from assistant.library.library_list import LibraryRow, described_changes, version_words
from assistant.library.shelf import ShelvedManual
from ui import resources, state
from ui.components.library.acting import Keeper, perform
from ui.components.library.difference import (
    changed_sections,
    difference_words,
    show_difference,
)
from ui.components.library.trial_result import ask_and_publish, show_trial, started_words
from ui.components.people.acting import confirmed
from ui.components.people.fields import asked_day, day_field
from ui.components.style import note
from ui.components.text import as_html, as_markdown, date_words

_NO_EARLIER: Final = "比べる前の版はありません。初めて公開する版です。"
_DESCRIBED: Final = "公開すると、マニュアルの情報も次のように変わります。"
_SHORT: Final = 5  # changed sections that are read at a glance
_DISCARD: Final = (
    "{version}の下書きを破棄します。元に戻せません。\n公開している版は、そのまま変わりません。"
)


def show_draft_actions(manual: ShelvedManual, row: LibraryRow, keeper: Keeper) -> None:
    """Show what differs from the version before, and what can be done with a draft."""
    before = manual.before(row.version.id)
    if before is None:
        st.html(note(as_html(_NO_EARLIER)))
    else:
        words = difference_words(keeper.shelf, before, row)
        st.markdown(f"**{as_markdown(words)}**")
        # A long one must not push the buttons out of reach.
        short = changed_sections(keeper.shelf, before, row) <= _SHORT
        with st.expander("前の版との違いを見る", expanded=short, key=f"before-{row.version.id}"):
            show_difference(keeper.shelf, before, row)
    _show_described(manual, row, keeper)
    show_trial(manual, row, keeper)
    st.html(note(as_html(_effect(manual, row))))
    show_release(row, agrees="今すぐ公開する")
    if row.standing == "waiting":
        _show_unschedule(row)
    _show_schedule(row)
    if row.standing == "draft":
        _show_discard(row)


def _show_described(manual: ShelvedManual, row: LibraryRow, keeper: Keeper) -> None:
    """Say what publishing would change of the manual beside its text."""
    said = keeper.shelf.described(row.version.id)
    changes = [] if said is None else described_changes(manual.manual, said)
    if changes:
        items = "".join(f"<li>{as_html(change)}</li>" for change in changes)
        st.html(
            f'<p class="chonai-body">{as_html(_DESCRIBED)}</p>'
            f'<div class="chonai-document"><ul>{items}</ul></div>'
        )


def show_release(row: LibraryRow, *, agrees: str) -> None:
    """Show the button that publishes a version now."""
    version = row.version

    def release(now: Keeper) -> str:
        if not ask_and_publish(now, row):
            return started_words(row)
        done = now.version(version.id).version
        start = done.effective_from
        if start is not None and start > calendar.today():
            return (
                f"{version_words(done)}を公開しました。"
                f"{date_words(start)}から、質問への回答に使います。"
            )
        return f"{version_words(done)}を公開しました。"

    if st.button(agrees, key=f"release-{version.id}", type="primary"):
        perform(version.manual_id, release)


def _effect(manual: ShelvedManual, row: LibraryRow) -> str:
    """Return what readers will notice once the version is published."""
    version, held = row.version, manual.in_force
    before = manual.before(version.id)
    if before is not None and before.version.number == version.number:
        return "公開すると、この修正が、同じ版の今の本文と入れ替わります（施行日は変わりません）。"
    start = version.effective_from
    later = start is not None and start > calendar.today()
    when = f"{date_words(start)}から" if later else "公開するとすぐに"
    words = f"{when}、質問への回答に使います。"
    if held is not None and (start or date.min) >= (held.version.effective_from or date.min):
        words += f"今の{version_words(held.version)}は、施行日の前日までの版として残ります。"
    return words


def _show_schedule(row: LibraryRow) -> None:
    version = row.version
    form = f"schedule-{version.id}"
    key = f"{form}-{state.form_round(form)}"
    with (
        st.form(key, border=False, enter_to_submit=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        on = day_field("公開する日", key=f"{key}-on", value=date_words(version.publish_on))
        sent = st.form_submit_button("日を決めて公開する")

    def schedule(now: Keeper) -> str:
        day = asked_day(on, "公開する日")
        if day <= calendar.today():
            raise UsageError(
                "公開する日は、明日以後の日にしてください。今日なら「今すぐ公開する」です。"
            )
        done = ask_and_publish(now, row, on=day)
        state.empty_form(form)
        if not done:
            return started_words(row)
        return f"{version_words(version)}を{date_words(day)}に公開します（予約しました）。"

    if sent:
        perform(version.manual_id, schedule)


def _show_unschedule(row: LibraryRow) -> None:
    version = row.version

    def unschedule(now: Keeper) -> str:
        now.version(version.id)
        resources.assistant().lifecycle.unschedule(version.id, by=now.actor)
        return f"{version_words(version)}の公開を取りやめました。下書きに戻りました。"

    asks = "公開の予約を取り消す" if version.publish_on else "公開をやめて下書きに戻す"
    if st.button(asks, key=f"unschedule-{version.id}"):
        perform(version.manual_id, unschedule)


def _show_discard(row: LibraryRow) -> None:
    version = row.version

    def discard(now: Keeper) -> str:
        now.version(version.id)
        resources.assistant().lifecycle.discard(version.id, by=now.actor)
        return f"{version_words(version)}の下書きを破棄しました。"

    if confirmed(
        f"discard-{version.id}",
        asks="破棄する",
        warning=_DISCARD.format(version=version_words(version)),
        agrees="下書きを破棄する",
    ):
        perform(version.manual_id, discard)
