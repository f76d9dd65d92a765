"""The peer to compare with: the usual tutorial's pipeline, as plain as it can be written.

pypdf's text page by page, LangChain's splitter at 1000/200 characters, the same embedding model
in fp32, and a Chroma collection.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import chromadb
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pypdf import PdfReader, PdfWriter

from assistant.embeddings.encoder import Encoder

CHUNK_CHARACTERS = 1000
OVERLAP_CHARACTERS = 200


class Peer:
    """A vector store that is filled from PDF files, with the seconds spent in each stage."""

    def __init__(self, folder: Path, encoder: Encoder):
        self._encoder = encoder
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
        vectors = self._encoder.encode_documents(chunks)
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


def page_count(path: Path) -> int:
    """Return how many pages a PDF file has."""
    return len(PdfReader(path).pages)


def first_pages(paths: Sequence[Path], folder: Path, *, limit: int) -> list[Path]:
    """Write copies of PDF files into a folder, about `limit` pages in all, and return them."""
    each = max(1, limit // max(1, len(paths)))
    copies: list[Path] = []
    for path in paths:
        writer = PdfWriter()
        reader = PdfReader(path)
        for page in reader.pages[: min(each, len(reader.pages))]:
            writer.add_page(page)
        copies.append(folder / path.name)
        writer.write(copies[-1])
    return copies
