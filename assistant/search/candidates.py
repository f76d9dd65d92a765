"""The chunks that may answer a question, found by each signal, with all their signals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from sqlalchemy import select

from assistant import calendar, tables
from assistant.domain import Source
from assistant.embeddings.encoder import Vectors
from assistant.library.drafts import sentences_hash
from assistant.library.reading import ManualLibrary
from assistant.search.letter_pair_match import pair_shares
from assistant.search.understood import Understood

_CANDIDATES = 60
_KEYWORD_CANDIDATES = 200
_TIMES_WANTED = (1.5, 4.0)  # one after the other, until enough of what is found may be read
_SEARCHES = ThreadPoolExecutor(8, "search")


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


class CandidateSearch:
    """Finds chunks by body, heading and keywords among what the caller found readable."""

    def __init__(self, library: ManualLibrary):
        self._library = library

    def find(
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
            self.by_vector, vector=asked.vector, sources=sources, as_of=as_of, limit=count
        )
        # All four wait outside Python: on two cores they take about as long as the longest two.
        bodies = _SEARCHES.submit(by_vector, "bodies")
        headings = _SEARCHES.submit(by_vector, "headings")
        asking = _SEARCHES.submit(self._library.encoder.encode_asking, asked.spelt)
        keywords = self.by_keywords(asked.counts, sources, count)
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

    def by_vector(
        self, role: str, vector: Vectors, sources: Mapping[str, Source], as_of: date, limit: int
    ) -> dict[str, float]:
        """Search unfiltered for more than is wanted; filter by version only if too few remain."""
        roles = [role] if as_of >= calendar.today() else [role, f"archive_{role}"]
        found: list[tuple[str, float]] = []
        for name in roles:
            for times in _TIMES_WANTED:
                hits = self._library.index.search(name, vector, limit=round(limit * times))
                readable = self._readable(hits, sources)
                if len(readable) >= min(limit, len(hits)):
                    break
            else:
                hits = self._library.index.search(name, vector, limit=limit, versions=list(sources))
                readable = self._readable(hits, sources)
            found += readable
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return dict(found[:limit])

    def by_keywords(
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
