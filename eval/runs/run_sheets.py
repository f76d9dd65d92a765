"""A stored run as a workbook: evidence for an auditor, with its conditions and intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any, BinaryIO, Final

from assistant.calendar import TOKYO
from assistant.domain import Reader
from assistant.evaluations.model_verdicts import ModelVerdict, ModelVerdicts
from assistant.evaluations.runs import EvaluationRuns, KeptResult, KeptRun
from assistant.opening import Assistant
from assistant.spreadsheet_cells import TYPED, workbook
from eval.metrics.answer_metrics import AnswerReport
from eval.runs.case_result import CaseResult
from eval.runs.comparison import OUTCOME_WORDS
from eval.runs.conditions import CONDITION_WORDS
from eval.runs.model_judge import verdict_words
from eval.runs.run_figures import (
    EXPECTED_WORDS,
    METRICS,
    OUTCOMES,
    by_manual,
    estimates,
    refusal_matrix,
    wholly_right,
)
from eval.runs.run_rights import WITHHELD, is_withheld
from eval.runs.stored_runs import differences, shown_cases
from eval.sets.case_rows import KIND_WORDS
from eval.sets.question_set import case_of_row

STATE_WORDS: Final = {"running": "途中", "stopped": "途中で止めた", "done": "終わった"}
CASE_COLUMNS: Final = (
    "ID", "種類", "質問", "期待する結果", "正しい答え", "正しい箇所", "結果", "回答",
    "引用した箇所", "根拠の順位", "節の順位", "見込み", "必要な事実", "裏付けのない数字",
    "自動判定", "違うところ", "秒", "作り方", "審査モデルの判定", "審査モデルの理由",
)  # fmt: skip
_METRIC_COLUMNS: Final = ("指標", "値", "下限（95%）", "上限（95%）", "質問")
_LONGEST: Final = 32_000  # a cell of Excel holds 32,767 characters
Cell = str | int | float | None


def write_run(assistant: Assistant, run_id: int, file: BinaryIO, *, reader: Reader) -> None:
    """Write a run to an open file as the reader may see it; raises UsageError."""
    run = EvaluationRuns(assistant.database).get(run_id)
    cases = shown_cases(assistant, run_id, reader=reader)
    report = AnswerReport(tuple(result for _, result in cases))
    with workbook(file) as book:
        sheets = _Sheets(book)
        sheets.write("概要", list(_summary(run, report)), widths=(34, 14, 14, 14, 12))
        rows: list[Sequence[Cell]] = [CASE_COLUMNS]
        judged = {one.case_id: one for one in ModelVerdicts(assistant.database).of(run_id)}
        rows += [
            [
                *_case_cells(kept, result),
                *_judged_cells(judged.get(kept.case_id), is_withheld(kept.row, result)),
            ]
            for kept, result in cases
        ]
        sheets.write("質問ごと", rows, widths=(10, 20, 40, 12, 30, 30, 10, 60, 30), heads=1)
        sheets.write("条件", list(_conditions(run)), widths=(34, 80), heads=1)


class _Sheets:
    """The sheets of one workbook: what is typed is text, shares have three places."""

    def __init__(self, book: Any):
        self._book = book
        self._bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._text = book.add_format({**TYPED, "text_wrap": True, "valign": "top"})
        self._number = book.add_format({"num_format": "0.000", "valign": "top"})
        self._whole = book.add_format({"num_format": "0", "valign": "top"})

    def write(
        self, name: str, rows: Iterable[Sequence[Cell]], *, widths: Sequence[int], heads: int = 0
    ) -> None:
        """Write rows to a new sheet; None is an empty cell, which is not 0."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&R&P / &N")
        sheet.freeze_panes(heads, 0)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        for number, row in enumerate(rows):
            head = number < heads or row == _METRIC_COLUMNS
            for place, cell in enumerate(row):
                self._write_cell(sheet, number, place, cell, head)

    def _write_cell(self, sheet: Any, row: int, place: int, cell: Cell, head: bool) -> None:
        if isinstance(cell, str) and cell:
            sheet.write_string(row, place, cell[:_LONGEST], self._bold if head else self._text)
        elif isinstance(cell, int):
            sheet.write_number(row, place, cell, self._whole)
        elif isinstance(cell, float):
            sheet.write_number(row, place, cell, self._number)


def _summary(run: KeptRun, report: AnswerReport) -> Iterator[Sequence[Cell]]:
    version = "" if run.set_version is None else f" 第{run.set_version}版"
    yield ("評価", run.id)
    yield ("質問集", f"{run.set_name}{version}")
    yield ("状態", STATE_WORDS[run.state])
    yield ("質問（測った／全部）", f"{run.answered} / {run.questions}")
    started = run.started_at.replace(tzinfo=UTC).astimezone(TOKYO)
    yield ("始めた時刻", started.strftime("%Y-%m-%d %H:%M:%S"))
    yield ("始めた人", run.started_by_name)
    yield ("失敗した質問", len(report.failed))
    yield ()
    results = report.results
    yield from _metric_rows("すべての質問", results)
    for kind in sorted({r.kind for r in results if r.kind}):
        own = [r for r in results if r.kind == kind]
        yield from _metric_rows(f"種類: {KIND_WORDS.get(kind, kind)}", own)
    for file, own in by_manual(results).items():
        yield from _metric_rows(f"マニュアル: {file}", own)
    yield ("期待と結果", *(OUTCOME_WORDS[outcome] for outcome in OUTCOMES))
    for wanted, counts in refusal_matrix(results).items():
        yield (EXPECTED_WORDS[wanted], *(counts[outcome] for outcome in OUTCOMES))
    yield ()
    document = report.document()
    yield ("秒", "中央値", "95%")
    for name, words in (
        ("first_evidence_seconds", "最初の根拠まで"),
        ("seconds", "回答の終わりまで"),
    ):
        yield (words, document[name]["p50"], document[name]["p95"])
    yield ("裏付けのない数字（個）", int(document["unsupported_figures"]))


def _metric_rows(title: str, results: Sequence[CaseResult]) -> Iterator[Sequence[Cell]]:
    yield (f"{title}（{len(results):,} 問）",)
    yield _METRIC_COLUMNS
    for name, found in estimates(results).items():
        if found.cases:
            yield (METRICS[name].words, found.value, found.low, found.high, found.cases)
    yield ()


def _case_cells(kept: KeptResult, result: CaseResult) -> list[Cell]:
    case = case_of_row(dict(kept.row))
    wanted = "聞き返し" if case.condition else "回答" if case.answerable else "回答なし"
    places = "\n".join(f"{p.file}{f' {p.page}ページ' if p.page else ''}" for p in case.places)
    return [
        case.id, KIND_WORDS.get(case.kind, case.kind), case.question, wanted, case.answer, places,
        OUTCOME_WORDS[result.outcome], result.text, "\n".join(result.cited), result.place_rank,
        result.section_rank, result.probability, result.key_facts, "、".join(result.unsupported),
        "正しい" if wholly_right(result) else "誤りあり", "\n".join(differences(case, result)),
        result.seconds, " ".join(filter(None, (result.mode, result.model))),
    ]  # fmt: skip


def _judged_cells(one: ModelVerdict | None, hidden: bool) -> list[Cell]:
    if one is None:
        return [None, None]
    words = WITHHELD if hidden else one.reason or one.error
    return [f"{verdict_words(one)}（{one.model}）", words]


def _conditions(run: KeptRun) -> Iterator[Sequence[Cell]]:
    yield ("条件", "値")
    yield ("質問集のハッシュ", run.set_hash)
    yield ("選んだ質問の数", "全部" if run.sample is None else str(run.sample))
    yield ("選ぶときの種", str(run.seed))
    for key, words in CONDITION_WORDS.items():
        value = run.conditions.get(key)
        if key != "settings":
            yield (words, "なし" if value is None else str(value))
    for name, value in run.conditions.get("settings", {}).items():
        yield (f"設定 ASSISTANT_{name.upper()}", "（空）" if value in (None, "") else str(value))
