"""A staff list that was read: compared with who is here, again where two numbers are one person."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from assistant.people.audit.trail import Actor
from assistant.people.staff.staff_import import plan_staff_list
from assistant.people.staff.staff_list import StaffPlan
from ui import resources, state
from ui.components.people.acting import perform
from ui.components.style import note
from ui.components.text import as_html, as_label

FORM: Final = "staff-list"
_COMMAND: Final = re.compile(r"（(?:コマンドでは|chonai )[^）]*）")
_SAME: Final = "--same-person"  # in the words of a doubt that can be settled by confirming it


@dataclass(frozen=True)
class StaffDraft:
    """A list that was read, and what would follow from it; `asked` are pairs of numbers.

    Each pair (old, new) may be one person's: it is asked about until the list is applied.
    """

    file_name: str
    sha256: str
    plan: StaffPlan
    asked: tuple[tuple[tuple[str, str], str], ...] = ()

    def questions(self) -> dict[tuple[str, str], str]:
        """Return the words for each pair that has been in question so far."""
        found = dict(self.asked)
        found |= {(s.old, s.new): s.words for s in self.plan.suspected}
        found |= {(d.number, d.number): d.words for d in self.plan.doubts if _SAME in d.words}
        return found

    def left_out(self) -> list[str]:
        """Return why lines are left out that nobody can settle here."""
        return [page_words(d.words) for d in self.plan.doubts if _SAME not in d.words]


def ask_about_pairs(draft: StaffDraft) -> None:
    """Ask which pairs of numbers are one person's, and compare the list again with the answers."""
    questions = draft.questions()
    if not questions:
        return
    st.subheader("同じ人の可能性")
    st.html(
        note(
            as_html(
                "同じ人にすると、パスワード・役割・これまでの利用が新しい番号に引き継がれます。"
                "印を付けなければ、新しい番号は別の人になり、番号と氏名が合わない行は反映しません。"
            )
        )
    )
    with st.form("same-person"):
        chosen = [
            pair
            for pair, words in questions.items()
            if st.checkbox(
                as_label(page_words(words)), value=pair in draft.plan.same_person,
                key=f"same-{pair[0]}-{pair[1]}-{draft.sha256}",
            )
        ]  # fmt: skip
        sent = st.form_submit_button("印を付けた組を同じ人として、確かめ直す")
    if sent:
        compare_again(draft, frozenset(chosen))


def compare_again(draft: StaffDraft, same_person: frozenset[tuple[str, str]]) -> None:
    """Compare the list with the directory as it is now, and draw the page anew."""

    def compare(_: Actor) -> str:
        plan = plan_staff_list(
            resources.assistant().database, draft.plan.rows, day=draft.plan.day,
            complete=draft.plan.complete, same_person=same_person,
        )  # fmt: skip
        asked = tuple(draft.questions().items())
        state.keep_draft(FORM, replace(draft, plan=plan, asked=asked))
        return "確かめ直しました。下の内容で反映できます。"

    perform(FORM, compare)


def page_words(words: str) -> str:
    """Return words without what they say of the command line: the page has a field for it."""
    return _COMMAND.sub("", words)
