"""One answer to several questions: the passages of each, numbered on, and what was not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answers.evidence import Passage
from assistant.domain import AnsweredPart

_FROM_EACH = 2  # quotations of each part where there are several


def joined_passages(
    parts: Sequence[tuple[str, Sequence[Passage]]],
) -> tuple[list[Passage], tuple[AnsweredPart, ...]]:
    """Return the passages of (question, its passages) numbered from 1, and which answer which.

    A passage that answers two of the questions stands there once. A question without any has not
    been answered. One question keeps its passages, and is no part of anything.
    """
    if len(parts) == 1:
        return list(parts[0][1]), ()
    passages: list[Passage] = []
    answered: list[AnsweredPart] = []
    for question, own in parts:
        markers: list[int] = []
        for passage in own[:_FROM_EACH]:
            known = [p for p in passages if _same_words(p, passage)]
            if not known:
                citation = replace(passage.citation, marker=len(passages) + 1)
                known = [replace(passage, citation=citation)]
                passages += known
            markers.append(known[0].citation.marker)
        answered.append(AnsweredPart(question, tuple(markers)))
    return passages, tuple(answered)


def not_found_words(parts: Sequence[AnsweredPart]) -> str:
    """Return in Japanese which of several questions no passage answers; "" if each has one."""
    missing = "".join(f"「{part.question}」" for part in parts if not part.citations)
    if not missing:
        return ""
    return f"{missing}の答えとなる記載は、マニュアルの中に見つかりませんでした。"


def _same_words(one: Passage, other: Passage) -> bool:
    return (one.citation.chunk_id, one.citation.quote) == (
        other.citation.chunk_id,
        other.citation.quote,
    )
