"""Nearest vectors through Chroma, an index that can be rebuilt at any time from the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from assistant.database import Database
from assistant.embeddings.encoder import Vectors
from assistant.search.chroma_collection import ChromaAtRest, ChromaCollection, ChromaFailed
from assistant.search.chroma_store import ChromaStore
from assistant.search.collection_names import CollectionNames, is_ours, new_name
from assistant.search.collection_rows import NO_STRAYS, ChangeStopped, CollectionRows, Strays
from assistant.search.role_matrices import Contents, RoleMatrices, Rows

logger = logging.getLogger(__name__)
ROLES = ("bodies", "headings", "archive_bodies", "archive_headings")
_FEW = 500  # rows that are put right while others wait: half a second


class VectorIndex:
    """Four collections: bodies and headings of the versions in force, and of the older ones.

    `contents(role)` is the database's word on what a collection must hold: chunk id to
    (version id, text hash). `vectors` gives stored vectors by text hash. A role whose collection
    is damaged is answered by a matrix product over the same vectors while a thread rebuilds it;
    `retry_seconds` are the first and the longest pause after a rebuild that failed.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        url: str,
        fingerprint: str,
        dimension: int,
        contents: Contents,
        vectors: Callable[[Sequence[str]], Mapping[str, Vectors]],
        retry_seconds: tuple[float, float] = (1.0, 300.0),
    ):
        self._names = CollectionNames(database, fingerprint)
        self._fingerprint = fingerprint
        self._dimension = dimension
        self._contents = contents
        self._retry_seconds = retry_seconds
        self._chroma = ChromaStore(folder, url)
        self._collections: dict[str, ChromaCollection] = {}
        self._changing = threading.RLock()  # held while a collection that answers is changed
        self._rebuilding = threading.Lock()  # one rebuild at a time
        self._state = threading.Condition()  # guards the three below; held for moments only
        damaged = self._chroma.damaged
        self._broken = self._names.roles() if damaged is None else set(damaged)
        self._writers = 0
        self._healer: threading.Thread | None = None
        self._matrices = RoleMatrices(ROLES, contents, vectors)
        self._closing = threading.Event()
        self._strays: dict[str, Strays] = {}
        self._rows = CollectionRows(vectors, dimension, self._closing)

    def close(self) -> None:
        """Give up a rebuild under way and release Chroma."""
        with self._state:
            if self._closing.is_set():
                return
            self._closing.set()
            self._state.notify_all()
            healer = self._healer
        if healer is not None:
            healer.join(timeout=30)
        with self._writing():
            self._chroma.close()

    @property
    def broken(self) -> tuple[str, ...]:
        """Roles that are being answered from the database until they are rebuilt."""
        with self._state:
            return tuple(sorted(self._broken))

    def wait_until_whole(self, timeout: float) -> bool:
        """Wait, at most so many seconds, until Chroma answers for all roles; False if not yet."""
        self._heal()
        with self._state:
            self._state.wait_for(lambda: self._is_whole() or self._closing.is_set(), timeout)
            return self._is_whole()

    def _is_whole(self) -> bool:
        return not self._broken and not self._chroma.at_rest

    def search(
        self, role: str, vector: Vectors, *, limit: int, versions: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return (chunk id, cosine in -1..1), best first; `versions` limits to those ids."""
        if role not in self._broken:
            collection = None
            try:
                collection = self._collection(role)
                hits = collection.nearest(vector, limit, versions)
                strays = self._strays.get(role, NO_STRAYS)
                return strays.among(hits, vector, limit, versions)
            except ChromaAtRest:
                self._heal()
            except ChromaFailed:
                # One that was just swapped or reopened is not to blame.
                if self._collections.get(role) is collection:
                    logger.exception("Chroma failed on %s: answering from the database", role)
                    self._heal(role)
        return self._matrices.search(role, vector, limit, versions)

    def add(self, role: str, rows: Rows) -> None:
        """Add chunks (id to version id and text hash); their vectors must be stored already."""
        self._change(role, {}, rows)

    def remove(self, role: str, ids: Sequence[str]) -> None:
        """Remove chunks by id."""
        self._change(role, dict.fromkeys(ids, ("", "")), {})

    def mend(self) -> dict[str, dict[str, int]]:
        """Compare each collection with the database, query it, and put right what differs.

        Returns for each role the numbers `added`, `removed` and `rebuilt` (all 0: was right). A
        role with `rebuilt` 1 is built anew by a thread: see `wait_until_whole`.
        """
        with self._writing():  # a file that ends the process in being read is not read twice
            report = {}
            for role in ROLES:
                self._wake()
                report[role] = self._mend_role(role)
            self._wake()
            self._remove_strangers()
        self._heal()
        return report

    def rebuild(self, role: str) -> None:
        """Build a role's collection anew beside the old one, then swap it in.

        Raises ChromaFailed; a thread then tries again.
        """
        with self._state:
            self._broken.add(role)
        self._wake()
        try:
            self._build(role)
        except ChromaFailed:
            self._heal(role)
            raise

    def _change(self, role: str, old: Rows, new: Rows) -> None:
        if not old and not new:
            return
        self._matrices.outdate(role)
        with self._changing:
            if role in self._broken or self._closing.is_set():
                return
            try:
                with self._writing():
                    collection = self._collection(role)
                    self._rows.change(collection, old, new)
                    self._note_strays(role, collection, lambda: {**self._contents(role), **new})
            except ChromaFailed:
                logger.exception("Chroma failed while changing %s", role)
                self._heal(role)

    def _mend_role(self, role: str) -> dict[str, int]:
        with self._changing:
            wanted = self._contents(role)
            try:
                if role not in self._broken:
                    collection = self._collection(role)
                    present = collection.ids()
                    added, removed = len(wanted.keys() - present), len(present - wanted.keys())
                    if added + removed <= _FEW:
                        old = {key: wanted.get(key, ("", "")) for key in present}
                        self._rows.change(collection, old, wanted)
                        self._rows.probe(collection, wanted)
                        self._note_strays(role, collection, lambda: wanted)
                        return {"added": added, "removed": removed, "rebuilt": 0}
                    logger.warning("%s lacks %d and has %d too many", role, added, removed)
            except ChromaFailed:
                logger.exception("collection %s is damaged: it is rebuilt beside", role)
            with self._state:
                self._broken.add(role)
            return {"added": len(wanted), "removed": 0, "rebuilt": 1}

    def _remove_strangers(self) -> None:
        """Delete what a rebuild left that was cut off, and what could not be deleted then."""
        if not self._rebuilding.acquire(blocking=False):
            return  # what is being built has no role yet
        try:
            with self._changing:
                named = {self._names.of(role) for role in ROLES}
                for name in self._chroma.own_names():
                    if is_ours(name) and name not in named:
                        self._chroma.delete(name)
        except ChromaFailed:
            logger.warning("collections of no role could not be deleted", exc_info=True)
        finally:
            self._rebuilding.release()

    def _heal(self, *damaged: str) -> None:
        """Have a thread rebuild what is broken; returns at once."""
        with self._state:
            if self._closing.is_set():
                return
            self._broken.update(damaged)
            if self._is_whole():
                return
            self._chroma.unseal()
            if self._healer is None or not self._healer.is_alive():
                self._healer = threading.Thread(
                    target=self._heal_broken, name="vector-index-rebuild", daemon=True
                )
                self._healer.start()

    def _heal_broken(self) -> None:
        pause, longest = self._retry_seconds
        while not self._closing.is_set():
            awake = self._wake()
            with self._state:
                if self._is_whole():
                    self._healer = None
                    return
                broken = sorted(self._broken)
            if not awake or not all([self._healed(role) for role in broken]):
                self._closing.wait(pause)
                pause = min(pause * 2, longest)

    def _healed(self, role: str) -> bool:
        try:
            self._build(role)
        except ChangeStopped:
            return False
        except ChromaFailed:
            logger.exception("rebuilding %s failed: the database keeps answering", role)
            return False
        except Exception:  # the database fails, too
            logger.exception("rebuilding %s failed: it is tried again", role)
            return False
        finally:
            self._wake()
        return True

    def _wake(self) -> bool:
        """Open Chroma anew if it is at rest since a call failed; tell whether it can be asked."""
        if not self._chroma.at_rest:
            return True
        try:
            with self._writing(), self._rebuilding, self._changing:
                self._collections.clear()
                if self._chroma.reopen():
                    with self._state:
                        self._broken |= self._names.roles()
                with self._state:
                    for role in set(ROLES) - self._broken:
                        self._matrices.forget(role)
                    self._state.notify_all()
        except Exception:
            logger.exception("Chroma could not be opened anew: it is tried again")
            return False
        return True

    def _build(self, role: str) -> None:
        """Rebuild a broken role; only its last few rows keep changes of other roles waiting."""
        with self._rebuilding, self._writing():
            if role not in self._broken:
                return
            old, name = self._names.of(role), new_name(role)
            try:
                collection = self._create(name)
                present: Rows = {}
                while len((wanted := self._contents(role)).items() ^ present.items()) > _FEW:
                    self._rows.change(collection, present, wanted, gently=True)
                    present = wanted
                self._names.remember(role, name)
                with self._changing:
                    last = self._contents(role)
                    self._rows.change(collection, present, last)
                    self._note_strays(role, collection, lambda: last)
                    self._rows.note_found(collection, last)
                    if old:  # where this fails, all is whole only once Chroma is opened anew
                        with suppress(ChromaFailed):  # `mend` tries again
                            self._chroma.delete(old)
                    self._collections[role] = collection
                    with self._state:
                        self._broken.discard(role)
                        self._matrices.forget(role)
                        self._state.notify_all()
            except BaseException:
                with suppress(ChromaFailed):
                    self._chroma.delete(name)
                raise

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Keep the folder unsealed; what is left unsealed is not trusted at the next start."""
        with self._state:
            self._writers += 1
            self._chroma.unseal()
        try:
            yield
        finally:
            with self._state:
                self._writers -= 1
                if not self._writers:
                    self._chroma.seal(sorted(self._broken))

    def _note_strays(
        self, role: str, collection: ChromaCollection, rows: Callable[[], Rows]
    ) -> None:
        self._strays[role] = self._rows.strays(collection, rows)

    def _collection(self, role: str) -> ChromaCollection:
        known = self._collections.get(role)
        if known is not None:
            return known
        with self._changing:
            if role not in self._collections:
                name = self._names.of(role)
                if name is None:
                    name = new_name(role)
                    self._collections[role] = self._create(name)
                    self._names.remember(role, name)
                else:
                    self._collections[role] = self._chroma.get(name)
            return self._collections[role]

    def _create(self, name: str) -> ChromaCollection:
        return self._chroma.create(
            name, {"fingerprint": self._fingerprint, "dimension": self._dimension}
        )
