"""The start screen proposes what the reader's own manuals answer, and tells of new ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from small_manuals import prepared_manual
from sqlalchemy import update

from assistant import calendar, tables
from assistant.answers.first_questions import first_questions, new_manuals
from assistant.domain import Manual, Reader, Span
from assistant.library import ChunkDraft, Publisher
from assistant.library.drafts import store_vectors
from assistant.opening import Assistant


def _publish(
    assistant: Assistant,
    name: str,
    headings: tuple[str, ...],
    *,
    category: str = "",
    owner: str = "",
    audience: str = "everyone",
) -> None:
    drafts = [
        ChunkDraft((heading,), n, n, "text", f"{heading}の{name}。", (Span(0, 3, n),))
        for n, heading in enumerate(headings, 1)
    ]
    manual = Manual(name, f"{name}の手引き", category, owner, "", audience)
    prepared = replace(prepared_manual(name, manual_id=name), manual=manual, drafts=drafts)
    store_vectors(assistant.library.vectors, assistant.library.encoder, drafts)
    Publisher(assistant.library).publish(prepared)


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    _publish(
        quick_assistant, "水道", ("水道料金の期限", "漏水の届出"), category="水", owner="水道課"
    )
    _publish(quick_assistant, "下水", ("受益者負担金の額",), category="水", owner="下水道課")
    _publish(quick_assistant, "戸籍", ("戸籍届の様式",), category="窓口", owner="市民課")
    _publish(
        quick_assistant, "秘密", ("内部通報の窓口",), category="水", owner="水道課",
        audience="section:監査課",
    )  # fmt: skip
    return quick_assistant


def _first(assistant: Assistant, reader: Reader, *, weeks: int = 0) -> list[str]:
    today = calendar.today() + timedelta(days=7 * weeks)
    found = first_questions(assistant.library, reader=reader, today=today)
    return [question.text for question in found]


def test_own_manuals_come_first_then_those_of_the_same_category(assistant: Assistant) -> None:
    found = _first(assistant, Reader("ann", section="水道課"))
    definite = [question for question in found if "漏水" not in question]
    assert definite == [
        "水道料金の期限を教えてください",
        "受益者負担金の額を教えてください",
        "戸籍届の様式を教えてください",
    ]


def test_what_asks_for_anything_comes_after_what_asks_for_a_figure(assistant: Assistant) -> None:
    found = _first(assistant, Reader("ann", section="水道課"))
    assert found[-1] == "水道の漏水の届出について教えてください"


def test_without_a_section_every_category_has_its_turn(assistant: Assistant) -> None:
    found = _first(assistant, Reader("ann"))
    assert len(found) == 4
    assert not [question for question in found if "内部通報" in question]


def test_other_questions_come_another_week(quick_assistant: Assistant) -> None:
    _publish(
        quick_assistant, "水道", ("水道料金の期限", "検針票の様式", "開栓の期間"), owner="水道課"
    )
    reader = Reader("ann", section="水道課")
    assert len({_first(quick_assistant, reader, weeks=n)[0] for n in range(3)}) == 3


def test_an_empty_library_proposes_nothing(quick_assistant: Assistant) -> None:
    library, reader = quick_assistant.library, Reader("ann", section="水道課")
    assert list(first_questions(library, reader=reader, today=date(2026, 11, 27))) == []
    assert new_manuals(library, reader=reader, today=date(2026, 11, 27)) == []


def test_only_what_came_out_within_thirty_days_and_may_be_read_is_new(assistant: Assistant) -> None:
    today = calendar.today()
    old = (calendar.now() - timedelta(days=32)).isoformat()
    with assistant.database.write() as connection:
        version = tables.manual_version.c
        connection.execute(
            update(tables.manual_version)
            .where(version.manual_id == "下水")
            .values(published_at=old)
        )
    found = new_manuals(assistant.library, reader=Reader("ann"), today=today)
    assert {manual.title for manual in found} == {"水道の手引き", "戸籍の手引き"}
    assert {manual.published_on for manual in found} == {today}
    auditor = Reader("eve", section="監査課")
    assert len(new_manuals(assistant.library, reader=auditor, today=today)) == 3
