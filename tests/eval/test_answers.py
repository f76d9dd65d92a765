import json

import pytest

from assistant.domain import Turn
from eval.answers import evaluate_answers, read_run, run_case
from eval.sets.question_set import Case, Place

CONTRACTS = "契約事務の手引き.pdf"
CASES = [
    Case(
        "limit",
        "工事の随意契約は予定価格がいくらまでですか",
        answerable=True,
        places=(Place(CONTRACTS, None),),
        key_facts=("200万円",),
        kind="text",
    ),
    Case("spa", "週末に家族で行くのにいい温泉ない？", answerable=False, kind="out_of_scope"),
    Case("empty", "　", answerable=False, kind="text"),
]


@pytest.fixture(scope="module")
def report_and_file(assistant_with_manuals, tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "run.jsonl"
    return evaluate_answers(assistant_with_manuals, CASES, run_file=path), path


def test_the_production_flow_answers_and_is_judged(report_and_file):
    limit, spa, _ = report_and_file[0].results
    assert limit.outcome == "answered"
    assert 1 <= limit.place_rank <= 5
    assert limit.citation_right
    assert limit.unsupported == []
    assert (spa.outcome, spa.outcome_right, spa.place_rank) == ("refused", True, None)


def test_a_failing_question_is_recorded_and_the_rest_is_done(report_and_file):
    report = report_and_file[0]
    assert [result.id for result in report.failed] == ["empty"]
    assert report.failed[0].error
    assert len(report.results) == len(CASES)


def test_every_case_is_a_line_of_the_run_file(report_and_file):
    report, path = report_and_file
    assert tuple(read_run(path)) == report.results


def test_a_resumed_run_asks_only_what_is_missing_or_failed(assistant_with_manuals, tmp_path):
    path = tmp_path / "run.jsonl"
    first = evaluate_answers(assistant_with_manuals, CASES[:1], run_file=path)
    kept = json.loads(path.read_text("utf-8")) | {"text": "前の実行の文"}
    path.write_text(json.dumps(kept) + '\n{"id": "sp', "utf-8")
    second = evaluate_answers(assistant_with_manuals, CASES, run_file=path, resume=True)
    assert second.results[0].text == "前の実行の文"
    assert second.results[0].outcome == first.results[0].outcome
    assert [result.id for result in read_run(path)] == [case.id for case in CASES]


def test_a_conversation_searches_with_the_text_of_the_flow(assistant_with_manuals):
    case = Case(
        "follow",
        "それはいくらですか",
        answerable=True,
        places=(Place(CONTRACTS, None),),
        turns=(Turn("工事の随意契約の限度額"),),
        kind="conversation",
    )
    result = run_case(assistant_with_manuals, case)
    assert 1 <= result.place_rank <= 5
