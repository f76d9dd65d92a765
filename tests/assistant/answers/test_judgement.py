from __future__ import annotations

import pytest

from assistant.answers.evidence import ScoredSentence
from assistant.answers.judgement import SURE, THRESHOLD, Features, features, probability
from assistant.answers.shaping import caution_words
from assistant.search.sentence_match import SentenceMatch


def _match(question: str) -> SentenceMatch:
    return SentenceMatch([], {}, question)


def _sentence(cosine: float, *, holds: bool = True, coverage: float = 0.0) -> ScoredSentence:
    return ScoredSentence(0, 0, cosine, coverage, holds)


@pytest.mark.parametrize("gap", [0.0, 0.05, 0.1])
def test_a_nearer_sentence_never_lowers_the_probability(gap: float) -> None:
    found = [probability(Features(n / 100, gap)) for n in range(-100, 101, 5)]
    assert found == sorted(found)
    assert found[0] < found[-1]


@pytest.mark.parametrize("sentence", [0.80, 0.86, 0.92])
def test_a_wider_gap_never_raises_the_probability(sentence: float) -> None:
    found = [probability(Features(sentence, n / 100)) for n in range(11)]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1]


@pytest.mark.parametrize("cosine", [-1.0, -0.5, 0.0, 1.0, 100.0, -1e9, 1e9])
def test_a_probability_stays_between_nothing_and_one(cosine: float) -> None:
    assert 0 <= probability(Features(cosine, 0.0)) <= 1


def test_near_sentences_pass_and_far_ones_do_not() -> None:
    assert probability(Features(0.92, 0.0)) > THRESHOLD > probability(Features(0.80, 0.0))


def test_without_the_fact_asked_for_the_gap_is_widest() -> None:
    scored = [_sentence(0.9, holds=False), _sentence(0.8, holds=False)]
    found = features(scored, _match("限度額はいくらですか"))
    assert found.kind_gap == pytest.approx(0.1)


def test_the_gap_is_that_of_the_nearest_sentence_with_the_fact() -> None:
    scored = [_sentence(0.90, holds=False), _sentence(0.88), _sentence(0.80)]
    found = features(scored, _match("限度額はいくらですか"))
    assert found.kind_gap == pytest.approx(0.02)


def test_a_question_that_names_no_kind_has_no_gap() -> None:
    scored = [_sentence(0.9, holds=False)]
    assert features(scored, _match("契約書の作り方を教えて")).kind_gap == 0


def test_what_is_not_sure_is_shown_with_a_word_of_caution() -> None:
    assert THRESHOLD < SURE
    assert caution_words(SURE) == caution_words(1.0) == ""
    assert "担当課" in caution_words(SURE - 0.01)
