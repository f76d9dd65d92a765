"""Measures how fast and how rightly scans are read, beside plain Tesseract on the same pictures.

Usage: python -m eval.benchmarks.optical_pages [FOLDER] [--limit-pages N]

The pages of PDF files that hold text (default: the sample manuals) are drawn and read as if they
were scans; what is found is compared with their text. Pages a minute are by the clock, seconds a
page of the processor. Run it with OMP_THREAD_LIMIT=1, under which files are read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from assistant.errors import UsageError
from assistant.japanese.normalize import folded
from eval.benchmarks.optical_peer import plain_text
from ingest.readers.pdf.document import read_pdf
from ingest.readers.pdf.pdf_scans import picture_of
from ingest.readers.scans import scanned_page, vertical_page

MANUALS = Path(__file__).parents[2] / "manuals"
_RUN = 3  # letters: a letter counts as found in a run of so many that was read
_SKEWS = (-0.9, 0.5, 1.1, -0.4)  # degrees, one page after the other
_PAPER, _INK, _GRAIN, _BLUR = 238, 45, 4.0, 0.6  # levels of grey, pixels
# Functions of the reader and the stage that their time belongs to.
_STAGES = (
    (scanned_page, "whitened", "cleaning"),
    (scanned_page, "straightened", "cleaning"),
    (scanned_page, "rules_of", "rules"),
    (scanned_page, "is_vertical", "direction"),
    (scanned_page, "turn_of", "turning"),
    (scanned_page, "lines_of", "recognition"),
    (scanned_page, "text_of", "recognition"),
    (vertical_page, "lines_of", "recognition"),
    (vertical_page, "vertical_lines_of", "recognition"),
)


@dataclass
class _Tally:
    """What one reader found, in how much time of the processor and of the clock."""

    pages: int = 0
    letters: int = 0
    found: int = 0
    seconds: float = 0.0
    clock: float = 0.0
    worst: list[tuple[float, str]] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Return pages a minute, seconds a page, and the share of letters found."""
        return {
            "pages_per_minute": round(60 * self.pages / self.clock, 1),
            "seconds_per_page": round(self.seconds / self.pages, 2),
            "characters_found": round(self.found / self.letters, 4),
            "worst": [f"{share:.3f} {place}" for share, place in sorted(self.worst)[:3]],
        }


def optical_pages(folder: Path, *, limit_pages: int) -> dict[str, Any]:
    """Read pages of the folder's PDF files as scans, with both in turn, and return the figures."""
    pages = list(_pages(folder, limit_pages))
    if not pages:
        raise UsageError(f"{folder} に、文字のある PDF がありません。")
    readers: dict[str, Callable[[Image.Image], str]] = {"ours": _ours, "peer": plain_text}
    tallies = {name: _Tally() for name in readers}
    drawing, pictures = 0.0, []
    for read in readers.values():  # loads the data
        read(Image.new("L", (200, 200), 255))
    with _stage_clock() as stages:
        for number, (content, index, place, text) in enumerate(pages):
            began = time.process_time()
            drawn = picture_of(content, index)
            drawing += time.process_time() - began
            picture = _scanned(drawn, number)
            pictures.append(picture)
            for name in sorted(readers, reverse=bool(number % 2)):
                _measure(tallies[name], readers[name], picture, text, place)
    at_once = len(os.sched_getaffinity(0))
    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(_ours, pictures))
    together = time.perf_counter() - began
    known = {"drawing": drawing, **stages}
    known["rest"] = tallies["ours"].seconds - sum(stages.values())
    return {
        "pages": len(pages),
        "ours": tallies["ours"].figures(),
        "stages": {name: round(spent / len(pages), 3) for name, spent in known.items()},
        "at_once": {"pages": at_once, "pages_per_minute": round(60 * len(pages) / together, 1)},
        "peer": tallies["peer"].figures(),
    }


def share_found(text: str, read: str) -> tuple[int, int]:
    """Return how many letters of a text were read, in whatever order, and how many it has.

    A letter was read where one of the runs of three it belongs to is in what was read.
    """
    meant, got = folded(text), folded(read)
    runs = {got[i : i + _RUN] for i in range(len(got) - _RUN + 1)}
    hits = [meant[i : i + _RUN] in runs for i in range(len(meant) - _RUN + 1)]
    found = sum(any(hits[max(0, i - _RUN + 1) : i + 1]) for i in range(len(meant)))
    return found, len(meant)


def _ours(picture: Image.Image) -> str:
    page = scanned_page.read_scanned_page(picture)
    return page.text if page else ""


def _measure(
    tally: _Tally, read: Callable[[Image.Image], str], picture: Image.Image, text: str, place: str
) -> None:
    clock, processor = time.perf_counter(), time.process_time()
    got = read(picture)
    tally.seconds += time.process_time() - processor
    tally.clock += time.perf_counter() - clock
    found, letters = share_found(text, got)
    tally.pages += 1
    tally.found += found
    tally.letters += letters
    tally.worst.append((found / letters, place))


def _pages(folder: Path, limit: int) -> Iterator[tuple[bytes, int, str, str]]:
    """Yield content, index, place and text of pages with text, spread over the files."""
    paths = sorted(folder.rglob("*.pdf"))
    each = max(1, limit // max(1, len(paths)))
    for path in paths:
        content = path.read_bytes()
        texts = [
            (index, page.text)
            for index, page in enumerate(read_pdf(content).pages)
            if page.method == "text" and page.text.strip()
        ]
        step = max(1, len(texts) // each)
        for index, text in texts[step // 2 :: step][:each]:
            yield content, index, f"{path.name} {index + 1}", text


def _scanned(page: Image.Image, number: int) -> Image.Image:
    """Return a page as a copier sees it: grey paper, a little turned, blurred and grainy."""
    angle = _SKEWS[number % len(_SKEWS)]
    turned = page.convert("L").rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    soft = np.asarray(turned.filter(ImageFilter.GaussianBlur(_BLUR)), np.float32) / 255
    grain = np.random.default_rng(number).normal(0, _GRAIN, soft.shape)
    return Image.fromarray((_INK + soft * (_PAPER - _INK) + grain).clip(0, 255).astype(np.uint8))


@contextmanager
def _stage_clock() -> Iterator[dict[str, float]]:
    """Sum up the processor's time in the stages of our reader."""
    spent = {stage: 0.0 for _, _, stage in _STAGES}
    originals = [(module, name, getattr(module, name)) for module, name, _ in _STAGES]
    for (module, name, call), (_, _, stage) in zip(originals, _STAGES, strict=True):
        setattr(module, name, partial(_timed, call, stage, spent))
    try:
        yield spent
    finally:
        for module, name, call in originals:
            setattr(module, name, call)


def _timed(
    call: Callable[..., Any], stage: str, spent: dict[str, float], *given: Any, **named: Any
) -> Any:
    began = time.process_time()
    try:
        return call(*given, **named)
    finally:
        spent[stage] += time.process_time() - began


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=MANUALS)
    parser.add_argument("--limit-pages", type=int, default=24)
    given = parser.parse_args(arguments)
    figures = optical_pages(given.folder, limit_pages=given.limit_pages)
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
