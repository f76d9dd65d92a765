"""What has become of the words that a citation pins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from small_manuals import publish_text
from sqlalchemy import update

from assistant import tables
from assistant.answers.pinned import Pin, pins
from assistant.domain import Citation, Reader
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR

OLD, NEW = "契約書は2通作ります。", "契約書は3通作ります。"
QUESTION = "契約書は何通作りますか"
FIRST, SECOND = date(2025, 4, 1), date(2026, 4, 1)


@pytest.fixture
def citation(quick_assistant: Assistant, reader: Reader) -> Citation:
    publish_text(quick_assistant, OLD, since=FIRST)
    return quick_assistant.answering.answer(QUESTION, reader=reader, as_of=None).citations[0]


@pytest.fixture
def pin_of(quick_assistant: Assistant, reader: Reader, today: date) -> Callable[..., Pin | None]:
    def found(citation: Citation, *, reader: Reader = reader, day: date = today) -> Pin | None:
        known = pins(quick_assistant.library, [citation], reader=reader, today=day)
        return known.get(citation.marker)

    return found


def test_a_citation_in_force_is_unchanged_and_current(
    citation: Citation, pin_of: Callable[..., Pin | None]
) -> None:
    pin = pin_of(citation)
    assert pin is not None
    assert (pin.is_unchanged, pin.is_current, pin.current, pin.newer) == (True, True, None, None)


def test_the_version_in_force_is_named_beside_an_older_one(
    quick_assistant: Assistant, citation: Citation, pin_of: Callable[..., Pin | None]
) -> None:
    publish_text(quick_assistant, NEW, since=SECOND)
    pin = pin_of(citation)
    assert pin is not None
    assert (pin.is_unchanged, pin.is_current, pin.newer) == (True, False, 2)
    assert pin.current is not None
    assert (pin.current.version, pin.current.effective_from) == (2, SECOND)


def test_until_its_day_comes_a_later_version_is_not_in_force(
    quick_assistant: Assistant, citation: Citation, pin_of: Callable[..., Pin | None]
) -> None:
    publish_text(quick_assistant, NEW, since=SECOND)
    pin = pin_of(citation, day=date(2026, 3, 31))
    assert pin is not None
    assert pin.is_current


def test_a_correction_is_another_version(
    quick_assistant: Assistant, citation: Citation, pin_of: Callable[..., Pin | None]
) -> None:
    publish_text(quick_assistant, NEW, since=FIRST)
    pin = pin_of(citation)
    assert pin is not None
    assert pin.current is not None
    assert (pin.is_unchanged, pin.newer, pin.current.revision) == (True, 1, 2)


def test_a_citation_of_a_version_to_come_has_no_newer_one(
    quick_assistant: Assistant,
    citation: Citation,
    reader: Reader,
    pin_of: Callable[..., Pin | None],
) -> None:
    publish_text(quick_assistant, NEW, since=SECOND)
    answering = quick_assistant.answering
    coming = answering.answer(QUESTION, reader=reader, as_of=SECOND).citations[0]
    pin = pin_of(coming, day=date(2026, 3, 31))
    assert pin is not None
    assert pin.current is not None
    assert (pin.current.version_id, pin.newer) == (citation.version_id, None)


@pytest.mark.parametrize(
    "column",
    [
        pytest.param({"text": "契約書は9通作ります。"}, id="other words"),
        pytest.param({"heading_path": '["第9節"]'}, id="another heading"),
    ],
)
def test_words_that_were_changed_in_the_database_are_noticed(
    quick_assistant: Assistant,
    citation: Citation,
    pin_of: Callable[..., Pin | None],
    column: dict[str, str],
) -> None:
    chunk = tables.chunk
    with quick_assistant.database.write() as connection:
        connection.execute(update(chunk).where(chunk.c.id == citation.chunk_id).values(column))
    pin = pin_of(citation)
    assert pin is not None
    assert not pin.is_unchanged


def test_words_that_the_passage_does_not_hold_are_noticed(
    citation: Citation, pin_of: Callable[..., Pin | None]
) -> None:
    pin = pin_of(replace(citation, quote="契約書は要りません。"))
    assert pin is not None
    assert not pin.is_unchanged


def test_what_may_not_be_read_has_no_pin(
    quick_assistant: Assistant, citation: Citation, pin_of: Callable[..., Pin | None]
) -> None:
    quick_assistant.lifecycle.withdraw("contract", by=OPERATOR_ACTOR)
    assert pin_of(citation) is None
