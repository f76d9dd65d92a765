"""The shipped question sets become the first ones of an office, once and whole."""

from __future__ import annotations

from assistant.evaluations.sets import QuestionSets
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.sets.first_sets import FIRST_SETS, missing_first_sets, take_first_sets


def test_the_first_sets_are_taken_once_and_whole(quick_assistant: Assistant) -> None:
    database = quick_assistant.database
    assert missing_first_sets(database) == list(FIRST_SETS)
    taken = take_first_sets(database, by=OPERATOR_ACTOR)
    assert [kept.name for kept in taken] == list(FIRST_SETS)
    assert [kept.approved for kept in taken][:2] == [109, 150]
    assert not any(kept.drafts for kept in taken)
    assert take_first_sets(database, by=OPERATOR_ACTOR) == []


def test_a_set_of_the_office_with_such_a_name_stays(quick_assistant: Assistant) -> None:
    database, sets = quick_assistant.database, QuestionSets(quick_assistant.database)
    first, *others = FIRST_SETS
    sets.replace(first, [], by=OPERATOR_ACTOR)
    assert [kept.name for kept in take_first_sets(database, by=OPERATOR_ACTOR)] == others
    assert sets.get(first).approved == 0
