"""Looks a question up: understood, searched for, and weighed whether what is found answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.evidence import CHUNKS, ScoredSentence, scored_sentences
from assistant.answers.judgement import THRESHOLD, Features, features, probability
from assistant.as_of import AsOf, begins_by
from assistant.domain import Reader, RetrievedChunk, Turn
from assistant.library import ManualLibrary
from assistant.search.retrieval import Retriever
from assistant.search.sentence_vectors import SentenceVectors
from assistant.search.understood import Understood
from assistant.understanding.parts import AskedPart

RETRIEVED = 10


@dataclass(frozen=True)
class Weighed:
    """The sentences of a search, best first, and the probability that they hold the answer."""

    sentences: tuple[ScoredSentence, ...]
    features: Features | None
    probability: float


@dataclass(frozen=True)
class LookedUp:
    """One question of a text: how it was understood, what was found for it, how that weighs.

    `told_case`: it is one that was asked back, with the case that was asked for. Its rule was found
    then.
    """

    part: AskedPart
    asked: Understood
    found: tuple[RetrievedChunk, ...]
    weighed: Weighed
    told_case: bool = False

    @property
    def answerable(self) -> bool:
        """Whether what was found is taken to hold the answer."""
        known = self.told_case and bool(self.weighed.sentences)
        return known or self.weighed.probability >= THRESHOLD


class Lookup:
    """Looks questions up in the manuals a reader may read."""

    def __init__(self, library: ManualLibrary, retriever: Retriever):
        self._retriever = retriever
        self._sentences = SentenceVectors(library)

    def look_up(
        self,
        part: AskedPart,
        when: AsOf,
        turns: Sequence[Turn],
        *,
        reader: Reader,
        draft: str | None = None,
    ) -> LookedUp:
        """Understand, search for and weigh one question."""
        asked, found = self.find(part.searched, when, reader=reader, draft=draft)
        before = turns[-1] if turns else None
        told = before is not None and before.asked_back and before.question in part.searched
        return LookedUp(part, asked, tuple(found), self.weigh(asked, found), told)

    def find(
        self, words: str, when: AsOf, *, reader: Reader, draft: str | None = None
    ) -> tuple[Understood, list[RetrievedChunk]]:
        """Return how a question's words are understood, and at most ten chunks, best first."""
        asked = self._retriever.understanding.understand(
            words, reader=reader, as_of=when.day, draft=draft
        )
        found = self._retriever.find(
            asked,
            reader=reader,
            as_of=when.day,
            begins_by=begins_by(when.day, when.origin),
            draft=draft,
            limit=RETRIEVED,
        )
        return asked, found

    def weigh(self, asked: Understood, found: Sequence[RetrievedChunk]) -> Weighed:
        """Score the sentences of what was found, and judge whether they hold the answer."""
        cosines = self._sentences.cosines(asked.spelt, found[:CHUNKS])
        scored = scored_sentences(found, cosines, asked.match)
        if not scored:
            return Weighed((), None, 0.0)
        seen = features(scored, asked.match)
        return Weighed(tuple(scored), seen, probability(seen))
