"""Stored question sets: open ones change, frozen ones get a next version, drafts need approval."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.database import Database, _engine, migrate
from assistant.errors import UsageError
from assistant.evaluations.sets import KeptCase, QuestionSets, rows_hash
from assistant.people.audit.records import AuditFilter, read_events
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor

EVALUATOR = Actor("p1", "評価 花子")
ONE = KeptCase("1", {"id": "1", "question": "限度額は", "answerable": False})
TWO = KeptCase("2", {"id": "2", "question": "期限は", "answerable": False})


@pytest.fixture
def sets(tmp_path: Path) -> QuestionSets:
    return QuestionSets(Database(tmp_path / "chonai.db"))


def test_an_open_set_changes_and_a_frozen_one_gets_a_next_version(sets: QuestionSets) -> None:
    first = sets.replace("契約", [ONE], by=EVALUATOR)
    assert (first.version, first.state, first.approved) == (1, "open", 1)
    changed = sets.replace("契約", [ONE, TWO], by=EVALUATOR)
    assert (changed.id, changed.version) == (first.id, 1)
    assert changed.hash != first.hash
    frozen = sets.freeze("契約", reason="公開の判定に使った", by=EVALUATOR)
    assert (frozen.state, frozen.frozen_by_name) == ("frozen", "評価 花子")
    second = sets.replace("契約", [TWO], by=EVALUATOR)
    assert (second.version, second.state) == (2, "open")
    assert [case.case_id for case in sets.cases(frozen.id)] == ["1", "2"]
    assert sets.get("契約").version == 2
    assert sets.get("契約", 1).hash == frozen.hash


def test_what_says_the_same_makes_no_new_version(sets: QuestionSets) -> None:
    sets.replace("契約", [ONE], by=EVALUATOR)
    frozen = sets.freeze("契約", reason="", by=EVALUATOR)
    assert sets.replace("契約", [ONE], by=EVALUATOR) == frozen
    assert sets.freeze("契約", reason="もう一度", by=EVALUATOR) == frozen


def test_the_hash_is_over_what_is_approved_in_any_order() -> None:
    assert rows_hash([ONE.row, TWO.row]) == rows_hash(
        [TWO.row, dict(reversed(list(ONE.row.items())))]
    )
    assert rows_hash([ONE.row]) != rows_hash([{**ONE.row, "question": "上限は"}])


def test_drafts_are_approved_by_somebody(sets: QuestionSets) -> None:
    draft = replace(TWO, state="draft", origin="マニュアルから")
    kept = sets.add("契約", [ONE, draft], by=OPERATOR_ACTOR)
    assert (kept.approved, kept.drafts, kept.hash) == (1, 1, rows_hash([ONE.row]))
    approved = sets.approve("契約", ["2"], by=EVALUATOR)
    assert (approved.approved, approved.drafts) == (2, 0)
    [_, two] = sets.cases(approved.id)
    assert (two.state, two.approved_by_name, two.origin) == (
        "approved", "評価 花子", "マニュアルから",
    )  # fmt: skip
    sets.replace("契約", [ONE, replace(TWO, state="approved")], by=OPERATOR_ACTOR)
    assert sets.cases(approved.id)[1].approved_by_name == "評価 花子"
    with pytest.raises(UsageError, match="下書きの中に 2 はありません"):
        sets.approve("契約", ["2"], by=EVALUATOR)


def test_a_draft_of_a_frozen_set_is_approved_in_the_next_version(sets: QuestionSets) -> None:
    sets.replace("契約", [ONE, replace(TWO, state="draft")], by=EVALUATOR)
    sets.freeze("契約", reason="", by=EVALUATOR)
    assert sets.approve("契約", ["2"], by=EVALUATOR).version == 2
    assert sets.get("契約", 1).approved == 1


def test_one_case_is_changed_or_taken_out(sets: QuestionSets) -> None:
    sets.replace("契約", [ONE, TWO], by=EVALUATOR)
    changed = KeptCase("1", {**ONE.row, "question": "上限は"})
    kept = sets.change("契約", changed, by=EVALUATOR)
    assert [case.row["question"] for case in sets.cases(kept.id)] == ["上限は", "期限は"]
    assert sets.remove("契約", ["1"], by=EVALUATOR).approved == 1
    with pytest.raises(UsageError, match="ID 1 の質問はありません"):
        sets.change("契約", changed, by=EVALUATOR)


def test_an_id_is_there_once(sets: QuestionSets) -> None:
    sets.replace("契約", [ONE], by=EVALUATOR)
    with pytest.raises(UsageError, match="同じ ID"):
        sets.add("契約", [TWO, ONE], by=EVALUATOR)
    assert sets.get("契約").approved == 1


@pytest.mark.parametrize("name", ["", "　", "契約@2", "a/b", "あ" * 61])
def test_a_name_that_cannot_be_is_refused(sets: QuestionSets, name: str) -> None:
    with pytest.raises(UsageError, match="質問集の名前"):
        sets.replace(name, [ONE], by=EVALUATOR)


def test_what_is_not_there_is_said(sets: QuestionSets) -> None:
    with pytest.raises(UsageError, match="「契約」はありません"):
        sets.get("契約")
    sets.add("空", [replace(ONE, state="draft")], by=EVALUATOR)
    with pytest.raises(UsageError, match="承認した質問がありません"):
        sets.freeze("空", reason="", by=EVALUATOR)


def test_every_change_stands_in_the_audit_trail(tmp_path: Path) -> None:
    database = Database(tmp_path / "chonai.db")
    sets = QuestionSets(database)
    sets.replace("契約", [ONE], by=EVALUATOR)
    sets.freeze("契約", reason="公開の判定", by=EVALUATOR)
    events = [e for e in read_events(database, AuditFilter(), limit=9)]
    assert [(e.action, e.actor_name) for e in events] == [("evaluation.set", "評価 花子")] * 2
    assert {e.detail.get("reason") for e in events} == {None, "公開の判定"}


def test_the_tables_come_into_a_database_of_the_version_before(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "chonai.db")
    migrate(engine, "0007")
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO glossary VALUES ('随契X', '随意契約')")
    engine.dispose()
    database = Database(tmp_path / "chonai.db")
    assert QuestionSets(database).replace("契約", [ONE], by=EVALUATOR).approved == 1
    with database.read() as connection:
        query = "SELECT meaning FROM glossary WHERE term = '随契X'"
        assert connection.exec_driver_sql(query).scalar_one() == "随意契約"
    database.close()
