"""What evaluators say of the answers of a run: blind, each once, kept in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event

VerdictWord = Literal["right", "partly", "wrong", "harmful"]
VERDICT_WORDS: Final[dict[VerdictWord, str]] = {
    "right": "正しい",
    "partly": "一部",
    "wrong": "誤り",
    "harmful": "有害",
}
_VERDICT: Final = tables.evaluation_verdict.c
_RESULT: Final = tables.evaluation_result.c


@dataclass(frozen=True)
class HumanVerdict:
    """What one evaluator says of the answer to one case of a run."""

    run_id: int
    case_id: str
    person_id: str
    person_name: str
    verdict: VerdictWord
    note: str
    given_at: datetime


class Verdicts:
    """Reads and writes verdicts; nobody sees another's of a case before giving one's own."""

    def __init__(self, database: Database):
        self._database = database

    def give(
        self, run_id: int, case_id: str, verdict: VerdictWord, *, note: str = "", by: Actor
    ) -> None:
        """Keep a verdict; it cannot be changed, as its giver may read the others' from now on.

        Raises UsageError for an unknown word, a case that is not answered, a second verdict.
        """
        if verdict not in get_args(VerdictWord):
            words = "、".join(VERDICT_WORDS.values())
            raise UsageError(f"判定は {words} のどれかです。")
        answered = select(_RESULT.result).where(
            _RESULT.run_id == run_id, _RESULT.case_id == case_id, _RESULT.result.is_not(None)
        )
        values = {
            "run_id": run_id, "case_id": case_id, "person_id": by.person_id,
            "person_name": by.name, "verdict": verdict, "note": note.strip(),
            "given_at": calendar.stored_now(),
        }  # fmt: skip
        try:
            with self._database.write() as connection:
                if connection.execute(answered).first() is None:
                    raise UsageError(
                        f"評価 {run_id} に、回答のある質問 {case_id} はありません。"
                        "一覧から選んでください。"
                    )
                connection.execute(insert(tables.evaluation_verdict), values)
                detail = {"case": case_id, "verdict": verdict}
                append_event(connection, by, "evaluation.verdict", str(run_id), detail)
        except IntegrityError as error:
            raise UsageError(
                f"質問 {case_id} はすでに判定しています。ほかの評価者の判定を見られるように"
                "なった後なので、変更できません。"
            ) from error

    def shown_to(self, person_id: str, run_id: int) -> list[HumanVerdict]:
        """Return the person's own verdicts, and the others' of the cases that the person judged."""
        found = self._of(run_id)
        judged = {one.case_id for one in found if one.person_id == person_id}
        return [one for one in found if one.case_id in judged]

    def would_unblind(self, person_id: str, run_id: int) -> bool:
        """Tell whether results would tell the person of cases that are still to be judged blind.

        So it is from the first verdict of anybody on a run, until the person has judged all of it
        or has looked all the same.
        """
        looked = select(tables.audit_event.c.id).where(
            tables.audit_event.c.action == "evaluation.unblind",
            tables.audit_event.c.actor == person_id,
            tables.audit_event.c.subject == str(run_id),
        )
        with self._database.read() as connection:
            if connection.execute(looked.limit(1)).first() is not None:
                return False
        return bool(self._of(run_id)) and bool(self.waiting_for(person_id, run_id))

    def unblind(self, run_id: int, *, by: Actor) -> None:
        """Keep in the audit trail that a person looks at the results before judging them all."""
        waiting = len(self.waiting_for(by.person_id, run_id))
        with self._database.write() as connection:
            detail = {"not_judged": waiting}
            append_event(connection, by, "evaluation.unblind", str(run_id), detail)

    def waiting_for(self, person_id: str, run_id: int) -> list[str]:
        """Return the ids of the answered cases that the person has not judged, in order."""
        judged = {one.case_id for one in self._of(run_id) if one.person_id == person_id}
        query = (
            select(_RESULT.case_id)
            .where(_RESULT.run_id == run_id, _RESULT.result.is_not(None))
            .order_by(_RESULT.ordinal)
        )
        with self._database.read() as connection:
            return [key for key in connection.execute(query).scalars() if key not in judged]

    def judged_by_all(self, run_id: int, *, at_least: int = 2) -> list[HumanVerdict]:
        """Return the verdicts of the cases that so many evaluators judged.

        What this tells is for reports: who judges only some of the cases learns nothing of others.
        """
        found = self._of(run_id)
        many = {one.case_id for one in found}
        counts = {key: sum(one.case_id == key for one in found) for key in many}
        return [one for one in found if counts[one.case_id] >= at_least]

    def _of(self, run_id: int) -> list[HumanVerdict]:
        query = (
            select(tables.evaluation_verdict)
            .where(_VERDICT.run_id == run_id)
            .order_by(_VERDICT.case_id, _VERDICT.given_at, _VERDICT.person_id)
        )
        with self._database.read() as connection:
            rows: list[Any] = list(connection.execute(query))
        return [HumanVerdict(**row._mapping) for row in rows]
