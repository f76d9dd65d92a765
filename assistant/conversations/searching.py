"""Which searched words stand in a question and its answer, however wide or high they are typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.answer_json import answer_text
from assistant.domain import Answer
from assistant.japanese.normalize import folded


def searched_words(text: str) -> tuple[str, ...]:
    """Return the words of a search field, folded: NFKC, small letters, no white space."""
    return tuple(word for part in text.split() if (word := folded(part)))


def not_found_in(words: Sequence[str], text: str, answer: Answer | None = None) -> tuple[str, ...]:
    """Return those of some folded words that stand neither in the text nor in the answer.

    The answer is one that its reader may see: what was cut from it by rights is not found.
    """
    if not words:
        return ()
    held = folded("\n".join([text, *([] if answer is None else _shown(answer))]))
    return tuple(word for word in words if word not in held)


def _shown(answer: Answer) -> Iterable[str]:
    """Yield the texts of an answer; what only stands near the question is none of it."""
    yield answer_text(answer)
    yield from (sentence.text for sentence in answer.quotations)
    for citation in answer.citations:
        yield from (citation.manual, *citation.heading_path, citation.quote)
