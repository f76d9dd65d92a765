"""One collection of Chroma, and the calls that are let through to it until one fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from assistant.embeddings.encoder import Vectors

_FOUND = "found_when_built"
# Chroma lets no other thread of Python run during a call. A call for 1,000 rows takes over a
# second, 40 calls for 25 together hardly longer.
_MOST_ROWS = 25


class ChromaFailed(Exception):
    """Chroma failed, or says what cannot be; the database still has everything."""


class ChromaAtRest(ChromaFailed):
    """A call before failed: Chroma is not asked again until it has been opened anew."""


@contextmanager
def chroma_errors() -> Iterator[None]:
    """Translate whatever Chroma raises, panics of its Rust core included, into ChromaFailed.

    Beside its own errors come plain exceptions and httpx's. A panic derives from BaseException,
    and the binding exports no name for its class.
    """
    try:
        yield
    except Exception as error:
        raise ChromaFailed(str(error)) from error
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise ChromaFailed(f"Chroma panicked: {error}") from error


class ChromaCalls:
    """Lets one call after the other through to an opened folder, and none once one has failed.

    Measured on a full disk: the write that fails leaves its transaction open in one of Chroma's
    own connections to SQLite, and the next write waits for that lock in another for a quarter of
    an hour, during which no thread of Python runs. Only opening anew ends the transaction.
    """

    def __init__(self) -> None:
        self._one = threading.Lock()  # costs nothing: Chroma holds Python's own lock in a call
        self.failed = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Let what is done inside through; raises ChromaAtRest, ChromaFailed."""
        with self._one:
            if self.failed:
                raise ChromaAtRest("Chroma failed before and was not opened anew yet")
            try:
                with chroma_errors():
                    yield
            except ChromaFailed:
                self.failed = True
                raise


class ServerCalls(ChromaCalls):
    """Lets calls through to a Chroma server, which keeps its own connections: as many at once."""

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Let what is done inside through; raises ChromaFailed."""
        with chroma_errors():
            yield


class ChromaCollection:
    """A collection: rows of id, vector (dimension,) and version. All methods raise ChromaFailed."""

    def __init__(self, collection: Any, calls: ChromaCalls):
        self._collection = collection
        self._calls = calls
        self.name = str(collection.name)

    @property
    def found_when_built(self) -> float:
        """The share (0..1) of vectors that were found when the collection was built anew."""
        return float((self._collection.metadata or {}).get(_FOUND, 1.0))

    def keep_found_when_built(self, share: float) -> None:
        """Keep that share in the collection's metadata."""
        with self._calls():
            metadata = {**(self._collection.metadata or {}), _FOUND: share}
            self._collection.modify(metadata=metadata)

    def ids(self) -> set[str]:
        """Return the ids of all rows."""
        with self._calls():
            return set(self._collection.get(include=[])["ids"])

    def nearest(
        self, vector: Vectors, limit: int, versions: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """Return (id, cosine in -1..1), best first; `versions` limits to those ids."""
        with self._calls():
            found = self._collection.query(
                query_embeddings=vector.reshape(1, -1),
                n_results=limit,
                where=None if versions is None else {"version": {"$in": list(versions)}},
                include=["distances"],
            )
            ids, distances = found["ids"][0], found["distances"][0]
            return [(key, 1.0 - float(d)) for key, d in zip(ids, distances, strict=True)]

    def put(self, ids: Sequence[str], vectors: Sequence[Vectors], versions: Sequence[str]) -> None:
        """Add rows, at most `batches` gives at a time; those that are there are replaced."""
        with self._calls():
            self._collection.upsert(
                ids=list(ids),
                embeddings=np.array(vectors),
                metadatas=[{"version": version} for version in versions],
            )

    def drop(self, ids: Sequence[str]) -> None:
        """Remove rows, at most `batches` gives at a time."""
        with self._calls():
            self._collection.delete(ids=list(ids))


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Split ids into what Chroma is given in one call."""
    for start in range(0, len(ids), _MOST_ROWS):
        yield ids[start : start + _MOST_ROWS]
