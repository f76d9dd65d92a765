"""The engine is chosen by its measured speed, kept in a file, and never for a wrong result."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.embeddings.engine import Vectors
from assistant.embeddings.engine_choice import (
    CHOICE_FILE,
    EngineChoice,
    choose,
    engines_for,
    read_choice,
    write_choice,
)

CHOICE = EngineChoice("int8", {"fp32": 1000, "int8": 2000}, "e5", "AMD EPYC")


class Clock:
    """Time that passes only when an engine works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class TimedEngine:
    """An engine of two dimensions that takes `seconds` a call and points `off` its way."""

    dimension = 2
    most_tokens = 512

    def __init__(self, clock: Clock, seconds: float, off: float = 0.0) -> None:
        self._clock = clock
        self._seconds = seconds
        self._off = off

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        return [10 for _ in texts]

    def encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        self._clock.now += self._seconds
        return np.array([[np.cos(self._off), np.sin(self._off)]] * len(texts), np.float32)


@pytest.mark.parametrize(
    ("seconds", "off", "expected"),
    [
        pytest.param((2.0, 1.5, 1.0), 0.05, "int8", id="the fastest"),
        pytest.param((2.0, 0.5, 1.0), 0.0, "bf16", id="the fastest of three"),
        pytest.param((2.0, 3.0, 1.9), 0.0, "fp32", id="too little gained"),
        pytest.param((2.0, 3.0, 0.1), 0.5, "fp32", id="fast and wrong"),
        pytest.param((2.0, 1.5, 0.1), 0.5, "bf16", id="the next one if the fastest is wrong"),
    ],
)
def test_the_fastest_right_engine_is_chosen(
    seconds: tuple[float, float, float], off: float, expected: str
) -> None:
    clock = Clock()
    exact, brief, integers = seconds
    engine, speeds = choose(
        {
            "fp32": TimedEngine(clock, exact),
            "bf16": TimedEngine(clock, brief),
            "int8": TimedEngine(clock, integers, off),
        },
        clock=clock,
    )
    assert engine == expected
    assert speeds["fp32"] / speeds["bf16"] == pytest.approx(brief / exact, rel=0.05)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fma avx2", ("fp32", "int8")),
        ("fma avx2 avx512_bf16", ("fp32", "bf16", "int8")),
        ("amx_bf16", ("fp32", "bf16", "int8")),
    ],
)
def test_bf16_is_measured_only_where_the_processor_has_it(
    flags: str, expected: tuple[str, ...]
) -> None:
    assert engines_for(f"processor\t: 0\nflags\t\t: {flags}\n\nprocessor\t: 1\n") == expected
    assert engines_for("") == ("fp32", "int8")


def test_a_choice_is_found_again(tmp_path: Path) -> None:
    assert read_choice(tmp_path, model="e5") is None
    write_choice(tmp_path, CHOICE)
    assert read_choice(tmp_path, model="e5") == CHOICE
    assert [path.name for path in tmp_path.iterdir()] == [CHOICE_FILE]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("[1]", id="a list"),
        pytest.param("{}", id="nothing in it"),
        pytest.param('{"engine": "int8"', id="cut"),
        pytest.param(
            json.dumps({"engine": "int4", "tokens_per_second": {}, "model": "e5", "processor": ""}),
            id="an unknown engine",
        ),
        pytest.param(
            json.dumps({"engine": "int8", "tokens_per_second": {}, "model": "e6", "processor": ""}),
            id="another model",
        ),
    ],
)
def test_an_unusable_choice_means_fp32_and_a_warning(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / CHOICE_FILE).write_text(content, "utf-8")
    with caplog.at_level(logging.WARNING):
        assert read_choice(tmp_path, model="e5") is None
    assert "chonai prepare" in caplog.text
