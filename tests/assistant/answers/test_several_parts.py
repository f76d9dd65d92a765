"""One answer to several questions: evidence of each, and a word on what was not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from small_manuals import publish_text

from assistant.answer_json import answer_document, dump_snapshot, load_snapshot
from assistant.answering import Answering
from assistant.answers.lookup import Lookup, Weighed
from assistant.answers.several_parts import joined_passages
from assistant.domain import Answer, Reader, RetrievedChunk
from assistant.opening import Assistant
from assistant.search.understood import Understood

PRICE = "随意契約の限度額は、物品の買入れで150万円です。"
SIGNS = "予定価格は、契約担当課の課長が決めて封書に入れます。"
BOTH = "随意契約の限度額はいくらで、予定価格は誰が決めますか"


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, PRICE, SIGNS, "公用車の鍵は総務課で受け取ります。")
    return quick_assistant


def _ask(assistant: Assistant, reader: Reader, question: str) -> Answer:
    return assistant.answering.answer(question, reader=reader, as_of=None)


def test_each_question_has_its_quotation(assistant: Assistant, reader: Reader) -> None:
    answer = _ask(assistant, reader, BOTH)
    quotes = {c.marker: c.quote for c in answer.citations}
    assert [[quotes[m] for m in part.citations][:1] for part in answer.parts] == [[PRICE], [SIGNS]]
    assert [c.marker for c in answer.citations] == list(range(1, len(quotes) + 1))
    assert (answer.outcome, answer.question_notice) == ("answered", "")


class _DoubtingLookup(Lookup):
    """Takes nothing that is found for questions with these words for an answer."""

    doubted: tuple[str, ...] = ()

    def weigh(self, asked: Understood, found: Sequence[RetrievedChunk]) -> Weighed:
        weighed = super().weigh(asked, found)
        doubtful = any(words in asked.question for words in self.doubted)
        return replace(weighed, probability=0.0) if doubtful else weighed


class _Doubting(Answering):
    def __init__(self, assistant: Assistant):
        super().__init__(
            assistant.settings, assistant.library, assistant.retriever, assistant.models
        )
        self.lookup = self._lookup = _DoubtingLookup(assistant.library, assistant.retriever)


@pytest.fixture
def doubting(assistant: Assistant) -> _Doubting:
    return _Doubting(assistant)


def test_a_question_without_an_answer_is_named(doubting: _Doubting, reader: Reader) -> None:
    doubting.lookup.doubted = ("予定価格",)
    answer = doubting.answer(BOTH, reader=reader, as_of=None)
    assert answer.outcome == "answered"
    assert [bool(part.citations) for part in answer.parts] == [True, False]
    assert "「予定価格は誰が決めますか」の答えとなる記載" in answer.question_notice
    assert answer.question_notice in answer_document(answer)["notice"]


def test_no_answer_to_any_question_is_a_refusal(doubting: _Doubting, reader: Reader) -> None:
    doubting.lookup.doubted = ("予定価格", "限度額")
    answer = doubting.answer(BOTH, reader=reader, as_of=None)
    assert (answer.outcome, answer.parts, answer.citations) == ("refused", (), ())
    assert answer.related


def test_a_passage_that_answers_both_stands_there_once(
    assistant: Assistant, reader: Reader
) -> None:
    answer = _ask(assistant, reader, "随意契約の限度額はいくらですか。物品の買入れはいくらですか。")
    places = [(c.chunk_id, c.quote) for c in answer.citations]
    assert len(places) == len(set(places))
    assert all(part.citations for part in answer.parts)


def test_an_answer_in_parts_is_read_as_it_was_written(assistant: Assistant, reader: Reader) -> None:
    answer = _ask(assistant, reader, BOTH)
    assert load_snapshot(dump_snapshot(answer)) == answer
    assert [part["question"] for part in answer_document(answer)["parts"]] == [
        part.question for part in answer.parts
    ]


def test_one_question_has_no_parts(assistant: Assistant, reader: Reader) -> None:
    assert _ask(assistant, reader, "随意契約の限度額はいくらですか").parts == ()
    assert joined_passages([("随意契約の限度額は", [])]) == ([], ())
