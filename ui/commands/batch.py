"""`chonai ask --batch`: a file of questions, answered line by line and carried on."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from assistant import calendar
from assistant.answer_json import answer_document, failed_document
from assistant.answers.asking_back import turn_of
from assistant.answers.pinned import pins
from assistant.as_of import read_chosen_day
from assistant.domain import Answer, Reader, Turn
from assistant.errors import AssistantError, UsageError
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.access import OPERATOR
from assistant.usage.ledger import UsageEvent


def ask_batch(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    """Answer a file of questions line by line; a second run carries on after the first."""
    source, target = Path(arguments["batch"]), Path(arguments["out"])
    reader = reader_for(assistant, arguments)
    cases = _batch_cases(source)
    done = _answered_ids(target)
    failed = 0
    try:
        with target.open("a", encoding="utf-8") as out:
            for position, case in enumerate(cases, 1):
                if case["id"] in done:
                    continue
                document = _batch_answer(assistant, case, reader)
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


def _batch_answer(assistant: Assistant, case: dict[str, Any], reader: Reader) -> dict[str, Any]:
    question = str(case.get("question") or "")
    as_of = calendar.today()
    try:
        if "broken" in case:
            raise UsageError(case["broken"])
        chosen = chosen_day(case)
        as_of = chosen or as_of
        answer = assistant.answering.answer(
            question, reader=reader, as_of=chosen, turns=_turns(case.get("turns") or [])
        )
    except AssistantError as error:
        return failed_document(case["id"], question, as_of, str(error))
    record_use(assistant, answer)
    return {**pinned_document(assistant, answer, reader), "id": case["id"]}


def pinned_document(assistant: Assistant, answer: Answer, reader: Reader) -> dict[str, Any]:
    """Return an answer as JSON, each citation with the newer version there is by now."""
    today = calendar.today()
    pinned = pins(assistant.library, answer.citations, reader=reader, today=today)
    return answer_document(answer, pinned)


def _turns(raw: list[Any]) -> list[Turn]:
    turns: list[Turn] = []
    for item in raw:
        if isinstance(item, dict):
            turns.append(turn_of(str(item.get("question") or ""), str(item.get("answer") or "")))
        else:
            turns.append(Turn(str(item)))
    return turns


def as_of_date(arguments: dict[str, Any]) -> date:
    """Return the day that a command names, or today; raises UsageError."""
    return chosen_day(arguments) or calendar.today()


def chosen_day(arguments: dict[str, Any]) -> date | None:
    """Return the day that a command names, None where it names none; raises UsageError."""
    given = arguments.get("as_of")
    return read_chosen_day(str(given)) if given else None


def reader_for(assistant: Assistant, arguments: dict[str, Any]) -> Reader:
    """Return the reader for whom a command reads: the operator, or who `--as NUMBER` names."""
    number = arguments.get("as_number")
    if not number:
        return OPERATOR
    member = assistant.accounts.member(str(number))
    if not member.enabled:
        raise UsageError(
            f"{member.number} は利用を停止しています。別の職員番号を指定してください。"
        )
    return member.reader


def record_use(assistant: Assistant, answer: Answer) -> None:
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
