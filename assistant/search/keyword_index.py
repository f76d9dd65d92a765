"""Keyword search by BM25: SQLite FTS5 over Sudachi tokens."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from itertools import accumulate

from sqlalchemy import Connection, text

from assistant.database import Database
from assistant.japanese.tokens import search_forms

# At 100,000 chunks an OR over all tokens of a question takes 91 ms, over the 8 rarest 64 ms: what
# it takes is the number of rows that hold them. The rarest are asked for as long as they are few.
_LARGE_INDEX = 20_000
_RAREST = 8
_FEWEST, _MOST_ROWS = 3, 20_000

_MATCHES = text(
    "SELECT rowid, -rank FROM keyword_row WHERE keyword_row MATCH :match ORDER BY rank LIMIT :limit"
)
_MATCHES_OF_VERSIONS = text(
    "SELECT keyword_row.rowid, -keyword_row.rank FROM keyword_row "
    "CROSS JOIN chunk ON chunk.key = keyword_row.rowid "  # in this order: matches looked up
    "WHERE keyword_row MATCH :match "
    "AND chunk.version_id IN (SELECT value FROM json_each(:versions)) "
    "ORDER BY keyword_row.rank LIMIT :limit"
)


_VERSIONS = text(
    "SELECT chunk.version_id FROM keyword_row "
    "CROSS JOIN chunk ON chunk.key = keyword_row.rowid "
    "WHERE keyword_row MATCH :match LIMIT :limit"
)
_FIRST_ROWS = 20  # most words stand in a readable manual among these


class KeywordIndex:
    """One row a chunk, holding the search forms of its headings and text."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
        """Index (chunk key, text) within the caller's transaction."""
        self.add_forms(connection, [(key, " ".join(search_forms(body))) for key, body in rows])

    def add_forms(self, connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
        """Index (chunk key, search forms parted by spaces), found before the transaction."""
        values = [{"key": key, "forms": forms} for key, forms in rows]
        if values:
            connection.execute(
                text("INSERT INTO keyword_row(rowid, forms) VALUES (:key, :forms)"), values
            )

    def remove(self, connection: Connection, keys: Iterable[int]) -> None:
        """Remove chunk keys within the caller's transaction."""
        values = [{"key": key} for key in keys]
        if values:
            connection.execute(text("DELETE FROM keyword_row WHERE rowid = :key"), values)

    def keys(self, connection: Connection) -> set[int]:
        """Return the keys of all rows."""
        return {row[0] for row in connection.execute(text("SELECT rowid FROM keyword_row"))}

    def search(
        self, counts: Mapping[str, int], *, limit: int, versions: Iterable[str] | None = None
    ) -> list[tuple[int, float]]:
        """Return (chunk key, BM25 score > 0), best first, for an OR over some search forms.

        `counts` are what `document_counts` returned for them. `versions` limits to the chunks of
        those versions: at 100,000 chunks 10 to 40% dearer.
        """
        wanted = self._worth_asking(counts)
        if not wanted:
            return []
        match = " OR ".join('"' + form.replace('"', '""') + '"' for form in wanted)
        values = {"match": match, "limit": limit}
        query = _MATCHES
        if versions is not None:
            values["versions"] = json.dumps(list(versions))
            query = _MATCHES_OF_VERSIONS
        with self._database.read() as connection:
            rows = connection.execute(query, values).all()
        return [(int(key), float(score)) for key, score in rows]

    def document_counts(self, forms: Iterable[str]) -> dict[str, int]:
        """Return, in their order, the forms with the number of chunks that hold each (0 or more).

        Half a millisecond a form at 100,000 chunks: SQLite goes through the list of its rows.
        """
        with self._database.read() as connection:
            return self._document_counts(connection, forms)

    def rarity(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Return the inverse document frequency ln(1 + N / (1 + n)) of each counted form."""
        with self._database.read() as connection:
            total = connection.execute(text("SELECT count(*) FROM chunk")).scalar_one()
        return {form: math.log(1 + total / (1 + count)) for form, count in counts.items()}

    def terms(self) -> dict[str, int]:
        """Return all forms with the number of chunks that hold each: 5 ms for 3,500 forms."""
        with self._database.read() as connection:
            rows = connection.execute(text("SELECT term, doc FROM keyword_term")).all()
        return {str(term): int(count) for term, count in rows}

    def present(self, forms: Iterable[str], *, versions: Collection[str]) -> set[str]:
        """Return those of the forms that stand in some versions."""
        found: set[str] = set()
        with self._database.read() as connection:
            for form, count in self._document_counts(connection, forms).items():
                if not count:
                    continue
                values = {"match": '"' + form.replace('"', '""') + '"', "limit": _FIRST_ROWS}
                rows = connection.execute(_VERSIONS, values).scalars()
                if not any(version in versions for version in rows):
                    some = {**values, "limit": 1, "versions": json.dumps(list(versions))}
                    if connection.execute(_MATCHES_OF_VERSIONS, some).first() is None:
                        continue
                found.add(form)
        return found

    def _worth_asking(self, counts: Mapping[str, int]) -> list[str]:
        held = {form: count for form, count in counts.items() if count}
        with self._database.read() as connection:
            largest = connection.execute(text("SELECT max(rowid) FROM keyword_row")).scalar()
        if (largest or 0) < _LARGE_INDEX:
            return list(held)
        rarest = sorted(held, key=lambda form: held[form])[:_RAREST]
        rows = accumulate(held[form] for form in rarest)
        few = sum(total <= _MOST_ROWS for total in rows)
        return rarest[: max(few, _FEWEST)]

    @staticmethod
    def _document_counts(connection: Connection, forms: Iterable[str]) -> dict[str, int]:
        query = text("SELECT doc FROM keyword_term WHERE term = :form")
        return {
            form: int(connection.execute(query, {"form": form}).scalar() or 0)
            for form in dict.fromkeys(forms)
        }
