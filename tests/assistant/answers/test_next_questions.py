"""What to ask next comes from sections that the reader may read and has not seen yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import islice

import pytest
from small_manuals import prepared_manual

from assistant.answers.next_questions import next_questions
from assistant.domain import Answer, CrossReference, Reader, Span, Step
from assistant.library import ChunkDraft, Publisher
from assistant.library.drafts import store_vectors
from assistant.opening import Assistant

READER = Reader("ann", section="総務課")
STRANGER = Reader("bob", section="税務課")
HEADINGS = (
    "本の貸出期間",
    "本の返却方法",
    "予約の受付時間",
    "目的",
    "延滞したときの連絡",
    "団体貸出し",
)
SENTENCES = tuple(
    f"{heading}は、{number}番の決まりによります。" for number, heading in enumerate(HEADINGS)
)


def _publish(assistant: Assistant, manual_id: str, headings: tuple[str, ...], **given: str) -> None:
    """Publish a manual of one section a heading; the first refers to another manual."""
    drafts = [
        ChunkDraft((heading,), n, n, "text", text, (Span(0, len(text), n),))
        for n, (heading, text) in enumerate(zip(headings, SENTENCES, strict=False), 1)
    ]
    words = "図書館規則第2条"
    target = CrossReference("図書館規則", (Step("article", "2"),), words, 0, len(words))
    if manual_id == "guide":
        text = f"{words}による。{drafts[0].text}"
        drafts[0] = replace(
            drafts[0], text=text, spans=(Span(0, len(text), 1),), references=(target,)
        )
    else:
        drafts[0] = replace(drafts[0], places=("article:2",))
    prepared = replace(prepared_manual("x", manual_id=manual_id, **given), drafts=drafts)
    store_vectors(assistant.library.vectors, assistant.library.encoder, drafts)
    Publisher(assistant.library).publish(prepared)


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    _publish(quick_assistant, "guide", HEADINGS, title="図書館運営の手引き")
    _publish(
        quick_assistant, "rule", ("職員の貸出冊数",), title="図書館規則", audience="section:総務課"
    )
    return quick_assistant


def _answer(assistant: Assistant, question: str = "本の貸出期間は何番の決まりですか") -> Answer:
    answer = assistant.answering.answer(question, reader=READER, as_of=date(2026, 11, 27))
    first = tuple(c for c in answer.citations if c.heading_path == (HEADINGS[0],))
    assert first, answer
    return replace(answer, citations=first)


def _next(
    assistant: Assistant, *answers: Answer, reader: Reader = READER, asked: tuple[str, ...] = ()
) -> list[str]:
    found = next_questions(assistant.library, answers, reader=reader, asked=asked)
    return [question.text for question in islice(found, 3)]


def test_what_is_referred_to_comes_first_then_what_stands_beside(assistant: Assistant) -> None:
    assert _next(assistant, _answer(assistant)) == [
        "職員の貸出冊数について教えてください",
        "本の返却方法を教えてください",
        "予約の受付時間を教えてください",
    ]


def test_nothing_is_proposed_that_may_not_be_read(assistant: Assistant) -> None:
    assert _next(assistant, _answer(assistant), reader=STRANGER) == [
        "本の返却方法を教えてください",
        "予約の受付時間を教えてください",
        "延滞したときの連絡を教えてください",
    ]


def test_what_was_asked_or_quoted_before_is_not_proposed_again(assistant: Assistant) -> None:
    last = _answer(assistant)
    library = assistant.library
    [chunk] = [
        hit.chunk
        for hit in assistant.retriever.search(
            "本の返却方法", reader=READER, as_of=last.as_of, limit=9
        )
        if hit.chunk.heading_path == ("本の返却方法",)
    ]
    seen = replace(last.citations[0], chunk_id=chunk.id, heading_path=chunk.heading_path)
    before = replace(last, citations=(seen,))
    assert library.chunks([chunk.id])
    asked = ("職員の貸出冊数について 教えてください",)
    assert _next(assistant, before, last, asked=asked) == [
        "予約の受付時間を教えてください",
        "延滞したときの連絡を教えてください",
        "団体貸出しについて教えてください",
    ]


def test_a_refusal_leads_nowhere(assistant: Assistant) -> None:
    assert _next(assistant, replace(_answer(assistant), outcome="refused")) == []
    assert _next(assistant) == []


def test_an_answer_from_a_manual_that_is_gone_leads_nowhere(assistant: Assistant) -> None:
    gone = replace(_answer(assistant).citations[0], chunk_id="unknown")
    assert _next(assistant, replace(_answer(assistant), citations=(gone,))) == []
