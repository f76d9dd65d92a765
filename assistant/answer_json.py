"""Answers as JSON: the contract of `chonai ask`, and the snapshots kept in the database."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from assistant.domain import Answer, AnswerSentence, Citation, Owner, Related

SUMMARY_HEADING = "まとめ（AI作成）"


def answer_text(answer: Answer) -> str:
    """Return the whole answer as plain text: the body, then the summary under its heading."""
    if not answer.summary:
        return answer.text
    summary = "\n".join(sentence.text for sentence in answer.summary)
    return f"{answer.text}\n\n{SUMMARY_HEADING}\n{summary}"


def answer_document(answer: Answer) -> dict[str, Any]:
    """Return an answer as the JSON document of `chonai ask --json`."""
    return {
        "id": answer.id,
        "question": answer.question,
        "outcome": answer.outcome,
        "text": answer_text(answer),
        "sentences": [
            {"text": s.text, "kind": s.kind, "citations": list(s.citations)}
            for s in (*answer.sentences, *answer.summary)
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
        "conflicts": list(answer.conflicts),
        "as_of": answer.as_of.isoformat(),
        "owner": asdict(answer.owner) if answer.owner else None,
        "mode": answer.mode,
        "model": answer.model,
        "notice": answer.notice,
        "first_evidence_seconds": answer.first_evidence_seconds,
        "seconds": answer.seconds,
        "error": answer.error,
    }


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
    """Return the answer that `dump_snapshot` wrote."""
    raw = json.loads(text)

    def sentences(name: str) -> tuple[AnswerSentence, ...]:
        return tuple(
            AnswerSentence(s["text"], s["kind"], tuple(s["citations"])) for s in raw.pop(name)
        )

    parts = {name: sentences(name) for name in ("quotations", "sentences", "summary")}
    citations = tuple(
        Citation(**{**c, "heading_path": tuple(c["heading_path"])}) for c in raw.pop("citations")
    )
    related = tuple(
        Related(**{**r, "heading_path": tuple(r["heading_path"])}) for r in raw.pop("related")
    )
    owner = raw.pop("owner")
    return Answer(
        **{
            **raw,
            **parts,
            "as_of": date.fromisoformat(raw["as_of"]),
            "citations": citations,
            "related": related,
            "choices": tuple(raw["choices"]),
            "conflicts": tuple(raw["conflicts"]),
            "owner": Owner(**owner) if owner else None,
        }
    )
