"""What each `chonai` command does, wherever it is carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistant import calendar
from assistant.answer_json import answer_document, answer_text
from assistant.answers.conflict_words import CONFLICT_HEADING, conflict_words
from assistant.answers.pinned import Pin, pins
from assistant.domain import Answer, ReferredChunk, RetrievedChunk
from assistant.errors import AssistantError, UsageError
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from ui.commands.audit_commands import AUDIT_COMMANDS
from ui.commands.batch import as_of_date, ask_batch, chosen_day, reader_for, record_use
from ui.commands.doctor import doctor
from ui.commands.eval_commands import EVAL_COMMANDS
from ui.commands.glossary_commands import GLOSSARY_COMMANDS
from ui.commands.ingest_command import ingest
from ui.commands.job_commands import JOB_COMMANDS
from ui.commands.manual_commands import MANUAL_COMMANDS
from ui.commands.usage_commands import USAGE_COMMANDS
from ui.commands.user_commands import USER_COMMANDS
from ui.components.text import place_words
from ui.components.version_words import (
    change_heading,
    changes_by_day,
    reading_words,
    transition_lines,
    version_notice,
)

_TOLD = (
    "as_number",
    "paths",
    "sheet",
    "manual",
    "job",
    "batch",
    "out",
    "questions",
    "folder",
    "number",
    "file",
    "term",
    "proposal",
    "source",
    "decision",
    "set",
    "ids",
    "run",
    "earlier",
    "later",
)
Command = Callable[[Assistant, dict[str, Any], Progress], CommandResult]


def run_command(
    assistant: Assistant, name: str, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    """Carry out a command by name; an error becomes a result with its exit status.

    It stands in the audit trail, without the words of a question and without any secret.
    """
    try:
        detail = {key: arguments[key] for key in _TOLD if arguments.get(key)}
        assistant.audit.record(OPERATOR_ACTOR, "command", name, detail)
        return COMMANDS[name](assistant, arguments, progress)
    except AssistantError as error:
        return CommandResult.failed(error)


def _search(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    limit = arguments["limit"]
    if not 1 <= limit <= 200:
        raise UsageError("--limit は 1 から 200 の間で指定してください。")
    query = assistant.answering.checked(arguments["query"])
    as_of = as_of_date(arguments)
    reader = reader_for(assistant, arguments)
    found = assistant.retriever.search(query, reader=reader, as_of=as_of, limit=limit)
    followed = assistant.retriever.followed(found, reader=reader, as_of=as_of)
    lines = [f"{i}. {_place(hit)}\n   {_best(hit)}" for i, hit in enumerate(found, 1)]
    if not found:
        lines = ["該当する記載はありません。マニュアルが取り込まれているか確かめてください。"]
    documents = [_hit_document(hit, to) for hit, to in zip(found, followed, strict=True)]
    return CommandResult(0, documents, tuple(lines))


def _hit_document(hit: RetrievedChunk, referred: Sequence[ReferredChunk]) -> dict[str, Any]:
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
        "references": [
            {
                "text": to.text,
                "manual": to.source.manual,
                "heading": list(to.chunk.heading_path),
                "page": to.chunk.first_page,
            }
            for to in referred
        ],
    }


def _place(hit: RetrievedChunk) -> str:
    source, path = hit.source, hit.chunk.heading_path
    return place_words(source.manual, path, hit.page, hit.label, source.file)


def _best(hit: RetrievedChunk) -> str:
    sentences = hit.chunk.sentences()
    return sentences[hit.best_span] if sentences else hit.chunk.text


def _ask(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    as_of = chosen_day(arguments)
    reader = reader_for(assistant, arguments)
    answer = assistant.answering.answer(arguments["question"], reader=reader, as_of=as_of)
    record_use(assistant, answer)
    today = calendar.today()
    pinned = pins(assistant.library, answer.citations, reader=reader, today=today)
    return CommandResult(0, answer_document(answer, pinned), tuple(_answer_lines(answer, pinned)))


def _answer_lines(answer: Answer, pinned: Mapping[int, Pin]) -> list[str]:
    lines = [text for text in (*answer.told, answer_text(answer)) if text]
    lines += [f"・{choice}" for choice in answer.choices]
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    for citation in answer.citations:
        words = place_words(
            citation.manual, citation.heading_path, citation.page, citation.label, citation.file
        )
        lines.append(f"[{citation.marker}] {words}")
        pin = pinned.get(citation.marker)
        lines += [line for line in (version_notice(pin) if pin else "",) if line]
    lines += [f"関連する記載: 『{r.manual}』 {' › '.join(r.heading_path)}" for r in answer.related]
    if answer.owner:
        lines.append(f"問合せ先: {answer.owner.section} 内線 {answer.owner.extension}")
    if answer.notice:
        lines.append(answer.notice)
    for conflict in answer.conflicts:
        lines.append(f"{CONFLICT_HEADING}: {conflict_words(conflict, answer)}")
        lines += [f"  [{side.marker}] {quotes[side.marker]}" for side in conflict.sides]
    for some in changes_by_day(answer.near_changes):
        lines.append(change_heading(some[0]))
        for change in some:
            markers = (change.before, change.after)
            for words, marker in zip(reading_words(change), markers, strict=True):
                lines.append(f"  {words}" + (f" [{marker}] {quotes[marker]}" if marker else ""))
        lines += [f"  {line}" for line in transition_lines(some)]
    return lines


def _doctor(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del arguments, progress
    return doctor(assistant.settings, assistant)


COMMANDS: dict[str, Command] = {
    "ingest": ingest,
    "search": _search,
    "ask": _ask,
    "ask-batch": ask_batch,
    "doctor": _doctor,
    **EVAL_COMMANDS,
    **MANUAL_COMMANDS,
    **GLOSSARY_COMMANDS,
    **JOB_COMMANDS,
    **USER_COMMANDS,
    **AUDIT_COMMANDS,
    **USAGE_COMMANDS,
}
