from __future__ import annotations

import pytest

from assistant.search.fusion import fused


def _signals(cosine: float, heading: float, keywords: float) -> dict[str, float]:
    return {
        "body": cosine,
        "heading": heading,
        "sentence": cosine,
        "keywords": keywords,
        "pairs": keywords / 10,
    }


def _fused(signals: dict[str, dict[str, float]], heading_length: int = 20) -> dict[str, float]:
    return fused(signals, dict.fromkeys(signals, heading_length))


def test_the_best_in_everything_gets_one_and_the_worst_nothing() -> None:
    scores = _fused(
        {"a": _signals(0.9, 0.9, 8.0), "b": _signals(0.85, 0.8, 2.0), "c": _signals(0.8, 0.8, 0.0)}
    )
    assert (scores["a"], scores["c"]) == (pytest.approx(1), pytest.approx(0))
    assert 0 < scores["b"] < 1


@pytest.mark.parametrize(
    "signal",
    [pytest.param({s: 1.0}, id=s) for s in ("body", "heading", "sentence", "keywords", "pairs")],
)
def test_each_signal_alone_lifts_a_chunk(signal: dict[str, float]) -> None:
    low = _signals(0.8, 0.8, 0.0)
    scores = _fused({"better": {**low, **signal}, "other": low})
    assert scores["better"] > scores["other"]


def test_meaning_outweighs_words() -> None:
    scores = _fused({"meaning": _signals(0.9, 0.9, 0.0), "words": _signals(0.8, 0.8, 9.0)})
    assert scores["meaning"] > scores["words"]


def test_a_signal_that_is_the_same_for_all_decides_nothing() -> None:
    scores = _fused({"a": _signals(0.85, 0.85, 9.0), "b": _signals(0.85, 0.85, 1.0)})
    assert scores["a"] > scores["b"] == 0


@pytest.mark.parametrize(
    "signals",
    [
        pytest.param({}, id="none"),
        pytest.param({"a": _signals(0.9, 0.9, 3.0)}, id="one"),
        pytest.param({k: _signals(0.9, 0.9, 3.0) for k in "ab"}, id="equal"),
    ],
)
def test_scores_stay_between_nothing_and_one(signals: dict[str, dict[str, float]]) -> None:
    assert all(0 <= score <= 1 for score in _fused(signals).values())
    assert set(_fused(signals)) == set(signals)


def test_a_bare_name_as_heading_counts_less_than_a_heading_that_tells() -> None:
    signals = {"heading": _signals(0.8, 0.9, 0.0), "body": _signals(0.82, 0.8, 0.0)}
    assert _fused(signals)["heading"] > _fused(signals)["body"]
    assert _fused(signals, 3)["heading"] < _fused(signals, 3)["body"]
