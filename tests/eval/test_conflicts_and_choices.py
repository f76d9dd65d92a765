"""The counts of conflicts and of answers that ask back, on a small library and on the samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_manuals import publish_text

from assistant.opening import Assistant
from eval.conflicts_and_choices import ask_all, counted
from eval.sets.question_set import Case, Place, read_question_set

QUESTIONS = Path(__file__).parents[2] / "eval" / "questions"
PLACE = (Place("contract.txt", None),)


def _case(name: str, question: str, kind: str, *facts: str) -> Case:
    condition = "任用の区分" if kind == "clarify" else ""
    return Case(name, question, True, PLACE, key_facts=facts, kind=kind, condition=condition)


def test_each_case_is_counted_where_it_belongs(quick_assistant: Assistant) -> None:
    leave = "{}の病気休暇は、1年度に{}日以内です。"
    rule = "見積合せでは、{}の業者から見積書を徴し、比較表を作ります。"
    publish_text(
        quick_assistant,
        leave.format("常勤の職員", 90),
        leave.format("会計年度任用職員", 10),
        rule.format("3者以上"),
    )
    publish_text(quick_assistant, rule.format("2者以上"), manual_id="buying", title="調達の手引き")
    estimates = "見積合せでは何者の業者から見積書を徴しますか"
    report = counted(
        ask_all(
            quick_assistant,
            [
                _case("both", estimates, "conflict", "3者", "2者"),
                _case("another", f"{estimates}か", "conflict", "5者"),
                _case("unlooked for", f"比較表の{estimates}", "text", "3者"),
                _case("open", "病気休暇は何日以内ですか", "clarify"),
                _case("said", "常勤の職員の病気休暇は何日以内ですか", "text", "90日"),
                _case("too much", "病気休暇は1年度に何日以内ですか", "text", "1年度"),
            ],
        )
    )
    assert report["conflicts"]["shown"] == 1
    assert report["conflicts"]["missed"] == ["another"]
    assert report["conflicts"]["shown_in_others"] == ["unlooked for"]
    back = report["asking_back"]
    assert (back["to_ask"], back["asked"], back["wrongly_asked"]) == (1, 1, ["too much"])
    assert back["asked_though_told"] == 1
    assert back["choices"] == back["choices_answered"] == 8


@pytest.mark.timeout(600)
def test_the_samples_ask_back_and_disagree_where_they_should(library_assistant: Assistant) -> None:
    names = ("clarify", "conflict", "sample_manuals")
    cases = [
        case
        for name in names
        for case in read_question_set(QUESTIONS / f"{name}_development.jsonl")
    ]
    report = counted(ask_all(library_assistant, cases))
    conflicts, back = report["conflicts"], report["asking_back"]
    assert conflicts["shown"] >= 0.85 * conflicts["to_show"]
    assert set(conflicts["shown_in_others"]) <= {"cl24"}  # the law's ceiling beside the city's rule
    assert back["asked"] >= 0.8 * back["to_ask"]
    assert back["wrongly_asked"] == []
    assert back["choices_answered"] >= 0.98 * back["choices"]
