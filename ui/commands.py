"""What each `chonai` command does, wherever it is carried out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from assistant import calendar
from assistant.answer_json import answer_document, answer_text, failed_document
from assistant.domain import Answer, RetrievedChunk, Turn
from assistant.errors import AssistantError, UsageError
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.access import OPERATOR
from assistant.usage.ledger import UsageEvent
from assistant.usage.weekly import weekly_table
from eval.answers import compare_runs, evaluate_answers, read_run
from eval.question_set import read_question_set
from eval.retrieval import evaluate_retrieval
from ingest.pipeline import ingest_paths
from ui.doctor import doctor

Command = Callable[[Assistant, dict[str, Any], Progress], CommandResult]


def run_command(
    assistant: Assistant, name: str, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    """Carry out a command by name; an error becomes a result with its exit status."""
    try:
        return COMMANDS[name](assistant, arguments, progress)
    except AssistantError as error:
        return failure(error)


def failure(error: AssistantError) -> CommandResult:
    """Return the result that tells of an error."""
    return CommandResult(error.exit_status, {"error": str(error)}, (str(error),))


def _ingest(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    paths = [Path(path) for path in arguments["paths"]]
    results = ingest_paths(assistant, paths, progress=progress)
    rejected = [r for r in results if r.status == "rejected"]
    lines = [f"{r.file}: {_STATUS[r.status]} {' '.join(r.problems)}".rstrip() for r in results]
    document = {"files": [asdict(result) for result in results]}
    return CommandResult(1 if rejected else 0, document, tuple(lines))


_STATUS = {"indexed": "取り込みました", "unchanged": "変更なし", "rejected": "取り込めません"}


def _search(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    limit = arguments["limit"]
    if not 1 <= limit <= 200:
        raise UsageError("--limit は 1 から 200 の間で指定してください。")
    query = assistant.answering.checked(arguments["query"])
    found = assistant.retriever.search(query, reader=OPERATOR, as_of=_as_of(arguments), limit=limit)
    lines = [f"{i}. {_place(hit)}\n   {_best(hit)}" for i, hit in enumerate(found, 1)]
    if not found:
        lines = ["該当する記載はありません。マニュアルが取り込まれているか確かめてください。"]
    return CommandResult(0, [_hit_document(hit) for hit in found], tuple(lines))


def _hit_document(hit: RetrievedChunk) -> dict[str, Any]:
    chunk = hit.chunk
    return {
        "manual": hit.source.manual,
        "file": hit.source.file,
        "version": hit.source.version,
        "page": hit.page,
        "pages": [chunk.first_page, chunk.last_page],
        "label": hit.label,
        "heading": list(chunk.heading_path),
        "score": round(hit.score, 6),
        "signals": {name: round(value, 6) for name, value in hit.signals.items()},
        "text": chunk.text,
    }


def _place(hit: RetrievedChunk) -> str:
    page = f" {hit.label or hit.page}ページ" if hit.page else ""
    return f"『{hit.source.manual}』{page} {' › '.join(hit.chunk.heading_path)}"


def _best(hit: RetrievedChunk) -> str:
    sentences = hit.chunk.sentences()
    return sentences[hit.best_span] if sentences else hit.chunk.text


def _ask(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    as_of = _as_of(arguments)
    answer = assistant.answering.answer(arguments["question"], reader=OPERATOR, as_of=as_of)
    _record(assistant, answer)
    return CommandResult(0, answer_document(answer), tuple(_answer_lines(answer)))


def _answer_lines(answer: Answer) -> list[str]:
    lines = [answer_text(answer)]
    for citation in answer.citations:
        page = f" {citation.label or citation.page}ページ" if citation.page else ""
        path = " › ".join(citation.heading_path)
        lines.append(f"[{citation.marker}] 『{citation.manual}』{page} {path}")
    lines += [f"関連する記載: 『{r.manual}』 {' › '.join(r.heading_path)}" for r in answer.related]
    if answer.owner:
        lines.append(f"問合せ先: {answer.owner.section} 内線 {answer.owner.extension}")
    if answer.notice:
        lines.append(answer.notice)
    return lines


def _record(assistant: Assistant, answer: Answer) -> None:
    """Write the event of a question asked by command: kept, and never counted as use."""
    wrote = any(s.kind == "written" for s in (*answer.sentences, *answer.summary))
    assistant.ledger.append(
        UsageEvent(
            answer_id=answer.id,
            person_id=OPERATOR.person_id,
            section="",
            channel="command",
            occurred_at=calendar.now(),
            outcome=answer.outcome,
            mode=answer.mode,
            model_wrote=wrote,
            shown=True,
            evidence_seconds=answer.first_evidence_seconds,
            seconds=answer.seconds,
        )
    )


def _ask_batch(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    """Answer a file of questions line by line; a second run carries on after the first."""
    source, target = Path(arguments["batch"]), Path(arguments["out"])
    cases = _batch_cases(source)
    done = _answered_ids(target)
    failed = 0
    try:
        with target.open("a", encoding="utf-8") as out:
            for position, case in enumerate(cases, 1):
                if case["id"] in done:
                    continue
                document = _batch_answer(assistant, case)
                failed += document["outcome"] == "failed"
                out.write(json.dumps(document, ensure_ascii=False) + "\n")
                out.flush()
                progress(f"[{position}/{len(cases)}] {case['id']}: {document['outcome']}")
    except OSError as error:
        raise UsageError(
            f"{target} に書き込めません。場所と権限、空き容量を確かめてください。"
        ) from error
    document = {"questions": len(cases), "continued_after": len(done), "failed": failed}
    return CommandResult(1 if failed else 0, document, (f"{len(cases)} 問に答えました。",))


def _batch_cases(source: Path) -> list[dict[str, Any]]:
    try:
        lines = source.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{source} を読めません。UTF-8 の JSON Lines か確かめてください。"
        ) from error
    cases: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
            if not isinstance(case, dict):
                raise TypeError("not an object")
        except (ValueError, TypeError):
            case = {"id": f"line-{number}", "broken": f"{number} 行目は JSON ではありません。"}
        case["id"] = str(case.get("id") or f"line-{number}")
        cases.append(case)
    return cases


def _answered_ids(target: Path) -> set[str]:
    """Return the ids in an output file; a half-written last line is cut off and asked again."""
    if not target.exists():
        return set()
    done: set[str] = set()
    whole: list[str] = []
    for line in target.read_text(encoding="utf-8").splitlines():
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if document.get("outcome") != "failed":
            done.add(str(document["id"]))
            whole.append(line)
    target.write_text("".join(line + "\n" for line in whole), encoding="utf-8")
    return done


def _batch_answer(assistant: Assistant, case: dict[str, Any]) -> dict[str, Any]:
    question = str(case.get("question") or "")
    as_of = calendar.today()
    try:
        if "broken" in case:
            raise UsageError(case["broken"])
        as_of = _as_of(case)
        answer = assistant.answering.answer(
            question, reader=OPERATOR, as_of=as_of, turns=_turns(case.get("turns") or [])
        )
    except AssistantError as error:
        return failed_document(case["id"], question, as_of, str(error))
    _record(assistant, answer)
    return {**answer_document(answer), "id": case["id"]}


def _turns(raw: list[Any]) -> list[Turn]:
    turns: list[Turn] = []
    for item in raw:
        if isinstance(item, dict):
            turns.append(Turn(str(item.get("question") or ""), str(item.get("answer") or "")))
        else:
            turns.append(Turn(str(item)))
    return turns


def _as_of(arguments: dict[str, Any]) -> date:
    given = arguments.get("as_of")
    if not given:
        return calendar.today()
    try:
        return date.fromisoformat(str(given))
    except ValueError as error:
        raise UsageError(
            f"日付「{given}」を読めません。2026-04-01 の形で指定してください。"
        ) from error


def _usage_weekly(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    del arguments, progress
    weeks = weekly_table(assistant.ledger, now=calendar.now())
    lines = [f"{w['week']}（{w['start']}〜）: {w['active']} 人（速報）" for w in weeks]
    return CommandResult(0, {"weeks": weeks}, tuple(lines))


def _doctor(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del arguments, progress
    return doctor(assistant.settings, assistant)


def _eval_retrieval(
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


def _eval_answers(
    assistant: Assistant, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    """Measure answers; the run is kept beside the data, so that it can be resumed and compared."""
    questions = Path(arguments["questions"])
    cases = read_question_set(questions)
    folder = assistant.settings.data_dir / "evaluations"
    run_file = folder / f"{questions.stem}-{assistant.settings.mode}.jsonl"
    compare = arguments["compare"]
    earlier = read_run(Path(compare)) if compare else []
    report = evaluate_answers(
        assistant,
        cases,
        sample=arguments["sample"],
        run_file=run_file,
        resume=arguments["resume"],
        progress=progress,
    )
    document = {**report.document(), "run": str(run_file)}
    if compare:
        flips = compare_runs(earlier, list(report.results))
        document["flips"] = [asdict(flip) for flip in flips]
    shown = ("questions", "place_hit@5", "outcome_right", "key_facts", "unsupported_figures")
    lines = [f"{name}: {document[name]}" for name in shown]
    return CommandResult(1 if report.failed else 0, document, (*lines, f"記録: {run_file}"))


COMMANDS: dict[str, Command] = {
    "ingest": _ingest,
    "search": _search,
    "ask": _ask,
    "ask-batch": _ask_batch,
    "usage-weekly": _usage_weekly,
    "doctor": _doctor,
    "eval-retrieval": _eval_retrieval,
    "eval-answers": _eval_answers,
}
