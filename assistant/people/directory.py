"""People behind sign-in names: a stable person id, and one local user until sign-on exists."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import insert, select

from assistant import tables
from assistant.database import Database
from assistant.domain import Reader


class Directory:
    """Finds the person behind a sign-in name; makes one at the first sight of the name."""

    def __init__(self, database: Database):
        self._database = database

    def reader(self, sign_in_name: str, *, section: str, today: date) -> Reader:
        """Return the reader for a sign-in name valid today."""
        return Reader(self._person_id(sign_in_name, section, today), section or None)

    def _person_id(self, sign_in_name: str, section: str, today: date) -> str:
        identity = tables.identity.c
        query = select(identity.person_id).where(
            identity.sign_in_name == sign_in_name,
            identity.valid_from <= today,
            (identity.valid_to.is_(None)) | (identity.valid_to > today),
        )
        with self._database.read() as connection:
            found = connection.execute(query).scalar()
        if found:
            return str(found)
        with self._database.write() as connection:
            found = connection.execute(query).scalar()
            if found:
                return str(found)
            person_id = uuid.uuid4().hex
            connection.execute(
                insert(tables.person),
                {"id": person_id, "created_at": datetime.combine(today, datetime.min.time())},
            )
            connection.execute(
                insert(tables.identity),
                {
                    "sign_in_name": sign_in_name,
                    "valid_from": today,
                    "valid_to": None,
                    "person_id": person_id,
                    "section": section,
                },
            )
            return person_id
