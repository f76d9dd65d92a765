"""The steps of publishing, each a place where the process may be told to kill itself."""

from __future__ import annotations

import functools
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eager_chroma import create_eager
from sqlalchemy import Connection

from assistant.database import Database
from assistant.jobs.records import Jobs
from assistant.library import lifecycle, mending, publishing, staging
from assistant.search import chroma_collection
from assistant.search.chroma_collection import ChromaCollection
from assistant.search.chroma_store import ChromaStore
from assistant.search.keyword_index import KeywordIndex
from assistant.search.stored_vectors import StoredVectors
from assistant.search.vector_index import VectorIndex

HALF_FORGOTTEN = "at the next start, a half version is forgotten, in the transaction"
_BATCH = 4  # vectors of one call to Chroma, so that a small manual has several
_FEW_BYTES = 5


class KillPoints:
    """Tells of every step that is reached; at the one that is wanted the process dies."""

    def __init__(self, wanted: str, tell: Callable[[str], None]):
        self._wanted = wanted
        self._tell = tell
        self._reached = Counter[str]()

    def reach(self, step: str) -> None:
        """Be at a step: its name is told with how often it has been reached."""
        self._reached[step] += 1
        name = f"{step}#{self._reached[step]}"
        self._tell(f"step {name}")
        if name == self._wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, attribute: str, before: str = "", after: str = "") -> None:
        """Have a function reach a step before and one after it; {1} is its second argument."""
        function = getattr(owner, attribute)

        @functools.wraps(function)
        def wrapped(*arguments: Any, **named: Any) -> Any:
            if before:
                self.reach(before.format(*arguments))
            result = function(*arguments, **named)
            if after:
                self.reach(after.format(*arguments))
            return result

        setattr(owner, attribute, wrapped)


def arm(points: KillPoints, *, eager: bool) -> None:
    """Put the kill points into this process for good.

    `eager`: Chroma is given few vectors a call and writes its own files often.
    """
    if eager:
        chroma_collection._MOST_ROWS = _BATCH
        setattr(ChromaStore, "create", create_eager)  # noqa: B010 - as the others are put in
    around = points.around
    around(Jobs, "claim", after="a job is claimed")
    around(StoredVectors, "add", after="vectors are stored")
    around(Path, "replace", before="the original is written aside")
    _write_by_halves(points)
    around(publishing, "keep_original", after="the original is kept")
    around(publishing, "forget", after="a draft is forgotten, in the transaction")
    around(staging, "insert_references", before="chunks are inserted, in the transaction")
    around(KeywordIndex, "add_forms", after="keywords are added, in the transaction")
    around(KeywordIndex, "remove", after="keywords are removed, in the transaction")
    around(publishing, "stage", after="staged, in the transaction")
    around(ChromaCollection, "put", before="before a batch of vectors")
    around(ChromaCollection, "drop", before="before vectors are dropped")
    around(VectorIndex, "add", after="after adding to {1}")
    around(VectorIndex, "remove", after="after removing from {1}")
    for module in (publishing, lifecycle):
        around(module, "flip", "before the flip, in the transaction", "flipped, in the transaction")
        around(module, "append_event", after="told in the trail, in the transaction")
        around(module, "grow_revision", after="revision grown, in the transaction")
        around(module, "retire_from_indexes", before="before retiring")
    around(Jobs, "end", "before the job's end is written", "the job's end is written")
    around(mending, "forget", after=HALF_FORGOTTEN)
    around(VectorIndex, "mend", after="the index is mended")
    _watch_commits(points)


def _write_by_halves(points: KillPoints) -> None:
    """Have files be written in two parts, with a step between them."""
    whole = Path.write_bytes

    @functools.wraps(whole)
    def write_bytes(path: Path, data: Any) -> int:
        with path.open("wb") as file:
            file.write(data[:_FEW_BYTES])
            file.flush()
            points.reach("the original is half written")
            file.write(data[_FEW_BYTES:])
        return len(data)

    setattr(Path, "write_bytes", write_bytes)  # noqa: B010 - as the others are put in


def _watch_commits(points: KillPoints) -> None:
    write = Database.write

    @contextmanager
    def watched(database: Database) -> Iterator[Connection]:
        with write(database) as connection:
            yield connection
            points.reach("before a commit")
        points.reach("after a commit")

    setattr(Database, "write", watched)  # noqa: B010 - as the others are put in
