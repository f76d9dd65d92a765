from pathlib import Path

import pytest

from eval import verifying
from eval.sets.question_set import read_question_set

QUESTIONS = Path(verifying.__file__).parent / "questions" / "sample_manuals_development.jsonl"
EVIDENCE = "検査は、完了の通知を受けた日から10日以内に行う。"


def test_a_faithful_sentence_is_accepted_and_a_twisted_one_is_not():
    question = "検査はいつまでですか"
    assert verifying.accepted(EVIDENCE, EVIDENCE, question=question)
    assert not verifying.accepted(EVIDENCE.replace("10", "14"), EVIDENCE, question=question)
    both = EVIDENCE + "完了の通知から14日以内に検査を行う。"
    assert not verifying.accepted(both, EVIDENCE, question=question)


def test_only_answerable_cases_with_an_answer_are_counted():
    cases = read_question_set(QUESTIONS)
    answerable = [case for case in cases if case.answerable and case.answer]
    assert 0 < len(verifying.of_answers(cases)) <= len(answerable)


def test_more_than_nine_rewordings_in_ten_are_accepted_and_no_planted_violation(
    capsys: pytest.CaptureFixture[str],
):
    verifying.main([])
    shares = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    assert float(shares["rewordings accepted"].split(" = ")[1]) > 0.9
    assert float(shares["violations accepted"].split(" = ")[1]) < 0.01
