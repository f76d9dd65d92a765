"""What every action of the page 品質評価 has in common: the right is asked anew, it is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from assistant.errors import AssistantError, UnusableList, UsageError
from assistant.people.directory import Member
from ui import resources, state
from ui.components.people.acting import show_every_problem, show_problem

Result = TypeVar("Result")


def attempt(action: Callable[[Member], Result]) -> Result | None:
    """Return what an action of the person at the page gives, None where it was refused.

    The person may have lost the role since the page was drawn. A refusal is said right here.
    """
    member = resources.require("evaluate")
    try:
        return action(member)
    except UnusableList as error:
        show_every_problem(error)
    except AssistantError as error:
        show_problem(str(error))
    return None


def perform(place: str, action: Callable[[Member], str]) -> None:
    """Carry out an action and draw the page anew, which says at `place` what was done."""
    done = attempt(action)
    if done is not None:
        state.ask_to_confirm("")
        state.keep_said(place, done)
        st.rerun()


def evaluator_of(person_id: str, browser: str) -> Member:
    """Return the person who presses a button that writes a file; raises UsageError.

    The file is made after the page has run: whether the person may still have it is asked anew.
    """
    member = resources.member_of(person_id)
    alive = resources.assistant().sessions.get(browser) is not None
    if member is None or "evaluate" not in member.tasks or not alive:
        raise UsageError("品質評価の権限を確かめられません。サインインし直してください。")
    return member
