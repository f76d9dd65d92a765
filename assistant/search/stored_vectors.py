"""The vectors themselves, kept in the database so that no index is ever the only copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from assistant import tables
from assistant.database import Database
from assistant.embeddings.encoder import Vectors

_MOST_VARIABLES = 900  # SQLite's limit on bound values is far above; small statements stay cached


class StoredVectors:
    """Vectors by (model fingerprint, text hash); the same text is embedded once."""

    def __init__(self, database: Database, fingerprint: str):
        self._database = database
        self.fingerprint = fingerprint

    def missing(self, hashes: Iterable[str]) -> set[str]:
        """Return those hashes that have no vector yet."""
        wanted = list(dict.fromkeys(hashes))
        with self._database.read() as connection:
            return set(wanted) - set(self._rows(connection, wanted))

    def add(self, vectors: dict[str, Vectors]) -> None:
        """Store vectors by text hash; one that is there already stays as it is."""
        self._insert({key: np.asarray(v, dtype="<f4").tobytes() for key, v in vectors.items()})

    def get(self, hashes: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors of the hashes that have one; each of shape (dimension,)."""
        with self._database.read() as connection:
            rows = self._rows(connection, list(dict.fromkeys(hashes)))
        return {key: np.frombuffer(data, dtype="<f4") for key, data in rows.items()}

    def add_matrices(self, matrices: Mapping[str, Vectors]) -> None:
        """Store several vectors under one hash, shape (any, dimension), in half precision."""
        self._insert({key: np.asarray(m, dtype="<f2").tobytes() for key, m in matrices.items()})

    def get_matrices(self, hashes: Sequence[str], dimension: int) -> dict[str, Vectors]:
        """Return what `add_matrices` stored, each of shape (any, dimension), float32."""
        with self._database.read() as connection:
            rows = self._rows(connection, list(dict.fromkeys(hashes)))
        return {
            key: np.frombuffer(data, dtype="<f2").reshape(-1, dimension).astype(np.float32)
            for key, data in rows.items()
        }

    def _insert(self, data: Mapping[str, bytes]) -> None:
        if not data:
            return
        rows = [
            {"fingerprint": self.fingerprint, "text_hash": key, "data": value}
            for key, value in data.items()
        ]
        with self._database.write() as connection:
            connection.execute(insert(tables.vector).on_conflict_do_nothing(), rows)

    def _rows(self, connection: Connection, hashes: list[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for start in range(0, len(hashes), _MOST_VARIABLES):
            query = select(tables.vector.c.text_hash, tables.vector.c.data).where(
                tables.vector.c.fingerprint == self.fingerprint,
                tables.vector.c.text_hash.in_(hashes[start : start + _MOST_VARIABLES]),
            )
            found.update((row.text_hash, row.data) for row in connection.execute(query).all())
        return found
