"""Draft questions by rules: from sentences and tables of manuals, and from answers that failed.

A draft is asked by nobody until a person has put it into the words of staff and approved it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from assistant import calendar
from assistant.answers.evidence import TABLE_MARK
from assistant.database import Database
from assistant.domain import Chunk, Reader, Source
from assistant.evaluations.poor_answers import PoorAnswer, poor_answers
from assistant.evaluations.sets import KeptCase, KeptSet, QuestionSets
from assistant.opening import Assistant
from assistant.people.audit.trail import Actor
from eval.answers import EVALUATOR
from eval.case_rows import kept_case
from eval.figure_reading import read_figures

_AT_ONCE: Final = 500
_SHORTEST, _LONGEST = 12, 120
_SUBJECT: Final = re.compile(
    r"^(?:[（(][0-9０-９一-十ア-ン]+[）)][\s　]*)?(?P<subject>[^、。は]{2,40})は、?"
)
_LEANS_BACK: Final = re.compile(r"^(?:この|その|これ|それ|当該|前項|同|なお|ただし|また|次)")
_ASKED: Final = (
    (re.compile("円"), "いくらですか"),
    (re.compile("%|割"), "どれだけの割合ですか"),
    (re.compile("[0-9]年[0-9]+月[0-9]+日"), "いつですか"),
    (re.compile("年度?"), "何年ですか"),
    (re.compile("[かケヶ箇]月"), "何か月ですか"),
    (re.compile("日"), "何日ですか"),
    (re.compile("時間|時|分"), "どれだけの時間ですか"),
    (re.compile("[人名者]"), "何人ですか"),
)  # fmt: skip
_CELL: Final = re.compile(r"^(?P<head>[^：]{1,20})：(?P<value>.{1,40})$")
_REASONS: Final = {
    "refused": "答えられなかった質問",
    "unhelpful": "役に立たなかったとされた質問",
}


def drafts_from_manuals(
    assistant: Assistant, *, count: int, reader: Reader = EVALUATOR, known: Sequence[str] = ()
) -> list[KeptCase]:
    """Return at most `count` drafts from the manuals in force that the reader may read.

    One after the other from each manual, each heading once, so that no manual fills the set.
    `known` are questions that need no draft. Each draft says where its answer stands.
    """
    by_manual: dict[str, Iterator[dict[str, Any]]] = {}
    sources = assistant.library.sources(reader=reader, as_of=calendar.today())
    chunks = _chunks(assistant, set(sources))
    for version_id, source in sorted(sources.items(), key=lambda item: item[1].file):
        own = [chunk for chunk in chunks if chunk.version_id == version_id]
        by_manual[version_id] = _rows(source, own)
    asked, rows = set(known), list[dict[str, Any]]()
    while by_manual and len(rows) < count:
        for version_id in list(by_manual):
            row = next((r for r in by_manual[version_id] if r["question"] not in asked), None)
            if row is None:
                del by_manual[version_id]
            elif len(rows) < count:
                asked.add(row["question"])
                rows.append(row)
    return [kept_case({**row, "state": "draft", "origin": "マニュアルから"}) for row in rows]


def drafts_from_answers(database: Database, *, known: Sequence[str] = ()) -> list[KeptCase]:
    """Return drafts from questions that were refused or did not help, personal data hidden.

    Whether there is an answer, and where, is for the person who approves to say: a draft begins
    as a question without one.
    """
    found = poor_answers(database, today=calendar.today())
    return [_draft(one) for one in found if one.question not in known]


def add_drafts(database: Database, name: str, drafts: Sequence[KeptCase], *, by: Actor) -> KeptSet:
    """Add drafts to a set, those that it has already left out; raises UsageError."""
    sets = QuestionSets(database)
    known: set[str] = set()
    if any(kept.name == name for kept in sets.all()):
        known = {case.case_id for case in sets.cases(sets.get(name).id)}
    return sets.add(name, [case for case in drafts if case.case_id not in known], by=by)


def _draft(one: PoorAnswer) -> KeptCase:
    return kept_case(
        {
            "id": f"q-{one.answer_id[:12]}",
            "question": one.question,
            "answerable": False,
            "kind": "out_of_scope",
            "state": "draft",
            "origin": _REASONS[one.reason] + (f"（引用 {one.file}）" if one.file else ""),
        }
    )


def _chunks(assistant: Assistant, version_ids: set[str]) -> list[Chunk]:
    contents = assistant.library.index_contents("bodies")
    ids = [key for key, (version_id, _) in contents.items() if version_id in version_ids]
    found: list[Chunk] = []
    for first in range(0, len(ids), _AT_ONCE):
        found += assistant.library.chunks(ids[first : first + _AT_ONCE]).values()
    return sorted(found, key=lambda chunk: (chunk.version_id, chunk.ordinal))


def _rows(source: Source, chunks: Sequence[Chunk]) -> Iterator[dict[str, Any]]:
    """Give the drafts of one manual in its order, at most one a heading."""
    seen: set[tuple[str, ...]] = set()
    for chunk in chunks:
        if chunk.heading_path in seen:
            continue
        for span, sentence in zip(chunk.spans, chunk.sentences(), strict=True):
            made = (_from_table if chunk.kind == "table" else _from_sentence)(sentence.strip())
            if made is None:
                continue
            seen.add(chunk.heading_path)
            question, fact = made
            yield {
                "id": f"m-{chunk.id[:12]}",
                "question": question,
                "answerable": True,
                "kind": "table" if chunk.kind == "table" else "text",
                "file": source.file,
                "page": span.page,
                "section": chunk.heading_path[-1] if chunk.heading_path else "",
                "answer": sentence.strip(),
                "answer_snippet": sentence.strip(),
                "key_facts": [fact],
            }
            break


def _from_sentence(sentence: str) -> tuple[str, str] | None:
    """Return a question for the last figure of a sentence with a subject, and that figure."""
    subject = _SUBJECT.match(sentence)
    fits = _SHORTEST <= len(sentence) <= _LONGEST and sentence.endswith("。")
    if subject is None or not fits or _LEANS_BACK.match(subject["subject"]):
        return None
    figures = [f for f in read_figures(sentence[subject.end() :]) if f.written_unit]
    if len(figures) != 1:  # with several it is not clear which one is asked for
        return None
    [figure] = figures
    asked = next((words for unit, words in _ASKED if unit.search(figure.text)), None)
    return None if asked is None else (f"{subject['subject']}は{asked}", figure.text)


def _from_table(row: str) -> tuple[str, str] | None:
    """Return a question for the last cell of a row by its head and the row's first cell."""
    cells = [_CELL.match(cell.strip()) for cell in row.split(TABLE_MARK)]
    if len(cells) < 2 or cells[0] is None or cells[-1] is None:
        return None
    first, last = cells[0], cells[-1]
    if not read_figures(last["value"]) or read_figures(first["value"]):
        return None
    return f"{first['value']}の{last['head']}は何ですか", last["value"]
