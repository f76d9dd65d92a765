"""What a judge model says of the answers of a run, kept beside what people say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select

from assistant import calendar, tables
from assistant.database import Database

_VERDICT: Final = tables.evaluation_model_verdict.c


@dataclass(frozen=True)
class ModelVerdict:
    """A judgement: a key of VERDICT_WORDS with its reason; `verdict` is "" where it failed.

    `instructions` is a hash of what the model was told, so that judgements can be told apart.
    """

    run_id: int
    case_id: str
    model: str
    verdict: str
    reason: str
    error: str
    instructions: str
    given_at: datetime


class ModelVerdicts:
    """Reads and writes the judgements of models; a new one of the same model replaces the old."""

    def __init__(self, database: Database):
        self._database = database

    def keep(
        self,
        run_id: int,
        case_id: str,
        *,
        model: str,
        instructions: str,
        verdict: str = "",
        reason: str = "",
        error: str = "",
    ) -> ModelVerdict:
        """Keep what a model said of a case, or why its judgement failed."""
        one = ModelVerdict(
            run_id, case_id, model, verdict, reason, error, instructions, calendar.stored_now()
        )
        own = (_VERDICT.run_id == run_id, _VERDICT.case_id == case_id, _VERDICT.model == model)
        with self._database.write() as connection:
            connection.execute(delete(tables.evaluation_model_verdict).where(*own))
            connection.execute(insert(tables.evaluation_model_verdict), asdict(one))
        return one

    def of(self, run_id: int) -> list[ModelVerdict]:
        """Return the judgements of a run, by model and case."""
        query = (
            select(tables.evaluation_model_verdict)
            .where(_VERDICT.run_id == run_id)
            .order_by(_VERDICT.model, _VERDICT.case_id)
        )
        with self._database.read() as connection:
            return [ModelVerdict(**row._mapping) for row in connection.execute(query)]
