"""Cross-references between chunks: kept at publication, resolved for a reader and a date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, func, insert, literal, select

from assistant import tables
from assistant.database import Database
from assistant.domain import Source
from assistant.japanese.normalize import folded
from assistant.library.drafts import ChunkDraft
from assistant.library.rows import CHUNK

_REFERENCE = tables.chunk_reference.c
_PLACE = tables.chunk_place.c
_GLOSSARY = tables.glossary.c
# 第3条第2項 is found in the chunk of 第3条 where no chunk begins with the paragraph itself.
_INSIDE = {"paragraph", "item", "number", "bracketed", "kana"}
_LAW = re.compile(r"(?:法律|憲法|法|令)$")
_REMARK = re.compile(r"[（(][^（）()]*[)）]")
_SHORTEST_PART = 3  # 規則 alone is the end of many titles


@dataclass(frozen=True)
class Reference:
    """A reference as stored: who refers, in which words, to what."""

    chunk_id: str
    version_id: str
    target: str | None
    place: str
    text: str

    @property
    def places(self) -> list[str]:
        """The place's key, then those of what holds it, as far as they still mean it."""
        steps = self.place.split("/")
        found = [self.place]
        while len(steps) > 1 and steps[-1].partition(":")[0] in _INSIDE:
            steps.pop()
            found.append("/".join(steps))
        return found

    @property
    def series(self) -> str | None:
        """契約 of 契約様式第6号: forms are numbered through one manual, wherever they are named."""
        named = re.match(r"series:([^/]+)/", self.place)
        return named[1] if named and self.target is None else None


def insert_references(
    connection: Connection, version_id: str, drafts: Mapping[str, ChunkDraft]
) -> None:
    """Keep the references and places of a version's drafts, given by chunk id."""
    references = [
        {
            "chunk_id": chunk_id,
            "ordinal": ordinal,
            "target": reference.target,
            "kind": reference.kind,
            "number": reference.number,
            "place": reference.place,
            "start": reference.start,
            "end": reference.end,
        }
        for chunk_id, draft in drafts.items()
        for ordinal, reference in enumerate(draft.references)
    ]
    places = [
        {"version_id": version_id, "place": place, "chunk_id": chunk_id}
        for chunk_id, draft in drafts.items()
        for place in draft.places
    ]
    if references:
        connection.execute(insert(tables.chunk_reference), references)
    if places:
        connection.execute(insert(tables.chunk_place), places)


def references_of(
    database: Database, chunk_ids: Sequence[str], versions: Iterable[str]
) -> list[Reference]:
    """Return the stored references of the chunks that belong to the versions, in their order."""
    words = func.substr(CHUNK.text, _REFERENCE.start + 1, _REFERENCE.end - _REFERENCE.start)
    query = (
        select(_REFERENCE.chunk_id, CHUNK.version_id, _REFERENCE.target, _REFERENCE.place, words)
        .join(tables.chunk, CHUNK.id == _REFERENCE.chunk_id)
        .where(_REFERENCE.chunk_id.in_(list(chunk_ids)))
        .order_by(_REFERENCE.chunk_id, _REFERENCE.ordinal)
    )
    allowed = set(versions)
    with database.read() as connection:
        rows = [Reference(*row) for row in connection.execute(query)]
    return [row for row in rows if row.version_id in allowed]


def resolved(
    database: Database, references: Sequence[Reference], sources: Mapping[str, Source]
) -> dict[Reference, tuple[str, ...]]:
    """Return the chunk ids to which references lead among the sources; the others are left out.

    A named manual is the one whose title is, ends with or alone contains the name, or what the
    glossary calls it. 別表 and 様式 lead to their heading and to their table.
    """
    manuals = _manuals(database, {r.target for r in references if r.target}, sources)
    versions = {r.version_id for r in references} | set(manuals.values())
    places = {place for reference in references for place in reference.places}
    forms = {reference.place for reference in references if reference.series}
    begun: dict[tuple[str, str], list[str]] = {}
    query = (
        select(_PLACE.version_id, _PLACE.place, _PLACE.chunk_id)
        .join(tables.chunk, CHUNK.id == _PLACE.chunk_id)
        .where(_PLACE.place.in_(places) & _PLACE.version_id.in_(versions) | _PLACE.place.in_(forms))
        .order_by(CHUNK.ordinal)
    )
    with database.read() as connection:
        for row in connection.execute(query):
            if row.version_id in sources:
                begun.setdefault((row.version_id, row.place), []).append(row.chunk_id)
    found: dict[Reference, tuple[str, ...]] = {}
    for reference in references:
        version = (
            reference.version_id if reference.target is None else manuals.get(reference.target)
        )
        if reference.series and (reference.version_id, reference.place) not in begun:
            version = _keeper(reference, begun, sources)
        chunks = next(
            (begun[version, p] for p in reference.places if version and (version, p) in begun), []
        )
        if others := tuple(key for key in chunks if key != reference.chunk_id):
            found[reference] = others
    return found


def _keeper(
    reference: Reference,
    begun: Mapping[tuple[str, str], Sequence[str]],
    sources: Mapping[str, Source],
) -> str | None:
    """Return the version that holds another manual's form: the one named like it, or the only."""
    holders = [version for version, place in begun if place == reference.place]
    named = [v for v in holders if reference.series and reference.series in sources[v].manual]
    best = named or holders
    return best[0] if len(best) == 1 else None


def _manuals(
    database: Database, names: Iterable[str], sources: Mapping[str, Source]
) -> dict[str, str]:
    """Return by name the version of the one readable manual that it names."""
    titles = {version: _title(source.manual) for version, source in sources.items()}
    found = {name: version for name in names if (version := _named(folded(name), titles))}
    unknown = [name for name in names if name not in found and not _LAW.search(name)]
    for name, synonyms in _synonyms(database, unknown).items():
        versions = {version for s in synonyms if (version := _named(folded(s), titles))}
        if len(versions) == 1:
            found[name] = versions.pop()
    return found


def _named(name: str, titles: Mapping[str, str]) -> str | None:
    """Return the version whose title fits a name best, None where several fit as well."""
    fits = [[version for version, title in titles.items() if title == name]]
    if len(name) >= _SHORTEST_PART:
        fits += [
            [version for version, title in titles.items() if title.endswith(name)],
            [version for version, title in titles.items() if name.endswith(title)],
        ]
    if len(name) > _SHORTEST_PART and not _LAW.search(name):
        fits.append([version for version, title in titles.items() if name in title])
    best = next((versions for versions in fits if versions), [])
    return best[0] if len(best) == 1 else None


def _synonyms(database: Database, names: Sequence[str]) -> dict[str, list[str]]:
    """Return names with the words in them that the glossary explains put as manuals put them."""
    found: dict[str, list[str]] = {}
    with database.read() as connection:
        for name in names:
            query = select(_GLOSSARY.term, _GLOSSARY.meaning).where(
                literal(name).contains(_GLOSSARY.term)
            )
            for row in connection.execute(query):
                found.setdefault(name, []).extend(
                    name.replace(row.term, meaning) for meaning in row.meaning.split("、")
                )
    return found


@lru_cache(maxsize=4096)
def _title(title: str) -> str:
    """Return a title for comparison, without what stands in brackets: （抄）."""
    return folded(_REMARK.sub("", title)) or folded(title)
