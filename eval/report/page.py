"""The page of measurements: runs what was asked for and puts its sections together."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from assistant.calendar import today
from assistant.embeddings.encoder import Encoder
from assistant.errors import UsageError
from assistant.opening import load_encoder, open_assistant
from assistant.settings import Settings
from eval.answers import SEED, evaluate_answers, sampled
from eval.benchmarks.audit_chain import audit_chain
from eval.benchmarks.first_evidence import first_evidence
from eval.benchmarks.gate_cost import gate_cost
from eval.benchmarks.open_sessions import open_sessions
from eval.benchmarks.pages_per_second import pages_per_second
from eval.benchmarks.peer_tutorial import peer_tutorial
from eval.benchmarks.search_while_indexing import search_while_indexing
from eval.fitting.fit_fusion import figures, judged, placed
from eval.metrics.answer_metrics import AnswerReport
from eval.metrics.ranking_metrics import mean
from eval.report.answer_sections import answers_section, figure_check_section, retrieval_section
from eval.report.head import head_lines
from eval.report.quality_sections import (
    intervals_section,
    left_out_section,
    peer_section,
    refusals_section,
)
from eval.report.speed_sections import (
    first_evidence_section,
    indexing_section,
    open_sessions_section,
    pages_section,
    people_section,
)
from eval.retrieval import evaluate_signals, throwaway_assistant
from eval.sets.question_set import read_question_set
from ingest.pipeline import ingest_paths


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
                say(f"{name}, {mode}: {len(cases)}")
                runs[f"{name}, {mode}"] = evaluate_answers(assistant, cases)
    if given.document_questions:
        with throwaway_assistant(settings, encoder=encoder) as assistant:
            ingest_paths(assistant, [given.documents], progress=say)
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


def say(line: str) -> None:
    """Tell how far it is, on standard error."""
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
            progress=say,
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
