"""The citation of a written sentence: the very words of the manual that support it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from assistant.answers.evidence import Passage, PlacedSentence
from assistant.answers.grounding import verify_sentence
from assistant.domain import Citation


def supporting_citation(text: str, passage: Passage, *, question: str, marker: int) -> Citation:
    """Return a citation whose quote supports a sentence that the passage supports.

    It is the passage's own quotation where that is enough. A sentence may also rest on the words
    around the quotation: then it is a new citation of these words, numbered `marker`, so that
    whoever opens it finds every figure of the sentence marked.
    """
    own = passage.citation
    for words in _narrowest_first(passage):
        trial = replace(passage, context=words.text)
        if verify_sentence(text, [trial], question=question).verdict == "supported":
            if words.text == own.found_words:
                return own
            same = own.label if words.page == own.page else None
            label = words.label if words.page is None else same
            return replace(
                own, marker=marker, quote=words.text, core="", page=words.page, label=label
            )
    return replace(own, marker=marker, quote=passage.context, core="")


def _narrowest_first(passage: Passage) -> Iterator[PlacedSentence]:
    own = passage.citation
    yield PlacedSentence(own.found_words, own.page, own.label)
    yield from passage.around
    for one, other in pairwise(passage.around):
        start = passage.context.find(one.text)
        end = passage.context.find(other.text, start + len(one.text)) + len(other.text)
        yield replace(one, text=passage.context[start:end])
