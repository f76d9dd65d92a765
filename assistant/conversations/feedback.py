"""Whether an answer helped, and why it did not: what its person says of it."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError

REASONS: Final = {
    "not_found": "答えが見つからない",
    "wrong": "内容が違う",
    "outdated": "古い",
    "unclear": "わかりにくい",
    "other": "その他",
}
LONGEST_REMARK: Final = 200
_FEEDBACK = tables.feedback.c
_ANSWER = tables.answer.c


class Feedback:
    """Keeps a person's verdicts on the person's own answers; a later one replaces the earlier."""

    def __init__(self, database: Database):
        self._database = database

    def rate(self, answer_id: str, *, person_id: str, helpful: bool) -> None:
        """Keep whether an answer helped; the reason of an earlier verdict goes when it did."""
        with self._database.write() as connection:
            own = select(_ANSWER.id).where(_ANSWER.id == answer_id, _ANSWER.person_id == person_id)
            if connection.execute(own).first() is None:
                return
            values: dict[str, Any] = {"helpful": helpful, "given_at": calendar.stored_now()}
            if helpful:
                values |= {"reason": "", "remark": ""}
            connection.execute(
                upsert(tables.feedback)
                .values({"answer_id": answer_id, "person_id": person_id, **values})
                .on_conflict_do_update(index_elements=["answer_id", "person_id"], set_=values)
            )

    def explain(self, answer_id: str, *, person_id: str, reason: str, remark: str = "") -> None:
        """Keep why an answer did not help; one that was not judged so stays as it is.

        Raises UsageError for a reason that is none of REASONS and for a remark that is no line.
        """
        if reason not in REASONS:
            raise UsageError("理由を選んでください。")
        values = {"reason": reason, "remark": checked_remark(remark)}
        with self._database.write() as connection:
            connection.execute(
                update(tables.feedback)
                .where(
                    _FEEDBACK.answer_id == answer_id,
                    _FEEDBACK.person_id == person_id,
                    _FEEDBACK.helpful.is_(False),
                )
                .values(**values, given_at=calendar.stored_now())
            )


def checked_remark(text: str) -> str:
    """Return a remark as one line; raises UsageError with what to do."""
    line = " ".join(text.split())
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co") for c in line):
        raise UsageError("使えない文字（制御文字）が含まれています。文字を入力し直してください。")
    if len(line) > LONGEST_REMARK:
        raise UsageError(
            f"ひとことが長すぎます（{len(line)}文字）。{LONGEST_REMARK}文字以内に短くしてください。"
        )
    return line
