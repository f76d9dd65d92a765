"""Writes the measurements as Markdown: `python -m eval.report` makes docs/measurements.md."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from assistant.calendar import today
from assistant.embeddings.encoder import Encoder
from assistant.errors import UsageError
from assistant.opening import load_encoder, open_assistant
from assistant.owner import owned
from assistant.settings import Settings, read_settings
from eval.answers import SEED, evaluate_answers, sampled
from eval.benchmarks.audit_chain import audit_chain
from eval.benchmarks.first_evidence import first_evidence
from eval.benchmarks.gate_cost import gate_cost
from eval.benchmarks.open_sessions import open_sessions
from eval.benchmarks.pages_per_second import pages_per_second
from eval.benchmarks.peer_tutorial import peer_tutorial
from eval.benchmarks.search_while_indexing import search_while_indexing
from eval.figures.faithful_rewordings import faithful_rewordings
from eval.figures.figure_check import unsupported_figures
from eval.figures.planted_violations import planted_violations
from eval.fitting.fit_fusion import figures, judged, placed
from eval.markdown_table import share_cell, table
from eval.metrics.answer_metrics import AnswerReport
from eval.metrics.ranking_metrics import mean
from eval.quality_sections import (
    intervals_section,
    is_learning,
    left_out_section,
    peer_section,
    refusals_section,
)
from eval.report_head import BEGIN, END, head_lines, head_of, show_head
from eval.retrieval import SIGNALS, RetrievalReport, evaluate_signals, throwaway_assistant
from eval.sets.question_set import read_question_set
from ingest.pipeline import ingest_paths

ROWS = (*SIGNALS, "fused")


def retrieval_section(sets: Mapping[str, Mapping[str, RetrievalReport]]) -> str:
    """Return a table of nDCG@10 by signal and set, and the full report of the fused search."""
    signals = [
        [name, *map(share_cell, values), share_cell(mean(values))]
        for name in ROWS
        for values in [[reports[name].ndcg for reports in sets.values()]]
    ]
    keys = list(next(iter(sets.values()))["fused"].document())
    fused = [
        [corpus, *(_cell(value) for value in reports["fused"].document().values())]
        for corpus, reports in sets.items()
    ]
    return "\n\n".join(
        (
            "## Retrieval",
            "nDCG@10 of each signal alone and of their fusion, the production retriever over a"
            " throw-away index:",
            table(["signal", *sets, "mean"], signals),
            "The fused search as `chonai eval retrieval` prints it:",
            table(["set", *keys], fused),
        )
    )


def answers_section(runs: Mapping[str, AnswerReport]) -> str:
    """Return a table of the answer metrics by run, and what went wrong in each."""
    parts = ["## Answers", table(_ANSWER_HEADS, [_answer_row(n, r) for n, r in runs.items()])]
    for name, report in runs.items():
        wrong = [
            [
                result.id,
                result.question,
                result.outcome,
                str(result.place_rank or "-"),
                " ".join(result.unsupported) or "-",
            ]
            for result in report.results
            if not result.outcome_right or result.place_rank == 0 or result.unsupported
        ]
        # Single questions of the sets that check are not for reading: they would be tuned to.
        if wrong and is_learning(name):
            heads = ["case", "question", "outcome", "rank of the place", "unsupported figures"]
            parts += [f"What went wrong in {name}:", table(heads, wrong)]
    return "\n\n".join(parts)


_ANSWER_HEADS = (
    "run",
    "questions",
    "place hit@1",
    "place hit@5",
    "outcome right",
    "citation right",
    "key facts",
    "unsupported figures",
    "first evidence p50 / p95 (s)",
    "whole answer p50 / p95 (s)",
)


def _answer_row(name: str, report: AnswerReport) -> list[str]:
    found = report.document()
    shares = ("place_hit@1", "place_hit@5", "outcome_right", "citation_right", "key_facts")
    return [
        name,
        str(found["questions"]),
        *(share_cell(found[key]) for key in shares),
        str(found["unsupported_figures"]),
        *(
            f"{_cell(found[key]['p50'])} / {_cell(found[key]['p95'])}"
            for key in ("first_evidence_seconds", "seconds")
        ),
    ]


def figure_check_section() -> str:
    """Return what the checker of unsupported figures finds among planted violations."""
    planted = list(planted_violations())
    found = sum(bool(unsupported_figures(case.text, case.passages)) for case in planted)
    faithful = list(faithful_rewordings())
    alarms = sum(bool(unsupported_figures(case.text, case.passages)) for case in faithful)
    return (
        "## The checker of unsupported figures\n\n"
        f"Planted violations found: {found} of {len(planted)}. "
        f"False alarms on faithful rewordings: {alarms} of {len(faithful)}."
    )


def first_evidence_section(figures: Mapping[str, Any]) -> str:
    """Return the table of times to the first quotation beside the bare vector query."""
    rows = [
        [name, *(_cell(figures[name][share]) for share in ("median", "p95"))]
        for name in ("ours", "bare", "ratio")
    ]
    return (
        "## First evidence\n\n"
        f"Milliseconds until the quotations are handed over, {figures['questions']} questions at"
        f" {figures['chunks']} chunks in a warm process, beside the bare question embedding plus"
        " the bare vector query, in turn:\n\n" + table(["", "median", "p95"], rows)
    )


def pages_section(figures: Mapping[str, Any]) -> str:
    """Return the table of pages per second beside the peer, with the seconds of each stage."""
    stages = list(figures["peer"]["stages"])
    rows = [
        [name, _cell(figures[name]["pages_per_second"]), str(figures[name]["chunks"])]
        + [_cell(figures[name]["stages"][stage]) for stage in stages]
        for name in ("ours", "peer")
    ]
    return (
        "## Pages per second\n\n"
        f"{figures['pages']} pages of {figures['files']} PDF files from file to index, in turn in"
        f" one process; ours to the peer: {figures['ratio']}.\n\n"
        + table(["", "pages/s", "chunks", *(f"{stage} (s)" for stage in stages)], rows)
    )


def indexing_section(figures: Mapping[str, Any]) -> str:
    """Return what indexing a long manual beside it costs a search, by step of the indexing."""
    steps = figures["ratio_by_step"].items()
    rows = [
        ["idle (ms)", *(_cell(figures["idle"][share]) for share in ("median", "p95"))],
        ["busy (ms)", *(_cell(figures["busy"][share]) for share in ("median", "p95"))],
        *(
            [f"busy to idle{step}", *(_cell(ratio[share]) for share in ("median", "p95"))]
            for step, ratio in (("", figures["ratio"]), *((f", {n}", r) for n, r in steps))
        ),
    ]
    windows = ", ".join(_cell(ratio) for ratio in figures["ratio_by_window"])
    return (
        "## Searching while a manual is indexed\n\n"
        f"A manual of {figures['pages']} pages, idle and busy windows in turn; medians of the"
        f" windows, busy to idle: {windows}.\n\n" + table(["", "median", "p95"], rows)
    )


def people_section(gate: Mapping[str, float], chain: Mapping[str, float]) -> str:
    """Return what signing in and keeping records costs: the gate a request, the chain a look."""
    rows = [
        [words, _cell(gate[f"{name}_median"]), _cell(gate[f"{name}_p95"])]
        for words, name in (
            ("the gate alone, somebody signed in", "gate_ms"),
            ("the whole response behind it", "response_ms"),
            ("a public response, nobody looked up", "public_response_ms"),
        )
    ]
    kept = [[name, _cell(value)] for name, value in chain.items()]
    return (
        "## The gate and the audit trail\n\n"
        f"Milliseconds over {gate['requests']:g} requests to a real server with"
        f" {gate['sessions']:g} sessions:\n\n"
        + table(["", "median", "p95"], rows)
        + "\n\nThe audit trail (seconds, but for the number of events and the megabytes):\n\n"
        + table(["", "figure"], kept)
    )


def open_sessions_section(found: Mapping[str, Any]) -> str:
    """Return what people with the page open met, and what their server's memory did."""
    rows = [
        [words, *(_cell(found[f"{name}_seconds"][share]) for share in ("p50", "p95"))]
        for words, name in (
            ("page ready", "page_ready"),
            ("first quotation after Enter", "evidence"),
            ("first verified sentence", "verified_sentence"),
            ("whole answer", "whole_answer"),
        )
    ]
    outcomes = ", ".join(f"{number} {name}" for name, number in found["outcomes"].items())
    errors = "; ".join(f"{number} × {words}" for words, number in found["errors"].items())
    interval = found["memory_slope_interval"]
    passed = ", ".join(
        f"{name}: {'not measured' if good is None else 'pass' if good else 'FAIL'}"
        for name, good in found["passed"].items()
    )
    return (
        "## Open sessions\n\n"
        f"{found['sessions']} signed-in people with the page open for {found['minutes']:g} minutes,"
        f" one question a minute each, {found['chunks']} chunks, mode {found['mode']};"
        f" {found['questions']} questions ({outcomes}); errors: {errors or 'none'}. Seconds:\n\n"
        + table(["", "p50", "p95"], rows)
        + "\n\nMegabytes of the server each half minute: "
        + ", ".join(f"{taken:.0f}" for taken in found["memory_megabytes"])
        + f"; slope of the second half {_cell(found['memory_slope_megabytes_a_minute'])}"
        + (f" (95 %: {interval[0]:g} to {interval[1]:g})" if interval else "")
        + f" MB a minute.\n\n{passed}."
    )


def _cell(value: float | int | None) -> str:
    return "-" if value is None else f"{value:g}" if isinstance(value, int) else f"{value:.4g}"


def answer_runs(
    given: argparse.Namespace, settings: Settings, encoder: Encoder
) -> dict[str, AnswerReport]:
    """Return the runs by 「set, mode」: quotations over all questions, models over a sample.

    The same questions of the sample stand there by quotations too, so that the two compare.
    """
    runs: dict[str, AnswerReport] = {}
    sets = {path.stem: read_question_set(path) for path in given.questions}
    every = [case for cases in sets.values() for case in cases]
    for mode in given.modes if sets else ():
        chosen: Literal["extractive", "local", "endpoint"] = mode
        asked = dict(sets)
        if mode != "extractive" and given.sample:
            asked = {_sample_name(given.sample, len(every)): sampled(every, given.sample)}
        with open_assistant(
            settings.model_copy(update={"mode": chosen}), encoder=encoder
        ) as assistant:
            for name, cases in asked.items():
                _say(f"{name}, {mode}: {len(cases)}")
                runs[f"{name}, {mode}"] = evaluate_answers(assistant, cases)
    if given.document_questions:
        with throwaway_assistant(settings, encoder=encoder) as assistant:
            ingest_paths(assistant, [given.documents], progress=_say)
            for path in given.document_questions:
                cases = read_question_set(path)
                runs[f"{path.stem}, extractive"] = evaluate_answers(assistant, cases)
    return runs


def _sample_name(number: int, questions: int) -> str:
    return f"sample of {min(number, questions)} of {questions} (seed {SEED})"


def _left_out(given: argparse.Namespace, settings: Settings, encoder: Encoder) -> dict[str, Any]:
    """Return the figures of the fusion on the retrieval sets and the sets to learn from."""
    learning = [path for path in given.questions if "development" in path.stem]
    sets = {folder.name: judged(folder, settings, encoder) for folder in given.retrieval}
    if learning:
        sets |= dict(placed(learning, given.manuals, settings, encoder))
    if len(sets) < 2:
        raise UsageError("1組ずつ除いて測るには、質問集が2つ以上要ります（--retrieval DIR…）。")
    return figures(sets)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def measurements(given: argparse.Namespace, settings: Settings) -> str:
    """Run what was asked for and return the whole page."""
    encoder = load_encoder(settings)
    head = (
        "# Measurements\n\n"
        f"Written by `python -m eval.report` on {today().isoformat()}; {platform.system()}"
        f" {platform.machine()}, {os.cpu_count()} CPU cores, Python {platform.python_version()}."
    )
    parts = [head, figure_check_section()]
    ndcg = None
    if given.retrieval:
        sets = {
            folder.name: evaluate_signals(folder, settings=settings, encoder=encoder)
            for folder in given.retrieval
        }
        parts.append(retrieval_section(sets))
        ndcg = mean([reports["fused"].ndcg for reports in sets.values()])
    runs = answer_runs(given, settings, encoder)
    if runs:
        parts += [answers_section(runs), intervals_section(runs), refusals_section(runs)]
    if given.leave_one_out:
        parts.append(left_out_section(_left_out(given, settings, encoder)))
    peer = None
    if given.peer_questions:
        peer = peer_tutorial(
            given.peer_documents or [given.manuals],
            given.peer_questions,
            settings=settings,
            encoder=encoder,
            modes=("auto",) if given.peer_sample else (),
            written_sample=given.peer_sample or None,
            progress=_say,
        )
        parts.append(peer_section(peer))
    parts.insert(1, head_lines(runs, retrieval_ndcg=ndcg, peer=peer))
    if given.first_evidence:
        parts.append(
            first_evidence_section(
                first_evidence(settings=settings, manuals=given.manuals, encoder=encoder)
            )
        )
    if given.people:
        with TemporaryDirectory(prefix="chonai-people-") as folder:
            gate = gate_cost(Path(folder) / "gate", 1000, 200)
            (Path(folder) / "chain").mkdir()
            chain = audit_chain(Path(folder) / "chain", events=100_000)
        parts.append(people_section(gate, chain))
    if given.documents and not given.no_speed:
        parts.append(
            pages_section(pages_per_second(given.documents, settings=settings, encoder=encoder))
        )
        parts.append(
            indexing_section(
                search_while_indexing(
                    given.documents, settings=settings, encoder=encoder, manuals=given.manuals
                )
            )
        )
    if given.open_sessions:
        loaded = open_sessions(
            settings=settings,
            sessions=given.open_sessions,
            minutes=given.minutes,
            chunks=given.chunks,
            manuals=given.manuals,
        )
        parts.append(open_sessions_section(loaded))
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page named by --out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/measurements.md"))
    parser.add_argument("--retrieval", type=Path, nargs="*", default=[])
    parser.add_argument("--questions", type=Path, nargs="*", default=[])
    parser.add_argument("--modes", nargs="*", default=["extractive"])
    parser.add_argument("--sample", type=int, default=0, help="questions of all sets for a model")
    parser.add_argument("--document-questions", type=Path, nargs="*", default=[])
    parser.add_argument("--leave-one-out", action="store_true", help="weights of the other sets")
    parser.add_argument("--peer-questions", type=Path, nargs="*", default=[])
    parser.add_argument("--peer-documents", type=Path, nargs="*", default=[])
    parser.add_argument("--peer-sample", type=int, default=0, help="questions written by a model")
    parser.add_argument("--no-speed", action="store_true", help="--documents only for questions")
    parser.add_argument("--readme", type=Path, help="the README that shows the head")
    parser.add_argument("--manuals", type=Path, default=Path("manuals"))
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--first-evidence", action="store_true")
    parser.add_argument("--people", action="store_true", help="the gate and the audit trail")
    parser.add_argument("--open-sessions", type=int, default=0, help="people at a real server")
    parser.add_argument("--minutes", type=float, default=10, help="of the open sessions")
    parser.add_argument("--chunks", type=int, default=20_000, help="of the open sessions")
    given = parser.parse_args(arguments)
    if given.document_questions and not given.documents:
        parser.error("--document-questions needs --documents")
    # LangChain gives a stream up that says nothing for 120 s, as while a long context is read.
    os.environ.setdefault("LANGCHAIN_OPENAI_STREAM_CHUNK_TIMEOUT_S", "600")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    settings = read_settings()
    with owned(settings.data_dir, progress=lambda _: None):
        page = measurements(given, settings)
    given.out.write_text(page, "utf-8")
    sys.stdout.write(f"{given.out}\n")
    if given.readme and not show_head(given.readme, head_of(page)):
        _say(f"{given.readme} has no markers for the head: {BEGIN} … {END}")


if __name__ == "__main__":
    main()
