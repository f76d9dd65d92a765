"""Two runs compared: over shared cases only, with what turned and why it did."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.errors import UsageError
from eval.runs.case_result import CaseResult
from eval.runs.comparison import compare, reasons

RIGHT = CaseResult(
    "1", "text", "限度額は", True, "answered", "extractive", 1, True, True, 1.0, seconds=1.0,
    section_rank=1, ndcg=1.0, probability=0.6, found=["契約.pdf:4", "会計.pdf:2"],
    cited=["契約.pdf:4"], manual="契約.pdf",
)  # fmt: skip


def numbered(count: int, **changes: Any) -> list[CaseResult]:
    return [replace(RIGHT, id=str(n), **changes) for n in range(count)]


def test_the_tests_say_whether_a_difference_is_chance() -> None:
    later = numbered(6, place_rank=0, outcome="refused", outcome_right=False) + numbered(20)[6:]
    found = compare(numbered(20), later)
    place = found.tests["place_hit@5"]
    assert (place.worse, place.better, place.significant) == (6, 0, True)
    assert "ndcg@10" not in found.tests
    assert found.differences["ndcg@10"].value == 0.0
    assert found.differences["mrr"].value == pytest.approx(-0.3)
    assert (found.differences["mrr"].high or 0) < 0
    document = found.document()
    assert document["smallest_significant"] == 0.3
    assert document["tests"]["outcome_right"]["p_value"] == pytest.approx(2 / 64)
    assert len([f for f in document["flips"] if f["what"] == "place"]) == 6
    lines = "\n".join(found.lines())
    assert "根拠のページが5位以内: 1.000 → 0.700" in lines
    assert "有意（5%）になりうる最小の差は 30.0%" in lines
    assert "[0] 回答・回答なしが悪くなった" in lines


def test_a_set_that_is_too_small_says_so() -> None:
    lines = compare(numbered(3), numbered(3, place_rank=0)).lines()
    assert any("どんな差も有意（5%）になりません" in line for line in lines)


def test_only_shared_cases_are_compared_and_that_is_said() -> None:
    other = replace(RIGHT, id="9")
    changed = replace(RIGHT, id="1", question="上限は")
    found = compare(numbered(3), [*numbered(1), changed, other])
    assert (found.cases, found.changed, found.left_out) == (1, ("1",), ("2", "9"))
    assert any("共通する 1 問だけを比べました" in note for note in found.notes)


def test_runs_without_a_shared_case_are_refused() -> None:
    with pytest.raises(UsageError, match="同じ質問が一つもありません"):
        compare(numbered(3), [replace(RIGHT, id="x")])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"place_rank": 4}, "根拠の順位が1位から4位に変わった"),
        ({"place_rank": 0}, "根拠の順位が1位から圏外に変わった"),
        ({"found": ["庶務.pdf:9"]}, "1位の記載が変わった（契約.pdf:4 → 庶務.pdf:9）"),
        ({"outcome": "refused"}, "結果が回答から回答なしに変わった"),
        ({"probability": 0.29}, "0.60から0.29になり、回答する境の0.30を下回った"),
        ({"probability": 0.4}, "注意書きを付けない境の0.50を下回った"),
        ({"key_facts": 0.0, "missing_facts": ["130万円"]}, "必要な事実「130万円」がなくなった"),
        ({"unsupported": ["150万円"]}, "裏付けのない数字「150万円」が出た"),
        ({"cited": ["契約.pdf:5"]}, "引用が変わった（契約.pdf:4 → 契約.pdf:5）"),
        ({"outcome": "failed", "error": "壊れた"}, "失敗した（壊れた）"),
        ({"mode": "endpoint", "model": "m"}, "回答の作り方が変わった（extractive → endpoint m）"),
    ],
)
def test_why_a_case_turned_is_told_as_far_as_it_is_known(changes: dict[str, Any], why: str) -> None:
    assert any(why in reason for reason in reasons(RIGHT, replace(RIGHT, **changes)))
    assert reasons(RIGHT, RIGHT) == ()


def test_an_older_line_that_tells_less_is_not_taken_for_a_change() -> None:
    older = replace(RIGHT, key_facts=0.5, found=[], probability=None, place_rank=1)
    newer = replace(RIGHT, key_facts=0.5, missing_facts=["130万円"])
    assert reasons(older, newer) == ()
    cited = replace(newer, cited=["契約.pdf:4", "会計.pdf:2"])
    assert reasons(older, cited) == ("引用が変わった（なし → 会計.pdf:2）",)
