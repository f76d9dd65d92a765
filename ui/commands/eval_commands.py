"""What the `chonai eval` commands do: measure retrieval and answers; stored runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from assistant.calendar import TOKYO
from assistant.errors import UsageError
from assistant.evaluations.runs import EvaluationRuns, KeptRun
from assistant.evaluations.verdicts import VERDICT_WORDS
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.answers import EVALUATOR, read_run
from eval.retrieval import evaluate_retrieval
from eval.runs.agreement import agreement_document
from eval.runs.case_result import CaseResult
from eval.runs.comparison import Comparison, compare, compare_runs
from eval.runs.condition_watch import regressions
from eval.runs.model_judge import JUDGE_IS_OFF, judge_run
from eval.runs.run_figures import EXPECTED_WORDS, METRICS
from eval.runs.run_sheets import STATE_WORDS, write_run
from eval.runs.stored_runs import begin_run, case_in_run, compare_stored, go_on, report_of
from eval.sets.case_rows import row_of_case
from eval.sets.stored_sets import ChosenSet, chosen_set
from ui.commands.batch import reader_for
from ui.commands.model_evaluation import evaluate_model
from ui.commands.question_set_commands import QUESTION_SET_COMMANDS
from ui.private_file import new_private_file

RUN_FOLDER: Final = "evaluations"
"""Where the lines of each run are kept beside the database, in the data directory."""


def _retrieval(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    report = evaluate_retrieval(
        Path(arguments["folder"]),
        settings=assistant.settings,
        encoder=assistant.encoder,
        progress=progress,
    )
    document = report.document()
    return CommandResult(0, document, tuple(f"{k}: {v}" for k, v in document.items()))


def _answers(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    """Measure answers; the run is kept, so that it can be resumed, compared and shown."""
    path = Path(arguments["questions"])
    chosen = chosen_set(assistant.database, path, arguments.get("named") or "")
    against = _Earlier.named(assistant, arguments.get("compare") or "", chosen)
    reader = reader_for(assistant, arguments) if arguments.get("as_number") else EVALUATOR
    run, resumed = begin_run(
        assistant,
        chosen,
        sample=arguments["sample"],
        by=OPERATOR_ACTOR,
        reader=reader,
        resume=arguments["resume"],
    )
    if arguments["resume"] and not resumed:
        progress("同じ質問集と条件の記録がないため、初めから測ります。")
    version = "" if chosen.version is None else f"@{chosen.version}"
    name = f"{chosen.name}{version}-{assistant.settings.mode}.jsonl"
    run_file = assistant.settings.data_dir / RUN_FOLDER / name
    report = go_on(assistant, run.id, reader=reader, run_file=run_file, progress=progress)
    document = {**report.document(), "run": str(run_file), "run_id": run.id}
    lines = [f"質問: {len(report.results):,}", *_metric_lines(document)]
    if against is not None:
        comparison = against.compared(assistant, run.id, report.results)
        document["comparison"] = comparison.document()
        document["flips"] = [asdict(f) for f in against.flips(report.results)]
        lines += comparison.lines()
    ended = EvaluationRuns(assistant.database).get(run.id)
    lines.append(f"記録: 評価 {run.id}（{STATE_WORDS[ended.state]}）、{run_file}")
    lines.append(
        f"審査モデルの判定: chonai eval runs judge {run.id}"
        if assistant.settings.judge_url
        else JUDGE_IS_OFF
    )
    return CommandResult(1 if report.failed or ended.state != "done" else 0, document, tuple(lines))


class _Earlier:
    """The run that a new one is compared with: the number of a stored one, or a file."""

    def __init__(self, run_id: int | None, results: Sequence[CaseResult]):
        self.run_id = run_id
        self.results = list(results)

    @classmethod
    def named(cls, assistant: Assistant, given: str, chosen: ChosenSet) -> _Earlier | None:
        """Return the run that is meant, None for none; raises UsageError."""
        if not given:
            return None
        is_number = given.isdecimal() and not Path(given).exists()
        run_id = int(given) if is_number else None
        results = report_of(assistant, int(given), reader=OPERATOR).results if is_number else ()
        earlier = cls(run_id, results if is_number else read_run(Path(given)))
        asked = {(case.id, case.question) for case in chosen.cases}
        if not asked & {(result.id, result.question) for result in earlier.results}:
            raise UsageError(
                f"{given} には、この質問集と同じ質問が一つもありません。"
                "同じ質問集の記録を指定してください。"
            )
        return earlier

    def compared(
        self, assistant: Assistant, run_id: int, results: Sequence[CaseResult]
    ) -> Comparison:
        """Return the comparison with the new run."""
        if self.run_id is not None:
            return compare_stored(assistant, self.run_id, run_id, reader=OPERATOR)
        return compare(self.results, results)

    def flips(self, results: Sequence[CaseResult]) -> list[Any]:
        """Return the cases that turned."""
        return compare_runs(self.results, results)


def _runs_list(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del arguments, progress
    runs = EvaluationRuns(assistant.database).all()
    worse = {found.later: found for found in regressions(assistant)}
    lines, document = [], []
    for run in runs:
        found = worse.get(run.id)
        lines.append(_run_line(run))
        lines += (
            [] if found is None else [f"  注意: {found.words}", *map("    ".__add__, found.lines())]
        )
        document.append({**_run_document(run), "worse": list(found.questions) if found else []})
    return CommandResult(0, document, tuple(lines or ["評価の記録はありません。"]))


def _runs_show(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del progress
    run = EvaluationRuns(assistant.database).get(arguments["run"])
    if arguments.get("case"):
        found = case_in_run(assistant, run.id, arguments["case"], reader=OPERATOR)
        document = {
            "run": run.id, "case": row_of_case(found.case), "result": asdict(found.result),
            "differences": list(found.differences),
        }  # fmt: skip
        lines = [
            f"質問: {found.case.question}",
            f"正しい答え: {found.case.answer or '―'}",
            *(f"根拠: {place}" for place in found.result.cited),
            f"回答: {found.result.text}",
            *(f"違うところ: {words}" for words in found.differences or ("なし",)),
        ]
        return CommandResult(0, document, tuple(lines))
    report = report_of(assistant, run.id, reader=OPERATOR).document()
    agreement = agreement_document(assistant.database, run.id)
    document = {**_run_document(run), "report": report, "agreement": agreement}
    return CommandResult(0, document, (_run_line(run), *_metric_lines(report)))


def _runs_export(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del progress
    path, run = Path(arguments["out"]), EvaluationRuns(assistant.database).get(arguments["run"])
    if path.suffix.lower() != ".xlsx":
        raise UsageError("書き出すファイルの名前は .xlsx で終わるようにしてください。")
    with new_private_file(path) as file:
        write_run(assistant, run.id, file, reader=OPERATOR)
    document = {"file": str(path), "run": run.id, "questions": run.answered}
    line = f"{path} に評価 {run.id}（{run.answered:,} 問）を書き出しました。"
    return CommandResult(0, document, (line,))


def _runs_compare(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del progress
    comparison = compare_stored(
        assistant, arguments["earlier"], arguments["later"], reader=OPERATOR
    )
    return CommandResult(0, comparison.document(), tuple(comparison.lines()))


def _runs_judge(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    run = EvaluationRuns(assistant.database).get(arguments["run"])
    judged = judge_run(assistant, run.id, progress=progress)
    agreement = agreement_document(assistant.database, run.id)["judge"]
    document = {"run": run.id, **judged.document(), "agreement": agreement}
    lines = [
        f"審査モデル: {judged.model}（{len(judged.verdicts):,} 問を判定）",
        "、".join(f"{VERDICT_WORDS[key]} {count:,}" for key, count in document["verdicts"].items()),
        *(f"判定できなかった質問 {one.case_id}: {one.error}" for one in judged.failed),
    ]
    if judged.withheld:
        lines.append(f"全員が読めるものではないため判定しない質問: {judged.withheld:,} 問")
    for found in agreement:
        kappa = "求められない" if found["kappa"] is None else f"{found['kappa']:.2f}"
        lines.append(f"{'と'.join(found['people'])}: κ {kappa}（{found['cases']:,} 問）")
    return CommandResult(1 if judged.failed else 0, document, tuple(lines))


def _runs_stop(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del progress
    runs = EvaluationRuns(assistant.database)
    runs.request_stop(arguments["run"])
    line = f"評価 {arguments['run']} を、いまの質問が終わったところで止めます。"
    return CommandResult(0, _run_document(runs.get(arguments["run"])), (line,))


def _metric_lines(document: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, metric in METRICS.items():
        found = document["metrics"][name]
        if found["value"] is not None:
            lines.append(
                f"{metric.words}: {found['value']:.3f}"
                f"（95% {found['low']:.3f}〜{found['high']:.3f}、{found['cases']:,} 問）"
            )
    lines.append(f"裏付けのない数字: {document['unsupported_figures']} 個")
    for wanted, counts in document["refusal_matrix"].items():
        if any(counts.values()):
            lines.append(
                f"{EXPECTED_WORDS[wanted]}: 回答 {counts['answered']}、"
                f"回答なし {counts['refused']}、聞き返し {counts['clarify']}、"
                f"失敗 {counts['failed']}"
            )
    seconds = document["seconds"]
    if seconds["p50"] is not None:
        lines.append(f"回答までの秒: 中央値 {seconds['p50']:.2f}、95% {seconds['p95']:.2f}")
    return lines


def _run_line(run: KeptRun) -> str:
    version = "" if run.set_version is None else f" 第{run.set_version}版"
    started = run.started_at.replace(tzinfo=UTC).astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
    return (
        f"評価 {run.id}  {started}  {run.set_name}{version}  "
        f"{run.answered:,}/{run.questions:,} 問  {STATE_WORDS[run.state]}  {run.started_by_name}"
    )


def _run_document(run: KeptRun) -> dict[str, Any]:
    return {
        **asdict(run),
        "started_at": run.started_at.isoformat(timespec="seconds") + "Z",
        "ended_at": run.ended_at and run.ended_at.isoformat(timespec="seconds") + "Z",
    }


EVAL_COMMANDS: dict[str, Callable[[Assistant, dict[str, Any], Progress], CommandResult]] = {
    "eval-retrieval": _retrieval,
    "eval-answers": _answers,
    "eval-model": evaluate_model,
    "eval-runs-list": _runs_list,
    "eval-runs-show": _runs_show,
    "eval-runs-export": _runs_export,
    "eval-runs-compare": _runs_compare,
    "eval-runs-stop": _runs_stop,
    "eval-runs-judge": _runs_judge,
    **QUESTION_SET_COMMANDS,
}
