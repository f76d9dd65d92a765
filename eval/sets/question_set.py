"""Reads a question set: one JSON object a line, checked strictly with line numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import Any

from assistant.answers.asking_back import turn_of
from assistant.domain import Turn
from assistant.errors import UsageError


@dataclass(frozen=True)
class Place:
    """A file by its base name, and its page (None: the file has no pages, any place counts)."""

    file: str
    page: int | None


@dataclass(frozen=True)
class Case:
    """A question with what a right answer says and where it stands.

    `condition` is what a question of the kind `clarify` does not say, and its answer depends on.
    `section` is (part of) the heading under which the answer stands.
    """

    id: str
    question: str
    answerable: bool
    places: tuple[Place, ...] = ()
    answer: str = ""
    answer_snippet: str = ""
    key_facts: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    as_of: date | None = None
    kind: str = ""
    condition: str = ""
    section: str = ""


_KEYS = ("id", "question", "file", "page", "answer", "answer_snippet", "answerable")
_OPTIONAL = ("accept", "turns", "as_of", "key_facts", "kind", "condition", "section")


def read_question_set(path: Path) -> list[Case]:
    """Return the cases of a file; raises UsageError that names the file and the line.

    Lines with the state `draft` are passed over: nobody has approved them yet.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"質問集 {path} を読めません。場所と文字コード（UTF-8）を確かめてください。"
        ) from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if isinstance(row, dict) and row.get("state") == "draft":
                continue
            case = case_of_row(row)
            if case.id in cases:
                raise ValueError(f"id「{case.id}」が前にもあります")
        except json.JSONDecodeError as error:
            raise UsageError(f"{path} の {number} 行目: JSON として読めません。") from error
        except ValueError as error:
            raise UsageError(f"{path} の {number} 行目: {error}。") from error
        cases[case.id] = case
    if not cases:
        raise UsageError(f"質問集 {path} に質問が一つもありません。")
    return list(cases.values())


def case_of_row(row: Any) -> Case:
    """Return the case that a line says; raises ValueError with the reason in Japanese."""
    if not isinstance(row, dict):
        raise ValueError("一行に一つの JSON オブジェクトを書いてください")
    for key in sorted(row.keys() - {*_KEYS, *_OPTIONAL}):
        # Notes of the author may stand beside; a misspelt name must not be lost silently.
        if meant := get_close_matches(key, [*_KEYS, *_OPTIONAL], 1, 0.8):
            raise ValueError(f"項目「{key}」は「{meant[0]}」の誤りではありませんか")
    if missing := sorted({"id", "question", "answerable"} - row.keys()):
        raise ValueError(f"項目が足りません（{'、'.join(missing)}）")
    answerable = row["answerable"]
    if not isinstance(answerable, bool):
        raise ValueError("answerable は true か false です")
    case = Case(
        id=str(row["id"]),
        question=_text(row, "question"),
        answerable=answerable,
        places=_places(row),
        answer=_text(row, "answer"),
        answer_snippet=_text(row, "answer_snippet"),
        key_facts=tuple(_texts(row, "key_facts")),
        turns=tuple(_turn(turn) for turn in _list(row, "turns")),
        as_of=_date(row),
        kind=_text(row, "kind"),
        condition=_text(row, "condition"),
        section=_text(row, "section"),
    )
    if not case.id or not case.question.strip():
        raise ValueError("id か question が空です")
    if (case.kind == "clarify") != bool(case.condition):
        raise ValueError("condition は kind が clarify の質問だけに要ります")
    if answerable and not case.places:
        raise ValueError("答えのある質問には file が要ります")
    return case


def _places(row: dict[str, Any]) -> tuple[Place, ...]:
    given = [row] if row.get("file") else []
    return tuple(_place(place) for place in [*given, *_list(row, "accept")])


def _place(row: Any) -> Place:
    if not isinstance(row, dict) or not isinstance(row.get("file"), str):
        raise ValueError("accept は {file, page} の並びです")
    page = row.get("page")
    if page is not None and (isinstance(page, bool) or not isinstance(page, int) or page < 1):
        raise ValueError("page は 1 以上の整数か null です")
    return Place(PurePath(row["file"]).name, page)


def _turn(row: Any) -> Turn:
    if isinstance(row, str):
        return Turn(row)
    if isinstance(row, dict) and isinstance(row.get("question"), str):
        return turn_of(row["question"], str(row.get("answer") or ""))
    raise ValueError("turns は質問の文字列か {question, answer} の並びです")


def _date(row: dict[str, Any]) -> date | None:
    value = row.get("as_of")
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError("as_of は 2025-04-01 の形の日付です") from error


def _list(row: dict[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{key} は並び [ ] で書いてください")
    return value


def _texts(row: dict[str, Any], key: str) -> list[str]:
    values = _list(row, key)
    if not all(isinstance(value, str) and value for value in values):
        raise ValueError(f"{key} は文字列の並びです")
    return values


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key} は文字列です")
    return value or ""
