"""What question sets said of versions before publication: kept at the version and in the trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, insert, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.domain import ManualVersion
from assistant.people.audit.trail import Actor, append_event

Outcome = Literal["passed", "untouched", "worse", "failed"]
Decision = Literal["published", "scheduled", "waiting"]
OUTCOME_WORDS: Final[dict[Outcome, str]] = {
    "passed": "悪くなった質問なし",
    "untouched": "関係する質問なし",
    "worse": "悪くなった質問あり",
    "failed": "確かめられなかった",
}
DECISION_WORDS: Final[dict[Decision, str]] = {
    "published": "公開した",
    "scheduled": "公開を予約した",
    "waiting": "公開を待っている",
}
_TRIAL: Final = tables.version_trial.c


@dataclass(frozen=True)
class VersionTrial:
    """What a trial came to: `words` in one line, `document` with the cases that got worse.

    `reason` is why the version is to be published whatever comes.
    """

    outcome: Outcome
    words: str
    document: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def warns(self) -> bool:
        """Whether there is something that somebody has to look at."""
        return self.outcome in ("worse", "failed")


@dataclass(frozen=True)
class KeptTrial(VersionTrial):
    """A trial with what was decided on it, when (naive UTC), and for whom."""

    decision: Decision = "waiting"
    at: datetime = datetime.min
    by_name: str = ""


def keep_trial(
    connection: Connection,
    trial: VersionTrial,
    decision: Decision,
    *,
    title: str,
    version: ManualVersion,
    by: Actor,
) -> None:
    """Keep a trial and its event within the caller's transaction; the trail names no question."""
    values = {
        "version_id": version.id, "at": calendar.stored_now(), "by_name": by.name,
        "outcome": trial.outcome, "decision": decision, "reason": trial.reason,
        "words": trial.words, "document": json.dumps(dict(trial.document), ensure_ascii=False),
    }  # fmt: skip
    connection.execute(insert(tables.version_trial), values)
    detail = {
        "manual": version.manual_id,
        "version": version.number,
        "revision": version.revision,
        "trial": trial.words,
        "outcome": f"{OUTCOME_WORDS[trial.outcome]}・{DECISION_WORDS[decision]}",
        "reason": trial.reason,
    }
    append_event(connection, by, "manual.trial", title, detail)


def last_trial(database: Database, version_id: str) -> KeptTrial | None:
    """Return the latest trial of a version, or None."""
    query = (
        select(tables.version_trial)
        .where(_TRIAL.version_id == version_id)
        .order_by(_TRIAL.id.desc())
        .limit(1)
    )
    with database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return KeptTrial(
        outcome=row.outcome,
        words=row.words,
        document=json.loads(row.document),
        reason=row.reason,
        decision=row.decision,
        at=row.at,
        by_name=row.by_name,
    )
