"""Measures the search while a long manual is indexed beside it, in turn with an idle process.

Usage: python -m eval.benchmarks.search_while_indexing --documents DIR [--pages N] [--windows N]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, pairwise, product
from pathlib import Path
from random import Random
from typing import Any

from assistant.background import short_turns
from assistant.calendar import today
from assistant.embeddings.encoder import Encoder
from assistant.errors import OperationError, UsageError
from assistant.library import Publisher
from assistant.opening import Assistant
from assistant.settings import Settings, read_settings
from eval.answers import EVALUATOR
from eval.benchmarks.pdf_pages import write_long_pdf
from eval.benchmarks.timings import milliseconds
from eval.retrieval import throwaway_assistant
from eval.sets.question_set import read_question_set
from ingest import pipeline

QUESTIONS = Path(__file__).parents[1] / "questions"
_OPENINGS = (
    "", "至急、", "窓口で聞かれました。", "新人です。", "確認ですが、", "教えてください。",
    "念のため、", "住民の方から、", "異動してきました。", "来週までに、", "電話で、",
    "決裁の前に、",
)  # fmt: skip
# The steps of an ingestion, and which call begins each.
_STEPS = {
    "reading": (pipeline, "read_under_limits"),
    "cutting": (pipeline, "sections"),
    "embedding": (pipeline, "store_vectors"),
    "publishing": (Publisher, "publish_all"),
}
_LONGEST = "embedding"  # windows that are left over fall into it
_UNBROKEN = ("", "reading")  # a child that reads goes on though nobody listens
_WARM_UP = 20


@dataclass(frozen=True)
class _Window:
    """The seconds of each search of a window, and the step that was indexing ("" for none)."""

    step: str
    seconds: list[float]

    def figures(self) -> dict[str, Any]:
        return {
            "step": self.step or "idle",
            "searches": len(self.seconds),
            **milliseconds(self.seconds),
        }


class _Indexing:
    """The ingestion of one file in a thread that stands still unless it is told to go on.

    It stops at the beginning of each step, and where it reports progress.
    """

    def __init__(self, assistant: Assistant, path: Path):
        self.step = ""
        self.spent: dict[str, float] = {}
        self._assistant = assistant
        self._path = path
        self._problems: list[str] = []
        self._may_go = threading.Event()
        self._stands = threading.Event()
        self._thread = threading.Thread(target=self._run, name="indexing", daemon=True)
        self._since = 0.0
        self._has_ended = False

    @property
    def stands(self) -> bool:
        return self._stands.is_set()

    def begin(self) -> None:
        """Start, and stand before the first step."""
        self._thread.start()
        self._wait()

    def go_on(self) -> None:
        self._stands.clear()
        self._may_go.set()

    def stop(self) -> None:
        self._may_go.clear()
        self._wait()

    def go_on_to(self, step: str) -> None:
        """Go on until the beginning of a step, unless it has begun; raises OperationError."""
        while self.step != step:
            self.go_on()
            self._wait()
            if self._has_ended:
                raise OperationError(
                    " ".join(self._problems) or f"索引づけが {step} に至らずに終わりました。"
                )

    def end(self) -> None:
        """Go on to the end; raises OperationError where the file was not indexed."""
        while not self._has_ended:
            self.go_on()
            self._thread.join(0.01)
        if self._problems:
            raise OperationError(" ".join(self._problems))

    def enter(self, step: str) -> None:
        """Begin a step: stand before it."""
        if step != self.step:
            self._leave()
            self.step = step
            self._may_go.clear()
            self.pause()

    def pause(self) -> None:
        """Stand here until told to go on."""
        if not self._may_go.is_set():
            self._leave()
            self._stands.set()
            self._may_go.wait()
            self._since = time.perf_counter()

    def _reported(self) -> None:
        if self.step not in _UNBROKEN:
            self.pause()

    def _wait(self) -> None:
        self._stands.wait()

    def _leave(self) -> None:
        if self._since:
            passed = time.perf_counter() - self._since
            self.spent[self.step] = self.spent.get(self.step, 0.0) + passed
            self._since = 0.0

    def _run(self) -> None:
        try:
            results = pipeline.ingest_paths(
                self._assistant,
                [self._path],
                progress=lambda *_: self._reported(),
            )
            self._problems = [line for r in results if r.status != "indexed" for line in r.problems]
        finally:
            self._leave()
            self._has_ended = True
            self._stands.set()


def search_while_indexing(
    documents: Path,
    *,
    settings: Settings,
    encoder: Encoder | None = None,
    manuals: Path = Path("manuals"),
    pages: int = 1000,
    windows: int = 5,
    seconds: float = 20.0,
) -> dict[str, Any]:
    """Return the times of searches in idle windows and in busy ones, in turn.

    The manual is the documents' PDF pages over and over. A busy window lies in one step of its
    ingestion and ends with it; each step has one, the longest has what is left. Raises UsageError
    and OperationError.
    """
    paths = sorted(documents.rglob("*.pdf"))
    if not paths:
        raise UsageError(f"{documents} に PDF がありません。")
    steps = _planned(windows)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chonai-bench-")))
        manual = scratch / "長いマニュアル.pdf"
        write_long_pdf(paths, manual, pages=pages)
        assistant = stack.enter_context(throwaway_assistant(settings, encoder=encoder))
        stack.enter_context(short_turns())
        pipeline.ingest_paths(assistant, [manuals])
        asked = _questions()
        for _ in range(_WARM_UP):
            _search(assistant, next(asked))
        indexing = _Indexing(assistant, manual)
        found: list[_Window] = []
        with _stops(indexing):
            indexing.begin()
            for step in steps:
                found.append(_window(assistant, asked, "", seconds, until=lambda: False))
                indexing.go_on_to(step)
                indexing.go_on()
                found.append(
                    _window(assistant, asked, step, seconds, until=lambda: indexing.stands)
                )
                indexing.stop()
            indexing.end()
    return {"pages": pages, "spent_seconds": indexing.spent, **_figures(found)}


def _planned(windows: int) -> list[str]:
    """Return the step of each window, in the order of the steps."""
    steps = [step for step, (place, name) in _STEPS.items() if hasattr(place, name)]
    left = max(0, windows - len(steps))
    return [again for step in steps for again in [step] * (1 + left * (step == _LONGEST))][:windows]


@contextmanager
def _stops(indexing: _Indexing) -> Iterator[None]:
    """Let the indexing stand at the beginning of each step: its own code knows nothing of it."""
    originals = {
        step: (place, name, getattr(place, name))
        for step, (place, name) in _STEPS.items()
        if hasattr(place, name)
    }
    for step, (place, name, call) in originals.items():
        setattr(place, name, _announced(call, step, indexing))
    try:
        yield
    finally:
        for place, name, call in originals.values():
            setattr(place, name, call)


def _announced(call: Callable[..., Any], step: str, indexing: _Indexing) -> Callable[..., Any]:
    def announced(*arguments: Any, **named: Any) -> Any:
        indexing.enter(step)
        return call(*arguments, **named)

    return announced


def _questions() -> Iterator[str]:
    """Yield the question sets' questions, each with a few openings, in a shuffled order for ever.

    Thousands pass before one comes again: the encoder has forgotten it by then.
    """
    sets = [read_question_set(path) for path in sorted(QUESTIONS.glob("*.jsonl"))]
    asked = dict.fromkeys(case.question for cases in sets for case in cases)
    varied = [opening + question for opening, question in product(_OPENINGS, asked)]
    Random(0).shuffle(varied)  # nosec B311 - the same order in every run
    return cycle(varied)


def _window(
    assistant: Assistant,
    asked: Iterator[str],
    step: str,
    seconds: float,
    *,
    until: Callable[[], bool],
) -> _Window:
    end = time.perf_counter() + seconds
    spent: list[float] = []
    while time.perf_counter() < end and not until():
        spent.append(_search(assistant, next(asked)))
    return _Window(step, spent)


def _search(assistant: Assistant, question: str) -> float:
    began = time.perf_counter()
    assistant.retriever.search(question, reader=EVALUATOR, as_of=today())
    return time.perf_counter() - began


def _figures(windows: Sequence[_Window]) -> dict[str, Any]:
    """Return each window, idle and busy windows together, and their ratios, by step too.

    The ratio of a window is that of its median to the idle window's before it.
    """
    idle = [s for window in windows if not window.step for s in window.seconds]
    busy = [s for window in windows if window.step for s in window.seconds]
    pairs = [
        (after, _ratio(after.seconds, before.seconds)["median"])
        for before, after in pairwise(windows)
        if after.step
    ]
    steps: dict[str, list[float]] = {}
    for window, _ in pairs:
        steps.setdefault(window.step, []).extend(window.seconds)
    return {
        "windows": [window.figures() for window in windows],
        "idle": milliseconds(idle),
        "busy": milliseconds(busy),
        "ratio": _ratio(busy, idle),
        "ratio_by_step": {step: _ratio(found, idle) for step, found in steps.items()},
        "ratio_by_window": [ratio for _, ratio in pairs],
    }


def _ratio(busy: Sequence[float], idle: Sequence[float]) -> dict[str, float | None]:
    found, base = milliseconds(busy), milliseconds(idle)
    return {
        name: round(value / beside, 2) if value and beside else None
        for name, value, beside in zip(found, found.values(), base.values(), strict=True)
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path, required=True, help="a folder of PDF files")
    parser.add_argument("--manuals", type=Path, default=Path("manuals"))
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--windows", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args(arguments)
    figures = search_while_indexing(settings=read_settings(), **vars(given))
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
