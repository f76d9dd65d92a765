"""A collection holds what it should, and what its graph leaves out of reach is found beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.search.chroma_collection import ChromaCollection, ChromaFailed
from assistant.search.chroma_store import ChromaStore
from assistant.search.collection_rows import ChangeStopped, CollectionRows, Strays

DIMENSION = 384
COUNT = 1600
# With its own settings Chroma leaves about one vector in a thousand out of reach.
USUAL = {"space": "cosine"}


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """Vectors around one direction, like those of an embedding model, by text hash."""
    random = np.random.default_rng(3)
    vectors = random.normal(size=(COUNT, DIMENSION)) + 1.5 * random.normal(size=DIMENSION)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return {f"h{n}": vector.astype(np.float32) for n, vector in enumerate(vectors)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChromaStore]:
    store = ChromaStore(tmp_path / "chroma", "")
    yield store
    store.close()


@pytest.fixture
def usual(store: ChromaStore) -> ChromaCollection:
    return store.create("usual", {"fingerprint": "test"}, USUAL)


@pytest.fixture
def stopping() -> threading.Event:
    return threading.Event()


@pytest.fixture
def rows(made: dict[str, Any], stopping: threading.Event) -> CollectionRows:
    return CollectionRows(
        lambda hashes: {key: made[key] for key in hashes if key in made}, DIMENSION, stopping
    )


WANTED = {f"c{n}": (f"v{n // 10}", f"h{n}") for n in range(COUNT)}


def _not_found(collection: ChromaCollection, made: dict[str, Any]) -> list[str]:
    """Chunks that do not find themselves among the nearest to their own vector."""
    return [
        key
        for key, (_, text_hash) in WANTED.items()
        if key not in dict(collection.nearest(made[text_hash], 5, None))
    ]


def test_what_no_question_finds_in_the_graph_is_named_and_found_beside_it(
    rows: CollectionRows, usual: ChromaCollection, made: dict[str, Any]
) -> None:
    rows.change(usual, {}, WANTED)
    strays = rows.strays(usual, lambda: WANTED)
    assert strays.ids  # else this test shows nothing
    # Not all: threads build the graph, and a search now and then reaches what the probe missed.
    assert set(strays.ids) & set(_not_found(usual, made))
    for key in strays.ids:
        version, text_hash = WANTED[key]
        for versions in (None, [version]):
            hits = usual.nearest(made[text_hash], 5, versions)
            best = strays.among(hits, made[text_hash], 5, versions)
            assert best[0] == (key, pytest.approx(1.0, abs=1e-5))
            assert (len(best), best) == (5, sorted(best, key=lambda hit: -hit[1]))
        assert key not in dict(strays.among([], made[text_hash], 5, ["another"]))


def test_our_own_settings_leave_fewer_strays(
    rows: CollectionRows, store: ChromaStore, usual: ChromaCollection
) -> None:
    collection = store.create("ours", {"fingerprint": "test"})
    rows.change(collection, {}, WANTED)
    rows.change(usual, {}, WANTED)
    ours, theirs = (rows.strays(c, lambda: WANTED).ids for c in (collection, usual))
    assert len(ours) < len(theirs)


def test_only_what_differs_is_changed(rows: CollectionRows, store: ChromaStore) -> None:
    collection = store.create("ours", {"fingerprint": "test"})
    first = dict(list(WANTED.items())[:40])
    rows.change(collection, {}, first)
    second = dict(list(WANTED.items())[20:60])
    rows.change(collection, first, second)
    assert collection.ids() == set(second)


def test_closing_stops_between_two_batches(
    rows: CollectionRows, store: ChromaStore, stopping: threading.Event
) -> None:
    stopping.set()
    with pytest.raises(ChangeStopped):
        rows.change(store.create("ours", {"fingerprint": "test"}), {}, WANTED)


def test_a_collection_of_other_vectors_is_told_from_the_right_one(
    rows: CollectionRows, store: ChromaStore, made: dict[str, Any]
) -> None:
    collection = store.create("ours", {"fingerprint": "test"})
    few = dict(list(WANTED.items())[:30])
    rows.change(collection, {}, few)
    rows.probe(collection, few)
    strangers = {key: ("v0", f"h{n + 300}") for n, key in enumerate(few)}
    with pytest.raises(ChromaFailed, match="only 0 of"):
        rows.probe(collection, strangers)


def test_a_collection_is_judged_by_what_was_found_when_it_was_built(
    rows: CollectionRows, store: ChromaStore, made: dict[str, Any]
) -> None:
    wanted = dict(list(WANTED.items())[:40])
    collection = store.create("ours", {"fingerprint": "test"})
    rows.change(collection, {}, dict(list(WANTED.items())[:10]))
    with pytest.raises(ChromaFailed, match="only"):
        rows.probe(collection, wanted)
    rows.note_found(collection, wanted)
    rows.probe(store.get("ours"), wanted)
    kept = store._client.get_collection("ours", embedding_function=None).metadata
    assert kept["fingerprint"] == "test"
    strangers = {key: ("v0", f"h{n + 300}") for n, key in enumerate(wanted)}
    with pytest.raises(ChromaFailed, match="only 0 of"):
        rows.probe(store.get("ours"), strangers)


def test_the_nearest_strays_join_the_hits_in_order_as_far_as_they_may_be_read() -> None:
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]], np.float32)
    strays = Strays(("a", "b", "c"), ("v1", "v2", "v1"), vectors)
    asked = np.array([1.0, 0.0], np.float32)
    hits = [("x", 0.9), ("b", 0.8)]
    assert [key for key, _ in strays.among(hits, asked, 3, None)] == ["a", "x", "b"]
    assert [key for key, _ in strays.among([("x", 0.9)], asked, 3, ["v2"])] == ["x", "b"]
    assert strays.among(hits, asked, 1, None) == [("a", 1.0)]


@given(
    cosines=st.lists(st.integers(-4, 4), min_size=1, max_size=12),
    hits=st.sets(st.integers(0, 15)),
    limit=st.integers(1, 14),
    allowed=st.none() | st.sets(st.integers(0, 3)),
)
def test_strays_and_hits_are_ranked_as_if_all_were_compared(
    cosines: list[int], hits: set[int], limit: int, allowed: set[int] | None
) -> None:
    vectors = np.array([[value / 4, 1.0] for value in cosines], dtype=np.float32)
    strays = Strays(
        tuple(f"s{place:02}" for place in range(len(cosines))),
        tuple(f"v{place % 4}" for place in range(len(cosines))),
        vectors,
    )
    versions = None if allowed is None else [f"v{number}" for number in sorted(allowed)]
    readable = {
        f"s{place:02}": value / 4
        for place, value in enumerate(cosines)
        if allowed is None or place % 4 in allowed
    }
    already = [
        (f"s{place:02}", readable[f"s{place:02}"])
        for place in sorted(hits)
        if f"s{place:02}" in readable
    ]
    found = strays.among(already, np.array([1.0, 0.0], dtype=np.float32), limit, versions)
    assert [cosine for _, cosine in found] == sorted(readable.values(), reverse=True)[:limit]
    assert all(readable[key] == cosine for key, cosine in found)
    assert len(dict(found)) == len(found)
