"""Chroma's own files written after a few vectors, so that kills come while they are written."""

from __future__ import annotations

from typing import Any

from assistant.search.chroma_store import HNSW, ChromaStore, chroma_errors

_FEW = {"batch_size": 2, "sync_threshold": 4}  # 100 and 1,000 unless said


def create_eager(store: ChromaStore, name: str, metadata: dict[str, Any]) -> Any:
    """Make an empty collection, as `ChromaStore.create`, that writes its files often."""
    with chroma_errors():
        return store._client.create_collection(
            name,
            configuration={"hnsw": {**HNSW, **_FEW}},
            metadata=metadata,
            embedding_function=None,
        )
