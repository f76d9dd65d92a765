"""What the `chonai eval sets` commands do: keep question sets of the office in the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.evaluations.sets import KeptSet, QuestionSets, checked_name
from assistant.language_model.writer import Writer
from assistant.opening import Assistant
from assistant.owner import CommandResult, Progress
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.sets.case_rows import KIND_WORDS, STATE_WORDS, exported_row
from eval.sets.drafting import add_drafts, draft_by_rules
from eval.sets.first_sets import take_first_sets
from eval.sets.model_drafts import draft_by_model, drafting_writer
from eval.sets.set_sheet import write_set_template
from eval.sets.stored_sets import export_set, import_set, named_set
from ui.private_file import new_private_file

_TO_DO = "職員の言葉に直し、正解を確かめてから承認してください。"
_STATES = {"open": "変更できる", "frozen": "凍結"}


def _list(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del arguments, progress
    found = QuestionSets(assistant.database).all()
    lines = [_line(kept) for kept in found] or ["質問集はありません。"]
    return CommandResult(0, [_document(kept) for kept in found], tuple(lines))


def _show(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    kept = named_set(assistant.database, arguments["set"])
    cases = QuestionSets(assistant.database).cases(kept.id)
    lines = [
        f"{case.case_id}  {STATE_WORDS[case.state]}  "
        f"{KIND_WORDS.get(case.row.get('kind', ''), '')}  {case.row['question']}"
        for case in cases
    ]
    document = {**_document(kept), "cases": [exported_row(case) for case in cases]}
    return CommandResult(0, document, (_line(kept), *lines))


def _import(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    path = Path(arguments["file"])
    name = arguments.get("name") or path.stem
    before = {kept.id for kept in QuestionSets(assistant.database).all()}
    kept = import_set(assistant.database, path, name=name, by=OPERATOR_ACTOR)
    new = "新しい版として" if kept.id not in before and kept.version > 1 else ""
    return _told(kept, f"{path.name} を{new}取り込みました。")


def _first(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del arguments, progress
    taken = take_first_sets(assistant.database, by=OPERATOR_ACTOR)
    lines = [_line(kept) for kept in taken] or ["付属の質問集は、もう登録されています。"]
    return CommandResult(0, [_document(kept) for kept in taken], tuple(lines))


def _export(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    path = Path(arguments["out"])
    named_set(assistant.database, arguments["set"])
    with new_private_file(path) as file:
        kept = export_set(assistant.database, arguments["set"], path.suffix.lower(), file)
    questions = kept.approved + kept.drafts
    document = {"file": str(path), "questions": questions, **_document(kept)}
    return CommandResult(0, document, (f"{path} に {questions:,} 問を書き出しました。",))


def _template(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del assistant, progress
    path = Path(arguments["out"])
    if path.suffix.lower() != ".xlsx":
        raise UsageError("ひな形のファイルの名前は .xlsx で終わるようにしてください。")
    with new_private_file(path) as file:
        write_set_template(file)
    line = f"{path} にひな形を書き出しました。書き込んで chonai eval sets import で取り込みます。"
    return CommandResult(0, {"file": str(path)}, (line,))


def _freeze(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    reason = arguments.get("reason") or ""
    sets = QuestionSets(assistant.database)
    kept = sets.freeze(arguments["set"], reason=reason, by=OPERATOR_ACTOR)
    return _told(kept, "凍結しました。これからの変更は次の版になります。")


def _draft(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    name, from_answers = checked_name(arguments["set"]), bool(arguments.get("from_answers"))
    count, by = arguments["count"], arguments.get("by") or "auto"
    notice = ""
    if from_answers and by == "model":
        raise UsageError("--by model は、マニュアルから作るときだけ使えます。")
    if not from_answers:
        if not 1 <= count <= 500:
            raise UsageError("--count は 1〜500 で指定してください。")
        writer, notice = drafting_writer(assistant, by)
        if writer is not None:
            return _draft_by_model(assistant, writer, name, count, progress)
    kept, added = draft_by_rules(
        assistant, name, from_answers=from_answers, count=count, by=OPERATOR_ACTOR
    )
    told = [notice, f"下書きを {added:,} 問加えました。{_TO_DO}", _line(kept)]
    document = {**_document(kept), "by": "rules"}
    return CommandResult(0, document, tuple(line for line in told if line))


def _draft_by_model(
    assistant: Assistant,
    writer: Writer,
    name: str,
    count: int,
    progress: Progress,
) -> CommandResult:
    progress(f"モデル（{writer.name}）が質問の言葉を書いています。")
    made = draft_by_model(
        assistant,
        writer,
        count=count,
        known=QuestionSets(assistant.database).cases_of_all_versions(name),
        keep=lambda draft: add_drafts(assistant.database, name, [draft], by=OPERATOR_ACTOR),
        progress=lambda done, line: progress(line),
    )
    kept = QuestionSets(assistant.database).get(name)
    document = {**_document(kept), **made.document()}
    return CommandResult(1 if made.error else 0, document, (*made.words(), _TO_DO, _line(kept)))


def _approve(assistant: Assistant, arguments: dict[str, Any], progress: Progress) -> CommandResult:
    del progress
    sets = QuestionSets(assistant.database)
    kept = sets.approve(arguments["set"], arguments["ids"], by=OPERATOR_ACTOR)
    return _told(kept, f"{len(arguments['ids']):,} 問を承認しました。")


def _told(kept: KeptSet, words: str) -> CommandResult:
    return CommandResult(0, _document(kept), (words, _line(kept)))


def _line(kept: KeptSet) -> str:
    drafts = f"、下書き {kept.drafts:,} 問" if kept.drafts else ""
    return (
        f"{kept.name}  第{kept.version}版（{_STATES[kept.state]}）  {kept.approved:,} 問{drafts}"
        f"  {kept.hash[:12]}"
    )


def _document(kept: KeptSet) -> dict[str, Any]:
    frozen = kept.frozen_at
    return {
        "name": kept.name, "version": kept.version, "state": kept.state, "hash": kept.hash,
        "approved": kept.approved, "drafts": kept.drafts,
        "created_at": kept.created_at.isoformat(timespec="seconds") + "Z",
        "created_by": kept.created_by_name,
        "frozen_at": frozen and frozen.isoformat(timespec="seconds") + "Z",
        "frozen_by": kept.frozen_by_name, "frozen_reason": kept.frozen_reason,
    }  # fmt: skip


QUESTION_SET_COMMANDS: dict[str, Callable[[Assistant, dict[str, Any], Progress], CommandResult]] = {
    "eval-sets-list": _list,
    "eval-sets-show": _show,
    "eval-sets-import": _import,
    "eval-sets-first": _first,
    "eval-sets-export": _export,
    "eval-sets-template": _template,
    "eval-sets-freeze": _freeze,
    "eval-sets-draft": _draft,
    "eval-sets-approve": _approve,
}
