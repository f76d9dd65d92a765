"""What became of made-up questions: conversations, marks of use, minutes that staff report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy

from assistant import calendar
from assistant.conversations.gone import OVER
from assistant.usage.ledger import SOURCE, UsageEvent
from assistant.usage.survey import AFTER_TWO_SKIPS, BANDS, BETWEEN, SKIPPED, is_drawn

PREFIX: Final = "simulated"
RATE: Final = 0.1
_WITHIN: Final = timedelta(minutes=90)  # a later question begins a conversation of its own
_GIVES_FEEDBACK: Final = 0.15
_HELPFUL: Final = {"answered": 0.84, "refused": 0.2, "clarify": 0.5}
_REPLIES: Final = 0.7
_SHARES: Final = (0.05, 0.15, 0.30, 0.27, 0.13, 0.07, 0.03)  # of the bands, in their order


@dataclass
class MadeUpAnswers:
    """Rows for the tables of conversations, answers, feedback and the survey."""

    conversations: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    surveys: list[dict[str, Any]] = field(default_factory=list)


def make_up_answers(events: Sequence[UsageEvent], *, seed: int) -> MadeUpAnswers:
    """Make up what became of this system's questions, given in the order of time.

    The questions have no words, as after the time for which they are kept.
    """
    rng = numpy.random.default_rng((seed, 1))
    made = MadeUpAnswers()
    last: dict[str, dict[str, Any]] = {}
    offers: dict[str, list[dict[str, Any]]] = {}
    for event in (one for one in events if one.source == SOURCE):
        at = calendar.stored(event.occurred_at)
        open_one = last.get(event.person_id)
        if open_one is None or at - open_one["touched_at"] > _WITHIN:
            open_one = _conversation(event, at)
            made.conversations.append(open_one)
            last[event.person_id] = open_one
        open_one["touched_at"] = at
        made.answers.append(_answer(event, at, open_one["id"]))
        if rng.random() < _GIVES_FEEDBACK:
            made.feedback.append(
                {
                    "answer_id": event.answer_id, "person_id": event.person_id, "given_at": at,
                    "helpful": bool(rng.random() < _HELPFUL[event.outcome]), "reason": "",
                    "remark": "",
                }
            )  # fmt: skip
        earlier = offers.setdefault(event.person_id, [])
        if (
            event.outcome == "answered"
            and is_drawn(event.answer_id, RATE)
            and _may_ask(earlier, at)
        ):
            earlier.append(_survey(event, at, rng))
    made.surveys = [row for rows in offers.values() for row in rows]
    return made


def _conversation(event: UsageEvent, at: datetime) -> dict[str, Any]:
    return {
        "id": f"{PREFIX}-conversation-{event.answer_id}", "person_id": event.person_id,
        "browser_session": PREFIX, "created_at": at, "touched_at": at, "closed": True,
        "title": "",
    }  # fmt: skip


def _answer(event: UsageEvent, at: datetime, conversation: str) -> dict[str, Any]:
    ended = at + timedelta(seconds=event.seconds or 0)
    return {
        "id": event.answer_id, "conversation_id": conversation, "person_id": event.person_id,
        "section": event.section, "question": OVER, "as_of": at.date(), "state": "answered",
        "snapshot": None, "asked_at": at, "beat_at": ended, "shown_at": ended, "trial": False,
    }  # fmt: skip


def _may_ask(earlier: Sequence[dict[str, Any]], at: datetime) -> bool:
    """Tell whether somebody may be asked again: the rule of the survey itself."""
    if not earlier:
        return True
    since = at - earlier[-1]["offered_at"]
    skipped = [row["band"] == SKIPPED for row in earlier[-2:]]
    return bool(since >= (AFTER_TWO_SKIPS if skipped == [True, True] else BETWEEN))


def _survey(event: UsageEvent, at: datetime, rng: numpy.random.Generator) -> dict[str, Any]:
    replies = rng.random() < _REPLIES
    band = list(BANDS)[int(rng.choice(len(BANDS), p=_SHARES))] if replies else SKIPPED
    return {
        "answer_id": event.answer_id, "person_id": event.person_id, "offered_at": at,
        "rate": RATE, "replied_at": at + timedelta(minutes=1), "band": band,
    }  # fmt: skip
