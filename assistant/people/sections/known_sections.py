"""The sections that there are: those of people, manuals, audiences, roles and recorded changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, select

from assistant import tables
from assistant.people.access import audience_parts
from assistant.people.names import plain_name, problem_of_name
from assistant.people.sections.lineage import read_lineage

_SEPARATORS: Final = ",、，"  # of audiences, which name sections one after the other
_SHOWN: Final = 10


def sections_before(connection: Connection, day: date) -> frozenset[str]:
    """Return the sections that stand before the reorganisation of a day, and names said on it."""
    lineage = read_lineage(connection)
    eve = day - timedelta(days=1)
    said = {pair for pair in _said(connection) if pair[0] and pair[1] <= day}
    said |= {(c.new, c.takes_effect) for c in lineage.changes if c.takes_effect < day}
    standing = (lineage.successors(name, said=on, today=eve) for name, on in said)
    return frozenset().union(*standing)


def _said(connection: Connection) -> Iterator[tuple[str, date]]:
    """Return the names of sections with the days on which they were said."""
    posting, grant, manual = tables.posting.c, tables.role_grant.c, tables.manual.c
    for named in (
        select(posting.section, posting.valid_from),
        select(grant.section, grant.granted_on),
    ):
        for name, on in connection.execute(named.distinct()):
            yield name, on
    described = select(manual.owner_section, manual.audience, manual.described_on).distinct()
    for row in connection.execute(described):
        yield row.owner_section, row.described_on
        for part in audience_parts(row.audience):
            kind, _, name = part.partition(":")
            if kind == "section":
                yield name, row.described_on


def section_name(text: str) -> str:
    """Return a section's name in its one spelling."""
    return plain_name(text)


def problem_of_section(name: str) -> str:
    """Return why a name cannot be a section's, "" if it can."""
    problem = problem_of_name(name, "課名")
    if problem:
        return problem
    if any(separator in name for separator in _SEPARATORS):
        return f"課名「{name}」に区切り（{_SEPARATORS}）があります。課は一つだけ書いてください。"
    return ""


def new_sections_notice(names: Collection[str]) -> str:
    """Return what to say of sections that nobody has had so far."""
    some = "、".join(sorted(names)[:_SHOWN]) + ("など" if len(names) > _SHOWN else "")
    return (
        f"これまでにない課名が {len(names)} 件あります（{some}）。綴りを確かめ、"
        "組織改正なら先に「組織改正」で登録してください。"
    )
