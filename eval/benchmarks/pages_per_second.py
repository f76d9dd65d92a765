"""Measures pages per second from PDF files to a searchable index, beside the peer.

Usage: python -m eval.benchmarks.pages_per_second FOLDER [--limit-pages N]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from assistant.embeddings.encoder import Encoder
from assistant.errors import UsageError
from assistant.opening import load_encoder
from assistant.settings import Settings, read_settings
from eval.benchmarks.peer import Peer, first_pages, page_count
from eval.retrieval import throwaway_assistant
from ingest import pipeline

# Functions of the pipeline and the stage that their time belongs to.
_STAGES = {
    "read_under_limits": "reading",
    "sections": "chunking",
    "chunk_drafts": "chunking",
    "store_vectors": "embedding",
}


def pages_per_second(
    folder: Path,
    *,
    settings: Settings,
    encoder: Encoder | None = None,
    limit_pages: int | None = None,
) -> dict[str, Any]:
    """Ingest the folder's PDF files with both, file by file in turn, and return the figures."""
    paths = sorted(folder.rglob("*.pdf"))
    if not paths:
        raise UsageError(f"{folder} に PDF がありません。")
    encoder = encoder or load_encoder(settings)
    encoder.encode_documents(["準備運転"])
    seconds = {"ours": 0.0, "peer": 0.0}
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chonai-bench-")))
        if limit_pages:
            paths = first_pages(paths, scratch, limit=limit_pages)
        peer = Peer(scratch / "peer", encoder)
        stack.callback(peer.close)
        assistant = stack.enter_context(throwaway_assistant(settings, encoder=encoder))
        stages = stack.enter_context(_stage_clock())
        rejected: list[str] = []
        for number, path in enumerate(paths):
            for name in ("ours", "peer") if number % 2 == 0 else ("peer", "ours"):
                began = time.perf_counter()
                if name == "peer":
                    peer.ingest(path)
                else:
                    found = pipeline.ingest_paths(assistant, [path])
                    rejected += [r.file for r in found if r.status == "rejected"]
                seconds[name] += time.perf_counter() - began
        pages = sum(map(page_count, paths))
        chunks = assistant.library.counts()["chunks"]
    known = sum(stages.values())
    stages["index"] = seconds["ours"] - known
    return {
        "pages": pages,
        "files": len(paths),
        "rejected": rejected,
        "ours": _figures(pages, seconds["ours"], stages, chunks),
        "peer": _figures(pages, seconds["peer"], peer.seconds, peer.chunks),
        "ratio": round(seconds["peer"] / seconds["ours"], 2),
    }


def _figures(pages: int, seconds: float, stages: dict[str, float], chunks: int) -> dict[str, Any]:
    return {
        "pages_per_second": round(pages / seconds, 2),
        "seconds": round(seconds, 2),
        "chunks": chunks,
        "stages": {stage: round(spent, 2) for stage, spent in stages.items()},
    }


@contextmanager
def _stage_clock() -> Iterator[dict[str, float]]:
    """Sum up the time spent in the pipeline's stages; everything else counts as the index."""
    spent = {"reading": 0.0, "chunking": 0.0, "embedding": 0.0}
    originals = {name: getattr(pipeline, name) for name in _STAGES}
    for name, call in originals.items():
        setattr(pipeline, name, _timed(call, _STAGES[name], spent))
    try:
        yield spent
    finally:
        for name, call in originals.items():
            setattr(pipeline, name, call)


def _timed(call: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return call(*arguments, **named)
        finally:
            spent[stage] += time.perf_counter() - began

    return timed


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit-pages", type=int)
    given = parser.parse_args(arguments)
    figures = pages_per_second(
        given.folder, settings=read_settings(), limit_pages=given.limit_pages
    )
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
