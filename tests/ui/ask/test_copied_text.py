"""What is copied stands alone: sentences, sources with version and place, the days, the author."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from assistant.domain import AnswerSentence, Conflict, ConflictSide
from ui.components.ask.copied_text import (
    BY_A_MODEL,
    basis_of_draft,
    may_be_copied,
    text_with_sources,
)

QUESTION = "随意契約はいくらまでですか"
ASKED_AT = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # the 23rd in Tokyo
SOURCE = (
    "『契約事務の手引き』第2版（2026年4月1日施行） 第3章 随意契約 3ページ（ファイルの1ページ目）"
)


@pytest.fixture
def answer(an_answer: Any) -> Any:
    cited = replace(an_answer().citations[0], effective_from=date(2026, 4, 1))
    return an_answer(citations=(cited,))


def test_quotations_are_copied_with_version_place_and_day(answer: Any, two_lines: str) -> None:
    assert text_with_sources(QUESTION, answer) == (
        f"質問：{QUESTION}\n\n「{two_lines}」[1]\n\n出典\n[1] {SOURCE}\n\n基準日：2026年11月22日"
    )


def test_the_basis_of_a_draft_names_what_when_and_by_which_version(
    answer: Any, two_lines: str
) -> None:
    assert basis_of_draft(QUESTION, answer, asked_at=ASKED_AT) == (
        f"根拠（庁内アシスタントで確認）\n確認した事項：{QUESTION}\n\n1　「{two_lines}」\n　　{SOURCE}\n\n"
        "基準日：2026年11月22日（この日に効力のある版による）\n確認した日：2026年11月23日"
    )


def test_what_a_model_wrote_is_said_to_be_a_model_s(answer: Any) -> None:
    summary = (AnswerSentence("130万円までです。", "written", (1,)),)
    written = replace(answer, mode="local", model="m", summary=summary)
    text = text_with_sources(QUESTION, written)
    assert "まとめ（AI作成）\n130万円までです。[1]" in text
    assert text.endswith(BY_A_MODEL)
    basis = basis_of_draft(QUESTION, written, asked_at=ASKED_AT)
    assert "要約（AIが作成。原文を確かめてください。）\n　130万円までです。" in basis


def test_quotations_without_a_model_name_no_model(answer: Any) -> None:
    copied = text_with_sources(QUESTION, answer) + basis_of_draft(
        QUESTION, answer, asked_at=ASKED_AT
    )
    assert "AI" not in copied


def test_sums_cautions_and_conflicts_go_with_the_copy(answer: Any) -> None:
    other = replace(
        answer.citations[0], marker=2, manual="財務規則", version_id="v9", quote="別の額。"
    )
    told = replace(
        answer,
        citations=(*answer.citations, other),
        conflicts=(Conflict((ConflictSide(1, "130万円"), ConflictSide(2, "200万円"))),),
        computed=(AnswerSentence("130万円 × 2 = 260万円。", "computed", (1,)),),
        caution="答えが書かれていないおそれがあります。",
    )
    for text in (
        text_with_sources(QUESTION, told),
        basis_of_draft(QUESTION, told, asked_at=ASKED_AT),
    ):
        assert "260万円。" in text
        assert "注意：答えが書かれていないおそれがあります。" in text
        assert "注意：記載が食い違っています。" in text
        assert "『財務規則』第2版" in text


def test_a_reading_of_another_version_is_no_basis(answer: Any) -> None:
    old = replace(answer.citations[0], marker=2, version=1, quote="旧版の文。")
    text = basis_of_draft(
        QUESTION, replace(answer, citations=(*answer.citations, old)), asked_at=ASKED_AT
    )
    assert "旧版の文。" not in text


def test_there_is_nothing_to_copy_without_sources(answer: Any) -> None:
    assert may_be_copied(answer)
    assert not may_be_copied(None)
    assert not may_be_copied(replace(answer, outcome="refused"))
    assert not may_be_copied(replace(answer, citations=()))
