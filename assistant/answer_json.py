"""Answers as JSON: the contract of `chonai ask`, and the snapshots kept in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from assistant.answers.conflict_words import conflict_words
from assistant.answers.pinned import Pin
from assistant.domain import (
    Answer,
    AnsweredPart,
    AnswerSentence,
    Citation,
    Conflict,
    ConflictSide,
    NearChange,
    Owner,
    Related,
)

COMPUTED_HEADING = "計算"
SUMMARY_HEADING = "まとめ（AI作成）"


def answer_text(answer: Answer) -> str:
    """Return the whole answer as plain text: the body, then sums and summary under headings."""
    text = answer.text
    for heading, part in (
        (COMPUTED_HEADING, answer.computed),
        (SUMMARY_HEADING, answer.summary),
    ):
        if part:
            text += f"\n\n{heading}\n" + "\n".join(sentence.text for sentence in part)
    return text


def answer_document(answer: Answer, pinned: Mapping[int, Pin] | None = None) -> dict[str, Any]:
    """Return an answer as the JSON document of `chonai ask --json`.

    `pinned` tells of each citation by marker what has become of it.
    """
    pinned = pinned or {}
    return {
        "id": answer.id,
        "question": answer.question,
        "outcome": answer.outcome,
        "text": answer_text(answer),
        "sentences": [
            {"text": s.text, "kind": s.kind, "citations": list(s.citations)}
            for s in (*answer.sentences, *answer.computed, *answer.summary)
        ],
        "citations": [
            {
                "marker": c.marker,
                "manual": c.manual,
                "file": c.file,
                "version": c.version,
                "page": c.page,
                "label": c.label,
                "heading": list(c.heading_path),
                "quote": c.quote,
                "version_id": c.version_id,
                "chunk_id": c.chunk_id,
                "revision": c.revision,
                "effective_from": _day(c.effective_from),
                "text_hash": c.text_hash,
                "newer_version": pinned[c.marker].newer if c.marker in pinned else None,
            }
            for c in answer.citations
        ],
        "related": [
            {
                "manual": r.manual,
                "file": r.file,
                "page": r.page,
                "label": r.label,
                "heading": list(r.heading_path),
                "text": r.text,
            }
            for r in answer.related
        ],
        "choices": list(answer.choices),
        "conflicts": [_conflict_document(conflict, answer) for conflict in answer.conflicts],
        "as_of": answer.as_of.isoformat(),
        "as_of_origin": answer.as_of_origin,
        "near_changes": [_near_document(change) for change in answer.near_changes],
        "owner": asdict(answer.owner) if answer.owner else None,
        "mode": answer.mode,
        "model": answer.model,
        "notice": " ".join(filter(None, (*answer.told, answer.notice))),
        "parts": [
            {"question": part.question, "citations": list(part.citations)} for part in answer.parts
        ],
        "first_evidence_seconds": answer.first_evidence_seconds,
        "seconds": answer.seconds,
        "error": answer.error,
    }


def _conflict_document(conflict: Conflict, answer: Answer) -> dict[str, Any]:
    citations = {citation.marker: citation for citation in answer.citations}
    sides = [(side, citations[side.marker]) for side in conflict.sides]
    return {
        "text": conflict_words(conflict, answer),
        "sides": [
            {
                "figure": side.figure,
                "citation": side.marker,
                "manual": citation.manual,
                "file": citation.file,
                "page": citation.page,
                "label": citation.label,
                "heading": list(citation.heading_path),
                "quote": citation.quote,
            }
            for side, citation in sides
        ],
    }


def _near_document(change: NearChange) -> dict[str, Any]:
    return {
        "manual": change.manual,
        "heading": list(change.heading_path),
        "changes_on": change.changes_on.isoformat(),
        "before": {
            "version": change.before_version,
            "effective_from": _day(change.before_from),
            "citation": change.before,
        },
        "after": {
            "version": change.after_version,
            "effective_from": _day(change.after_from),
            "citation": change.after,
        },
        "counted_by": change.counted_by,
        "transition_notes": list(change.transition_notes),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def failed_document(answer_id: str, question: str, as_of: date, error: str) -> dict[str, Any]:
    """Return the JSON document of a question that could not be answered."""
    answer = Answer(
        id=answer_id, question=question, outcome="failed", as_of=as_of, mode="extractive",
        error=error, finished=True,
    )  # fmt: skip
    return answer_document(answer)


def dump_snapshot(answer: Answer) -> str:
    """Return an answer as the text kept in the database."""
    return json.dumps(asdict(answer), ensure_ascii=False, default=str)


def load_snapshot(text: str) -> Answer:
    """Return the answer that `dump_snapshot` wrote, at any time: what is not said is as ever."""
    raw = json.loads(text)

    def sentences(name: str) -> tuple[AnswerSentence, ...]:
        return tuple(
            AnswerSentence(s["text"], s["kind"], tuple(s["citations"])) for s in raw.pop(name, ())
        )

    parts = {name: sentences(name) for name in ("quotations", "sentences", "computed", "summary")}
    citations = tuple(Citation(**_with_days(c, "effective_from")) for c in raw.pop("citations"))
    changes = tuple(
        NearChange(
            **{
                **_with_days(change, "changes_on", "before_from", "after_from"),
                "transition_notes": tuple(change["transition_notes"]),
            }
        )
        for change in raw.pop("near_changes", ())
    )
    conflicts = tuple(_conflict(*conflict["sides"]) for conflict in raw["conflicts"])
    related = tuple(
        Related(**{**r, "heading_path": tuple(r["heading_path"])}) for r in raw.pop("related")
    )
    asked = tuple(AnsweredPart(p["question"], tuple(p["citations"])) for p in raw.pop("parts", ()))
    owner = raw.pop("owner")
    return Answer(
        **{
            **raw,
            **parts,
            "as_of": date.fromisoformat(raw["as_of"]),
            "citations": citations,
            "near_changes": changes,
            "parts": asked,
            "related": related,
            "choices": tuple(raw["choices"]),
            "conflicts": conflicts,
            "owner": Owner(**owner) if owner else None,
        }
    )


def _conflict(one: dict[str, Any], other: dict[str, Any]) -> Conflict:
    return Conflict((ConflictSide(**one), ConflictSide(**other)))


def _with_days(raw: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the values of a citation or a change with its headings and days as they were."""
    days = {
        name: None if raw[name] in (None, "None") else date.fromisoformat(raw[name])
        for name in names
        if name in raw
    }
    return {**raw, **days, "heading_path": tuple(raw["heading_path"])}
