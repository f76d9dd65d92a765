"""What actions of the pages 利用者 and 利用状況 share: the right is asked again, and it is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import streamlit as st

from assistant.errors import AssistantError, UnusableList
from assistant.people.audit.trail import Actor
from ui import resources, state
from ui.components.style import note
from ui.components.text import as_html, as_markdown

Result = TypeVar("Result")
_MOST_PROBLEMS: Final = 1000  # so many are read by nobody, and the page has to carry them


def attempt(action: Callable[[Actor], Result]) -> Result | None:
    """Return what an action of the person at the page gives, None where it was refused.

    The person may have lost the role, or been away too long, since the page was drawn. A refusal
    is said right here, under the button.
    """
    member = resources.require_confirmed("manage_people")
    try:
        return action(member.actor)
    except UnusableList as error:
        show_every_problem(error)
    except AssistantError as error:
        show_problem(str(error))
    return None


def perform(place: str, action: Callable[[Actor], str]) -> None:
    """Carry out an action and draw the page anew, which says at `place` what was done."""
    done = attempt(action)
    if done is not None:
        state.ask_to_confirm("")
        state.keep_said(place, done)
        st.rerun()


def show_said(place: str) -> None:
    """Say what the action before has done; the place is taken even where there is nothing."""
    with st.container(key=f"said-{place}"):
        words = state.take_said(place)
        if words:
            st.success(as_markdown(words))


def show_problem(words: str) -> None:
    """Say what went wrong, each line of it on a line of its own."""
    st.error("  \n".join(as_markdown(line) for line in words.split("\n")))


def show_every_problem(error: UnusableList) -> None:
    """Name all lines of a list that cannot be used, not only the first of them."""
    problems = error.problems
    what = str(error).split("\n", 1)[0]
    st.error(as_markdown(f"{what}直すところは {len(problems):,} 件です。"))
    items = "".join(f"<li>{as_html(problem)}</li>" for problem in problems[:_MOST_PROBLEMS])
    st.html(f'<div class="chonai-document"><ul>{items}</ul></div>')
    if len(problems) > _MOST_PROBLEMS:
        st.html(note(as_html(f"ほかに {len(problems) - _MOST_PROBLEMS:,} 件あります。")))


def confirmed(what: str, *, asks: str, warning: str, agrees: str) -> bool:
    """Show a button that asks first; tell whether the person has just agreed.

    `what` names the question on the page, `warning` says what would happen.
    """
    if state.to_confirm() != what:
        st.button(asks, key=f"ask-{what}", on_click=state.ask_to_confirm, args=(what,))
        return False
    st.warning("  \n".join(as_markdown(line) for line in warning.split("\n")))
    with st.container(horizontal=True):
        agreed = st.button(agrees, key=f"agree-{what}")
        st.button("やめる", key=f"drop-{what}", on_click=state.ask_to_confirm, args=("",))
    return agreed
