from __future__ import annotations

from typing import Any

from assistant.answers.evidence import scored_sentences
from assistant.search.sentence_match import SentenceMatch
from tests.found_passages import found_hit


def test_a_sentence_with_the_fact_asked_for_wins_between_equals() -> None:
    match = SentenceMatch([], {}, "限度額はいくらですか")
    hit = found_hit("限度額は規則で定めるものとします。", "限度額は120万円とするものとします。")
    scored = scored_sentences([hit], [[0.9, 0.9]], match)
    assert scored[0].position == 1


def test_a_stub_is_worth_less() -> None:
    match: Any = SentenceMatch([], {}, "契約書について")
    scored = scored_sentences(
        [found_hit("契約書", "契約書は2通作り保管します。")], [[0.9, 0.88]], match
    )
    assert scored[0].position == 1
