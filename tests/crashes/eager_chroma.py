"""Chroma's own files written after a few vectors, so that kills come while they are written."""

from __future__ import annotations

from typing import Any

from assistant.search.chroma_collection import ChromaCollection
from assistant.search.chroma_store import HNSW, ChromaStore

_FEW = {"batch_size": 2, "sync_threshold": 4}  # 100 and 1,000 unless said
_create = ChromaStore.create


def create_eager(store: ChromaStore, name: str, metadata: dict[str, Any]) -> ChromaCollection:
    """Make an empty collection, as `ChromaStore.create`, that writes its files often."""
    return _create(store, name, metadata, {**HNSW, **_FEW})
