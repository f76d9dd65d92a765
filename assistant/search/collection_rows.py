"""Makes one Chroma collection hold the rows it should, and tells which no question finds there.

Chroma's graph (HNSW) leaves about one vector in a thousand without any neighbour that leads to it
(measured: 8 of 6,400 with its own settings, and put in again most of them stay so): it is stored
and counted, and no question finds it. One question for as many vectors as there are tells which.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from assistant.embeddings.encoder import Vectors
from assistant.search.chroma_collection import ChromaCollection, ChromaFailed, batches
from assistant.search.role_matrices import Rows

logger = logging.getLogger(__name__)
_PROBES = 16


class ChangeStopped(ChromaFailed):
    """The index is being closed: a change of many rows was given up between two batches."""


class Strays(NamedTuple):
    """Rows of a collection that only a comparison one by one finds; vectors (rows, dimension)."""

    ids: tuple[str, ...]
    versions: tuple[str, ...]
    vectors: Vectors

    def among(
        self,
        hits: list[tuple[str, float]],
        vector: Vectors,
        limit: int,
        versions: Sequence[str] | None,
    ) -> list[tuple[str, float]]:
        """Return (id, cosine in -1..1) of the hits and of these rows, the best first."""
        if not self.ids:
            return hits
        places = np.arange(len(self.ids))
        if versions is not None:
            allowed = set(versions)
            places = places[[version in allowed for version in self.versions]]
        cosines = (self.vectors @ vector)[places]
        most = limit + len(hits)  # so many hold all that are wanted: some may be hits already
        if most < len(places):  # 7 ms less than to sort 90,000
            nearest = np.sort(np.argpartition(-cosines, most)[:most])
            places, cosines = places[nearest], cosines[nearest]
        known = {key for key, _ in hits}
        more = [
            (self.ids[places[rank]], float(cosines[rank]))
            for rank in np.argsort(-cosines, kind="stable")
            if self.ids[places[rank]] not in known
        ]
        return sorted([*hits, *more], key=lambda hit: -hit[1])[:limit]


NO_STRAYS = Strays((), (), np.zeros((0, 0), np.float32))


class CollectionRows:
    """Changes rows of collections; `vectors` gives stored vectors by text hash."""

    def __init__(
        self,
        vectors: Callable[[Sequence[str]], Mapping[str, Vectors]],
        dimension: int,
        stopping: threading.Event,
    ):
        self._vectors = vectors
        self._stopping = stopping
        self._anything = np.full(dimension, dimension**-0.5, dtype=np.float32)

    def change(
        self, collection: ChromaCollection, old: Rows, new: Rows, *, gently: bool = False
    ) -> None:
        """Make a collection of the old rows one of the new; raises ChangeStopped, ChromaFailed.

        `gently` leaves half of the time to the questions, which cannot run while Chroma writes.
        """
        for part in batches([key for key in old if key not in new]):
            collection.drop(part)
        for part in batches([key for key in new if old.get(key) != new[key]]):
            if self._stopping.is_set():
                raise ChangeStopped
            began = time.monotonic()
            self._put(collection, part, new)
            if gently:
                self._stopping.wait(time.monotonic() - began)

    def strays(self, collection: ChromaCollection, rows: Callable[[], Rows]) -> Strays:
        """Return the rows that no question finds; `rows` gives all, and is called if there are any.

        Takes .1 s at 20,000 rows.
        """
        held = collection.ids()
        if not held:
            return NO_STRAYS
        reached = {key for key, _ in collection.nearest(self._anything, len(held), None)}
        lost = held - reached
        if not lost:
            return NO_STRAYS
        logger.info("%d of %d vectors of %s are strays", len(lost), len(held), collection.name)
        known = rows()
        found = {key: known[key] for key in sorted(lost & known.keys())}
        stored = self._vectors([text_hash for _, text_hash in found.values()])
        kept = [(key, v, stored[h]) for key, (v, h) in found.items() if h in stored]
        if not kept:
            return NO_STRAYS
        ids, versions, vectors = zip(*kept, strict=True)
        return Strays(ids, versions, np.stack(vectors))

    def probe(self, collection: ChromaCollection, rows: Rows) -> None:
        """Ask for stored vectors; raises ChromaFailed unless most are found as they are.

        Of a collection that was built anew, most of as many as were found then: passages that are
        almost the same put each other out of reach, and would do so again.
        """
        right, asked = self._found(collection, rows)
        if right * 2 < asked * collection.found_when_built:
            raise ChromaFailed(f"only {right} of {asked} stored vectors were found")

    def note_found(self, collection: ChromaCollection, rows: Rows) -> None:
        """Keep beside a collection that was just built how many of its vectors are found."""
        right, asked = self._found(collection, rows)
        collection.keep_found_when_built(right / asked if asked else 1.0)

    def _found(self, collection: ChromaCollection, rows: Rows) -> tuple[int, int]:
        hashes = [text_hash for _, text_hash in rows.values()]
        stored = self._vectors(hashes[:: len(hashes) // _PROBES + 1])
        found = [collection.nearest(vector, 1, None) for vector in stored.values()]
        return sum(1 for hits in found if hits and hits[0][1] > 0.999), len(found)

    def _put(self, collection: ChromaCollection, keys: Sequence[str], rows: Rows) -> None:
        stored = self._vectors([rows[key][1] for key in keys])
        keys = [key for key in keys if rows[key][1] in stored]
        if keys:
            vectors = [stored[rows[key][1]] for key in keys]
            collection.put(keys, vectors, [rows[key][0] for key in keys])
