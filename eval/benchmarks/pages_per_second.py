"""Measures pages per second from PDF files to a searchable index, beside the peer.

Usage: python -m eval.benchmarks.pages_per_second FOLDER [--limit-pages N [--with-text]] [--memory]
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
from eval.benchmarks.pdf_pages import first_pages, page_count
from eval.benchmarks.process_memory import peak_megabytes
from eval.retrieval import throwaway_assistant
from ingest import pipeline

# Functions of the pipeline and the stage that their time belongs to.
_STAGES = {
    "read_under_limits": "reading",
    "sections": "chunking",
    "chunk_drafts": "chunking",
    "store_vectors": "embedding",
}
SIDES = ("ours", "peer")
_MODULE = "eval.benchmarks.pages_per_second"


def pages_per_second(
    folder: Path,
    *,
    settings: Settings,
    encoder: Encoder | None = None,
    limit_pages: int | None = None,
    with_text: bool = False,
    sides: Sequence[str] = SIDES,
) -> dict[str, Any]:
    """Ingest the folder's PDF files with both, file by file in turn, and return the figures.

    Of `limit_pages`, with `with_text` none is a picture, which the peer passes over and ours reads
    by OCR. With one of `sides` alone the other is not even loaded.
    """
    paths = sorted(folder.rglob("*.pdf"))
    if not paths:
        raise UsageError(f"{folder} に PDF がありません。")
    seconds = dict.fromkeys(sides, 0.0)
    rejected: list[str] = []
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chonai-bench-")))
        if limit_pages:
            paths = first_pages(paths, scratch, limit=limit_pages, with_text=with_text)
        pages = sum(map(page_count, paths))
        peer = assistant = None
        if "peer" in sides:
            from eval.benchmarks.peer import Peer  # here: its libraries are not ours to pay for

            peer = Peer(scratch / "peer", settings.embedding_model or _bundled(settings))
            stack.callback(peer.close)
        if "ours" in sides:
            encoder = encoder or load_encoder(settings)
            encoder.encode_documents(["準備運転"])
            assistant = stack.enter_context(throwaway_assistant(settings, encoder=encoder))
        stages = stack.enter_context(_stage_clock())
        for number, path in enumerate(paths):
            for name in sides if number % 2 == 0 else sides[::-1]:
                began = time.perf_counter()
                if name == "peer" and peer:
                    peer.ingest(path)
                elif name == "ours" and assistant:
                    found = pipeline.ingest_paths(assistant, [path])
                    rejected += [r.file for r in found if r.status == "rejected"]
                seconds[name] += time.perf_counter() - began
        figures: dict[str, Any] = {"pages": pages, "files": len(paths), "rejected": rejected}
        if assistant:
            stages["index"] = seconds["ours"] - sum(stages.values())
            chunks = assistant.library.counts()["chunks"]
            figures["ours"] = _figures(pages, seconds["ours"], stages, chunks)
        if peer:
            figures["peer"] = _figures(pages, seconds["peer"], peer.seconds, peer.chunks)
    if set(sides) == set(SIDES):
        figures["ratio"] = round(seconds["peer"] / seconds["ours"], 2)
    return figures


def peak_memory(folder: Path, *, limit_pages: int | None = None) -> dict[str, float]:
    """Ingest the folder with each side in a process of its own; return megabytes and the ratio.

    Settings are those of the environment. Raises UsageError where it cannot be measured.
    """
    found: dict[str, float] = {}
    for side in SIDES:
        command = [sys.executable, "-m", _MODULE, str(folder), "--only", side]
        command += ["--limit-pages", str(limit_pages)] if limit_pages else []
        found[side] = round(peak_megabytes(command), 1)
    return {**found, "ratio": round(found["ours"] / found["peer"], 2)}


def _bundled(settings: Settings) -> str:
    return str(settings.models_folder / "e5")


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
    parser.add_argument("--with-text", action="store_true", help="no pages that are pictures")
    parser.add_argument("--memory", action="store_true", help="also the peak memory of each")
    parser.add_argument("--only", choices=SIDES, help="one of the two alone")
    given = parser.parse_args(arguments)
    figures = pages_per_second(
        given.folder,
        settings=read_settings(),
        limit_pages=given.limit_pages,
        with_text=given.with_text,
        sides=(given.only,) if given.only else SIDES,
    )
    if given.memory:
        figures["peak_megabytes"] = peak_memory(given.folder, limit_pages=given.limit_pages)
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
