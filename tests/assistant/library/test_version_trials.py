"""Trials are kept at their versions, come into an older database, and go with their version."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_manuals import prepared_manual
from sqlalchemy import create_engine

from assistant.database import Database, migrate
from assistant.domain import ManualVersion
from assistant.errors import UsageError
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.trials import VersionTrial, last_trial
from assistant.opening import Assistant
from assistant.people.audit.records import AuditFilter, read_events
from assistant.people.audit.trail import OPERATOR_ACTOR

WORSE = VersionTrial("worse", "悪くなる質問1件。", {"worse": [{"id": "1"}]}, "改正のため")


@pytest.fixture
def draft(quick_assistant: Assistant) -> ManualVersion:
    prepared = prepared_manual("限度額は80万円です。")
    library = quick_assistant.library
    store_vectors(library.vectors, library.encoder, prepared.drafts)
    return Publisher(library).draft(prepared)


def test_a_trial_is_kept_with_the_publication(
    quick_assistant: Assistant, draft: ManualVersion
) -> None:
    assert last_trial(quick_assistant.database, draft.id) is None
    quick_assistant.lifecycle.keep_trial(draft.id, WORSE, "waiting", by=OPERATOR_ACTOR)
    quick_assistant.lifecycle.release(draft.id, by=OPERATOR_ACTOR, trial=WORSE)
    kept = last_trial(quick_assistant.database, draft.id)
    assert kept is not None
    assert (kept.outcome, kept.decision, kept.reason) == ("worse", "published", "改正のため")
    assert (kept.document, kept.warns) == ({"worse": [{"id": "1"}]}, True)
    events = read_events(quick_assistant.database, AuditFilter(), limit=9)
    assert [e.action for e in events][:3] == ["manual.publish", "manual.trial", "manual.trial"]
    assert events[1].detail["reason"] == "改正のため"


def test_a_held_version_is_seen_by_nobody_and_known_to_wait(
    quick_assistant: Assistant, draft: ManualVersion
) -> None:
    lifecycle = quick_assistant.lifecycle
    assert lifecycle.held() == []
    held = lifecycle.hold(draft.id, by=OPERATOR_ACTOR)
    assert (held.state, held.publish_on) == ("ready", None)
    assert lifecycle.hold(draft.id, by=OPERATOR_ACTOR) == held
    assert [version.id for version in lifecycle.held()] == [draft.id]
    assert quick_assistant.library.terms() == {}
    assert lifecycle.publish_due() == []
    lifecycle.release(draft.id, by=OPERATOR_ACTOR)
    with pytest.raises(UsageError, match="公開済み"):
        lifecycle.hold(draft.id, by=OPERATOR_ACTOR)


def test_the_trials_of_a_version_go_with_it(
    quick_assistant: Assistant, draft: ManualVersion
) -> None:
    quick_assistant.lifecycle.keep_trial(draft.id, WORSE, "waiting", by=OPERATOR_ACTOR)
    quick_assistant.lifecycle.discard(draft.id, by=OPERATOR_ACTOR)
    assert last_trial(quick_assistant.database, draft.id) is None


def test_the_table_comes_into_a_database_of_the_version_before(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'chonai.db'}")
    migrate(engine, "0009")
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO glossary VALUES ('随契X', '随意契約')")
    engine.dispose()
    database = Database(tmp_path / "chonai.db")
    assert last_trial(database, "a version") is None
    with database.read() as connection:
        query = "SELECT meaning FROM glossary WHERE term = '随契X'"
        assert connection.exec_driver_sql(query).scalar_one() == "随意契約"
    database.close()
