"""One person before an open page: what is asked there, and what stood on the page when."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from assistant.answers.shaping import REFUSAL
from eval.benchmarks.page_session import PageSession, Place

_QUESTION_MARK: Final = ">質問</h2>"  # the hidden heading over what a person asked
_QUOTED: Final = "マニュアルの記載の引用です"
_QUOTATION: Final = 'class="chonai-quote"'
_BY_A_MODEL: Final = "AIが作成した回答です"
_SENTENCE: Final = 'class="chonai-body"'
_ENDED: Final = "回答のしかた："


@dataclass(frozen=True)
class Asked:
    """What became of one question; seconds are from Enter."""

    outcome: str  # quoted, refused, asked back or failed
    seconds: float
    evidence: float | None = None
    sentence: float | None = None
    problem: str = ""


def ask(page: PageSession, question: str) -> Asked:
    """Ask on an open page, look at it as it grows, and return what stood there when."""
    before = len(_questions(page))
    began = time.monotonic()
    evidence = sentence = None
    for _ in page.run(question):
        if evidence is None or sentence is None:
            answer, spent = _answer(page, before), time.monotonic() - began
            if evidence is None and _QUOTED in answer and _QUOTATION in answer:
                evidence = spent
            if sentence is None and _SENTENCE in answer.partition(_BY_A_MODEL)[2]:
                sentence = spent
    answer, seconds = _answer(page, before), time.monotonic() - began
    problem = "／".join(page.problems) or ("" if _ENDED in answer else "回答が終わりませんでした。")
    if problem:
        return Asked("failed", seconds, evidence, sentence, problem)
    outcome = "quoted" if _QUOTED in answer else "refused" if REFUSAL in answer else "asked back"
    return Asked(outcome, seconds, evidence, sentence)


def _questions(page: PageSession) -> list[Place]:
    return [place for place, html in page.shown.items() if _QUESTION_MARK in html]


def _answer(page: PageSession, before: int) -> str:
    """Return the HTML under the newest question, "" while no more than those before are drawn."""
    questions = sorted(_questions(page))
    if len(questions) <= before:
        return ""
    return "".join(html for place, html in sorted(page.shown.items()) if place > questions[-1])
