"""What can be done with what is or was published: withdraw, roll back, publish once more."""

from __future__ import annotations

import streamlit as st

from assistant.domain import ManualVersion
from assistant.library.library_list import LibraryRow, version_words
from assistant.library.shelf import ShelvedManual
from ui import resources, state
from ui.components.library.acting import Keeper, perform
from ui.components.people.acting import confirmed
from ui.components.text import date_words

_NOTHING_LEFT = (
    "公開中の版がなくなり、このマニュアルは質問への回答に使われなくなります。"
    "「もう一度公開する」で戻せます。"
)


def show_withdrawal(manual: ShelvedManual, row: LibraryRow) -> None:
    """Show the button that withdraws one version, with its reason."""
    version = row.version
    what = f"withdraw-{version.id}"
    reason = ""
    if state.to_confirm() == what:
        reason = st.text_input("取下げの理由", key=f"{what}-reason", max_chars=200).strip()

    def withdraw(now: Keeper) -> str:
        now.version(version.id)
        resources.assistant().lifecycle.withdraw(
            version.manual_id, by=now.actor, reason=reason, version_id=version.id
        )
        return f"{version_words(version)}を取り下げました。" + in_force_words(
            now.manual(version.manual_id)
        )

    if confirmed(
        what,
        asks="取り下げる",
        warning=f"{version_words(version)}を取り下げます。だれの回答にも使われず、読めなくなります。\n"
        + after_words(manual.in_force_after(version)),
        agrees="この版を取り下げる",
    ):
        perform(version.manual_id, withdraw)


def show_roll_back(manual: ShelvedManual) -> None:
    """Show the button that undoes the latest publication, where there is something before it."""
    latest = manual.last_published()
    if latest is None:
        return
    corrected = manual.corrected_by(latest)
    warning = f"{version_words(latest)}の公開を取り消し、前の版に戻します。\n" + after_words(
        manual.in_force_after(latest, corrected)
    )

    def roll_back(now: Keeper) -> str:
        taken = resources.assistant().lifecycle.roll_back(latest.manual_id, by=now.actor)
        return f"{version_words(taken)}の公開を取り消しました。" + in_force_words(
            now.manual(latest.manual_id)
        )

    if confirmed(
        f"roll-back-{latest.id}",
        asks="前の版に戻す",
        warning=warning,
        agrees="前の版に戻す（確定）",
    ):
        perform(latest.manual_id, roll_back)


def after_words(version: ManualVersion | None) -> str:
    """Return what will be in force after an action."""
    if version is None:
        return _NOTHING_LEFT
    start = f"（{date_words(version.effective_from)}施行）" if version.effective_from else ""
    file = f"「{version.file_name}」"
    return f"その後は、{version_words(version)}{start}{file}が質問への回答に使われます。"


def in_force_words(manual: ShelvedManual) -> str:
    """Return what is in force now, after an action."""
    held = manual.in_force
    if held is None:
        return "今、公開中の版はありません。"
    return f"今は{version_words(held.version)}が公開中です。"
