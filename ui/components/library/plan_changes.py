"""Changes to the plan of the library: whether the person may is asked again, and it is said."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from assistant.domain import Manual
from assistant.errors import AssistantError
from assistant.people.access import may_read
from assistant.people.directory import Member
from assistant.people.roles import Task
from ui import resources, state
from ui.components.people.acting import show_problem

HIDDEN = "（閲覧できないマニュアル）"


def perform(place: str, task: Task, action: Callable[[Member], str]) -> None:
    """Carry out an action and draw the page anew, which says at `place` what was done.

    The person may have lost the role, or been away too long, since the page was drawn.
    """
    member = resources.require_confirmed(task)
    try:
        done = action(member)
    except AssistantError as error:
        show_problem(str(error))
        return
    state.ask_to_confirm("")
    state.keep_said(place, done)
    st.rerun()


def own_sections(member: Member) -> frozenset[str] | None:
    """Return the sections whose manuals the person looks after, None for all."""
    if "manage_all_manuals" in member.tasks:
        return None
    return member.sections_with("editor")


def may_see(manual: Manual, member: Member) -> bool:
    """Tell whether the person may learn that a manual exists."""
    own = own_sections(member)
    return own is None or manual.owner_section in own or may_read(manual.audience, member.reader)
