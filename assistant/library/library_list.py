"""The list of the library as data: every version with its manual, its standing and its size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.domain import Chunk, CountedBy, Manual, ManualVersion
from assistant.japanese.days import day_words
from assistant.library.in_force import Term, is_out, terms
from assistant.library.reading import ManualLibrary
from assistant.library.rows import (
    CHUNK,
    VERSION,
    chunk_of,
    manual_of,
    version_of,
    versions_with_manuals,
    with_sections_of,
)
from assistant.people.access import audience_words
from assistant.people.audit.trail import OPERATOR_ACTOR, SYSTEM_ACTOR
from assistant.people.sections.lineage import read_lineage

Standing = Literal["in_force", "coming", "ended", "waiting", "draft", "superseded", "withdrawn"]
STANDING_WORDS: Final[dict[Standing, str]] = {
    "in_force": "施行中",
    "coming": "施行前",
    "ended": "終了",
    "waiting": "公開予約",
    "draft": "下書き",
    "superseded": "修正前",
    "withdrawn": "取下げ",
}
COUNTED_BY_WORDS: Final[dict[CountedBy, str]] = {
    "": "",
    "announcement": "公告日",
    "contract": "契約締結日",
    "decision": "決裁日",
}
PREPARED: Final[frozenset[Standing]] = frozenset({"draft", "waiting", "coming"})
"""Standings of versions that will be in force once somebody publishes them or their day comes."""


@dataclass(frozen=True)
class LibraryRow:
    """A version on one day: `standing` is that of the day, `term` when it is in force, if ever.

    Owner and audience of the manual are those of today. `overdue`: the manual's next review was to
    be before today.
    """

    manual: Manual
    version: ManualVersion
    standing: Standing
    term: Term | None
    pages: int
    chunks: int
    overdue: bool

    @property
    def last_day(self) -> date | None:
        """The last day in force; None without an end, or where it never is in force."""
        if self.term is None or self.term.end is None:
            return None
        return self.term.end - timedelta(days=1)


def library_rows(
    library: ManualLibrary,
    *,
    as_of: date,
    today: date,
    owners: frozenset[str] | None = None,
    manual_id: str | None = None,
) -> list[LibraryRow]:
    """Return all versions but those being written, by category and title, the newest first.

    `owners` are the sections, as they are today, whose manuals are wanted; None is all.
    """
    query = versions_with_manuals().where(VERSION.state != "staged")
    if manual_id is not None:
        query = query.where(VERSION.manual_id == manual_id)
    with library.database.read() as connection:
        lineage = read_lineage(connection)
        found = connection.execute(query).mappings().all()
        rows = [with_sections_of(today, lineage, row) for row in found]
        pages = _counted(connection, tables.page, tables.page.c.number)
        chunks = _counted(connection, tables.chunk, CHUNK.key)
    versions = [version_of(row) for row in rows]
    known = terms(versions, today=today)
    listed = []
    for row, version in zip(rows, versions, strict=True):
        manual = manual_of(row)
        if owners is not None and manual.owner_section not in owners:
            continue
        term = known.get(version.id)
        listed.append(
            LibraryRow(
                manual=manual,
                version=version,
                standing=_standing(version, term, as_of=as_of, today=today),
                term=term,
                pages=pages.get(version.id, 0),
                chunks=chunks.get(version.id, 0),
                overdue=manual.review_on is not None and manual.review_on < today,
            )
        )
    return sorted(listed, key=_place)


def in_force(rows: Iterable[LibraryRow]) -> list[LibraryRow]:
    """Return the rows of the versions in force: one a manual."""
    return [row for row in rows if row.standing == "in_force"]


def version_chunks(database: Database, version_id: str) -> list[Chunk]:
    """Return the chunks of a version in their order; the caller has asked who may see them."""
    query = select(tables.chunk).where(CHUNK.version_id == version_id).order_by(CHUNK.ordinal)
    with database.read() as connection:
        return [chunk_of(row) for row in connection.execute(query)]


def people_names(database: Database) -> dict[str, str]:
    """Return everybody who may have had a hand in a version, by id: 1001 山田 花子."""
    person, identity = tables.person.c, tables.identity.c
    query = (
        select(person.id, person.name, identity.sign_in_name)
        .join(tables.identity, identity.person_id == person.id)
        .order_by(identity.valid_from)
    )
    with database.read() as connection:
        found = {row.id: f"{row.sign_in_name} {row.name}" for row in connection.execute(query)}
    return {**found, **{a.person_id: a.name for a in (OPERATOR_ACTOR, SYSTEM_ACTOR)}}


def standing_words(row: LibraryRow) -> str:
    """Return the standing of a version; one that waits without a day waits for its trial."""
    if row.standing == "waiting" and row.version.publish_on is None:
        return "公開待ち"
    return STANDING_WORDS[row.standing]


def version_words(version: ManualVersion) -> str:
    """Return a version as people say it: 第2版, 第2版（修正1回目）."""
    corrected = f"（修正{version.revision - 1}回目）" if version.revision > 1 else ""
    return f"第{version.number}版{corrected}"


def _standing(version: ManualVersion, term: Term | None, *, as_of: date, today: date) -> Standing:
    if version.state == "superseded":
        return "superseded"
    if version.state == "withdrawn":
        return "withdrawn"
    if not is_out(version, today=today):
        return "waiting" if version.state == "ready" else "draft"
    if term is None:
        return "ended"  # a later one has the same 施行日, or it was abolished before it began
    if term.holds(as_of):
        return "in_force"
    return "ended" if term.over(as_of) else "coming"


def _place(row: LibraryRow) -> tuple[Any, ...]:
    manual, version = row.manual, row.version
    start = version.effective_from or calendar.SINCE_EVER
    return (
        manual.category, manual.title, manual.id,
        -start.toordinal(), -version.number, -version.revision,
    )  # fmt: skip


def _counted(connection: Connection, table: Any, column: Any) -> dict[str, int]:
    query = select(table.c.version_id, func.count(column)).group_by(table.c.version_id)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def described_changes(known: Manual, said: Manual) -> list[str]:
    """Return what a version that is published would change of its manual: 区分：旅費 → 庶務."""
    pairs = (
        ("表題", known.title, said.title),
        ("区分", known.category, said.category),
        ("所管課", known.owner_section, said.owner_section),
        ("内線", known.owner_extension, said.owner_extension),
        ("閲覧範囲", audience_words(known.audience), audience_words(said.audience)),
        ("次回見直し日", day_words(known.review_on), day_words(said.review_on)),
    )
    return [
        f"{name}：{before or '（なし）'} → {after or '（なし）'}"
        for name, before, after in pairs
        if before != after
    ]
