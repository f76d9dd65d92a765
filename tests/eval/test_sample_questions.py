"""The questions over the sample manuals, in every mode, through the production flow."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import openai_stub
import pytest
from openai_stub import OpenAIStub

from assistant.embeddings.encoder import Encoder
from assistant.opening import Assistant, open_assistant
from assistant.settings import Settings
from eval.answers import evaluate_answers
from eval.metrics.answer_metrics import AnswerReport, summary
from eval.sets.question_set import Case, read_question_set

QUESTIONS = Path(__file__).parents[2] / "eval" / "questions" / "sample_manuals.jsonl"

pytestmark = pytest.mark.slow
Say = Callable[[str, AnswerReport], None]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return read_question_set(QUESTIONS)


@pytest.fixture
def say(tell_run: list[str], record_property: Callable[[str, object], None]) -> Say:
    """Tell the figures of a report at the end of the run, and keep them in its record."""

    def said(name: str, report: AnswerReport) -> None:
        figures = summary(report.results)
        record_property(name, figures)
        tell_run.append(f"{name}: {_line(figures)}")
        tell_run.extend(
            f"  {result.id} {result.question} → {result.outcome}"
            f" {result.unsupported} {result.error or ''}"
            for result in report.results
            if result.unsupported or result.error or not result.outcome_right
        )

    return said


def _line(figures: dict[str, object]) -> str:
    shown = ("questions", "place_hit@5", "outcome_right", "citation_right", "key_facts")
    shown += ("unsupported_figures", "replaced_sentences", "first_evidence_seconds", "seconds")
    return ", ".join(f"{name} {_short(figures[name])}" for name in shown)


def _short(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def test_the_set_holds_what_was_agreed(cases: Sequence[Case]) -> None:
    assert len(cases) == 30
    assert sum(not case.answerable for case in cases) == 8
    assert sum(case.kind == "table" for case in cases) >= 5


def test_quotations_answer_the_sample_questions(
    assistant_with_manuals: Assistant, cases: Sequence[Case], say: Say
) -> None:
    report = evaluate_answers(assistant_with_manuals, cases)
    say("extractive", report)
    figures = summary(report.results)
    assert not report.failed
    assert figures["place_hit@5"] >= 0.95
    assert figures["outcome_right"] >= 0.90
    assert figures["unsupported_figures"] == 0


def test_an_honest_endpoint_answers_the_sample_questions(
    endpoint_assistant: Assistant, stub: OpenAIStub, cases: Sequence[Case], say: Say
) -> None:
    stub.behave(openai_stub.honest)
    report = evaluate_answers(endpoint_assistant, cases)
    say("endpoint, honest", report)
    figures = summary(report.results)
    assert not report.failed
    answered = [result for result in report.results if result.outcome == "answered"]
    assert {result.mode for result in answered} == {"endpoint"}
    assert len(stub.heard.chats) == len(answered)
    assert figures["outcome_right"] >= 0.90
    assert figures["unsupported_figures"] == 0


@pytest.mark.parametrize(
    "lies",
    [openai_stub.liar, openai_stub.inventor, openai_stub.mixer, openai_stub.switcher],
)
def test_an_endpoint_that_lies_brings_no_unsupported_figure(
    endpoint_assistant: Assistant,
    stub: OpenAIStub,
    cases: Sequence[Case],
    say: Say,
    lies: Callable[[str], list[str]],
) -> None:
    stub.behave(lies)
    report = evaluate_answers(endpoint_assistant, cases)
    say(f"endpoint, {lies.__name__}", report)
    figures = summary(report.results)
    assert not report.failed
    assert stub.heard.said
    assert figures["outcome_right"] >= 0.90
    assert figures["unsupported_figures"] == 0


@pytest.mark.model
@pytest.mark.timeout(900)
def test_the_local_model_answers_ten_sample_questions(
    tmp_path: Path,
    manuals_folder: Path,
    models_folder: Path,
    local_model_path: Path,
    encoder: Encoder,
    cases: Sequence[Case],
    say: Say,
) -> None:
    _answer_locally(
        10, tmp_path, manuals_folder, models_folder, local_model_path, encoder, cases, say
    )


@pytest.mark.model
@pytest.mark.full
@pytest.mark.timeout(2700)
def test_the_local_model_answers_all_sample_questions(
    tmp_path: Path,
    manuals_folder: Path,
    models_folder: Path,
    local_model_path: Path,
    encoder: Encoder,
    cases: Sequence[Case],
    say: Say,
) -> None:
    _answer_locally(
        None, tmp_path, manuals_folder, models_folder, local_model_path, encoder, cases, say
    )


def _answer_locally(
    sample: int | None,
    folder: Path,
    manuals: Path,
    models: Path,
    model: Path,
    encoder: Encoder,
    cases: Sequence[Case],
    say: Say,
) -> None:
    shutil.copytree(manuals, folder / "data")
    settings = Settings(
        data_dir=folder / "data", models_dir=models, mode="local", local_model=str(model)
    )
    with open_assistant(settings, encoder=encoder) as assistant:
        report = evaluate_answers(assistant, cases, sample=sample)
    say(f"local, {len(report.results)} questions", report)
    figures = summary(report.results)
    assert not report.failed
    assert figures["unsupported_figures"] == 0
    assert any(result.mode == "local" for result in report.results)
