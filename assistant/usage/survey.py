"""Asks a random sample of staff how many minutes an answer saved, and never the same often."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from sqlalchemy import insert, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError

QUESTION: Final = "この回答で、どのくらい時間が減りましたか（無作為に選んだ人に伺っています）"
BANDS: Final[dict[str, tuple[str, float]]] = {
    "longer": ("かえって時間がかかった", -5.0),
    "none": ("変わらない", 0.0),
    "to_5": ("5分まで", 3.0),
    "to_15": ("5〜15分", 10.0),
    "to_30": ("15〜30分", 22.5),
    "to_60": ("30分〜1時間", 45.0),
    "over_60": ("1時間より多い", 60.0),
}
"""Each band with its words and the minutes it is counted as; the last as its lower bound."""
SKIPPED: Final = "skipped"
BETWEEN: Final = timedelta(days=30)
AFTER_TWO_SKIPS: Final = timedelta(days=90)
_SURVEY: Final = tables.usage_survey.c


class Survey:
    """Offers the question, and keeps what was said; `rate` is the share of answers, 0..1."""

    def __init__(self, database: Database, *, rate: float):
        self._database = database
        self._rate = rate

    def is_offered(self, answer_id: str, *, person_id: str) -> bool:
        """Tell whether to ask about an answer now; offering it is kept.

        At most once a person in 30 days, and not for 90 days after two that were not answered.
        """
        if not is_drawn(answer_id, self._rate):
            return False
        now = calendar.stored_now()
        query = (
            select(_SURVEY.answer_id, _SURVEY.offered_at, _SURVEY.band, _SURVEY.replied_at)
            .where(_SURVEY.person_id == person_id)
            .order_by(_SURVEY.offered_at.desc())
        )
        with self._database.write() as connection:  # two pages of theirs may ask at once
            earlier = connection.execute(query).all()
            for row in earlier:
                if row.answer_id == answer_id:
                    return row.replied_at is None
            if earlier and now - earlier[0].offered_at < BETWEEN:
                return False
            skipped = [row.band in (None, SKIPPED) for row in earlier[:2]]
            if skipped == [True, True] and now - earlier[0].offered_at < AFTER_TWO_SKIPS:
                return False
            offered = {
                "answer_id": answer_id, "person_id": person_id, "offered_at": now,
                "rate": self._rate,
            }  # fmt: skip
            connection.execute(insert(tables.usage_survey), offered)
        return True

    def reply(self, answer_id: str, *, person_id: str, band: str) -> None:
        """Keep what somebody said of an answer, or that they skipped; only once."""
        if band != SKIPPED and band not in BANDS:
            raise UsageError("選択肢から選んでください。")
        with self._database.write() as connection:
            connection.execute(
                update(tables.usage_survey)
                .where(
                    _SURVEY.answer_id == answer_id, _SURVEY.person_id == person_id,
                    _SURVEY.replied_at.is_(None),
                )
                .values(band=band, replied_at=calendar.stored_now())
            )  # fmt: skip


def is_drawn(answer_id: str, rate: float) -> bool:
    """Tell whether chance chose an answer: by its id, which is random, so always the same."""
    digest = hashlib.sha256(f"survey {answer_id}".encode()).digest()
    return int.from_bytes(digest[:8]) < rate * 2**64
