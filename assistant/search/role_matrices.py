"""Nearest vectors by brute force over the database's own, while Chroma cannot be asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from assistant.embeddings.encoder import Vectors

Rows = Mapping[str, tuple[str, str]]
Contents = Callable[[str], Rows]


class RoleMatrices:
    """A matrix of each role, made when first asked for; questions to other roles go on meanwhile.

    A matrix carries the number of changes that its role had seen when the database was read for
    it, and answers no question that comes after another change.
    """

    def __init__(
        self,
        roles: Sequence[str],
        contents: Contents,
        vectors: Callable[[Sequence[str]], Mapping[str, Vectors]],
    ):
        self._contents = contents
        self._vectors = vectors
        self._changes = dict.fromkeys(roles, 0)
        self._counting = threading.Lock()
        self._making = {role: threading.Lock() for role in roles}
        self._made: dict[str, _Matrix] = {}

    def outdate(self, role: str) -> None:
        """Say that the database holds other rows now."""
        with self._counting:
            self._changes[role] += 1

    def forget(self, role: str) -> None:
        """Free the memory of a matrix that is not needed any more."""
        self._made.pop(role, None)

    def search(
        self, role: str, vector: Vectors, limit: int, versions: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """Return (chunk id, cosine in -1..1), best first; `versions` limits to those ids."""
        _, ids, owners, matrix = self._matrix(role)
        if not ids:
            return []
        cosines = matrix @ vector
        order = np.argsort(-cosines)
        allowed = None if versions is None else set(versions)
        best = (int(i) for i in order if allowed is None or owners[int(i)] in allowed)
        return [(ids[i], float(cosines[i])) for i, _ in zip(best, range(limit), strict=False)]

    def _matrix(self, role: str) -> _Matrix:
        with self._making[role]:
            made, changes = self._made.get(role), self._changes[role]
            if made is None or made.changes != changes:
                rows = self._contents(role)
                stored = self._vectors([text_hash for _, text_hash in rows.values()])
                kept = [(k, v, stored[h]) for k, (v, h) in rows.items() if h in stored]
                matrix = np.array([row[2] for row in kept], dtype=np.float32)
                made = _Matrix(changes, [r[0] for r in kept], [r[1] for r in kept], matrix)
                self._made[role] = made
            return made


class _Matrix(NamedTuple):
    """What a role held after so many changes: ids, their versions, and vectors row by row."""

    changes: int
    ids: list[str]
    owners: list[str]
    vectors: Vectors
