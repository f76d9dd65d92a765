"""Evaluators judge blind: nobody sees another's verdict before giving one's own, and once only."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.database import Database
from assistant.errors import UsageError
from assistant.evaluations.runs import EvaluationRuns, NewRun
from assistant.evaluations.verdicts import Verdicts
from assistant.people.audit.records import AuditFilter, read_events
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor

HANAKO, TARO = Actor("p1", "評価 花子"), Actor("p2", "評価 太郎")
ROWS = [{"id": key, "question": "？"} for key in ("1", "2", "3")]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(tmp_path / "chonai.db")
    runs = EvaluationRuns(database)
    run = runs.begin(NewRun("契約", 1, "ab", {}, None, 0, ROWS), by=OPERATOR_ACTOR)
    for key in ("1", "2"):
        runs.keep(run.id, key, {"outcome": "answered"})
    return database


def test_another_verdict_is_read_only_after_ones_own(database: Database) -> None:
    verdicts = Verdicts(database)
    verdicts.give(1, "1", "right", by=HANAKO)
    verdicts.give(1, "2", "wrong", note="額が古い", by=HANAKO)
    assert verdicts.shown_to("p2", 1) == []
    verdicts.give(1, "1", "partly", by=TARO)
    shown = [(v.case_id, v.person_name, v.verdict) for v in verdicts.shown_to("p2", 1)]
    assert shown == [("1", "評価 花子", "right"), ("1", "評価 太郎", "partly")]
    assert [v.case_id for v in verdicts.shown_to("p1", 1)] == ["1", "1", "2"]


def test_what_is_left_to_judge_is_what_is_answered(database: Database) -> None:
    verdicts = Verdicts(database)
    assert verdicts.waiting_for("p1", 1) == ["1", "2"]
    verdicts.give(1, "1", "right", by=HANAKO)
    assert verdicts.waiting_for("p1", 1) == ["2"]
    assert verdicts.waiting_for("p2", 1) == ["1", "2"]


def test_a_verdict_is_given_once(database: Database) -> None:
    verdicts = Verdicts(database)
    verdicts.give(1, "1", "right", by=HANAKO)
    with pytest.raises(UsageError, match="すでに判定しています"):
        verdicts.give(1, "1", "wrong", by=HANAKO)
    assert [v.verdict for v in verdicts.shown_to("p1", 1)] == ["right"]
    events = read_events(database, AuditFilter(), limit=9)
    assert [(e.action, e.detail["verdict"]) for e in events] == [("evaluation.verdict", "right")]


def test_only_a_known_word_for_an_answered_case_is_taken(database: Database) -> None:
    verdicts = Verdicts(database)
    with pytest.raises(UsageError, match="正しい、一部、誤り、有害"):
        verdicts.give(1, "1", "good", by=HANAKO)  # type: ignore[arg-type]
    for run, case in ((1, "3"), (1, "9"), (2, "1")):
        with pytest.raises(UsageError, match="回答のある質問"):
            verdicts.give(run, case, "right", by=HANAKO)


def test_what_only_one_judged_tells_nothing_in_reports(database: Database) -> None:
    verdicts = Verdicts(database)
    verdicts.give(1, "1", "right", by=HANAKO)
    verdicts.give(1, "2", "right", by=HANAKO)
    verdicts.give(1, "1", "wrong", by=TARO)
    assert {v.case_id for v in verdicts.judged_by_all(1)} == {"1"}
