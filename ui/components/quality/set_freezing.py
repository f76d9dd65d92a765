"""Freezing a set: it never changes again, so that figures can be repeated and compared."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from assistant.errors import UsageError
from assistant.evaluations.sets import KeptSet, QuestionSets
from assistant.people.directory import Member
from ui import resources, state
from ui.components.people.acting import confirmed
from ui.components.quality.acting import perform
from ui.components.style import note
from ui.components.text import as_html

_HOW: Final = (
    "凍結すると、この版は二度と変わりません。公開の判断や報告に使う版は、凍結してください。"
    "あとで直すと、次の版になります。"
)
_WARNING: Final = "「{name}」第{version}版を凍結します。\n元に戻すことはできません。"


def show_freezing(kept: KeptSet) -> None:
    """Show the field for the reason and the button that asks first."""
    st.subheader("凍結する")
    st.html(note(as_html(_HOW)))
    reason = st.text_input("凍結する理由（必須）", key=f"quality-freeze-reason-{kept.id}") or ""
    warning = _WARNING.format(name=kept.name, version=kept.version)
    if confirmed(
        f"quality-freeze-{kept.id}", asks="凍結する", warning=warning, agrees="凍結を確定する"
    ):
        perform("quality-sets", partial(_freeze, kept.name, reason))


def _freeze(name: str, reason: str, by: Member) -> str:
    if not reason.strip():
        raise UsageError("凍結する理由を書いてください。")
    sets = QuestionSets(resources.assistant().database)
    kept = sets.freeze(name, reason=reason, by=by.actor)
    state.show_quality(set=kept.id)
    return f"「{kept.name}」第{kept.version}版を凍結しました。"
