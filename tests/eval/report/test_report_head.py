"""The head of the measurements: ten figures at most, of the sets that check, in the README."""

from __future__ import annotations

from pathlib import Path

from eval.metrics.answer_metrics import AnswerReport
from eval.report.head import BEGIN, END, head_lines, head_of, show_head
from eval.report.quality_sections import (
    intervals_section,
    is_checking,
    left_out_section,
    peer_section,
    refusals_section,
)
from eval.runs.case_result import CaseResult

ROOT = Path(__file__).parents[3]
RIGHT = CaseResult("1", "text", "？", True, "answered", "extractive", 1, True, True, 1.0)
NEAR = CaseResult("2", "near_miss", "？", False, "answered", "extractive")
RUNS = {
    "city, extractive": AnswerReport((RIGHT, NEAR)),
    "city_development, extractive": AnswerReport((NEAR,) * 5),
    "sample of 2 of 7 (seed 0), local": AnswerReport((RIGHT,)),
}
SIDE = {"answerable": 10, "page_hit@1": 0.5, "page_hit@4": 0.7, "search_seconds": {"p50": 0.1}}
PEER = {
    "files": 23,
    "not_run": {},
    "sets": {
        "city": {"ours": {**SIDE, "page_hit@5": 0.9}, "peer": {**SIDE, "page_hit@5": 0.4}},
        "all sets": {
            "ours": {
                "auto": {"quotations": 0.75, "written": 0.25, "both": 0.75, "questions": 4},
            },
            "peer": {"auto": {"correct": 0.0, "seconds": {"p50": 61.0}}},
        },
    },
}


def test_the_readme_shows_the_head_of_the_measurements() -> None:
    pages = [ROOT / "README.md", ROOT / "docs" / "measurements.md"]
    readme, measurements = (head_of(page.read_text("utf-8")) for page in pages)
    assert readme == measurements


def test_only_sets_that_check_by_quotations_are_in_the_head() -> None:
    assert [name for name in RUNS if is_checking(name)] == ["city, extractive"]
    head = head_lines(RUNS, retrieval_ndcg=0.884, peer=PEER)
    assert "| 近いが書かれていない質問での回答なし | 0.000（0.000〜0.975） | 1 |" in head
    assert "| 公開の検索の質問集の nDCG@10（平均） | 0.884 | ― |" in head
    assert "0.900（相手 0.400） | 10 |" in head
    assert len([line for line in head.splitlines() if line.startswith("|")]) <= 12


def test_a_head_is_put_into_a_page_that_has_markers(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"# 表題\n\n{BEGIN}\n古い\n{END}\n\nつづき\n", "utf-8")
    head = head_lines(RUNS)
    assert show_head(page, head)
    assert head_of(page.read_text("utf-8")) == head
    assert page.read_text("utf-8").endswith("\n\nつづき\n")
    page.write_text("# 表題\n", "utf-8")
    assert not show_head(page, head)


def test_metrics_have_intervals_and_near_misses_stand_apart() -> None:
    section = intervals_section(RUNS)
    assert "city, extractive (2)" in section
    assert "| 回答・回答なしの正しさ | 0.500（0.000〜1.000） |" in section
    assert "| city, extractive | near miss | 1 | 0 | 0 | 0 |" in refusals_section(RUNS)


def test_the_peer_stands_beside_ours_with_the_same_model() -> None:
    section = peer_section(PEER)
    assert "| city | peer | 10 | 0.500 | 0.700 | 0.400 | 0.100 |" in section
    assert (
        "| all sets | ours | auto | quotations 0.75, text alone 0.25, both 0.75 of 4 |" in section
    )
    assert "| all sets | peer | auto | 0.000; whole answer p50 61.000 s |" in section


def test_weights_of_the_other_sets_have_an_interval() -> None:
    one = {
        "questions": 9, "alone": {"body": 0.7}, "fitted": 0.9, "left_out": 0.8,
        "left_out_interval": [0.75, 0.85],
    }  # fmt: skip
    mean = {"fitted": 0.9, "left_out": 0.8, "left_out_interval": [0.7, 0.9], "best_on_all": 0.91}
    section = left_out_section({"sets": {"law": one}, "mean": mean})
    assert "| law | 9 | 0.700 | 0.900 | 0.800 (0.750–0.850) |" in section
