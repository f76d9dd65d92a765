"""What every action of the page マニュアル管理 has in common: right and scope are asked again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import streamlit as st

from assistant.errors import AssistantError, UnusableList, UsageError
from assistant.library import ManualListing
from assistant.library.shelf import Shelf, ShelvedManual
from assistant.people.audit.trail import Actor
from assistant.people.directory import Member
from ui import resources, state
from ui.components.people.acting import show_problem
from ui.keepers import shelf_of

LIST: Final = "library-list"
"""Where the page says what was done to a manual that is no longer there."""
_NOT_YOURS: Final = (
    "このマニュアルは、もうないか、所管課が変わって担当ではなくなりました。"
    "一覧を開き直して確かめてください。"
)
_MOST_PROBLEMS: Final = 50
Result = TypeVar("Result")


@dataclass(frozen=True)
class Keeper:
    """Somebody who keeps manuals, at the moment of an action."""

    member: Member
    shelf: Shelf

    @property
    def actor(self) -> Actor:
        """The person as the audit trail names them."""
        return self.member.actor

    def manual(self, manual_id: str) -> ShelvedManual:
        """Return a manual that the person keeps; raises UsageError."""
        found = self.shelf.manual(manual_id)
        if found is None:
            raise UsageError(_NOT_YOURS)
        return found

    def version(self, version_id: str) -> ManualListing:
        """Return a version of a manual that the person keeps; raises UsageError."""
        found = self.shelf.version(version_id)
        if found is None:
            raise UsageError(_NOT_YOURS)
        return found


def require_keeper() -> Keeper:
    """Return who is at the page and may keep manuals now; else say so and end the run."""
    member = resources.require_confirmed("manage_manuals")
    shelf = shelf_of(member)
    if shelf is None:  # never: the role has just been asked
        st.stop()
    return Keeper(member, shelf)


def attempt(action: Callable[[Keeper], Result]) -> Result | None:
    """Return what an action gives, None where it was refused: that is said right here."""
    keeper = require_keeper()
    try:
        return action(keeper)
    except UnusableList as error:
        _show_problems(error)
    except AssistantError as error:
        show_problem(str(error))
    return None


def _show_problems(error: UnusableList) -> None:
    """Say what is wrong with a list, line by line, as far as anybody would read on."""
    first, problems = str(error).split("\n", 1)[0], error.problems
    more = len(problems) - _MOST_PROBLEMS
    rest = [f"ほかに {more:,} 件あります。"] if more > 0 else []
    show_problem("\n".join([first, *problems[:_MOST_PROBLEMS], *rest]))


def perform(manual_id: str, action: Callable[[Keeper], str]) -> None:
    """Carry out an action on a manual and draw the page anew, which says what was done.

    The manual must be the person's at this moment, not only when the page was drawn.
    """

    def checked(keeper: Keeper) -> str:
        keeper.manual(manual_id)
        return action(keeper)

    done = attempt(checked)
    if done is not None:
        state.ask_to_confirm("")
        left = require_keeper().shelf.manual(manual_id)
        state.keep_said(LIST if left is None else place_of(manual_id), done)
        st.rerun()


def place_of(manual_id: str) -> str:
    """Return the name of the place of the page that says what was done to a manual."""
    return f"manual-{manual_id}"
