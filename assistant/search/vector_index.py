"""Nearest vectors through Chroma, an index that can be rebuilt at any time from the database."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.errors import ChromaError
from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from assistant import tables
from assistant.database import Database
from assistant.embeddings.encoder import Vectors
from assistant.errors import OperationError, SettingsError

logger = logging.getLogger(__name__)
Contents = Callable[[str], Mapping[str, tuple[str, str]]]
ROLES = ("bodies", "headings", "archive_bodies", "archive_headings")
# Chroma's Rust core raises plain exceptions for a damaged segment beside its own errors.
_CHROMA_ERRORS = (
    ChromaError, ValueError, RuntimeError, OSError, KeyError, TypeError, AttributeError,
)  # fmt: skip


class VectorIndex:
    """Four collections: bodies and headings of the versions in force, and of the older ones.

    `contents(role)` is the database's word on what a collection must hold: chunk id to
    (version id, text hash). `vectors` gives stored vectors by text hash.
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
    ):
        self._database = database
        self._fingerprint = fingerprint
        self._dimension = dimension
        self._contents = contents
        self._vectors = vectors
        self._client: Any = _client(folder, url)
        self._collections: dict[str, Any] = {}
        self._broken: set[str] = set()
        self._matrices: dict[str, tuple[list[str], list[str], Vectors]] = {}
        self._lock = threading.RLock()
        self._rebuilding: threading.Thread | None = None

    def close(self) -> None:
        """Wait for a rebuild under way and release Chroma."""
        if self._rebuilding is not None:
            self._rebuilding.join(timeout=300)
        self._client.close()

    @property
    def broken(self) -> tuple[str, ...]:
        """Roles that are being answered from the database until they are rebuilt."""
        return tuple(sorted(self._broken))

    def search(
        self, role: str, vector: Vectors, *, limit: int, versions: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return (chunk id, cosine in -1..1), best first; `versions` limits to those ids."""
        if role not in self._broken:
            try:
                return self._search_chroma(role, vector, limit, versions)
            except _CHROMA_ERRORS:
                logger.exception("Chroma failed on %s: answering from the database", role)
                self._mark_broken(role)
        return self._search_matrix(role, vector, limit, versions)

    def add(self, role: str, rows: Mapping[str, tuple[str, str]]) -> None:
        """Add chunks (id to version id and text hash); their vectors must be stored already."""
        with self._lock:
            self._matrices.pop(role, None)
            if role in self._broken or not rows:
                return
            try:
                self._upsert(self._collection(role), rows)
            except _CHROMA_ERRORS:
                logger.exception("Chroma failed while adding to %s", role)
                self._mark_broken(role)

    def remove(self, role: str, ids: Sequence[str]) -> None:
        """Remove chunks by id."""
        with self._lock:
            self._matrices.pop(role, None)
            if role in self._broken or not ids:
                return
            try:
                collection = self._collection(role)
                for start in range(0, len(ids), 1000):
                    collection.delete(ids=list(ids[start : start + 1000]))
            except _CHROMA_ERRORS:
                logger.exception("Chroma failed while removing from %s", role)
                self._mark_broken(role)

    def mend(self) -> dict[str, dict[str, int]]:
        """Compare each collection with the database, query it once, and put right what differs.

        Returns for each role the numbers `added`, `removed` and `rebuilt` (all 0: was right).
        """
        return {role: self._mend_role(role) for role in ROLES}

    def rebuild(self, role: str) -> None:
        """Build a role's collection anew beside the old one, then swap it in."""
        with self._lock:
            rows = self._contents(role)
            name = f"{role.replace('_', '-')}-{uuid.uuid4().hex[:8]}"
            collection = self._create(name)
            self._upsert(collection, rows)
            old = self._name(role)
            self._remember(role, name)
            self._collections[role] = collection
            self._broken.discard(role)
            self._matrices.pop(role, None)
        if old:
            with suppress(*_CHROMA_ERRORS):  # a damaged collection may refuse even to be deleted
                self._client.delete_collection(old)

    def _mend_role(self, role: str) -> dict[str, int]:
        wanted = self._contents(role)
        try:
            collection = self._collection(role)
            present = set(collection.get(include=[])["ids"])
            strangers = sorted(present - set(wanted))
            absent = {key: wanted[key] for key in wanted.keys() - present}
            for start in range(0, len(strangers), 1000):
                collection.delete(ids=strangers[start : start + 1000])
            self._upsert(collection, absent)
            probe = np.full(self._dimension, self._dimension**-0.5, dtype=np.float32)
            if wanted and not self._search_chroma(role, probe, 1, None):
                raise RuntimeError("a collection with vectors answered nothing")
        except _CHROMA_ERRORS:
            logger.exception("collection %s is damaged: rebuilding it from the database", role)
            self._broken.add(role)
            self.rebuild(role)
            return {"added": len(wanted), "removed": 0, "rebuilt": 1}
        return {"added": len(absent), "removed": len(strangers), "rebuilt": 0}

    def _mark_broken(self, role: str) -> None:
        with self._lock:
            self._broken.add(role)
            if self._rebuilding is None or not self._rebuilding.is_alive():
                self._rebuilding = threading.Thread(
                    target=self._rebuild_broken, name="vector-index-rebuild", daemon=True
                )
                self._rebuilding.start()

    def _rebuild_broken(self) -> None:
        for role in tuple(self._broken):
            try:
                self.rebuild(role)
            except _CHROMA_ERRORS:
                logger.exception("rebuilding %s failed: the database keeps answering", role)
                return

    def _search_chroma(
        self, role: str, vector: Vectors, limit: int, versions: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        found = self._collection(role).query(
            query_embeddings=vector.reshape(1, -1),
            n_results=limit,
            where=None if versions is None else {"version": {"$in": list(versions)}},
            include=["distances"],
        )
        ids, distances = found["ids"][0], found["distances"][0]
        return [(key, 1.0 - float(d)) for key, d in zip(ids, distances, strict=True)]

    def _search_matrix(
        self, role: str, vector: Vectors, limit: int, versions: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        with self._lock:
            if role not in self._matrices:
                rows = self._contents(role)
                stored = self._vectors([text_hash for _, text_hash in rows.values()])
                kept = [(k, v, stored[h]) for k, (v, h) in rows.items() if h in stored]
                matrix = np.array([row[2] for row in kept], dtype=np.float32)
                self._matrices[role] = ([r[0] for r in kept], [r[1] for r in kept], matrix)
            ids, owners, matrix = self._matrices[role]
        if not ids:
            return []
        cosines = matrix @ vector
        order = np.argsort(-cosines)
        allowed = None if versions is None else set(versions)
        best = (int(i) for i in order if allowed is None or owners[int(i)] in allowed)
        return [(ids[i], float(cosines[i])) for i, _ in zip(best, range(limit), strict=False)]

    def _upsert(self, collection: Any, rows: Mapping[str, tuple[str, str]]) -> None:
        ids = list(rows)
        batch = min(2000, int(self._client.get_max_batch_size()))
        for start in range(0, len(ids), batch):
            part = ids[start : start + batch]
            stored = self._vectors([rows[key][1] for key in part])
            part = [key for key in part if rows[key][1] in stored]
            if part:
                collection.upsert(
                    ids=part,
                    embeddings=np.array([stored[rows[key][1]] for key in part]),
                    metadatas=[{"version": rows[key][0]} for key in part],
                )

    def _collection(self, role: str) -> Any:
        with self._lock:
            if role not in self._collections:
                name = self._name(role)
                if name is None:
                    name = f"{role.replace('_', '-')}-{uuid.uuid4().hex[:8]}"
                    self._collections[role] = self._create(name)
                    self._remember(role, name)
                else:
                    self._collections[role] = self._client.get_collection(
                        name, embedding_function=None
                    )
            return self._collections[role]

    def _create(self, name: str) -> Any:
        return self._client.create_collection(
            name,
            configuration={"hnsw": {"space": "cosine"}},
            metadata={"fingerprint": self._fingerprint, "dimension": self._dimension},
            embedding_function=None,
        )

    def _name(self, role: str) -> str | None:
        with self._database.read() as connection:
            query = select(tables.vector_collection.c.name).where(
                tables.vector_collection.c.role == role
            )
            return connection.execute(query).scalar()

    def _remember(self, role: str, name: str) -> None:
        with self._database.write() as connection:
            connection.execute(
                delete(tables.vector_collection).where(tables.vector_collection.c.role == role)
            )
            connection.execute(
                insert(tables.vector_collection),
                {"role": role, "name": name, "fingerprint": self._fingerprint},
            )


def _client(folder: Path, url: str) -> Any:
    settings = chromadb.Settings(anonymized_telemetry=False)
    if not url:
        try:
            return chromadb.PersistentClient(str(folder), settings=settings)
        except _CHROMA_ERRORS as error:
            raise OperationError(
                f"ベクトル索引のフォルダ {folder} を開けません。権限と空き容量を確かめてください。"
                "フォルダを削除しても、次の起動でデータベースから作り直されます。"
            ) from error
    address = urlsplit(url)
    if not address.hostname:
        raise SettingsError("ASSISTANT_CHROMA_URL は http://ホスト名:ポート の形で書いてください。")
    try:
        return chromadb.HttpClient(
            host=address.hostname,
            port=address.port or 8000,
            ssl=address.scheme == "https",
            settings=settings,
        )
    except _CHROMA_ERRORS as error:
        raise OperationError(
            f"Chroma サーバー {url} につながりません。サーバーが動いているか確かめるか、"
            "ASSISTANT_CHROMA_URL を空にして内蔵の Chroma を使ってください。"
        ) from error
