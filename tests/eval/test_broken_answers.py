"""The figures can fail: each broken part gets the poor figure that it deserves, and only that."""

from __future__ import annotations

from collections.abc import Iterator

import openai_stub
import pytest
from broken_parts import (
    CASES,
    Put,
    RandomRetriever,
    SureAnswering,
    TimidAnswering,
    UnverifiedAnswering,
    one_digit_wrong,
    publish_library,
    put,
)
from openai_stub import OpenAIStub

from assistant.answering import Answering
from assistant.language_model.choice import ModelChoice
from assistant.opening import Assistant
from eval.answers import evaluate_answers
from eval.metrics.answer_metrics import AnswerReport
from eval.runs.comparison import compare
from eval.runs.run_figures import estimates, refusal_matrix


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_library(quick_assistant)
    return quick_assistant


@pytest.fixture
def endpoint(assistant: Assistant, stub: OpenAIStub) -> Iterator[tuple[Assistant, ModelChoice]]:
    """The models of an assistant whose answers the stub writes."""
    settings = assistant.settings.model_copy(
        update={"mode": "endpoint", "endpoint_url": stub.url, "endpoint_model": stub.model}
    )
    models = ModelChoice(settings, assistant.database)
    stub.behave()
    yield assistant, models
    stub.behave()
    models.close()


def _value(report: AnswerReport, name: str) -> float | None:
    return estimates(report.results)[name].value


def _run(parts: Put) -> AnswerReport:
    report = evaluate_answers(parts, CASES)
    assert report.failed == ()
    return report


def test_a_whole_assistant_gets_good_figures(assistant: Assistant) -> None:
    report = _run(put(assistant))
    assert _value(report, "place_hit@1") == 1.0
    assert _value(report, "section_hit@1") == 1.0
    assert _value(report, "ndcg@10") == _value(report, "mrr") == 1.0
    assert _value(report, "figures_supported") == 1.0
    assert (_value(report, "answered") or 0) >= 0.9
    assert (_value(report, "citation_recall") or 0) >= 0.9


def test_a_retriever_that_finds_anything_is_found_out(assistant: Assistant) -> None:
    good, bad = _run(put(assistant)), _run(put(assistant, retriever=RandomRetriever))
    for name in ("place_hit@1", "place_hit@5", "section_hit@5", "ndcg@10", "mrr"):
        assert (_value(bad, name) or 0) < 0.6, name
    for name in ("citation_right", "citation_precision", "citation_recall"):
        assert (_value(bad, name) or 0) < (_value(good, name) or 0), name
    comparison = compare(good.results, bad.results)
    assert comparison.tests["place_hit@1"].significant
    flip = next(f for f in comparison.flips if f.what == "place")
    assert not flip.better
    assert any("根拠の順位が1位から圏外に変わった" in why for why in flip.why)


def test_one_that_always_answers_loses_at_every_question_without_an_answer(
    assistant: Assistant,
) -> None:
    report = _run(put(assistant, SureAnswering))
    assert _value(report, "answered") == 1.0
    assert _value(report, "near_miss_refused") == _value(report, "out_of_scope_refused") == 0.0
    matrix = refusal_matrix(report.results)
    assert (matrix["near_miss"]["answered"], matrix["out_of_scope"]["answered"]) == (2, 2)


def test_one_that_always_refuses_loses_at_every_question_with_an_answer(
    assistant: Assistant,
) -> None:
    report = _run(put(assistant, TimidAnswering))
    assert _value(report, "answered") == 0.0
    assert _value(report, "near_miss_refused") == _value(report, "out_of_scope_refused") == 1.0
    assert refusal_matrix(report.results)["answerable"]["refused"] == 10
    for name in ("key_facts", "citation_right", "figures_supported", "citation_precision"):
        assert _value(report, name) is None, name  # nothing was answered: no value, and not 0
    assert _value(report, "place_hit@1") == 1.0  # the search is as good as before


def test_a_model_that_always_refuses_loses_as_well(
    endpoint: tuple[Assistant, ModelChoice], stub: OpenAIStub
) -> None:
    assistant, models = endpoint
    stub.behave(openai_stub.refuser)
    assert _value(_run(put(assistant, models=models)), "answered") == 0.0


@pytest.mark.parametrize(
    ("answering", "supported"),
    [
        pytest.param(Answering, 1.0, id="with the verifier"),
        pytest.param(UnverifiedAnswering, 0.0, id="without the verifier"),
    ],
)
def test_a_changed_digit_shows_only_where_the_verifier_is_off(
    endpoint: tuple[Assistant, ModelChoice],
    stub: OpenAIStub,
    answering: type[Answering],
    supported: float,
) -> None:
    assistant, models = endpoint
    stub.behave(one_digit_wrong)
    report = _run(put(assistant, answering, models=models))
    assert _value(report, "figures_supported") == supported
    document = report.document()
    if supported:
        assert document["unsupported_figures"] == 0
        assert document["replaced_sentences"] > 0
    else:
        assert document["unsupported_figures"] >= 10
        assert _value(report, "wholly_right") == pytest.approx(0.0, abs=0.3)


def test_a_metric_that_does_not_apply_is_none_and_never_0(assistant: Assistant) -> None:
    without = [case for case in CASES if not case.answerable]
    document = evaluate_answers(put(assistant), without).document()
    for name in ("place_hit@5", "section_hit@5", "ndcg@10", "mrr", "answered", "clarified"):
        assert document[name] is None
        assert document["metrics"][name] == {"value": None, "low": None, "high": None, "cases": 0}
    assert document["by_manual"] == {}
