"""The office's own words: abbreviations and everyday words for the terms of manuals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from assistant import tables
from assistant.database import Database
from assistant.japanese.normalize import normalized


@dataclass(frozen=True, order=True)
class Entry:
    """A word that staff use, and what manuals call it: one term or several, parted by 、."""

    term: str
    meaning: str


class Glossary:
    """Terms that editors keep, each with what manuals call it."""

    def __init__(self, database: Database):
        self._database = database

    def entries(self) -> list[Entry]:
        """Return all entries by term."""
        with self._database.read() as connection:
            rows = connection.execute(select(tables.glossary.c.term, tables.glossary.c.meaning))
            return sorted(Entry(*row) for row in rows)

    def terms(self) -> frozenset[str]:
        """Return all terms as they are looked for in a question."""
        return frozenset(_plain(entry.term) for entry in self.entries())

    def meanings(self, question: str) -> list[str]:
        """Return what the manuals call the words of a question, unless it says so itself.

        A term inside a longer term that also matches is passed over (有休 in 年次有休). A meaning
        may name several terms, parted by 、. English terms match as whole words, their plural too.
        """
        plain = normalized(question)
        found = [entry for entry in self.entries() if _stands_in(_plain(entry.term), plain)]
        longest = [
            entry
            for entry in found
            if not any(
                entry.term != other.term and _plain(entry.term) in _plain(other.term)
                for other in found
            )
        ]
        meanings = dict.fromkeys(part for entry in longest for part in entry.meaning.split("、"))
        return [meaning for meaning in meanings if normalized(meaning) not in plain]


class TriedGlossary(Glossary):
    """The glossary with one entry more, to see what that would change."""

    def __init__(self, database: Database, entry: Entry):
        super().__init__(database)
        self._entry = entry

    def entries(self) -> list[Entry]:
        """Return all entries, and the one that is tried."""
        return sorted({*super().entries(), self._entry})


def _stands_in(term: str, plain: str) -> bool:
    if term not in plain:
        return False
    if not term.isascii():
        return True
    return _whole_word(term).search(plain) is not None


@lru_cache(maxsize=10_000)
def _plain(term: str) -> str:
    return normalized(term)


@lru_cache(maxsize=1_000)
def _whole_word(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z]){re.escape(term)}s?(?![a-z])")
