"""What must be true of a data directory at any time, and what a search of it shows."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from shelf import Line, View
from sqlalchemy import select, text

from assistant import tables
from assistant.domain import RetrievedChunk
from assistant.library.rows import CHUNK, VERSION, indexed_ids
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.audit.verification import verify
from assistant.search.retrieval import Signal
from assistant.search.vector_index import ROLES

COMMON = "決裁"
"""A word that every passage has, so that a search for it shows all that is in force."""
_SIGNALS: tuple[Signal, ...] = ("body", "heading", "keywords")
_ALL = 120  # more passages than a small library has in force
_WHOLE_SECONDS = 120


def views(assistant: Assistant, days: Sequence[date]) -> dict[str, View]:
    """Return what is shown, by the way of asking: hybrid, by each signal, from the database."""
    found = {"hybrid": {day: _searched(assistant, day, None) for day in days}}
    for signal in _SIGNALS:
        found[signal] = {day: _searched(assistant, day, signal) for day in days}
    with _answered_from_the_database(assistant):
        found["from the database"] = {day: _searched(assistant, day, None) for day in days}
        for signal in _SIGNALS[:2]:
            found[f"{signal}, from the database"] = {
                day: _searched(assistant, day, signal) for day in days
            }
    return found


def keyword_views(assistant: Assistant, days: Sequence[date]) -> dict[str, View]:
    """Return what the keywords show, in a library of many others that lack the common word."""
    return {"keywords": {day: _searched(assistant, day, "keywords") for day in days}}


def _searched(assistant: Assistant, day: date, signal: Signal | None) -> dict[str, frozenset[str]]:
    retriever, asked = assistant.retriever, f"{COMMON}の手引き"
    hits: list[RetrievedChunk]
    if signal is None:
        hits = retriever.search(asked, reader=OPERATOR, as_of=day, limit=_ALL)
    else:
        hits = retriever.search_signal(asked, signal=signal, reader=OPERATOR, as_of=day, limit=_ALL)
    shown = defaultdict[str, list[str]](list)
    for hit in hits:
        shown[hit.source.manual_id].append(hit.chunk.text)
    assert all(len(texts) == len(set(texts)) for texts in shown.values()), "found twice"
    return {manual: frozenset(texts) for manual, texts in shown.items()}


@contextmanager
def _answered_from_the_database(assistant: Assistant) -> Iterator[None]:
    """Have every question answered as while all collections are damaged."""
    index = assistant.library.index
    with index._state:
        added = set(ROLES) - index._broken
        index._broken |= added
    try:
        yield
    finally:
        with index._state:
            index._broken -= added


def version_lines(assistant: Assistant, manual: str) -> list[Line]:
    """Return a manual's versions with states and dates."""
    query = select(
        VERSION.sha256, VERSION.number, VERSION.revision, VERSION.state,
        VERSION.effective_from, VERSION.effective_to,
    )  # fmt: skip
    with assistant.database.read() as connection:
        rows = connection.execute(query.where(VERSION.manual_id == manual)).all()
    return sorted(tuple(row) for row in rows)


def trail_of(assistant: Assistant) -> dict[str, list[tuple[str, int, int]]]:
    """Return by manual what the audit trail tells of its versions."""
    event = tables.audit_event.c
    query = select(event.action, event.detail).where(event.action.like("manual.%"))
    found = defaultdict[str, list[tuple[str, int, int]]](list)
    with assistant.database.read() as connection:
        for row in connection.execute(query.order_by(event.id)):
            said = json.loads(row.detail)
            if "version" in said:
                found[said["manual"]].append((row.action, said["version"], said["revision"]))
    return dict(found)


def wait_until_whole(assistant: Assistant) -> None:
    """Wait until no collection is being rebuilt."""
    assert assistant.library.index.wait_until_whole(_WHOLE_SECONDS), "still being rebuilt"


def problems(assistant: Assistant) -> list[str]:
    """Return what is wrong with stores and files, once all collections have been rebuilt."""
    return [
        *_problems_of_the_vectors(assistant),
        *_problems_of_the_database(assistant),
        *_problems_of_the_originals(assistant),
        *(str(problem) for problem in verify(assistant.database).problems),
    ]


def _problems_of_the_vectors(assistant: Assistant) -> Iterator[str]:
    library = assistant.library
    for role in ROLES:
        wanted = library.index_contents(role)
        collection = library.index._collection(role)
        held = collection._collection.get(include=["embeddings", "metadatas"])
        if set(held["ids"]) != set(wanted):
            missing, strangers = set(wanted) - set(held["ids"]), set(held["ids"]) - set(wanted)
            yield f"{role}: {len(missing)} vectors are missing, {len(strangers)} are strangers"
            continue
        stored = library.vectors.get([text_hash for _, text_hash in wanted.values()])
        for key, vector, metadata in zip(
            held["ids"], held["embeddings"], held["metadatas"], strict=True
        ):
            version_id, text_hash = wanted[key]
            if text_hash not in stored:
                yield f"{role}: {key} has no stored vector"
            elif not np.allclose(vector, stored[text_hash], atol=1e-5):
                yield f"{role}: {key} has the vector of another text"
            if metadata["version"] != version_id:
                yield f"{role}: {key} belongs to another version"


def _problems_of_the_database(assistant: Assistant) -> Iterator[str]:
    library = assistant.library
    with assistant.database.read() as connection:
        indexed = select(CHUNK.key).where(CHUNK.version_id.in_(indexed_ids()))
        wanted = set(connection.execute(indexed).scalars())
        if library.keywords.keys(connection) != wanted:
            yield "the keyword rows are not those of the indexed chunks"
        states = set(connection.execute(select(VERSION.state)).scalars())
        if "staged" in states:
            yield "a half version is left"
        if connection.execute(text("PRAGMA integrity_check")).scalar() != "ok":
            yield "the database is damaged"
        if connection.execute(text("PRAGMA foreign_key_check")).all():
            yield "a row refers to one that is not there"
    with assistant.database.write() as connection:  # raises where the index is damaged
        connection.execute(text("INSERT INTO keyword_row(keyword_row) VALUES ('integrity-check')"))


def _problems_of_the_originals(assistant: Assistant) -> Iterator[str]:
    folder: Path = assistant.library.originals
    with assistant.database.read() as connection:
        wanted = set(connection.execute(select(VERSION.sha256)).scalars())
    for name in wanted:
        path = folder / name
        if not path.is_file():
            yield f"the original {name} is not there"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != name:
            yield f"the original {name} has another content"
    for path in folder.iterdir():
        if path.name.startswith("."):
            yield f"{path.name} was left half written"


def job_states(assistant: Assistant) -> dict[str, Any]:
    """Return the states of all jobs by id."""
    with assistant.database.read() as connection:
        rows = connection.execute(select(tables.job.c.id, tables.job.c.state)).all()
    return {row.id: row.state for row in rows}
