"""The columns of a question set in Excel, and how their cells say places, turns and facts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from assistant.japanese.days import read_day
from eval.sets.case_rows import KIND_WORDS, STATE_WORDS
from ingest.list_file import ListColumn

LIST_NAME: Final = "質問"
COLUMNS: Final = (
    ListColumn("id", ("ID", "番号", "id")),
    ListColumn("question", ("質問", "question")),
    ListColumn("kind", ("種類", "kind"), required=False),
    ListColumn("answerable", ("答えの有無", "答えがあるか", "answerable")),
    ListColumn("file", ("ファイル名", "ファイル", "file"), required=False),
    ListColumn("page", ("ページ", "頁", "page"), required=False),
    ListColumn("section", ("見出し", "節", "section"), required=False),
    ListColumn("answer", ("答え", "正しい答え", "answer"), required=False),
    ListColumn("answer_snippet", ("根拠の文", "answer_snippet"), required=False),
    ListColumn("key_facts", ("必要な事実", "key_facts"), required=False),
    ListColumn("accept", ("別の根拠", "accept"), required=False),
    ListColumn("turns", ("前の質問", "前の質問と回答", "turns"), required=False),
    ListColumn("as_of", ("基準日", "as_of"), required=False),
    ListColumn("condition", ("足りない条件", "condition"), required=False),
    ListColumn("state", ("状態", "state"), required=False),
    ListColumn("origin", ("出どころ", "origin"), required=False),
)
ANSWERABLE_WORDS: Final = {"ある": True, "ない": False}
_YES: Final = ("ある", "有", "あり", "○", "true", "1", "はい")
_NO: Final = ("ない", "無", "なし", "×", "false", "0", "いいえ")
_PLACE: Final = re.compile(r"^(?P<file>.+?)(?:[\s　]+(?P<page>\d+)[\s　]*(?:ページ|頁))?$")
_TURN: Final = "→"


def row_of_cells(cells: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    """Return the cells of a line as a row of a question set; adds what is wrong to the problems."""

    def said(name: str) -> str:
        return cells.get(name, "").strip()

    row: dict[str, Any] = {
        name: said(name)
        for name in ("id", "question", "section", "answer", "answer_snippet", "condition", "origin")
    }
    row["kind"] = _chosen(said("kind"), KIND_WORDS, "種類", problems)
    row["state"] = _chosen(said("state"), STATE_WORDS, "状態", problems) or "approved"
    row["answerable"] = _answerable(said("answerable"), problems)
    row["file"] = said("file") or None
    row["page"] = _page(said("page"), problems)
    row["key_facts"] = _lines(said("key_facts"))
    row["accept"] = [_place(line) for line in _lines(said("accept"))]
    row["turns"] = [_turn(line) for line in _lines(said("turns"))]
    row["as_of"] = _day(said("as_of"), problems)
    return row


def cells_of_row(row: Mapping[str, Any]) -> dict[str, str]:
    """Return a row of a question set as the cells that `row_of_cells` reads."""
    cells = {
        name: str(row.get(name) or "")
        for name in (
            "id", "question", "section", "answer", "answer_snippet", "condition", "origin",
            "file", "page", "as_of",
        )
    }  # fmt: skip
    cells["kind"] = KIND_WORDS.get(str(row.get("kind") or ""), "")
    cells["state"] = STATE_WORDS["draft" if row.get("state") == "draft" else "approved"]
    cells["answerable"] = "ある" if row["answerable"] else "ない"
    cells["key_facts"] = "\n".join(row.get("key_facts", ()))
    cells["accept"] = "\n".join(
        f"{place['file']} {place['page']}ページ" if place.get("page") else place["file"]
        for place in row.get("accept", ())
    )
    cells["turns"] = "\n".join(
        " ".join(turn["question"].split())
        + (f" {_TURN} {' '.join(turn['answer'].split())}" if turn.get("answer") else "")
        for turn in row.get("turns", ())
    )
    return cells


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _chosen(said: str, words: Mapping[Any, str], what: str, problems: list[str]) -> str:
    for key, word in words.items():
        if said in (key, word):
            return str(key)
    if said:
        choices = "、".join(words.values())
        problems.append(f"{what}「{said[:20]}」はありません。{choices} から選んでください。")
    return ""


def _answerable(said: str, problems: list[str]) -> bool:
    if said.lower() not in (*_YES, *_NO):
        problems.append(f"答えの有無「{said[:20]}」を読めません。ある か ない を選んでください。")
    return said.lower() in _YES


def _page(said: str, problems: list[str]) -> int | None:
    plain = unicodedata.normalize("NFKC", said).removesuffix("ページ")
    if not plain:
        return None
    if not plain.isdecimal() or int(plain) < 1:
        problems.append(f"ページ「{said[:20]}」を読めません。1 以上の整数を書いてください。")
        return None
    return int(plain)


def _place(line: str) -> dict[str, Any]:
    found = _PLACE.match(line)
    if found is None or found["page"] is None:
        return {"file": line, "page": None}
    return {"file": found["file"], "page": int(unicodedata.normalize("NFKC", found["page"]))}


def _turn(line: str) -> dict[str, str]:
    question, _, answer = line.partition(_TURN)
    return {"question": question.strip(), "answer": answer.strip()}


def _day(said: str, problems: list[str]) -> str | None:
    if not said:
        return None
    try:
        return read_day(said).isoformat()
    except ValueError:
        problems.append(
            f"基準日「{said[:20]}」を読めません。2026-04-01 か 令和8年4月1日 の形で書いてください。"
        )
        return None
