from __future__ import annotations

from datetime import date

import pytest
from small_manuals import publish_text

from assistant.domain import Reader
from assistant.opening import Assistant
from assistant.search.retrieval import Signal

WORDS = "物品の買入れの限度額を超える契約"
OUTSIDER = Reader("p2", section="税務課")


@pytest.fixture
def big_library(quick_assistant: Assistant) -> Assistant:
    """A library in which more passages fit better than a search by keywords takes."""
    publish_text(
        quick_assistant,
        *(f"{WORDS}{n}件目" for n in range(400)),
        manual_id="closed",
        title="談合対応",
        audience="section:契約検査課",
    )
    publish_text(
        quick_assistant,
        *(
            f"{n}日までに行う消耗品と備品、物品のうち少額のものの発注について定める。"
            for n in range(9)
        ),
        manual_id="open",
        title="手引き",
    )
    return quick_assistant


def test_a_reader_of_one_manual_in_a_big_library_finds_it_by_its_words(
    big_library: Assistant, today: date
) -> None:
    found = big_library.retriever.search_signal(
        WORDS, signal="keywords", reader=OUTSIDER, as_of=today, limit=5
    )
    assert [hit.source.manual for hit in found] == ["手引き"] * 5
    best = big_library.retriever.search(WORDS, reader=OUTSIDER, as_of=today, limit=1)[0]
    assert best.signals["keywords"] > 0


def test_more_results_than_candidates_can_be_asked_for(big_library: Assistant, today: date) -> None:
    insider = Reader("p1", section="契約検査課")
    search = big_library.retriever.search_signal
    hits = search(WORDS, signal="keywords", reader=insider, as_of=today, limit=405)
    assert len(hits) == 405
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("signal", ["body", "heading", "keywords"])
def test_somebody_who_may_read_nothing_finds_nothing_and_breaks_nothing(
    quick_assistant: Assistant, today: date, signal: Signal
) -> None:
    publish_text(quick_assistant, WORDS, audience="section:契約検査課")
    search = quick_assistant.retriever.search_signal
    assert search(WORDS, signal=signal, reader=OUTSIDER, as_of=today) == []
    assert quick_assistant.library.index.broken == ()
