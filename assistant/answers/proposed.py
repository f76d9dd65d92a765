"""Questions proposed to a reader: only those that the manuals are seen to answer, found once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from assistant.answer_json import answer_text
from assistant.answers.asking_back import turn_of
from assistant.answers.first_questions import first_questions
from assistant.answers.foreseeing import Foreseen
from assistant.answers.judgement import SURE
from assistant.answers.next_questions import next_questions
from assistant.domain import Answer, Reader, Turn
from assistant.library import ManualLibrary
from assistant.understanding.heading_questions import HeadingQuestion

MOST_FIRST: Final = 4
MOST_NEXT: Final = 3
_FIRST_SECONDS: Final = 1.5  # one check takes .05 to .2 s on two cores; once a section and week
_NEXT_SECONDS: Final = 1.0
_KEPT: Final = 1_000

Key = tuple[object, ...]


class Foreseeing(Protocol):
    """What tells how a question would be answered."""

    def foreseen(
        self, question: str, *, reader: Reader, as_of: date | None, turns: Sequence[Turn] = ()
    ) -> Foreseen:
        """Look a question up without answering it."""


class ProposedQuestions:
    """Proposes questions and keeps them for as long as the library stays as it is."""

    def __init__(
        self,
        library: ManualLibrary,
        answering: Foreseeing,
        *,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._library = library
        self._answering = answering
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[str, ...]] = OrderedDict()
        self._lock = threading.Lock()
        self._finding = threading.Lock()  # fifty pages opened at once: one looks, the others wait

    def first(self, *, reader: Reader, today: date) -> tuple[str, ...]:
        """Return up to four questions to begin with, one a manual; colleagues get the same."""
        colleague = replace(reader, person_id="")
        key = ("first", today.isocalendar()[:2], self._library.revision(), colleague)
        return self._once(key, lambda: self._found_first(colleague, today))

    def after(
        self, answer_id: str, answers: Sequence[Answer], *, reader: Reader, asked: Sequence[str]
    ) -> tuple[str, ...]:
        """Return up to three questions that go on from the last answer, whose id is given.

        `answers` are those of its conversation, and `asked` what has been asked there.
        """
        key = ("after", answer_id, self._library.revision(), reader)
        return self._once(key, lambda: self._found_next(answers, reader, asked))

    def _once(self, key: Key, find: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with self._finding:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            found = find()
            with self._lock:
                self._kept[key] = found
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return found

    def _found_first(self, reader: Reader, today: date) -> tuple[str, ...]:
        found: dict[str, str] = {}
        ends = self._clock() + _FIRST_SECONDS
        for question in first_questions(self._library, reader=reader, today=today):
            if len(found) == MOST_FIRST or self._clock() >= ends:
                break
            if question.version_id in found:
                continue
            told = self._answering.foreseen(question.text, reader=reader, as_of=today)
            if told.probability >= SURE and _holds(told, question):
                found[question.version_id] = question.text
        return tuple(found.values())

    def _found_next(
        self, answers: Sequence[Answer], reader: Reader, asked: Sequence[str]
    ) -> tuple[str, ...]:
        found: list[str] = []
        ends = self._clock() + _NEXT_SECONDS
        turns = turns_of(answers)
        for question in next_questions(self._library, answers, reader=reader, asked=asked):
            if len(found) == MOST_NEXT or self._clock() >= ends:
                break
            told = self._answering.foreseen(
                question.text, reader=reader, as_of=answers[-1].as_of, turns=turns
            )
            if told.is_answerable and _holds(told, question):
                found.append(question.text)
        return tuple(found)


def turns_of(answers: Iterable[Answer]) -> list[Turn]:
    """Return what the next question of a conversation follows."""
    return [
        turn_of(
            answer.question,
            answer_text(answer),
            frozenset(
                [c.version_id for c in answer.citations] + [r.version_id for r in answer.related]
            ),
        )
        for answer in answers
    ]


def _holds(told: Foreseen, question: HeadingQuestion) -> bool:
    """Tell whether the section that a question was worded from would be quoted."""
    return (question.version_id, question.heading_path) in told.sections
