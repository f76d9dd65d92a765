from eval.metrics.answer_metrics import AnswerReport
from eval.report.answer_sections import answers_section, figure_check_section, retrieval_section
from eval.report.markdown_table import table
from eval.report.speed_sections import first_evidence_section, indexing_section, pages_section
from eval.retrieval import RetrievalReport
from eval.runs.case_result import CaseResult


def test_a_table_keeps_its_columns_whatever_a_cell_holds():
    assert table(["a", "b"], [["1|2", "x\ny"]]) == "| a | b |\n| --- | --- |\n| 1｜2 | x y |"


def test_the_retrieval_table_has_every_signal_and_the_mean():
    def report(value):
        return RetrievalReport(value, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 10, 20)

    signals = {"body": report(0.8), "heading": report(0.6), "keywords": report(0.7)}
    sets = {
        "one": {**signals, "fused": report(0.9)},
        "two": {**signals, "fused": report(0.7)},
    }
    section = retrieval_section(sets)
    assert "| fused | 0.900 | 0.700 | 0.800 |" in section
    assert "| keywords | 0.700 | 0.700 | 0.700 |" in section
    assert "ndcg@10 | recall@10 | hit@1 | hit@5 | mrr@10 | ms_p50 | ms_p95" in section


def test_the_answers_section_lists_what_went_wrong():
    right = CaseResult("1", "", "？", True, "answered", "extractive", 1, True, True, 1.0)
    wrong = CaseResult("2", "", "何日？", True, "refused", "extractive", 0, False)
    section = answers_section({"samples": AnswerReport((right, wrong))})
    assert "| samples | 2 | 0.500 | 0.500 | 0.500 | 1.000 | 1.000 | 0 |" in section
    assert "| 2 | 何日？ | refused | - | - |" in section


def test_the_figure_check_section_states_both_numbers():
    assert "of 100" in figure_check_section()
    assert "of 120" in figure_check_section()


def test_the_speed_sections_print_both_sides():
    times = {"median": 20.0, "p95": 31.5}
    section = first_evidence_section(
        {"questions": 30, "chunks": 2000, "ours": times, "bare": times, "ratio": times}
    )
    assert "| ours | 20 | 31.5 |" in section
    stages = {"reading": 1.0, "chunking": 1.0, "embedding": 8.0, "index": 1.0}
    side = {"pages_per_second": 3.5, "chunks": 40, "stages": stages}
    section = pages_section({"pages": 30, "files": 2, "ours": side, "peer": side, "ratio": 1.0})
    assert "| peer | 3.5 | 40 | 1 | 1 | 8 | 1 |" in section


def test_the_section_on_indexing_tells_each_step_and_each_window():
    ratio = {"median": 1.2, "p95": 3.0}
    section = indexing_section(
        {
            "pages": 1000,
            "idle": {"median": 20.0, "p95": 30.0},
            "busy": {"median": 24.0, "p95": 90.0},
            "ratio": ratio,
            "ratio_by_step": {"reading": ratio},
            "ratio_by_window": [1.1, 1.3],
        }
    )
    assert "| idle (ms) | 20 | 30 |" in section
    assert "| busy to idle, reading | 1.2 | 3 |" in section
    assert "busy to idle: 1.1, 1.3." in section
