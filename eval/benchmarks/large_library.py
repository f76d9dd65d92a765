"""Measures the search in a library of a hundred thousand chunks, beside a bare vector query.

Usage: python -m eval.benchmarks.large_library [--chunks N] [--questions N] [--runs N]
       [--manuals DIR] [--retrieval DIR... [--limit-documents N]]

`--chunks 0` measures only what the shortcut of the keyword index costs on judged sets.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess  # nosec B404 - our own interpreter and module, no shell
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from assistant.calendar import today
from assistant.errors import UsageError
from assistant.library import ManualLibrary
from assistant.opening import Assistant, load_encoder, open_assistant
from assistant.settings import Settings, read_settings
from eval.answers import EVALUATOR
from eval.apart import apart
from eval.benchmarks.copied_manuals import fill
from eval.benchmarks.keyword_shortcut import keyword_figures, shortcut_cost
from eval.benchmarks.process_memory import own_megabytes, reset_peak
from eval.benchmarks.search_parts import clock, mean_milliseconds
from eval.benchmarks.timings import milliseconds
from eval.sets.question_set import read_question_set

QUESTIONS: Final = Path(__file__).parents[1] / "questions"
_MODULE: Final = "eval.benchmarks.large_library"
_PROBES: Final = 20
# One a run: the encoder remembers the latest questions, and would not embed one again.
_OPENINGS: Final = (
    "", "至急、", "窓口で聞かれました。", "新人です。", "確認ですが、", "教えてください。",
    "念のため、", "住民の方から、", "異動してきました。", "来週までに、",
)  # fmt: skip


def large_library(
    *, settings: Settings, chunks: int, questions: int, runs: int, manuals: Path
) -> dict[str, Any]:
    """Fill a throw-away library in another process, open it, and return the figures.

    So the memory and the files are those of a server that has started, not of one that indexed.
    Settings of the other process are those of the environment. Raises CalledProcessError.
    """
    with tempfile.TemporaryDirectory(prefix="chonai-bench-") as folder:
        command = [sys.executable, "-m", _MODULE, "--fill", folder]
        command += ["--chunks", str(chunks), "--manuals", str(manuals)]
        filled = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # nosec B603
        encoder = load_encoder(settings)
        began = time.perf_counter()
        with open_assistant(apart(settings, Path(folder)), encoder=encoder) as assistant:
            seconds = time.perf_counter() - began
            figures = measured(assistant, asked=development_questions(questions), runs=runs)
    return {"filling": json.loads(filled.stdout), "opening_seconds": round(seconds, 1), **figures}


def development_questions(count: int) -> list[str]:
    """Return so many of the questions to learn from, taken evenly from all sets."""
    sets = [read_question_set(path) for path in sorted(QUESTIONS.glob("*_development.jsonl"))]
    asked = list(dict.fromkeys(case.question for cases in sets for case in cases))
    return [asked[place * len(asked) // count] for place in range(min(count, len(asked)))]


def measured(assistant: Assistant, *, asked: Sequence[str], runs: int) -> dict[str, Any]:
    """Return median and p95 in milliseconds of both paths, run by run, and what they are made of.

    The first run meets texts that have not been read before, the later ones mostly the same texts.
    Raises UsageError for more runs than questions can be asked in other words.
    """
    if runs > len(_OPENINGS):
        raise UsageError(f"--runs は {len(_OPENINGS)} までにしてください。")
    for question in ("準備運転です", "準備はできましたか"):
        _bare_query(assistant, question)
        _search(assistant, question)
    found = []
    reset_peak()
    for opening in _OPENINGS[:runs]:
        found.append(_run(assistant, [opening + question for question in asked]))
    memory = {"searching_peak": own_megabytes("VmHWM"), "current": own_megabytes("VmRSS")}
    bare, ours = ([s for run in found for s in run[side]] for side in ("bare", "ours"))
    return {
        "chunks": len(assistant.library.index_contents("bodies")),
        "versions": len(assistant.library.sources(reader=EVALUATOR, as_of=today())),
        "questions": len(asked),
        "found_by_own_vector": _found_by_own_vector(assistant.library),
        "runs": [_figures(run["bare"], run["ours"]) for run in found],
        "all_runs": _figures(bare, ours),
        "median_of_ratios": round(median(_ratio(run["bare"], run["ours"]) for run in found), 2),
        "parts_ms": {
            "first_run": mean_milliseconds(found[:1]),
            **({"later_runs": mean_milliseconds(found[1:])} if runs > 1 else {}),
        },
        "megabytes": memory,
        "keywords": keyword_figures(assistant.library.keywords, asked),
    }


def _run(assistant: Assistant, asked: Sequence[str]) -> dict[str, Any]:
    """Return the seconds of both paths for every question, in turn, and of the search's parts."""
    bare: list[float] = []
    ours: list[float] = []
    spent: dict[str, float] = {}
    for number, question in enumerate(asked):
        if number % 2:
            bare.append(_bare_query(assistant, question))
        with clock(spent):
            ours.append(_search(assistant, question))
        if not number % 2:
            bare.append(_bare_query(assistant, question))
    return {"bare": bare, "ours": ours, "spent": spent}


def _bare_query(assistant: Assistant, question: str) -> float:
    began = time.perf_counter()
    vector = assistant.encoder.encode_queries([question])[0]
    assistant.library.index.search("bodies", vector, limit=10)
    return time.perf_counter() - began


def _search(assistant: Assistant, question: str) -> float:
    began = time.perf_counter()
    assistant.retriever.search(question, reader=EVALUATOR, as_of=today())
    return time.perf_counter() - began


def _found_by_own_vector(library: ManualLibrary) -> float:
    """Return the share of some chunks that are among the 10 nearest to their own vectors."""
    contents = library.index_contents("bodies")
    probed = sorted(contents)[:: len(contents) // _PROBES + 1]
    stored = library.vectors.get([contents[key][1] for key in probed])
    found = 0
    for key in probed:
        hits = library.index.search("bodies", stored[contents[key][1]], limit=10)
        found += key in dict(hits)
    return round(found / len(probed), 2)


def _figures(bare: Sequence[float], ours: Sequence[float]) -> dict[str, Any]:
    return {
        "bare": milliseconds(bare),
        "ours": milliseconds(ours),
        "ratio": round(_ratio(bare, ours), 2),
    }


def _ratio(bare: Sequence[float], ours: Sequence[float]) -> float:
    return median(ours) / median(bare)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as one JSON document."""
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--manuals", type=Path, default=Path("manuals"))
    parser.add_argument("--retrieval", type=Path, nargs="*", default=[])
    parser.add_argument("--limit-documents", type=int)
    parser.add_argument("--fill", type=Path, help="only fill this empty folder")
    given = parser.parse_args(arguments)
    settings = read_settings()
    if given.fill:
        with open_assistant(apart(settings, given.fill)) as assistant:
            filling = fill(assistant, manuals=given.manuals, chunks=given.chunks)
        sys.stdout.write(json.dumps(filling))
        return
    figures: dict[str, Any] = {}
    if given.chunks:
        figures = large_library(
            settings=settings,
            chunks=given.chunks,
            questions=given.questions,
            runs=given.runs,
            manuals=given.manuals,
        )
    if given.retrieval:
        encoder = load_encoder(settings)
        figures["shortcut"] = {
            folder.name: shortcut_cost(
                folder,
                settings=settings,
                encoder=encoder,
                limit_documents=given.limit_documents,
            )
            for folder in given.retrieval
        }
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
