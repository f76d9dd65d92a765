"""Hybrid search: the chunks that may answer a question, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal

from assistant.domain import Chunk, Reader, ReferredChunk, RetrievedChunk, Source
from assistant.japanese.tokens import search_forms
from assistant.library.reading import ManualLibrary
from assistant.search.candidates import CandidateSearch
from assistant.search.fusion import fused
from assistant.search.reranking import NoReranker, Reranker
from assistant.search.understood import STEPS, Step, Understanding, Understood
from assistant.understanding.glossary import Glossary

Signal = Literal["body", "heading", "keywords"]
_PLACED: Final = 10  # results whose best sentence is looked for; those below name their first


class Retriever:
    """Searches what a reader may read on a date by body, heading, sentence, keywords and pairs."""

    def __init__(
        self,
        library: ManualLibrary,
        glossary: Glossary,
        reranker: Reranker | None = None,
        *,
        steps: frozenset[Step] = STEPS,
    ):
        self._library = library
        self.understanding = Understanding(library, glossary, steps)
        self.candidates = CandidateSearch(library)
        self._reranker = reranker or NoReranker()

    def search(
        self,
        question: str,
        *,
        reader: Reader,
        as_of: date,
        begins_by: date | None = None,
        draft: str | None = None,
        limit: int = 10,
    ) -> list[RetrievedChunk]:
        """Return at most `limit` chunks, best first, each with its signals and best sentence.

        With `begins_by` a manual that has no version in force on `as_of` is searched in the one
        that begins next, if it does so by that day. `draft` is a version that takes the place of
        its manual's: the caller has checked that the reader is one of its editors.
        """
        return self.find(
            self.understanding.understand(question, reader=reader, as_of=as_of, draft=draft),
            reader=reader,
            as_of=as_of,
            begins_by=begins_by,
            draft=draft,
            limit=limit,
        )

    def find(
        self,
        asked: Understood,
        *,
        reader: Reader,
        as_of: date,
        begins_by: date | None = None,
        draft: str | None = None,
        limit: int = 10,
    ) -> list[RetrievedChunk]:
        """Search for a question that has been understood already; as `search`."""
        sources = self._library.sources(reader=reader, as_of=as_of, draft=draft)
        if begins_by is not None:
            sources = {**self._coming(sources, reader, as_of, begins_by), **sources}
        if not sources or limit < 1:
            return []
        shown = max(limit, self._reranker.most_hits)
        wanted = max(shown, 10)
        found = self.candidates.find(asked, sources=sources, as_of=as_of, wanted=wanted)
        scores = fused(
            {key: candidate.signals for key, candidate in found.items()},
            {key: candidate.heading_length for key, candidate in found.items()},
        )
        best = sorted(scores, key=lambda key: (-scores[key], key))[:shown]
        chunks = self._library.chunks(best)
        labels = self._library.page_labels(sorted({found[key].version_id for key in best}))
        hits = [
            self._found(
                chunks[key],
                sources[found[key].version_id],
                scores[key],
                found[key].signals,
                asked.match.best(chunks[key], found[key].cosines)
                if rank < max(_PLACED, self._reranker.most_hits)
                else 0,
                labels,
            )
            for rank, key in enumerate(best)
        ]
        return self._reranker.reordered(asked.question, hits)[:limit]

    def followed(
        self, results: Sequence[RetrievedChunk], *, reader: Reader, as_of: date
    ) -> list[tuple[ReferredChunk, ...]]:
        """Return for each result the chunks that its words refer to (第3条による), one step on."""
        ids = [result.chunk.id for result in results]
        referred = self._library.referenced(ids, reader=reader, as_of=as_of)
        return [referred[key] for key in ids]

    def search_signal(
        self, question: str, *, signal: Signal, reader: Reader, as_of: date, limit: int = 10
    ) -> list[RetrievedChunk]:
        """Return chunks ranked by one signal alone: for comparisons, not for answers."""
        sources = self._library.sources(reader=reader, as_of=as_of)
        if not sources or limit < 1:
            return []
        if signal == "keywords":
            counts = self._library.keywords.document_counts(search_forms(question))
            ranked = self.candidates.by_keywords(counts, sources, limit)
        else:
            role = "bodies" if signal == "body" else "headings"
            vector = self._library.encoder.encode_question(question)
            ranked = self.candidates.by_vector(role, vector, sources, as_of, limit)
        best = list(ranked)[:limit]
        chunks = self._library.chunks(best)
        return [
            self._found(
                chunks[key],
                sources[chunks[key].version_id],
                ranked[key],
                {signal: ranked[key]},
                0,
                {},
            )
            for key in best
        ]

    def _coming(
        self, known: Mapping[str, Source], reader: Reader, as_of: date, begins_by: date
    ) -> dict[str, Source]:
        """Return the next versions of the manuals that have none in force, if they begin in time.

        Only what the reader may read.
        """
        first_days = {term.first for term in self._library.terms().values() if term.first}
        manuals = {source.manual_id for source in known.values()}
        found: dict[str, Source] = {}
        for day in sorted(day for day in first_days if as_of < day <= begins_by):
            for key, source in self._library.sources(reader=reader, as_of=day).items():
                if source.manual_id not in manuals:
                    found[key] = source
            manuals |= {source.manual_id for source in found.values()}
        return found

    @staticmethod
    def _found(
        chunk: Chunk,
        source: Source,
        score: float,
        signals: Mapping[str, float],
        best: int,
        labels: Mapping[tuple[str, int], str],
    ) -> RetrievedChunk:
        page = chunk.spans[best].page if chunk.spans else chunk.first_page
        own = chunk.spans[best].label if chunk.spans else None
        label = own if page is None else labels.get((chunk.version_id, page))
        return RetrievedChunk(chunk, source, score, dict(signals), best, label)
