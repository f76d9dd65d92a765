"""Which collection of Chroma serves a role, kept in the database."""

from __future__ import annotations

import re
import uuid

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from assistant import tables
from assistant.database import Database

_NAME = tables.vector_collection.c
_OURS = re.compile(r"(archive-)?(bodies|headings)-[0-9a-f]{8}")


class CollectionNames:
    """The name of each role's collection, with the embedding model that made its vectors."""

    def __init__(self, database: Database, fingerprint: str):
        self._database = database
        self._fingerprint = fingerprint

    def of(self, role: str) -> str | None:
        """Return the name of a role's collection; None if it never had one."""
        with self._database.read() as connection:
            return connection.execute(select(_NAME.name).where(_NAME.role == role)).scalar()

    def roles(self) -> set[str]:
        """Return the roles that have a collection."""
        with self._database.read() as connection:
            return set(connection.execute(select(_NAME.role)).scalars())

    def remember(self, role: str, name: str) -> None:
        """Let a collection serve a role from now on."""
        with self._database.write() as connection:
            connection.execute(delete(tables.vector_collection).where(_NAME.role == role))
            connection.execute(
                insert(tables.vector_collection),
                {"role": role, "name": name, "fingerprint": self._fingerprint},
            )


def new_name(role: str) -> str:
    """Return a name that no collection has."""
    return f"{role.replace('_', '-')}-{uuid.uuid4().hex[:8]}"


def is_ours(name: str) -> bool:
    """Tell whether a collection's name is one that `new_name` makes."""
    return _OURS.fullmatch(name) is not None
