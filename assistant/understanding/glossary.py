"""The office's own words: abbreviations and everyday words for the terms of manuals."""

from __future__ import annotations

from sqlalchemy import select

from assistant import tables
from assistant.database import Database
from assistant.japanese.normalize import normalized


class Glossary:
    """Terms that administrators keep, each with what manuals call it."""

    def __init__(self, database: Database):
        self._database = database

    def terms(self) -> frozenset[str]:
        """Return all terms as they are looked for in a question."""
        with self._database.read() as connection:
            terms = connection.execute(select(tables.glossary.c.term)).scalars()
            return frozenset(normalized(term) for term in terms)

    def meanings(self, question: str) -> list[str]:
        """Return what the manuals call the words of a question, unless it says so itself.

        A term inside a longer term that also matches is passed over (有休 in 年次有休). A meaning
        may name several terms, parted by 、.
        """
        plain = normalized(question)
        with self._database.read() as connection:
            rows = connection.execute(select(tables.glossary)).all()
        found = [row for row in rows if normalized(row.term) in plain]
        longest = [
            row
            for row in found
            if not any(row.term != other.term and row.term in other.term for other in found)
        ]
        meanings = dict.fromkeys(part for row in longest for part in row.meaning.split("、"))
        return [meaning for meaning in meanings if normalized(meaning) not in plain]
