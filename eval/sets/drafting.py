"""Draft questions by rules: from sentences and tables of manuals, and from answers that failed.

A draft is asked by nobody until a person has put it into the words of staff and approved it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assistant import calendar
from assistant.answers.evidence import TABLE_MARK
from assistant.database import Database
from assistant.domain import Chunk, Reader, Source
from assistant.errors import UsageError
from assistant.evaluations.poor_answers import PoorAnswer, poor_answers
from assistant.evaluations.sets import KeptCase, KeptSet, QuestionSets
from assistant.opening import Assistant
from assistant.people.audit.trail import Actor
from eval.answers import EVALUATOR
from eval.figures.figure_reading import read_figures
from eval.sets.case_rows import kept_case

_AT_ONCE: Final = 500
_SHORTEST, _LONGEST = 12, 120
_ITEM: Final = re.compile(
    r"^(?:・[\s　]*|(?:[（(][0-9０-９一-十ア-ン]+[)）]|[ア-ンa-z①-⑳]|[0-9０-９]+[.．]?)[\s　]+)"
)
_SUBJECT: Final = re.compile(r"^[^、。はがをに]{2,30}は、?")
# What leans on the sentence before cannot be asked alone; a numeral is the mark of an item.
_LEANS_BACK: Final = re.compile(
    r"^(?:この|その|これ|それ|当該|前項|同|なお|ただし|また|次|[一-十])"
)
_UNITS: Final = (
    (re.compile("円$"), "いくら"),
    (re.compile("%$|割$|％$"), "何パーセント"),
    (re.compile("年[0-9０-９]+月[0-9０-９]+日$"), "いつ"),
    (re.compile("[かケヶ箇]月$"), "何か月"),
    (re.compile("(?<!月)[0-9０-９]+日$"), "何日"),
    (re.compile("[0-9０-９]年$"), "何年"),
    (re.compile("時間$"), "何時間"),
    (re.compile("分$"), "何分"),
    (re.compile("[人名]$"), "何人"),
    (re.compile("通$"), "何通"),
    (re.compile("部$"), "何部"),
    (re.compile("回$"), "何回"),
)
_ENDINGS: Final = (("ます。", "ますか"), ("です。", "ですか"), ("とする。", "としますか"))
_CELL: Final = re.compile(r"^(?P<head>[^：、]{1,12})：(?P<value>[^：、「]{1,24})$")
FROM_MANUALS: Final = "マニュアルから"
_REASONS: Final = {
    "refused": "答えられなかった質問",
    "unhelpful": "役に立たなかったとされた質問",
}


@dataclass(frozen=True)
class AskablePassage:
    """A sentence or table row with one figure to ask for, and the row of a set that rules make.

    `position` is that of the sentence within its chunk.
    """

    chunk: Chunk
    position: int
    row: dict[str, Any]


def drafts_from_manuals(
    assistant: Assistant, *, count: int, reader: Reader = EVALUATOR, known: Sequence[str] = ()
) -> list[KeptCase]:
    """Return at most `count` drafts from the manuals in force that the reader may read.

    One after the other from each manual, each heading once, so that no manual fills the set.
    `known` are questions that need no draft. Each draft says where its answer stands.
    """
    by_manual = passages_by_manual(assistant, reader=reader)
    asked, rows = set(known), list[dict[str, Any]]()
    while by_manual and len(rows) < count:
        for version_id in list(by_manual):
            found = (one.row for one in by_manual[version_id])
            row = next((r for r in found if r["question"] not in asked), None)
            if row is None:
                del by_manual[version_id]
            elif len(rows) < count:
                asked.add(row["question"])
                rows.append(row)
    return [kept_case({**row, "state": "draft", "origin": FROM_MANUALS}) for row in rows]


def passages_by_manual(
    assistant: Assistant, *, reader: Reader
) -> dict[str, Iterator[AskablePassage]]:
    """Return what can be asked of each manual in force that the reader may read, by version."""
    sources = assistant.library.sources(reader=reader, as_of=calendar.today())
    chunks: dict[str, list[Chunk]] = {version_id: [] for version_id in sources}
    for chunk in _chunks(assistant, set(sources)):
        chunks[chunk.version_id].append(chunk)
    return {
        version_id: _passages(source, chunks[version_id])
        for version_id, source in sorted(sources.items(), key=lambda item: item[1].file)
    }


def drafts_from_answers(database: Database, *, known: Sequence[str] = ()) -> list[KeptCase]:
    """Return drafts from questions that were refused or did not help, personal data hidden.

    Whether there is an answer, and where, is for the person who approves to say: a draft begins
    as a question without one.
    """
    found = poor_answers(database, today=calendar.today())
    return [_draft(one) for one in found if one.question not in known]


def draft_by_rules(
    assistant: Assistant, name: str, *, from_answers: bool = False, count: int, by: Actor
) -> tuple[KeptSet, int]:
    """Add drafts made by rules to a set; return it with their number.

    `count` is how many are made of manuals at most; answers that failed become drafts all. Drafts
    of manuals are made of what everybody may read, so that every evaluator may see them. Raises
    UsageError where there is nothing new to ask.
    """
    sets = QuestionSets(assistant.database)
    known = [str(case.row["question"]) for case in sets.cases_of_all_versions(name)]
    if from_answers:
        drafts = drafts_from_answers(assistant.database, known=known)
    else:
        drafts = drafts_from_manuals(assistant, count=count, known=known)
    if not drafts:
        raise UsageError(
            "新しい下書きになるものがありません。マニュアルの取込みと、職員の質問があるかを"
            "確かめてください。"
        )
    before = next((kept.drafts for kept in sets.all() if kept.name == name), 0)
    kept = add_drafts(assistant.database, name, drafts, by=by)
    return kept, kept.drafts - before


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


def _passages(source: Source, chunks: Sequence[Chunk]) -> Iterator[AskablePassage]:
    """Give what can be asked of one manual in its order, at most one a heading."""
    seen: set[tuple[str, ...]] = set()
    for chunk in chunks:
        if chunk.heading_path in seen:
            continue
        pairs = zip(chunk.spans, chunk.sentences(), strict=True)
        for position, (span, sentence) in enumerate(pairs):
            made = (_from_table if chunk.kind == "table" else _from_sentence)(sentence.strip())
            if made is None:
                continue
            seen.add(chunk.heading_path)
            question, fact = made
            row = {
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
            yield AskablePassage(chunk, position, row)
            break


def _from_sentence(sentence: str) -> tuple[str, str] | None:
    """Return a sentence with its one figure asked for, and that figure; None where it does not fit.

    「請求書は受け取った日から30日以内に支払います。」: 「請求書は…何日以内に支払いますか」.
    """
    plain = _ITEM.sub("", sentence)
    fits = _SHORTEST <= len(plain) <= _LONGEST and _SUBJECT.match(plain)
    ending = next((pair for pair in _ENDINGS if plain.endswith(pair[0])), None)
    if not fits or ending is None or _LEANS_BACK.match(plain):
        return None
    figures = read_figures(plain)
    if len(figures) != 1:  # with several it is not clear which one is asked for
        return None
    fact = figures[0].text
    asked = _asked(fact)
    if asked is None or plain.count(fact) != 1:
        return None
    return plain.replace(fact, asked).removesuffix(ending[0]) + ending[1], fact


def _from_table(row: str) -> tuple[str, str] | None:
    """Return a question for a cell that is a figure by its head and the row's first cell."""
    cells = [_CELL.match(cell.strip()) for cell in row.split(TABLE_MARK)]
    if len(cells) < 2 or cells[0] is None or read_figures(cells[0]["value"]):
        return None
    for cell in filter(None, cells[1:]):
        figures = read_figures(cell["value"])
        if len(figures) == 1 and figures[0].text == cell["value"]:
            asked = _asked(cell["value"])
            if asked is not None:
                return f"{cells[0]['value']}の{cell['head']}は{asked}ですか", cell["value"]
    return None


def _asked(figure: str) -> str | None:
    """Return how a figure is asked for, None for a unit that the rules do not know."""
    plain = unicodedata.normalize("NFKC", figure)
    return next((words for unit, words in _UNITS if unit.search(plain)), None)
