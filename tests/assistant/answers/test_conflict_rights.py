"""A conflict is told only to those who may read both of its sides, at any time."""

from __future__ import annotations

from dataclasses import replace

from small_manuals import publish_text
from sqlalchemy import update

from assistant import tables
from assistant.answers.rights import Rights
from assistant.domain import Answer, Reader
from assistant.opening import Assistant

RULE = "見積合せでは、{}の業者から見積書を徴し、比較表を作ります。"
ASKED = "見積合せでは何者の業者から見積書を徴しますか"
BUYER = Reader("buyer", section="用度課")


def _publish(assistant: Assistant) -> None:
    publish_text(assistant, RULE.format("3者以上"))
    publish_text(
        assistant,
        RULE.format("2者以上"),
        manual_id="buying",
        title="調達の手引き",
        audience="section:用度課",
    )


def _ask(assistant: Assistant, reader: Reader) -> Answer:
    return assistant.answering.answer(ASKED, reader=reader, as_of=None)


def test_who_may_not_read_one_side_is_told_of_no_conflict(quick_assistant: Assistant) -> None:
    _publish(quick_assistant)
    assert len(_ask(quick_assistant, BUYER).conflicts) == 1
    other = _ask(quick_assistant, Reader("other", section="市民課"))
    assert other.outcome == "answered"
    assert other.conflicts == ()
    assert {citation.manual for citation in other.citations} == {"契約事務の手引き"}


def test_a_kept_conflict_goes_with_the_right_to_one_side(quick_assistant: Assistant) -> None:
    _publish(quick_assistant)
    kept = _ask(quick_assistant, BUYER)
    first = kept.quotations[:1]
    kept = replace(kept, quotations=first, sentences=first)
    hidden = next(c for c in kept.citations if c.marker not in first[0].citations)
    with quick_assistant.database.write() as connection:
        connection.execute(
            update(tables.manual)
            .where(tables.manual.c.title == hidden.manual)
            .values(audience="section:総務課")
        )
    rights = Rights(quick_assistant.library, quick_assistant.directory)
    shown = rights.answer(kept, BUYER)
    assert shown is not None
    assert shown.quotations == kept.quotations
    assert shown.conflicts == ()
    assert hidden.manual not in {citation.manual for citation in shown.citations}
