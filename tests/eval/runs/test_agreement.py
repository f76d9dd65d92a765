"""Agreement of evaluators by a known table, and the cases whose expected answer is in doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from assistant.evaluations.verdicts import HumanVerdict, VerdictWord
from eval.runs.agreement import agreements, disagreements
from eval.runs.case_result import CaseResult

RIGHT = CaseResult("1", "text", "限度額は", True, "answered", "extractive", 1, True, True, 1.0)
WRONG = replace(RIGHT, key_facts=0.0, missing_facts=["130万円"])
NOW = datetime(2026, 11, 27)


def said(case: int | str, person: str, verdict: VerdictWord) -> HumanVerdict:
    return HumanVerdict(1, str(case), person, f"評価 {person}", verdict, "", NOW)


def both(*pairs: tuple[VerdictWord, VerdictWord]) -> list[HumanVerdict]:
    return [
        one
        for number, (first, second) in enumerate(pairs)
        for one in (said(number, "p1", first), said(number, "p2", second))
    ]


def test_kappa_of_a_known_table() -> None:
    # 20 + 15 agree of 50; chance is .5 * .6 + .5 * .4 = .5, so (.7 - .5) / (1 - .5) = .4.
    verdicts = both(
        *[("right", "right")] * 20, *[("right", "wrong")] * 5,
        *[("wrong", "right")] * 10, *[("wrong", "wrong")] * 15,
    )  # fmt: skip
    [found] = agreements(verdicts)
    assert (found.cases, found.same) == (50, 35)
    assert found.kappa == pytest.approx(0.4)
    assert found.low is not None
    assert found.high is not None
    assert 0.1 < found.low < 0.4 < found.high < 0.7
    assert agreements(verdicts) == [found]


def test_kappa_is_not_defined_where_both_always_say_the_same_word() -> None:
    [found] = agreements(both(*[("right", "right")] * 9))
    assert (found.same, found.kappa, found.low) == (9, None, None)


def test_each_two_of_three_evaluators_are_compared() -> None:
    verdicts = [said(1, person, "right") for person in ("p1", "p2", "p3")]
    assert [one.people for one in agreements([*verdicts, said(2, "p1", "wrong")])] == [
        ("評価 p1", "評価 p2"), ("評価 p1", "評価 p3"), ("評価 p2", "評価 p3"),
    ]  # fmt: skip
    assert agreements([said(1, "p1", "right"), said(2, "p2", "right")]) == []


def test_a_wrong_expected_answer_is_found_first() -> None:
    results = {"0": RIGHT, "1": WRONG, "2": RIGHT, "3": WRONG, "4": RIGHT}
    verdicts = both(
        ("right", "right"), ("right", "right"), ("wrong", "harmful"), ("wrong", "wrong"),
        ("right", "partly"),
    )  # fmt: skip
    found = disagreements(verdicts, results)
    assert [(one.case_id, one.automatically_right) for one in found] == [
        ("1", False), ("2", True), ("4", True),
    ]  # fmt: skip
    assert "人は正しいとし、自動判定は誤りとした" in found[0].doubt
    assert "人は誤りとし、自動判定は正しいとした" in found[1].doubt
    assert "判定が分かれた" in found[2].doubt
    assert found[2].verdicts == (("評価 p1", "正しい"), ("評価 p2", "一部"))
