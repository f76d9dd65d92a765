"""Compares two runs case by case: which turned, in what, why, and whether that is chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from assistant.answers.judgement import SURE, THRESHOLD
from assistant.errors import UsageError
from eval.metrics.intervals import Estimate, estimate_difference
from eval.metrics.mcnemar import PairedTest, paired_test, smallest_detectable, smallest_significant
from eval.runs.case_result import CaseResult
from eval.runs.run_figures import METRICS

FLIPS: Final = {
    "outcome": "outcome_right",
    "place": "place_hit@5",
    "citation": "citation_right",
    "figures": "figures_supported",
    "key_facts": "all_key_facts",
}
"""What a case can turn in, by the metric that says so."""
FLIP_WORDS: Final = {
    "outcome": "回答・回答なし",
    "place": "根拠のページ（5位以内）",
    "citation": "引用の箇所",
    "figures": "数字の裏付け",
    "key_facts": "必要な事実",
}
OUTCOME_WORDS: Final = {
    "answered": "回答", "refused": "回答なし", "clarify": "聞き返し", "failed": "失敗",
}  # fmt: skip


@dataclass(frozen=True)
class Flip:
    """A case that is right in one run and wrong in the other, in `what`, and why if known."""

    id: str
    question: str
    what: str
    better: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Two runs over the cases that both have; `left_out` are those that only one of them has.

    `changed` are cases with the same id that ask or expect something else. `tests` has the metrics
    that are yes or no, `differences` (later - earlier) the others.
    """

    cases: int
    tests: Mapping[str, PairedTest]
    differences: Mapping[str, Estimate]
    flips: tuple[Flip, ...]
    left_out: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """Return the comparison as JSON."""
        return {
            "cases": self.cases,
            "left_out": list(self.left_out),
            "changed": list(self.changed),
            "notes": list(self.notes),
            "smallest_significant": smallest_significant(self.cases),
            "smallest_detectable": smallest_detectable(self.cases),
            "tests": {name: test.document() for name, test in self.tests.items()},
            "differences": {name: one.document() for name, one in self.differences.items()},
            "flips": [{**asdict(flip), "why": list(flip.why)} for flip in self.flips],
        }

    def lines(self) -> list[str]:
        """Return the comparison in Japanese."""
        lines = [f"比べた質問: {self.cases:,} 問", *self.notes, _what_can_be_shown(self.cases)]
        for name, test in self.tests.items():
            if not test.cases:
                continue
            lines.append(
                f"{METRICS[name].words}: {_share(test.earlier)} → {_share(test.later)}"
                f"（良くなった {test.better} 問、悪くなった {test.worse} 問、"
                f"p={test.p_value:.3f}、{'有意' if test.significant else '有意ではない'}）"
            )
        for name, found in self.differences.items():
            if found.value is not None:
                interval = (
                    f"95% {found.low:+.3f}〜{found.high:+.3f}"
                    if found.low is not None and found.high is not None
                    else "どの質問も同じ差"
                )
                lines.append(f"{METRICS[name].words}: 差 {found.value:+.3f}（{interval}）")
        for flip in self.flips:
            turned = "良くなった" if flip.better else "悪くなった"
            why = "、".join(flip.why) or "理由は記録から分からない"
            lines.append(f"[{flip.id}] {FLIP_WORDS[flip.what]}が{turned}: {flip.question}（{why}）")
        return lines


def compare(earlier: Sequence[CaseResult], later: Sequence[CaseResult]) -> Comparison:
    """Compare two runs over the cases that both have; raises UsageError if there is none.

    A case is the same where its id and its question are.
    """
    before = {result.id: result for result in earlier}
    ids = {result.id for result in later}
    shared = [(before[new.id], new) for new in later if new.id in before]
    changed = tuple(new.id for old, new in shared if not _same_case(old, new))
    pairs = [(old, new) for old, new in shared if _same_case(old, new)]
    if not pairs:
        raise UsageError(
            "2つの記録に、同じ質問が一つもありません。同じ質問集の記録を指定してください。"
        )
    left_out = tuple(sorted(before.keys() ^ ids))
    notes = []
    if left_out or changed:
        notes.append(
            f"質問集が異なるため、共通する {len(pairs):,} 問だけを比べました"
            f"（片方にしかない質問 {len(left_out):,} 問、内容が変わった質問 {len(changed):,} 問）。"
        )
    return Comparison(
        cases=len(pairs),
        tests={
            name: paired_test(_values(name, pairs)) for name, m in METRICS.items() if m.yes_or_no
        },
        differences={
            name: estimate_difference(_values(name, pairs))
            for name, m in METRICS.items()
            if not m.yes_or_no
        },
        flips=tuple(_flips(pairs)),
        left_out=left_out,
        changed=changed,
        notes=tuple(notes),
    )


def compare_runs(earlier: Sequence[CaseResult], later: Sequence[CaseResult]) -> list[Flip]:
    """Return what turned from wrong to right or from right to wrong, worse ones first."""
    before = {result.id: result for result in earlier}
    return _flips([(before[new.id], new) for new in later if new.id in before])


def reasons(old: CaseResult, new: CaseResult) -> tuple[str, ...]:
    """Return in Japanese what is known to have changed between two results of a case."""
    found = []
    if new.error and new.error != old.error:
        found.append(f"失敗した（{new.error}）")
    if old.outcome != new.outcome:
        found.append(
            f"結果が{OUTCOME_WORDS[old.outcome]}から{OUTCOME_WORDS[new.outcome]}に変わった"
        )
    found += _moved(old.probability, new.probability)
    if old.place_rank != new.place_rank and None not in (old.place_rank, new.place_rank):
        found.append(f"根拠の順位が{_rank(old.place_rank)}から{_rank(new.place_rank)}に変わった")
    if old.found and new.found and old.found[0] != new.found[0]:
        found.append(f"1位の記載が変わった（{old.found[0]} → {new.found[0]}）")
    same_first = not old.found or not new.found or old.found[0] == new.found[0]
    if old.cited and new.cited and set(old.cited) != set(new.cited) and same_first:
        gone = next((place for place in old.cited if place not in new.cited), "なし")
        come = next((place for place in new.cited if place not in old.cited), "なし")
        found.append(f"引用が変わった（{gone} → {come}）")
    if new.outcome == old.outcome == "answered" and _tells_facts(old) and _tells_facts(new):
        lost = [fact for fact in new.missing_facts if fact not in old.missing_facts]
        won = [fact for fact in old.missing_facts if fact not in new.missing_facts]
        found += [f"必要な事実「{fact}」がなくなった" for fact in lost]
        found += [f"必要な事実「{fact}」が加わった" for fact in won]
    if invented := [figure for figure in new.unsupported if figure not in old.unsupported]:
        found.append(f"裏付けのない数字「{'、'.join(invented)}」が出た")
    if (old.mode, old.model) != (new.mode, new.model):
        words = [" ".join(filter(None, (r.mode, r.model))) or "なし" for r in (old, new)]
        found.append(f"回答の作り方が変わった（{words[0]} → {words[1]}）")
    return tuple(found)


def _flips(pairs: Sequence[tuple[CaseResult, CaseResult]]) -> list[Flip]:
    flips = []
    for old, new in pairs:
        for what, name in FLIPS.items():
            before, after = METRICS[name].value(old), METRICS[name].value(new)
            if before is not None and after is not None and before != after:
                better = after > before
                flips.append(Flip(new.id, new.question, what, better, reasons(old, new)))
    return sorted(flips, key=lambda flip: flip.better)


def _values(name: str, pairs: Sequence[tuple[CaseResult, CaseResult]]) -> list[tuple[float, float]]:
    """Return the values of a metric, earlier and later, of the cases that have it in both runs."""
    value = METRICS[name].value
    both = [(value(old), value(new)) for old, new in pairs]
    return [(a, b) for a, b in both if a is not None and b is not None]


def _same_case(old: CaseResult, new: CaseResult) -> bool:
    asked = ("question", "answerable")
    return all(getattr(old, name) == getattr(new, name) for name in asked)


def _tells_facts(result: CaseResult) -> bool:
    """Tell whether a result names its missing facts: lines of older runs do not."""
    return result.key_facts in (None, 1.0) or bool(result.missing_facts)


def _moved(old: float | None, new: float | None) -> list[str]:
    if old is None or new is None:
        return []
    for bound, words in ((THRESHOLD, "回答する"), (SURE, "注意書きを付けない")):
        if (old >= bound) != (new >= bound):
            side = "上回った" if new >= bound else "下回った"
            return [
                f"答えがある見込みが{old:.2f}から{new:.2f}になり、{words}境の{bound:.2f}を{side}"
            ]
    return []


def _rank(rank: int | None) -> str:
    return f"{rank}位" if rank else "圏外"


def _share(value: float | None) -> str:
    return "―" if value is None else f"{value:.3f}"


def _what_can_be_shown(cases: int) -> str:
    least, found = smallest_significant(cases), smallest_detectable(cases)
    if least is None or found is None:
        return f"{cases:,} 問では、どんな差も有意（5%）になりません。6問以上で比べてください。"
    return (
        f"この {cases:,} 問で有意（5%）になりうる最小の差は {least:.1%}（同じ向きに6問変わり、逆が"
        f"0問のとき）。8割の確率で見つけられる差は、逆の向きに変わる質問がないとして"
        f" {found:.1%} 以上。"
    )
