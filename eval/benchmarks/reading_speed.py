"""Measures pages read per second from PDF files, with and without tables, beside plain pypdf.

Usage: python -m eval.benchmarks.reading_speed FOLDER [--rounds N]
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from assistant.errors import UsageError
from assistant.settings import Settings, read_settings
from eval.benchmarks.pdf_pages import only_pages
from ingest.document import ReadDocument
from ingest.process.reading_process import read_under_limits

_READ = ("text", "pypdf")  # methods that take the letters from the file, not from a picture


def reading_speed(folder: Path, *, settings: Settings, rounds: int = 2) -> dict[str, Any]:
    """Return pages per second of both readers over the pages without tables, and with them.

    Ours is the whole of what an upload costs: the child process, its limits, headings, tables
    and the judgement of every page; the peer's is `extract_text` of each page. Pages that have no
    text of their own are left out of both. Each kind's pages are copied to files of their own, and
    the two read them in turn; of the rounds each file's fastest counts.
    """
    paths = sorted(folder.rglob("*.pdf"))
    if not paths:
        raise UsageError(f"{folder} に PDF がありません。")
    read_under_limits(paths[0].read_bytes(), paths[0].name, settings)  # starts the child
    kinds: dict[str, list[bytes]] = {"without_tables": [], "with_tables": []}
    counts = dict.fromkeys(kinds, 0)
    for path in paths:
        content = path.read_bytes()
        read = read_under_limits(content, path.name, settings)
        for kind, numbers in _pages_by_kind(read).items():
            if numbers:
                kinds[kind].append(only_pages(content, numbers))
                counts[kind] += len(numbers)
    return {
        kind: _figures(files, counts[kind], settings=settings, rounds=rounds)
        for kind, files in kinds.items()
        if files
    }


def _pages_by_kind(read: ReadDocument) -> dict[str, list[int]]:
    tables = {block.page for block in read.blocks if block.is_table}
    numbers = [p.number for p in read.pages if p.number and p.text and p.method in _READ]
    return {
        "without_tables": [number for number in numbers if number not in tables],
        "with_tables": [number for number in numbers if number in tables],
    }


def _figures(
    files: Sequence[bytes], pages: int, *, settings: Settings, rounds: int
) -> dict[str, Any]:
    def ours(content: bytes) -> None:
        read_under_limits(content, "pages.pdf", settings)

    def peer(content: bytes) -> None:
        for page in PdfReader(io.BytesIO(content)).pages:
            page.extract_text()

    seconds = {"ours": 0.0, "pypdf": 0.0}
    for number, content in enumerate(files):
        fastest = dict.fromkeys(seconds, float("inf"))
        for turn in range(rounds):
            order: list[tuple[str, Callable[[bytes], None]]] = [("ours", ours), ("pypdf", peer)]
            for name, read in order if (number + turn) % 2 == 0 else order[::-1]:
                began = time.perf_counter()
                read(content)
                fastest[name] = min(fastest[name], time.perf_counter() - began)
        for name, spent in fastest.items():
            seconds[name] += spent
    return {
        "pages": pages,
        **{f"{name}_pages_per_second": round(pages / s, 1) for name, s in seconds.items()},
        "ratio": round(seconds["pypdf"] / seconds["ours"], 2),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args(arguments)
    figures = reading_speed(given.folder, settings=read_settings(), rounds=given.rounds)
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
