from datetime import date

import pytest

from assistant.domain import Answer, AnswerSentence, Chunk, Citation, Owner, RetrievedChunk, Source
from eval.answers import read_run, sampled
from eval.figures.figure_facts import states_fact
from eval.metrics.answer_metrics import AnswerReport, judge, summary
from eval.runs.case_result import CaseResult
from eval.runs.comparison import compare_runs
from eval.sets.question_set import Case, Place

CASE = Case(
    "1",
    "限度額は？",
    answerable=True,
    places=(Place("契約.pdf", 4),),
    key_facts=("130万円", "工事"),
    kind="text",
)


def citation(marker=1, *, file="契約.pdf", page=4, quote="工事は130万円以下とする。"):
    return Citation(
        marker, "c", "v", "契約", file, 1, page, None, ("第2条 限度額",), quote, text_hash="h"
    )


def answer(*sentences, citations=(), outcome="answered", **more):
    return Answer(
        "a",
        "限度額は？",
        outcome,
        date(2025, 11, 22),
        "extractive",
        sentences=sentences,
        citations=citations,
        seconds=0.5,
        first_evidence_seconds=0.1,
        **more,
    )


def retrieved(file, page):
    chunk = Chunk(f"{file}{page}", "v", 0, (), page, page, "text", "文", "h", ())
    source = Source("m", "題", "", "", "", "v", 1, file, None)
    return RetrievedChunk(chunk, source, 1.0, {}, 0)


def test_a_right_answer_is_right_in_every_metric():
    given = answer(
        AnswerSentence("工事は130万円以下です。", "quoted", (1,)), citations=(citation(),)
    )
    result = judge(CASE, given, [retrieved("庶務.docx", None), retrieved("契約.pdf", 4)])
    assert result.place_rank == 2
    assert result.outcome_right
    assert result.citation_right
    assert result.key_facts == 1.0
    assert result.unsupported == []


def test_a_false_figure_a_wrong_place_and_a_missing_fact_are_counted():
    given = answer(
        AnswerSentence("限度額は150万円です。", "written", (1,)), citations=(citation(page=5),)
    )
    result = judge(CASE, given, [retrieved("契約.pdf", 5)])
    assert result.place_rank == 0
    assert result.citation_right is False
    assert result.key_facts == 0.0
    assert result.unsupported == ["150万円"]


def test_a_sentence_is_checked_against_its_own_citations_only():
    citations = (citation(), citation(2, quote="期間は30日とする。"))
    supported = AnswerSentence("30日です。", "written", (2,))
    elsewhere = AnswerSentence("30日以内に払います。", "written", (1,))
    result = judge(CASE, answer(supported, elsewhere, citations=citations), [])
    assert result.unsupported == ["30日"]


def test_the_as_of_date_the_extension_and_cited_headings_are_allowed():
    text = "第2条によります。2025年11月22日現在。内線1234へ。"
    given = answer(
        AnswerSentence(text, "written", (1,)),
        citations=(citation(),),
        owner=Owner("契約課", "1234"),
    )
    assert judge(CASE, given, []).unsupported == []


def test_metrics_that_do_not_apply_are_none():
    case = Case("2", "温泉は？", answerable=False, kind="near_miss")
    result = judge(case, answer(outcome="refused"), [retrieved("契約.pdf", 4)])
    assert result.outcome_right
    assert (result.place_rank, result.citation_right, result.key_facts) == (None, None, None)
    found = summary([result])
    assert found["place_hit@5"] is None
    assert found["outcomes"] == {"near_miss/refused": 1}


@pytest.mark.parametrize(
    ("answerable", "kind", "outcome", "right"),
    [
        (True, "text", "answered", True),
        (True, "text", "refused", False),
        (False, "near_miss", "answered", False),
        (False, "near_miss", "refused", True),
        (True, "clarify", "clarify", True),
        (True, "clarify", "answered", False),
        (True, "text", "clarify", False),
        (False, "near_miss", "clarify", False),
        (True, "text", "failed", False),
    ],
)
def test_the_right_outcome_depends_on_the_case(answerable, kind, outcome, right):
    condition = "契約の種類" if kind == "clarify" else ""
    case = Case("1", "？", answerable=answerable, kind=kind, condition=condition)
    assert judge(case, answer(outcome=outcome), []).outcome_right is right


@pytest.mark.parametrize(
    ("text", "fact", "stated"),
    [
        ("限度額は１３０万円です", "130万円", True),
        ("限度額は1,300,000円です", "130万円", True),
        ("17日まで", "7日", False),
        ("2025年4月1日から", "令和7年4月1日", True),
        ("部長が決裁する", "部長", True),
        ("課長が決裁する", "部長", False),
        ("二〇日", "20日", True),
    ],
)
def test_key_facts_are_found_in_any_notation(text, fact, stated):
    assert states_fact(text, fact) is stated


def result(key, *, right=True, rank=1, outcome="answered"):
    return CaseResult(
        key, "text", "？", True, outcome, "extractive", rank, right, seconds=1.0, error=None
    )


def test_place_hits_count_within_their_limit():
    found = summary([result("1", rank=1), result("2", rank=5), result("3", rank=0)])
    assert found["place_hit@1"] == pytest.approx(1 / 3)
    assert found["place_hit@5"] == pytest.approx(2 / 3)


def test_the_report_names_failed_cases_and_splits_by_kind():
    report = AnswerReport((result("1"), result("2", right=False, outcome="failed")))
    document = report.document()
    assert [failed["id"] for failed in document["failed"]] == ["2"]
    assert document["outcome_right"] == 0.5
    assert document["by_kind"]["text"]["questions"] == 2
    assert len(document["cases"]) == 2


def test_compared_runs_list_what_flipped_worse_ones_first():
    earlier = [result("1", right=False), result("2"), result("3")]
    later = [result("1"), result("2", right=False, rank=0), result("4")]
    flips = compare_runs(earlier, later)
    assert [(flip.id, flip.what, flip.better) for flip in flips] == [
        ("2", "outcome", False),
        ("2", "place", False),
        ("1", "outcome", True),
    ]


def test_a_sample_is_the_same_each_time_and_in_order():
    cases = [Case(str(number), "？", answerable=False) for number in range(50)]
    chosen = sampled(cases, 10)
    assert chosen == sampled(cases, 10)
    assert [int(case.id) for case in chosen] == sorted(int(case.id) for case in chosen)
    assert sampled(cases, 99) == cases


def test_half_a_line_at_the_end_of_a_run_file_is_passed_over(tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_text(
        '{"id": "1", "kind": "", "question": "？", "answerable": true, "outcome": "answered"}\n'
        '{"id": "2", "ki',
        "utf-8",
    )
    assert [found.id for found in read_run(path)] == ["1"]
