"""Reads a judged retrieval set: corpus.jsonl, queries.jsonl and qrels.tsv in one folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from ingest.pipeline import TextDocument


@dataclass(frozen=True)
class JudgedCorpus:
    """Documents, queries by id, and for each query the grade of each judged document."""

    documents: tuple[TextDocument, ...]
    queries: dict[str, str]
    grades: dict[str, dict[str, float]]


def read_judged_corpus(folder: Path) -> JudgedCorpus:
    """Read the three files; raises UsageError that names the file and the line."""
    if not folder.is_dir():
        raise UsageError(
            f"フォルダ {folder} がありません。評価データのフォルダを指定してください。"
        )
    documents: dict[str, TextDocument] = {}
    for number, row in _rows(folder / "corpus.jsonl"):
        row.setdefault("title", "")
        found = TextDocument(*(_text(row, k, folder / "corpus.jsonl", number) for k in _DOCUMENT))
        if found.id in documents or not found.id:
            raise _problem(folder / "corpus.jsonl", number, f"id「{found.id}」が空か重複しています")
        documents[found.id] = found
    queries: dict[str, str] = {}
    for number, row in _rows(folder / "queries.jsonl"):
        key = _text(row, "id", folder / "queries.jsonl", number)
        text = _text(row, "text", folder / "queries.jsonl", number)
        if key in queries or not text.strip():
            raise _problem(folder / "queries.jsonl", number, "id が重複しているか、質問が空です")
        queries[key] = text
    grades = _grades(folder / "qrels.tsv", queries, documents)
    if not grades:
        raise UsageError(f"{folder} に正解（qrels.tsv の行）が一つもありません。")
    return JudgedCorpus(tuple(documents.values()), queries, grades)


_DOCUMENT = ("id", "title", "text")


def _grades(
    path: Path, queries: dict[str, str], documents: dict[str, TextDocument]
) -> dict[str, dict[str, float]]:
    grades: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_lines(path), 1):
        if number == 1 or not line.strip():
            continue
        columns = line.split("\t")
        if len(columns) != 3:
            raise _problem(path, number, "列は 質問 id、文書 id、段階 の三つ（タブ区切り）です")
        query, document, grade = (column.strip() for column in columns)
        if query not in queries:
            raise _problem(path, number, f"質問「{query}」が queries.jsonl にありません")
        if document not in documents:
            raise _problem(path, number, f"文書「{document}」が corpus.jsonl にありません")
        try:
            value = float(grade)
        except ValueError as error:
            raise _problem(path, number, f"段階「{grade}」が数ではありません") from error
        if not 0 <= value < float("inf"):
            raise _problem(path, number, f"段階「{grade}」は 0 以上の数にしてください")
        grades.setdefault(query, {})[document] = value
    return grades


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    rows: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise _problem(path, number, "JSON として読めません") from error
        if not isinstance(row, dict):
            raise _problem(path, number, "一行に一つの JSON オブジェクトを書いてください")
        rows.append((number, row))
    if not rows:
        raise UsageError(f"{path} に一行もありません。")
    return rows


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").split("\n")
    except FileNotFoundError as error:
        raise UsageError(
            f"{path} がありません。corpus.jsonl、queries.jsonl、qrels.tsv の三つを"
            "同じフォルダに置いてください。"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} を読めません。権限と文字コード（UTF-8）を確かめてください。"
        ) from error


def _text(row: dict[str, Any], key: str, path: Path, number: int) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise _problem(path, number, f"「{key}」が文字列で入っていません")
    return value


def _problem(path: Path, number: int, what: str) -> UsageError:
    return UsageError(f"{path} の {number} 行目: {what}。直してからもう一度実行してください。")
