"""After a failed call Chroma is left alone until it has been opened anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.search.chroma_collection import (
    ChromaAtRest,
    ChromaCalls,
    ChromaFailed,
    ServerCalls,
)
from assistant.search.chroma_store import ChromaStore

VECTOR = np.full(4, 0.5, dtype=np.float32)


def test_nothing_is_asked_after_a_failure_until_the_folder_is_opened_anew(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path / "chroma", "")
    kept = store.create("kept", {"fingerprint": "test"})
    kept.put(["a"], [VECTOR], ["v1"])
    assert not store.at_rest
    with pytest.raises(ChromaFailed, match="not exist"):
        store.delete("never-made")
    assert store.at_rest
    with pytest.raises(ChromaAtRest):
        kept.ids()
    with pytest.raises(ChromaAtRest):
        store.create("another", {"fingerprint": "test"})
    assert store.reopen() is False
    assert not store.at_rest
    assert store.get("kept").nearest(VECTOR, 1, ["v1"]) == [("a", pytest.approx(1.0, abs=1e-5))]
    store.close()


def test_a_collection_of_before_the_reopening_does_not_put_the_new_one_to_rest(
    tmp_path: Path,
) -> None:
    store = ChromaStore(tmp_path / "chroma", "")
    old = store.create("kept", {"fingerprint": "test"})
    store.reopen()
    with pytest.raises(ChromaFailed):
        old.ids()
    assert not store.at_rest
    assert store.get("kept").ids() == set()
    store.close()


def test_a_server_is_asked_again_after_a_failure() -> None:
    for calls, let_through in ((ServerCalls(), True), (ChromaCalls(), False)):
        with pytest.raises(ChromaFailed, match="away"), calls():
            raise ConnectionError("away")
        assert calls.failed is not let_through
