from __future__ import annotations

import pytest

from assistant.answers.evidence import ScoredSentence
from assistant.answers.judgement import SURE, THRESHOLD, Features, features, probability
from assistant.answers.shaping import caution_words


def _sentence(cosine: float, *, rank: int = 0) -> ScoredSentence:
    return ScoredSentence(rank, 0, cosine, 0.0, True)


def test_a_nearer_sentence_never_lowers_the_probability() -> None:
    found = [probability(Features(n / 100)) for n in range(-100, 101, 5)]
    assert found == sorted(found)
    assert found[0] < found[-1]


@pytest.mark.parametrize("cosine", [-1.0, -0.5, 0.0, 1.0, 100.0, -1e9, 1e9])
def test_a_probability_stays_between_nothing_and_one(cosine: float) -> None:
    assert 0 <= probability(Features(cosine)) <= 1


def test_near_sentences_pass_and_far_ones_do_not() -> None:
    assert probability(Features(0.92)) > THRESHOLD > probability(Features(0.78))


def test_only_the_first_passages_are_judged() -> None:
    scored = [_sentence(0.80), _sentence(0.85), _sentence(0.95, rank=7)]
    assert features(scored).sentence == pytest.approx(0.85)


def test_what_is_not_sure_is_shown_with_a_word_of_caution() -> None:
    assert THRESHOLD < SURE
    assert caution_words(SURE) == caution_words(1.0) == ""
    assert "担当課" in caution_words(SURE - 0.01)
