from __future__ import annotations

import json
from pathlib import Path

import pytest
from openai_stub import OpenAIStub

from assistant.settings import Settings
from eval.benchmarks.asking_person import Asked
from eval.benchmarks.load import Load
from eval.benchmarks.load_figures import figures
from eval.benchmarks.open_sessions import open_sessions
from eval.report.speed_sections import open_sessions_section


@pytest.mark.slow
def test_five_people_ask_for_a_minute_and_each_gets_quotations_or_a_refusal(
    manuals_folder: Path, models_folder: Path, tmp_path: Path, tell_run: list[str]
) -> None:
    settings = Settings(data_dir=tmp_path / "unused", models_dir=models_folder)
    found = open_sessions(settings=settings, sessions=5, minutes=1, data=manuals_folder)
    tell_run.append(json.dumps(found, ensure_ascii=False))
    assert found["errors"] == {}
    assert found["questions"] == 5
    outcomes = found["outcomes"]
    assert sum(outcomes.values()) == 5
    assert outcomes.keys() <= {"quoted", "refused", "asked back"}
    assert found["evidence_seconds"]["p50"] is not None or "quoted" not in outcomes
    assert len(found["memory_megabytes"]) == 3
    assert min(found["memory_megabytes"]) > 0


@pytest.mark.slow
def test_two_people_see_the_sentences_of_an_endpoint_s_model(
    manuals_folder: Path, models_folder: Path, tmp_path: Path, stub: OpenAIStub
) -> None:
    stub.behave()
    settings = Settings(
        data_dir=tmp_path / "unused", models_dir=models_folder,
        endpoint_url=stub.url, endpoint_model=stub.model,
    )  # fmt: skip
    found = open_sessions(
        settings=settings, sessions=2, minutes=1 / 3, data=manuals_folder, mode="endpoint",
        questions=["少額の随意契約は、工事だといくらまでできますか"],
    )  # fmt: skip
    assert found["errors"] == {}
    assert (found["questions"], found["mode"]) == (2, "endpoint")
    assert found["outcomes"] == {"quoted": 2}
    assert found["verified_sentence_seconds"]["p50"] is not None
    assert stub.heard.said


@pytest.mark.parametrize(("minutes", "seconds"), [(1 / 3, [0, 10]), (1, [0, 30]), (10, [0, 30])])
def test_first_questions_are_spread_over_a_minute_or_the_whole_load(
    minutes: float, seconds: list[float]
) -> None:
    load = Load(2, minutes, ["契約書は何通作りますか"])
    assert [load.begins(number) for number in range(2)] == pytest.approx(seconds)


MEMORY = [(0.0, 900.0), (0.5, 950.0), (1.0, 960.0), (1.5, 961.0), (2.0, 962.0), (2.5, 963.0)]


def test_the_slope_is_that_of_the_second_half() -> None:
    found = figures([0.5], [Asked("quoted", 1.0, 0.5)], MEMORY)
    assert found["memory_slope_megabytes_a_minute"] == 2.0
    assert found["passed"]["memory_slope<=1MB/min"] is False
    assert figures([], [], MEMORY[:1])["memory_slope_megabytes_a_minute"] is None


def test_half_a_minute_counts_with_its_mean() -> None:
    swinging = [(m + off, t + swing) for m, t in MEMORY for off, swing in ((0, 20.0), (0.2, -20.0))]
    found = figures([], [], swinging)
    assert found["memory_megabytes"] == [taken for _, taken in MEMORY]
    assert found["memory_slope_megabytes_a_minute"] == 2.0


def test_the_slope_has_an_interval_that_widens_with_the_swings() -> None:
    exact = figures([], [], MEMORY)["memory_slope_interval"]
    assert exact == pytest.approx((2.0, 2.0))
    low, high = figures([], [], [*MEMORY[:4], (2.0, 990.0), *MEMORY[5:]])["memory_slope_interval"]
    assert low < 2.0 < high
    assert figures([], [], MEMORY[:3])["memory_slope_interval"] is None


def test_errors_are_counted_by_their_words_and_do_not_pass() -> None:
    failed = Asked("failed", 9.0, problem="切れました")
    found = figures([0.5, 0.7], [Asked("quoted", 1.0, 0.5), failed, failed], MEMORY)
    assert found["errors"] == {"切れました": 2}
    assert found["outcomes"] == {"failed": 2, "quoted": 1}
    assert found["passed"]["no_errors"] is False
    assert found["whole_answer_seconds"] == {"p50": 1.0, "p95": 1.0}


def test_what_was_not_measured_neither_passes_nor_fails() -> None:
    found = figures([], [Asked("refused", 1.0)], [])
    assert list(found["passed"].values()) == [True, None, None, None]


def test_the_section_of_the_report_tells_seconds_memory_and_what_passed() -> None:
    head = {"sessions": 2, "minutes": 2.5, "chunks": 300, "mode": "extractive"}
    found = head | figures([0.5], [Asked("quoted", 1.25, 0.75), Asked("failed", 9.0)], MEMORY)
    section = open_sessions_section(found)
    assert "| first quotation after Enter | 0.75 | 0.75 |" in section
    assert "1 failed, 1 quoted" in section
    assert "900, 950, 960, 961, 962, 963" in section
    assert "evidence_p95<=2s: pass" in section
    assert "memory_slope<=1MB/min: FAIL" in section
