"""An answer that asks back: which of several cases the question is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assistant.domain import Answer, AnswerSentence, Turn

WHICH_CASE: Final = "場合によって答えが異なります。どの場合についての質問ですか。"


def asking_back(answer: Answer, choices: Sequence[str]) -> Answer:
    """Return an answer that leaves the choice to the person, its quotations beside it."""
    asked = AnswerSentence(WHICH_CASE, "computed")
    return replace(
        answer,
        outcome="clarify",
        sentences=(asked,),
        computed=(),
        choices=tuple(choices),
        caution="",
    )


def completed(question: str, choice: str) -> str:
    """Return a question that names the case that was chosen."""
    return f"{choice}の場合、{question}"


def turn_of(question: str, answer: str = "", versions: frozenset[str] = frozenset()) -> Turn:
    """Return an earlier turn from its texts; what asked back is known by its words."""
    return Turn(question, answer, versions, asked_back=WHICH_CASE in answer)


def may_ask_back(turns: Sequence[Turn]) -> bool:
    """Tell whether the turn before did not ask back: twice in a row would be a questionnaire."""
    return not turns or not turns[-1].asked_back
