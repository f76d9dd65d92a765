"""Ranks, nDCG and citations by hand-made rankings whose values are known."""

from __future__ import annotations

import math
from datetime import date

import pytest

from assistant.domain import Answer, AnswerSentence, Chunk, Citation, RetrievedChunk, Source
from eval.metrics.place_metrics import (
    citation_precision,
    citation_recall,
    place_ndcg,
    place_rank,
    section_rank,
)
from eval.sets.question_set import Case, Place

HERE, ELSEWHERE = Place("契約.pdf", 4), Place("会計.docx", None)
SNIPPET = "工事は130万円以下とする。"
CASE = Case(
    "1", "限度額は？", answerable=True, places=(HERE, ELSEWHERE), answer_snippet=SNIPPET,
    key_facts=("130万円", "工事"),
)  # fmt: skip


def hit(
    file: str, page: int | None, text: str = "文", heading: tuple[str, ...] = ()
) -> RetrievedChunk:
    chunk = Chunk(f"{file}{page}{text}", file, 0, heading, page, page, "text", text, "h", ())
    source = Source(file, "題", "", "", "", file, 1, file, None)
    return RetrievedChunk(chunk, source, 1.0, {}, 0)


def cited(*citations: tuple[str, int | None, str]) -> Answer:
    found = tuple(
        Citation(n, "c", "v", "題", file, 1, page, None, (), quote, text_hash="h")
        for n, (file, page, quote) in enumerate(citations, 1)
    )
    sentences = tuple(AnswerSentence(c.quote, "quoted", (c.marker,)) for c in found)
    return Answer(
        "a", "？", "answered", date(2026, 11, 27), "extractive", sentences=sentences,
        citations=found,
    )  # fmt: skip


def test_the_first_chunk_on_any_expected_place_counts() -> None:
    assert place_rank(CASE, [hit("庶務.pdf", 4), hit("会計.docx", None)]) == 2
    assert place_rank(CASE, [hit("契約.pdf", 5)]) == 0
    assert place_rank(Case("2", "？", answerable=False), [hit("契約.pdf", 4)]) is None


def test_the_section_is_that_of_the_snippet_with_all_its_chunks() -> None:
    section = ("第2章", "第5条")
    found = [
        hit("契約.pdf", 4, "別の節", ("第1章",)),
        hit("契約.pdf", 4, "同じ節の前半", section),
        hit("契約.pdf", 4, f"前文。{SNIPPET}", section),
    ]
    assert section_rank(CASE, found) == 2
    assert section_rank(CASE, found[:2]) == 0
    assert section_rank(CASE, [hit("庶務.pdf", 1, SNIPPET)]) == 0  # another manual


def test_a_named_section_needs_no_snippet() -> None:
    case = Case("1", "？", answerable=True, places=(HERE,), section="第5条")
    assert section_rank(case, [hit("契約.pdf", 9, "文", ("第5条（限度額）",))]) == 1
    assert section_rank(Case("1", "？", answerable=True, places=(HERE,)), []) is None


def test_ndcg_wants_every_place_and_counts_each_once() -> None:
    both = [hit("契約.pdf", 4, "一"), hit("契約.pdf", 4, "二"), hit("会計.docx", None)]
    assert place_ndcg(CASE, both) == pytest.approx(1.0)
    second = [hit("庶務.pdf", 1), hit("契約.pdf", 4)]
    ideal = 1 + 1 / math.log2(3)
    assert place_ndcg(CASE, second) == pytest.approx(1 / math.log2(3) / ideal)
    assert place_ndcg(CASE, []) == 0.0


def test_precision_is_over_the_cited_passages() -> None:
    answer = cited(("契約.pdf", 4, "一"), ("庶務.pdf", 1, "二"), ("契約.pdf", 5, SNIPPET))
    assert citation_precision(CASE, answer) == pytest.approx(2 / 3)  # the same words count
    assert citation_precision(CASE, cited()) is None


def test_recall_is_over_the_facts_in_rightly_cited_passages() -> None:
    assert citation_recall(CASE, cited(("契約.pdf", 4, "工事は130万円以下"))) == 1.0
    assert citation_recall(CASE, cited(("契約.pdf", 4, "工事とは"))) == 0.5
    assert citation_recall(CASE, cited(("庶務.pdf", 4, "工事は130万円以下"))) == 0.0
    without = Case("1", "？", answerable=True, places=(HERE,))
    assert citation_recall(without, cited(("契約.pdf", 4, "何か"))) == 1.0
