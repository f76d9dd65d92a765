"""Answers kept from before, as their person may see them now: rights change, records stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from assistant import calendar
from assistant.domain import Answer, AnswerSentence, Reader, Turn
from assistant.library import ManualLibrary
from assistant.people.directory import Directory

WITHHELD: Final = (
    "この回答の根拠となったマニュアルは、今は表示できません。もう一度質問すると、"
    "今読めるマニュアルから答えます。"
)


class Rights:
    """Tells what of an answer may still be shown, and whose answers must stop."""

    def __init__(self, library: ManualLibrary, directory: Directory):
        self._library = library
        self._directory = directory

    def answer(self, answer: Answer | None, reader: Reader) -> Answer | None:
        """Return an answer without anything from versions that the reader may not read now."""
        if answer is None:
            return None
        beside = _beside_sentences(answer)
        used = {c.version_id for c in answer.citations if c.marker not in beside}
        others = {c.version_id for c in answer.citations} - used
        named = {related.version_id for related in answer.related}
        readable = self._library.readable(used | others | named, reader=reader)
        if used <= readable and not others <= readable:
            kept_citations = tuple(c for c in answer.citations if c.marker not in beside)
            answer = replace(answer, citations=kept_citations, near_changes=(), conflicts=())
        if used <= readable and named <= readable:
            return answer
        if used <= readable:
            kept = tuple(r for r in answer.related if r.version_id in readable)
            return replace(answer, related=kept, owner=None, as_of_notice="", question_notice="")
        # Sentences, notices and choices may speak of it too: nothing of the answer is sure.
        return Answer(
            id=answer.id,
            question=answer.question,
            outcome=answer.outcome,
            as_of=answer.as_of,
            as_of_origin=answer.as_of_origin,
            mode="extractive",
            sent_to=answer.sent_to,
            sentences=(AnswerSentence(WITHHELD, "computed"),),
            first_evidence_seconds=answer.first_evidence_seconds,
            seconds=answer.seconds,
            finished=answer.finished,
        )

    def turn(self, turn: Turn, reader: Reader) -> Turn:
        """Return an earlier turn without an answer from what the reader may not read now."""
        if turn.versions <= self._library.readable(turn.versions, reader=reader):
            return turn
        return replace(turn, answer="", versions=frozenset())

    def today(self, reader: Reader) -> Reader:
        """Return the reader as of this moment: whoever watches for long may have been moved."""
        member = self._directory.member(reader.person_id, today=calendar.today())
        return reader if member is None else member.reader

    def gone(self, person_ids: Iterable[str]) -> set[str]:
        """Return those of some people who may not come in any more: their answers stop."""
        return self._directory.disabled(person_ids, today=calendar.today())


def _beside_sentences(answer: Answer) -> set[int]:
    """Return the markers of the citations that no sentence of the answer needs."""
    needed = {
        marker
        for sentence in (*answer.quotations, *answer.sentences, *answer.summary)
        for marker in sentence.citations
    }
    shown = {m for change in answer.near_changes for m in (change.before, change.after)}
    shown |= {side.marker for conflict in answer.conflicts for side in conflict.sides}
    return {marker for marker in shown - needed if marker is not None}
