"""Commands for the operator and for somebody else: what they read, and what is kept of them."""

from __future__ import annotations

from typing import Any

import pytest
from signed_in import person
from small_manuals import publish_text
from sqlalchemy import select

from assistant import calendar, tables
from assistant.opening import Assistant
from assistant.owner import CommandResult
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.usage.weekly import weekly_table
from ui.commands.dispatch import run_command

QUESTION = "書庫の鍵はどこで借りますか"


@pytest.fixture
def library(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, "契約書は2通作ります。", manual_id="open")
    publish_text(
        quick_assistant, "書庫の鍵は、人事係で借ります。", manual_id="hidden",
        title="人事係のメモ", audience="section:人事課",
    )  # fmt: skip
    person(quick_assistant, "1001")
    person(quick_assistant, "2002", section="人事課")
    return quick_assistant


def _run(assistant: Assistant, name: str, **arguments: Any) -> CommandResult:
    given = {"query": QUESTION, "question": QUESTION, "limit": 10, **arguments}
    return run_command(assistant, name, given, lambda _: None)


@pytest.mark.parametrize(("number", "hidden"), [("", True), ("1001", False), ("2002", True)])
def test_a_command_reads_for_the_operator_or_for_whom_it_names(
    library: Assistant, number: str, hidden: bool
) -> None:
    for name in ("search", "ask"):
        result = _run(library, name, as_number=number)
        assert result.status == 0
        assert ("人事係" in str(result.document)) is hidden
        assert ("人事係" in str(result.lines)) is hidden


@pytest.mark.parametrize("number", ["9999", "山", "3003"])
def test_a_command_for_nobody_is_refused(library: Assistant, number: str) -> None:
    person(library, "3003")
    library.accounts.disable("3003", by=OPERATOR_ACTOR)
    result = _run(library, "search", as_number=number)
    assert result.status == 2
    assert "ください" in result.document["error"]


def test_commands_stand_in_the_audit_trail_without_the_question_and_never_count_as_use(
    library: Assistant,
) -> None:
    _run(library, "ask", as_number="1001")
    _run(library, "search")
    event = tables.audit_event.c
    with library.database.read() as connection:
        kept = connection.execute(
            select(event.actor, event.subject, event.detail).where(event.action == "command")
        ).all()
        everything = str(connection.execute(select(tables.audit_event)).all())
    assert [tuple(row) for row in kept] == [
        ("operator", "ask", '{"as_number": "1001"}'),
        ("operator", "search", "{}"),
    ]
    assert "鍵" not in everything
    [week] = weekly_table(library.ledger, now=calendar.now())
    assert week["active"] == 0
