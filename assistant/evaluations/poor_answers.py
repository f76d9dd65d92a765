"""Questions that were refused or whose answers did not help: what a question set lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from sqlalchemy import or_, select

from assistant import calendar, tables
from assistant.answer_json import load_snapshot
from assistant.conversations.gone import GONE
from assistant.database import Database
from assistant.japanese.normalize import folded
from assistant.people.personal_data import masked

Reason = Literal["refused", "unhelpful"]
DAYS: Final = 90
_MOST: Final = 500
_REFUSED: Final = '"outcome": "refused"'
_ANSWER: Final = tables.answer.c
_FEEDBACK: Final = tables.feedback.c


@dataclass(frozen=True)
class PoorAnswer:
    """A question with personal data hidden, why it is here, and what was cited for it.

    `file` and `page` are those of the first citation, "" and None where there is none.
    """

    answer_id: str
    question: str
    reason: Reason
    file: str
    page: int | None


def poor_answers(database: Database, *, today: date, days: int = DAYS) -> list[PoorAnswer]:
    """Return the poor answers of so many days, oldest first, the same question only once.

    Neither who asked nor when leaves this function, and no test run of a draft is among them.
    """
    since = datetime.combine(today - timedelta(days=days), time(), calendar.TOKYO)
    query = (
        select(_ANSWER.id, _ANSWER.question, _ANSWER.snapshot, _FEEDBACK.helpful)
        .outerjoin(
            tables.feedback,
            (_FEEDBACK.answer_id == _ANSWER.id) & (_FEEDBACK.person_id == _ANSWER.person_id),
        )
        .where(
            _ANSWER.state == "answered",
            _ANSWER.trial.is_(False),
            _ANSWER.question.not_in(GONE),
            _ANSWER.asked_at >= calendar.stored(since),
            or_(
                _FEEDBACK.helpful.is_(False),
                _ANSWER.snapshot.contains(_REFUSED, autoescape=True),
            ),
        )
        .order_by(_ANSWER.asked_at)
        .limit(_MOST)
    )
    found: dict[str, PoorAnswer] = {}
    with database.read() as connection:
        for row in connection.execute(query):
            if not row.snapshot:
                continue
            answer = load_snapshot(row.snapshot)
            if answer.outcome != "refused" and row.helpful is not False:
                continue  # the words stand somewhere else in the snapshot
            reason: Reason = "refused" if answer.outcome == "refused" else "unhelpful"
            first = next(iter(answer.citations), None)
            one = PoorAnswer(
                row.id,
                masked(row.question),
                reason,
                first.file if first else "",
                first.page if first else None,
            )
            found.setdefault(folded(one.question), one)
    return list(found.values())
