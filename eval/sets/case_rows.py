"""Cases as rows of a stored set: one canonical row a case, every bad line told at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assistant.errors import UnusableList
from assistant.evaluations.sets import CaseState, KeptCase
from eval.sets.question_set import Case, case_of_row

KIND_WORDS: Final = {
    "text": "単独の質問",
    "table": "表の質問",
    "scan": "スキャンした紙の質問",
    "conversation": "会話の続き",
    "as_of": "時点を指定した質問",
    "conflict": "マニュアルの食い違い",
    "clarify": "聞き返すべき質問",
    "near_miss": "近いが書かれていない質問",
    "out_of_scope": "範囲外の質問",
    "adversarial": "誘導や指示の混入",
}
"""The kinds of cases of a stored set, by what people call them."""
STATE_WORDS: Final[dict[CaseState, str]] = {"draft": "下書き", "approved": "承認"}
_WITH_ANSWER: Final = ("text", "table", "scan", "conversation", "as_of", "conflict", "clarify")
_WITHOUT: Final = ("near_miss", "out_of_scope")


@dataclass(frozen=True)
class NumberedRow:
    """A row with its number as the program that made it shows it."""

    number: int
    row: Mapping[str, Any]


def row_of_case(case: Case) -> dict[str, Any]:
    """Return the one row that says a case: what it does not say is left out."""
    first, *others = case.places or (None,)
    said: dict[str, Any] = {
        "id": case.id,
        "question": case.question,
        "file": first.file if first else None,
        "page": first.page if first else None,
        "section": case.section,
        "answer": case.answer,
        "answer_snippet": case.answer_snippet,
        "answerable": case.answerable,
        "accept": [{"file": place.file, "page": place.page} for place in others if place],
        "key_facts": list(case.key_facts),
        "turns": [{"question": turn.question, "answer": turn.answer} for turn in case.turns],
        "as_of": case.as_of.isoformat() if case.as_of else None,
        "kind": case.kind,
        "condition": case.condition,
    }
    return {key: value for key, value in said.items() if value not in (None, "", [])}


def with_kind(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row whose kind is said: a single question, or one out of scope without an answer."""
    return {**row, "kind": row.get("kind") or ("text" if row.get("answerable") else "out_of_scope")}


def jsonl_rows(content: bytes) -> list[NumberedRow]:
    """Return the lines of a question set file; raises UnusableList with every unreadable line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = "文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。"
        raise _unusable([problem]) from error
    rows, problems = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            problems.append(
                f"{number}行目: JSON として読めません。一行に一つの質問を書いてください。"
            )
            continue
        rows.append(NumberedRow(number, row))
    if problems:
        raise _unusable(problems)
    return rows


def kept_cases(rows: Sequence[NumberedRow], *, problems: Iterable[str] = ()) -> list[KeptCase]:
    """Return rows as cases of a stored set; raises UnusableList with all that is wrong.

    `problems` are those found before, told with the others.
    """
    found: dict[str, KeptCase] = {}
    first: dict[str, int] = {}
    told = list(problems)
    for numbered in rows:
        try:
            case = kept_case(numbered.row)
            earlier = first.setdefault(case.case_id, numbered.number)
            if earlier != numbered.number:
                raise ValueError(f"ID「{case.case_id}」は{earlier}行目にもあります")
        except ValueError as error:
            told.append(f"{numbered.number}行目: {error}。")
            continue
        found[case.case_id] = case
    if not rows and not told:
        told.append("質問が一つもありません。正しいファイルか確かめてください。")
    if told:
        raise _unusable(sorted(told, key=_line_number))
    return list(found.values())


def kept_case(row: Any) -> KeptCase:
    """Return a row as a case of a stored set; raises ValueError with the reason in Japanese."""
    case = case_of_row(with_kind(row) if isinstance(row, dict) else row)
    if case.kind not in KIND_WORDS:
        raise ValueError(f"種類「{case.kind}」はありません（{'、'.join(KIND_WORDS)} のどれかです）")
    if case.kind in _WITH_ANSWER and not case.answerable:
        raise ValueError(f"種類「{KIND_WORDS[case.kind]}」は答えのある質問だけに使えます")
    if case.kind in _WITHOUT and case.answerable:
        raise ValueError(f"種類「{KIND_WORDS[case.kind]}」は答えのない質問だけに使えます")
    if case.kind == "conversation" and not case.turns:
        raise ValueError("会話の続きには、前の質問が要ります")
    state = row.get("state") or "approved"
    if state not in STATE_WORDS:
        raise ValueError("state は draft か approved です")
    return KeptCase(case.id, row_of_case(case), state, str(row.get("origin") or ""))


def case_of(kept: KeptCase) -> Case:
    """Return a stored case as it is asked."""
    return case_of_row(dict(kept.row))


def exported_row(kept: KeptCase) -> dict[str, Any]:
    """Return a stored case as a line of a file, with its state where it is a draft."""
    beside: dict[str, Any] = {}
    if kept.state == "draft":
        beside["state"] = kept.state
    if kept.origin:
        beside["origin"] = kept.origin
    return {**kept.row, **beside}


def _line_number(problem: str) -> int:
    digits = problem.partition("行目")[0]
    return int(digits) if digits.isdigit() else 0


def _unusable(problems: Sequence[str]) -> UnusableList:
    what = "質問集に直すところがあります（何も取り込んでいません）。"
    return UnusableList(what, problems)
