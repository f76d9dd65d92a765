"""Hybrid search: the chunks that may answer a question, best first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, Literal, get_args

import numpy as np
from sqlalchemy import select

from assistant import calendar, tables
from assistant.domain import Chunk, Reader, ReferredChunk, RetrievedChunk, Source
from assistant.embeddings.encoder import Vectors
from assistant.japanese.tokens import search_forms
from assistant.library.drafts import sentences_hash
from assistant.library.reading import ManualLibrary
from assistant.search.fusion import fused
from assistant.search.letter_pair_match import pair_shares
from assistant.search.reranking import NoReranker, Reranker
from assistant.search.sentence_match import SentenceMatch
from assistant.understanding.glossary import Glossary
from assistant.understanding.other_figures import other_numbers, other_years
from assistant.understanding.spelling import Respelt, Spelling
from assistant.understanding.vocabulary import Vocabulary

Signal = Literal["body", "heading", "keywords"]
Step = Literal["glossary", "years", "numbers", "kana", "mistakes"]
STEPS: Final[frozenset[Step]] = frozenset(get_args(Step))
"""What is done to understand the words of a question; an evaluation leaves some out."""
_CANDIDATES = 60
_KEYWORD_CANDIDATES = 200
# Times what is wanted, one after the other until enough of it may be read.
_ALL_IS_READABLE, _SOME_IS_HIDDEN = (1.5, 4.0), (4.0,)
_SEARCHES = ThreadPoolExecutor(8, "search")
_PLACED = 10  # results whose best sentence is looked for; those below name their first


@dataclass(frozen=True)
class _Row:
    id: str
    version_id: str
    text_hash: str
    heading_hash: str
    spans: str
    heading_path: str
    text: str

    @property
    def headings(self) -> str:
        return "\n".join(json.loads(self.heading_path))

    @property
    def sentences_hash(self) -> str:
        return sentences_hash(self.text_hash, len(json.loads(self.spans)))


@dataclass(frozen=True)
class Candidate:
    """A chunk that some signal finds near: its version, its headings' letters, its signals.

    `cosines` are those of its sentences, None until they are embedded.
    """

    version_id: str
    heading_length: int
    signals: dict[str, float]
    cosines: Vectors | None = None


@dataclass(frozen=True)
class Understood:
    """A question as the search needs it: its search forms, vector (dimension,), match.

    `counts` has each form with the number of chunks that hold it. `spelt` is the question with
    what its words mean; `vector` is of that. `respelt` are the words that it was searched for
    beside those that were typed.
    """

    question: str
    counts: Mapping[str, int]
    spelt: str
    vector: Vectors
    match: SentenceMatch
    respelt: tuple[Respelt, ...] = ()


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
        self._glossary = glossary
        self._spelling = Spelling(Vocabulary(library, glossary))
        self._steps = steps
        self._reranker = reranker or NoReranker()

    def warm(self) -> None:
        """Read the words of the manuals: 0.7 s at 100,000 chunks that the first question saves."""
        self._spelling.warm()

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
            self.understand(question, reader=reader, as_of=as_of, draft=draft),
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
        found = self.candidates(asked, sources=sources, as_of=as_of, wanted=wanted)
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

    def candidates(
        self,
        asked: Understood,
        *,
        sources: Mapping[str, Source],
        as_of: date,
        wanted: int = 10,
    ) -> dict[str, Candidate]:
        """Return what any signal finds near, with all its signals, by chunk id; not in order.

        Chunks are found, and headings compared, by the question's plain vector; texts and sentences
        by the one that looks for what answers it (`Encoder.encode_asking`).
        """
        count = max(_CANDIDATES, wanted)
        by_vector = partial(
            self._by_vector, vector=asked.vector, sources=sources, as_of=as_of, limit=count
        )
        # All four wait outside Python: on two cores they take about as long as the longest two.
        bodies = _SEARCHES.submit(by_vector, "bodies")
        headings = _SEARCHES.submit(by_vector, "headings")
        asking = _SEARCHES.submit(self._library.encoder.encode_asking, asked.spelt)
        keywords = self._by_keywords(asked.counts, sources, count)
        candidates = list(
            dict.fromkeys([*bodies.result(), *headings.result(), *list(keywords)[:count]])
        )
        near = asking.result()
        rows = self._rows(candidates)
        stored = self._library.vectors.get(
            [h for row in rows.values() for h in (row.text_hash, row.heading_hash)]
        )
        sentences = self._library.vectors.get_matrices(
            [row.sentences_hash for row in rows.values()], len(near)
        )
        pairs = pair_shares(
            asked.question, {key: f"{row.headings}\n{row.text}" for key, row in rows.items()}
        )
        nothing = np.zeros_like(near)
        found = {}
        for key, row in rows.items():
            body = float(stored.get(row.text_hash, nothing) @ near)
            matrix = sentences.get(row.sentences_hash)
            cosines = None if matrix is None else matrix @ near
            signals = {
                "body": body,
                "heading": float(stored.get(row.heading_hash, nothing) @ asked.vector),
                # Until its sentences are embedded a chunk is judged by its whole text.
                "sentence": body if cosines is None else float(cosines.max()),
                "keywords": keywords.get(key, 0.0),
                "pairs": pairs[key],
            }
            found[key] = Candidate(row.version_id, len(row.headings), signals, cosines)
        return found

    def understand(
        self,
        question: str,
        *,
        reader: Reader | None = None,
        as_of: date | None = None,
        draft: str | None = None,
    ) -> Understood:
        """Return a question as the search needs it, its abbreviations spelt out.

        With a reader, words that none of the manuals holds that they may read on the day are
        looked for among the words of those manuals.
        """
        respelt, added = self.added(question, reader=reader, as_of=as_of, draft=draft)
        forms = search_forms(" ".join([question, *added]))
        spelt = f"{question}（{'、'.join(added)}）" if added else question
        if "numbers" in self._steps:
            forms += search_forms(" ".join(other_numbers(question)))
        keywords = self._library.keywords
        counts = keywords.document_counts(forms)
        match = SentenceMatch(forms, keywords.rarity(counts), question)
        vector = self._library.encoder.encode_question(spelt)
        return Understood(question, counts, spelt, vector, match, tuple(respelt))

    def added(
        self,
        question: str,
        *,
        reader: Reader | None = None,
        as_of: date | None = None,
        draft: str | None = None,
    ) -> tuple[list[Respelt], list[str]]:
        """Return the words of a question that are spelt anew, and all words searched for beside it.

        As `understand`, without embedding anything.
        """
        respelt: list[Respelt] = []
        if reader is not None and as_of is not None and self._steps & {"kana", "mistakes"}:
            respelt = self._spelling.respelt(
                question,
                versions=self._library.sources(reader=reader, as_of=as_of, draft=draft),
                kana="kana" in self._steps,
                mistakes="mistakes" in self._steps,
            )
        meant = [word for item in respelt for word in item.meant]
        return respelt, meant + self._meanings(" ".join([question, *meant]))

    def _meanings(self, question: str) -> list[str]:
        found = self._glossary.meanings(question) if "glossary" in self._steps else []
        return found + (other_years(question) if "years" in self._steps else [])

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
            ranked = self._by_keywords(counts, sources, limit)
        else:
            role = "bodies" if signal == "body" else "headings"
            vector = self._library.encoder.encode_question(question)
            ranked = self._by_vector(role, vector, sources, as_of, limit)
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

    def _by_vector(
        self, role: str, vector: Vectors, sources: Mapping[str, Source], as_of: date, limit: int
    ) -> dict[str, float]:
        """Search unfiltered for more than is wanted; filter by version only if too few remain."""
        roles = [role] if as_of >= calendar.today() else [role, f"archive_{role}"]
        hidden = self._library.hides(sources, as_of=as_of)
        found: list[tuple[str, float]] = []
        for name in roles:
            for more in _SOME_IS_HIDDEN if hidden or name != role else _ALL_IS_READABLE:
                hits = self._library.index.search(name, vector, limit=round(limit * more))
                readable = self._readable(hits, sources)
                if len(readable) >= min(limit, len(hits)):
                    break
            else:
                hits = self._library.index.search(name, vector, limit=limit, versions=list(sources))
                readable = self._readable(hits, sources)
            found += readable
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return dict(found[:limit])

    def _by_keywords(
        self, counts: Mapping[str, int], sources: Mapping[str, Source], wanted: int
    ) -> dict[str, float]:
        """Search unfiltered for more than is wanted; filter by version only if too few remain."""
        limit = max(_KEYWORD_CANDIDATES, wanted)
        hits = self._library.keywords.search(counts, limit=limit)
        readable = self._readable_keywords(hits, sources)
        if len(readable) < wanted and len(hits) == limit:
            hits = self._library.keywords.search(counts, limit=limit, versions=sources)
            readable = self._readable_keywords(hits, sources)
        return readable

    def _readable_keywords(
        self, hits: Sequence[tuple[int, float]], sources: Mapping[str, Source]
    ) -> dict[str, float]:
        table = tables.chunk.c
        query = select(table.key, table.id, table.version_id).where(
            table.key.in_([key for key, _ in hits])
        )
        with self._library.database.read() as connection:
            rows = {row.key: row for row in connection.execute(query).all()}
        return {
            rows[key].id: score
            for key, score in hits
            if key in rows and rows[key].version_id in sources
        }

    def _readable(
        self, hits: Sequence[tuple[str, float]], sources: Mapping[str, Source]
    ) -> list[tuple[str, float]]:
        table = tables.chunk.c
        query = select(table.id, table.version_id).where(table.id.in_([key for key, _ in hits]))
        with self._library.database.read() as connection:
            versions = {row.id: row.version_id for row in connection.execute(query).all()}
        return [hit for hit in hits if versions.get(hit[0]) in sources]

    def _rows(self, ids: Sequence[str]) -> dict[str, _Row]:
        table = tables.chunk.c
        query = select(
            table.id,
            table.version_id,
            table.text_hash,
            table.heading_hash,
            table.spans,
            table.heading_path,
            table.text,
        ).where(table.id.in_(list(ids)))
        with self._library.database.read() as connection:
            return {row.id: _Row(*row) for row in connection.execute(query).all()}
