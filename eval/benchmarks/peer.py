"""The peer to compare with: the usual tutorial's pipeline, as plain as it can be written.

pypdf's text page by page, LangChain's splitter at 1000/200 characters, the same embedding model
in fp32, and a Chroma collection.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import chromadb
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pypdf import PdfReader
from sentence_transformers import SentenceTransformer

CHUNK_CHARACTERS = 1000
OVERLAP_CHARACTERS = 200


class Peer:
    """A vector store that is filled from PDF files, with the seconds spent in each stage."""

    def __init__(self, folder: Path, model: str):
        self._model: Any = SentenceTransformer(model, device="cpu")
        self._model.encode(["準備運転"])
        self._client: Any = chromadb.PersistentClient(
            str(folder), settings=chromadb.Settings(anonymized_telemetry=False)
        )
        self._collection = self._client.create_collection("peer", embedding_function=None)
        self._splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS
        )
        self.seconds = {"reading": 0.0, "chunking": 0.0, "embedding": 0.0, "index": 0.0}
        self.chunks = 0

    def ingest(self, path: Path) -> None:
        """Read, split, embed and add one PDF file."""
        began = time.perf_counter()
        pages = [page.extract_text() for page in PdfReader(path).pages]
        began = self._spent("reading", began)
        chunks = [chunk for page in pages for chunk in self._splitter.split_text(page)]
        began = self._spent("chunking", began)
        if not chunks:
            return
        vectors = self._model.encode(
            [f"passage: {chunk}" for chunk in chunks],
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        began = self._spent("embedding", began)
        ids = [f"{path.name}:{number}" for number in range(len(chunks))]
        most = self._client.get_max_batch_size()
        for start in range(0, len(chunks), most):
            part = slice(start, start + most)
            self._collection.add(ids=ids[part], embeddings=vectors[part], documents=chunks[part])
        self._spent("index", began)
        self.chunks += len(chunks)

    def close(self) -> None:
        """Release Chroma."""
        self._client.close()

    def _spent(self, stage: str, began: float) -> float:
        now = time.perf_counter()
        self.seconds[stage] += now - began
        return now
