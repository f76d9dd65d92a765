from __future__ import annotations

from datetime import date

import pytest
from small_manuals import publish_text

from assistant.domain import Reader
from assistant.opening import Assistant


@pytest.mark.parametrize("first", [None, date(2025, 4, 1)], ids=["undated", "dated"])
def test_a_version_without_a_date_revises_the_newest(
    quick_assistant: Assistant, reader: Reader, today: date, first: date | None
) -> None:
    publish_text(quick_assistant, "限度額は80万円です。", since=first)
    newest = publish_text(quick_assistant, "限度額は100万円です。", since=date(2026, 4, 1))
    revised = publish_text(quick_assistant, "限度額は、100万円です。")
    assert (revised.number, revised.revision) == (newest.number, 2)
    search = quick_assistant.retriever.search
    found = [
        [hit.chunk.text for hit in search("限度額", reader=reader, as_of=day)]
        for day in (date(2026, 3, 31), date(2026, 4, 1), today)
    ]
    assert found == [
        ["限度額は80万円です。"],
        ["限度額は、100万円です。"],
        ["限度額は、100万円です。"],
    ]
