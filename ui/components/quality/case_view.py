"""One case in full: the question, what was quoted, the answer, what was expected, what differs."""

from __future__ import annotations

from typing import Final

import streamlit as st

from eval.runs.case_result import CaseResult
from eval.runs.comparison import OUTCOME_WORDS
from eval.runs.run_figures import wholly_right
from eval.runs.stored_runs import differences
from eval.sets.question_set import Case
from ui.components.quality.words import MODE_WORDS, NONE
from ui.components.style import heading, note
from ui.components.text import as_html

_MOST_FOUND: Final = 5


def show_case(case: Case, result: CaseResult, *, judged: bool) -> None:
    """Show a case; without `judged` nothing tells what the automatic judgement is."""
    with st.container(border=True, key="quality-case-view"):
        st.html(_question_html(case))
        st.html(_answer_html(result))
        st.html(_evidence_html(result))
        st.html(_expected_html(case))
        if judged:
            st.html(_judgement_html(case, result))


def _block(title: str, *lines: str) -> str:
    paragraphs = "".join(f'<p class="chonai-body">{as_html(line)}</p>' for line in lines if line)
    return heading(as_html(title)) + paragraphs


def _question_html(case: Case) -> str:
    before = [f"前の質問：{turn.question}" for turn in case.turns]
    day = f"基準日：{case.as_of.isoformat()}" if case.as_of else ""
    return _block("質問", *before, case.question, day)


def _answer_html(result: CaseResult) -> str:
    made = " ".join(filter(None, (MODE_WORDS.get(result.mode or "", ""), result.model)))
    seconds = "" if result.seconds is None else f"、{result.seconds:.1f}秒"
    came = OUTCOME_WORDS[result.outcome]
    told = _block("AIの回答", result.text or f"（{came}）", *_choices(result))
    words = f"結果：{came}" + (f"（{made}{seconds}）" if made else "")
    return told + note(as_html(words)) + (note(as_html(result.error)) if result.error else "")


def _choices(result: CaseResult) -> list[str]:
    return [f"聞き返した選択肢：{'、'.join(result.choices)}"] if result.choices else []


def _evidence_html(result: CaseResult) -> str:
    """Return the quoted words with their places, or what was found where nothing is quoted."""
    title = heading(as_html("AIが示した根拠"))
    quoted = "".join(
        f'<blockquote class="chonai-quote">{as_html(quote)}</blockquote>'
        f'<p class="chonai-place">{as_html(place)}</p>'
        for quote, place in zip(result.quotes, map(_place, result.cited), strict=False)
    )
    if quoted:
        return title + quoted
    found = [_place(place) for place in result.found[:_MOST_FOUND]]
    near = f"検索で近かった箇所：{'、'.join(found)}" if found else ""
    return title + note(as_html("引用はありません。")) + (note(as_html(near)) if near else "")


def _place(place: str) -> str:
    """Return a place as a run keeps it, 契約.pdf:8, as people say it."""
    file, _, where = place.rpartition(":")
    return f"{file} {where}ページ" if where.isdecimal() else f"{file} {where}"


def _expected_html(case: Case) -> str:
    if not case.answerable:
        wanted = "マニュアルに答えがない質問です。答えないのが正しい結果です。"
    elif case.condition:
        wanted = f"聞き返すのが正しい結果です（足りない条件：{case.condition}）。"
    else:
        wanted = case.answer or "（正しい答えの文は書かれていません）"
    places = "、".join(f"{p.file}{f' {p.page}ページ' if p.page else ''}" for p in case.places)
    return _block(
        "正しい答え（質問集）",
        wanted,
        f"必要な事実：{'、'.join(case.key_facts)}" if case.key_facts else "",
        f"正しい箇所：{places}" if places else "",
        f"根拠の文：{case.answer_snippet}" if case.answer_snippet else "",
    )


def _judgement_html(case: Case, result: CaseResult) -> str:
    right = wholly_right(result)
    kind, words = ("good", "正しい") if right else ("bad", "誤りあり")
    rank = {None: NONE, 0: "10位以内になし"}.get(result.place_rank, f"{result.place_rank}位")
    lines = differences(case, result) or ("違うところはありません。",)
    return (
        heading(as_html("自動判定と違うところ"))
        + f'<p class="chonai-file"><span class="chonai-state chonai-{kind}">{as_html(words)}</span>'
        + f"根拠の順位：{as_html(rank)}</p>"
        + "".join(f'<p class="chonai-body">{as_html(line)}</p>' for line in lines)
    )
