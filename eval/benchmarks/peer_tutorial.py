"""Measures search and answers beside the usual LangChain tutorial's pipeline, in one run.

Usage: python -m eval.benchmarks.peer_tutorial --documents DIR... --questions FILE...
       [--sample N] [--write]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from assistant.as_of import as_of_for, begins_by
from assistant.calendar import today
from assistant.domain import ModeSetting
from assistant.embeddings.encoder import Encoder
from assistant.errors import ModelFilesUnavailable, UsageError
from assistant.language_model.choice import Choice
from assistant.opening import Assistant, load_encoder, open_assistant
from assistant.settings import Settings, read_settings
from assistant.understanding.follow_ups import search_text
from eval.answers import EVALUATOR, run_case, sampled
from eval.apart import apart
from eval.benchmarks.tutorial_pipeline import TOP, TutorialPeer, peer_result
from eval.figures.figure_facts import states_fact
from eval.metrics.place_metrics import on_place
from eval.metrics.ranking_metrics import mean, percentile
from eval.runs.case_result import CaseResult
from eval.sets.question_set import Case, read_question_set
from eval.trials.local_model import judge_local_model
from ingest.incoming import files_in
from ingest.pipeline import ingest_paths

CUTOFFS = (1, TOP, 5)
SIDES = ("ours", "peer")
WRITING: tuple[ModeSetting, ...] = ("extractive", "auto")
ALL_SETS = "all sets"
# Four passages of 1,000 characters are some 3,000 tokens, which two cores read for a minute. What
# is compared is what the model writes: it shall not run out of room or of time on either side.
_CONTEXT_TOKENS = 8192
_PATIENCE = {"model_wait_seconds": 600.0, "model_total_seconds": 900.0}
Progress = Callable[[str], None]


def peer_tutorial(
    documents: Sequence[Path],
    questions: Sequence[Path],
    *,
    settings: Settings,
    encoder: Encoder | None = None,
    sample: int | None = None,
    modes: Sequence[ModeSetting] = (),
    written_sample: int | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Index the documents with both, ask both the questions of each set, and return the figures.

    Shares are in 0..1, times in seconds, None where a figure applies to no case. In each of
    `modes` ours answers; where a model writes in it, it also writes the peer's answers. In `auto`
    that is the local model, below our quotations. With `written_sample` so many questions of all
    sets together are answered, under ALL_SETS. `encoder` saves loading the embedding model. Raises
    UsageError for a set or a place that cannot be used.
    """
    sets = {path.stem: sampled(read_question_set(path), sample) for path in questions}
    paths = [path for path, _ in files_in(documents)]
    if not paths:
        raise UsageError(f"{'、'.join(map(str, documents))} に文書がありません。")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chonai-peer-")))
        own = apart(settings, scratch / "ours")
        peer = TutorialPeer(scratch / "peer", encoder or load_encoder(settings))
        stack.callback(peer.close)
        held = {"peer": _filled(peer, paths, settings, progress)}
        with open_assistant(own, encoder=encoder or load_encoder(settings)) as assistant:
            results = ingest_paths(assistant, documents, progress=progress)
            held["ours"] = {
                "chunks": assistant.library.counts()["chunks"],
                "rejected": [result.file for result in results if result.status == "rejected"],
            }
            _warm(assistant, peer)
            figures: dict[str, Any] = {
                name: searched(assistant, peer, cases) for name, cases in sets.items()
            }
        if written_sample is not None:
            every = [case for cases in sets.values() for case in cases]
            sets = {ALL_SETS: sampled(every, written_sample)}
            figures[ALL_SETS] = {side: {} for side in SIDES}
        not_run: dict[str, str] = {}
        own = own.model_copy(
            update={
                **_PATIENCE,
                "local_context_tokens": max(_CONTEXT_TOKENS, settings.local_context_tokens),
            }
        )
        for mode in modes:
            # Anew, with an encoder that remembers no question of the passes before.
            with open_assistant(
                own.model_copy(update={"mode": mode}), encoder=encoder or load_encoder(settings)
            ) as assistant:
                try:
                    choice = _choice(assistant, mode)
                except ModelFilesUnavailable as error:
                    not_run[mode] = str(error)
                    continue
                if choice.writer is None and mode != "extractive":
                    not_run[mode] = choice.notice
                    continue
                _warm(assistant, peer)
                for name, cases in sets.items():
                    found = written(assistant, peer, cases, choice, progress)
                    for side, answers in found.items():
                        figures[name][side][mode] = answers
    return {"files": len(paths), "documents": held, "sets": figures, "not_run": not_run}


def _choice(assistant: Assistant, mode: ModeSetting) -> Choice:
    """Return who writes; in `auto` the local model, whatever it was found worth before."""
    return assistant.models.local_summary() if mode == "auto" else assistant.models.choose()


def searched(
    assistant: Assistant, peer: TutorialPeer, cases: Sequence[Case]
) -> dict[str, dict[str, Any]]:
    """Search for every case with both sides in turn; return the hits of the answerable ones."""
    ranks: dict[str, list[int]] = {side: [] for side in SIDES}
    seconds: dict[str, list[float]] = {side: [] for side in SIDES}
    for number, case in enumerate(cases):
        for side in SIDES if number % 2 == 0 else SIDES[::-1]:
            began = time.perf_counter()
            if side == "peer":
                found = peer.search(case.question, limit=max(CUTOFFS))
                places = [(chunk.file, chunk.page) for chunk in found]
            else:
                places = _our_places(assistant, case)
            seconds[side].append(time.perf_counter() - began)
            if case.answerable:
                ranks[side].append(_rank(case, places))
    return {
        side: {
            "questions": len(cases),
            "answerable": len(ranks[side]),
            **{
                f"page_hit@{cutoff}": _share([0 < rank <= cutoff for rank in ranks[side]])
                for cutoff in CUTOFFS
            },
            "search_seconds": _spread(seconds[side]),
        }
        for side in SIDES
    }


def written(
    assistant: Assistant,
    peer: TutorialPeer,
    cases: Sequence[Case],
    choice: Choice,
    progress: Progress = lambda _: None,
) -> dict[str, dict[str, Any]]:
    """Have every case answered and judge what was shown; the peer only with a model.

    Where a model writes below the quotations, these, its text and both are judged apart. One side
    after the other: in turn each would lose the beginning of its prompt from the cache of the
    local model.
    """
    found: dict[str, dict[str, Any]] = {}
    if choice.place == "summary":
        report = judge_local_model(assistant, cases, progress=progress).document()
        found["ours"] = {name: value for name, value in report.items() if name != "cases"}
    else:
        ours: list[CaseResult] = []
        for number, case in enumerate(cases, 1):
            ours.append(run_case(assistant, case))
            progress(f"ours [{number}/{len(cases)}] {case.id}: {_told(ours[-1])}")
        found["ours"] = _judged(cases, ours)
    writer = choice.writer
    if writer is not None:
        theirs: list[CaseResult] = []
        for number, case in enumerate(cases, 1):
            theirs.append(peer_result(peer, case, writer))
            progress(f"peer [{number}/{len(cases)}] {case.id}: {_told(theirs[-1])}")
        found["peer"] = _judged(cases, theirs)
    return found


def _filled(
    peer: TutorialPeer, paths: Sequence[Path], settings: Settings, progress: Progress
) -> dict[str, Any]:
    """Give the peer all files; return its chunks and the files that gave it none."""
    rejected, without_text = [], []
    for path in paths:
        try:
            chunks = peer.ingest(path, settings)
        except Exception as error:  # pypdf raises what it meets: no file may stop the others
            progress(f"peer: {path.name}: {type(error).__name__}: {error}")
            rejected.append(path.name)
            continue
        progress(f"peer: {path.name}: {chunks}")
        if not chunks:
            without_text.append(path.name)
    return {"chunks": peer.chunks, "rejected": rejected, "without_text": without_text}


def _warm(assistant: Assistant, peer: TutorialPeer) -> None:
    """Load what the first search and the first answer load: it is no part of either."""
    peer.search("準備運転", limit=1)
    _our_places(assistant, Case("warm-up", "準備運転", answerable=False))
    assistant.answering.warm()


def _our_places(assistant: Assistant, case: Case) -> list[tuple[str, int | None]]:
    """Search as the production flow does: turns complete the question, the day chooses versions."""
    when = as_of_for(case.question, case.turns, chosen=case.as_of, today=today())
    found = assistant.retriever.search(
        search_text(case.question, case.turns),
        reader=EVALUATOR,
        as_of=when.day,
        begins_by=begins_by(when.day, when.origin),
        limit=max(CUTOFFS),
    )
    return [(hit.source.file, hit.page) for hit in found]


def _rank(case: Case, places: Sequence[tuple[str, int | None]]) -> int:
    """Return the rank of the first right place, 0 where there is none."""
    ranks = (
        rank for rank, (file, page) in enumerate(places, 1) if on_place(case.places, file, page)
    )
    return next(ranks, 0)


def _judged(cases: Sequence[Case], results: Sequence[CaseResult]) -> dict[str, Any]:
    """Return the figures of answers: all key facts shown where there are some, refused elsewhere.

    `errors` counts what went wrong by its message; a text that was cut short is one.
    """
    pairs = list(zip(cases, results, strict=True))
    complete = [
        all(states_fact(result.text, fact) for fact in case.key_facts)
        for case, result in pairs
        if case.answerable and case.key_facts
    ]
    refused = [result.outcome_right for case, result in pairs if not case.answerable]
    return {
        "modes": dict(Counter(result.mode or "none" for result in results)),
        "correct": _share([*complete, *refused]),
        "answerable_correct": _share(complete),
        "unanswerable_refused": _share(refused),
        "answerable_refused": _share(
            [result.outcome == "refused" for case, result in pairs if case.answerable]
        ),
        "unsupported_figures": sum(len(result.unsupported) for result in results),
        "shown_characters": _rounded(mean([float(len(result.text)) for result in results])),
        "seconds": _spread([r.seconds for r in results if r.seconds is not None]),
        "errors": dict(Counter(result.error for result in results if result.error)),
    }


def _told(result: CaseResult) -> str:
    return f"{result.outcome}: {' '.join(result.text.split())}"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _share(values: Sequence[bool]) -> float | None:
    return _rounded(mean([float(value) for value in values]))


def _spread(seconds: Sequence[float]) -> dict[str, float | None]:
    """Return mean, median and 95th percentile."""
    spread = {"mean": mean(seconds), "p50": percentile(seconds, 0.5)}
    return {k: _rounded(v) for k, v in {**spread, "p95": percentile(seconds, 0.95)}.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as one JSON document; what is being done goes to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", nargs="+", required=True, type=Path, metavar="DIR")
    parser.add_argument("--questions", nargs="+", required=True, type=Path, metavar="FILE")
    parser.add_argument("--sample", type=int, help="so many questions of each set, the same ones")
    parser.add_argument("--write", action="store_true", help="also answers, with a model if any")
    given = parser.parse_args(arguments)
    # LangChain gives a stream up that says nothing for 120 s, as while a long context is read.
    os.environ.setdefault(
        "LANGCHAIN_OPENAI_STREAM_CHUNK_TIMEOUT_S", str(_PATIENCE["model_wait_seconds"])
    )
    figures = peer_tutorial(
        given.documents,
        given.questions,
        settings=read_settings(),
        sample=given.sample,
        modes=WRITING if given.write else (),
        progress=_say,
    )
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
