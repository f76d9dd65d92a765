"""From files to manuals in force: read, section, chunk, embed, publish."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath

from assistant import calendar
from assistant.domain import Manual, Page
from assistant.errors import AssistantError, PasswordRequired, UnreadableManual
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.publishing import PreparedManual
from assistant.opening import Assistant
from assistant.people.access import checked_audience
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor
from ingest.chunking import chunk_drafts
from ingest.document import Block, ReadDocument
from ingest.incoming import FileResult, Incoming, content_of, files_in, printable, problem_of_name
from ingest.manual_sheet import SheetRow
from ingest.process.reading_process import read_under_limits
from ingest.references.linking import linked
from ingest.sectioning import Section, sections

logger = logging.getLogger(__name__)
READING = "5"  # raise it when reading, sectioning or chunking changes what is indexed
Progress = Callable[[str], None]
_TAKEN_NAME = (
    "この名前のファイルは登録できません。課名を付けるなど、ファイル名を変えて登録してください。"
)
_FOREIGN_OWNER = "所管課には、編集者になっている課を指定してください。"


@dataclass(frozen=True)
class TextDocument:
    """A passage with an id and a title, as retrieval question sets have them."""

    id: str
    title: str
    text: str


def ingest_paths(
    assistant: Assistant,
    paths: Sequence[Path],
    *,
    progress: Progress = lambda _: None,
    password: str | None = None,
    uploaded_by: Actor = OPERATOR_ACTOR,
) -> list[FileResult]:
    """Ingest files and folders; one bad file never stops the others.

    A folder with a manuals.csv gives the files named there; any other folder all its files. The
    password is tried on the protected ones.
    """
    work = files_in(paths)
    results: list[FileResult] = []
    seen: dict[str, Path] = {}
    for position, (path, row) in enumerate(work, 1):
        name = printable(path.name)
        progress(f"[{position}/{len(work)}] {name} を読んでいます")
        problem = problem_of_name(path, name, seen)
        if problem:
            result = FileResult(name, "rejected", problems=[problem])
        else:
            incoming = Incoming(path, name, row, password=password, uploaded_by=uploaded_by)
            result = ingest_file(assistant, incoming, progress=_indented(progress, name))
        results.append(result)
        progress(f"[{position}/{len(work)}] {name}: {_said(result)}（{result.seconds:.1f} 秒）")
    return results


def ingest_file(
    assistant: Assistant, incoming: Incoming, *, progress: Progress = lambda _: None
) -> FileResult:
    """Ingest one file; what fails is told in the result. `progress` hears the steps after reading.

    Only the name decides which manual it is: the file itself may lie under any other.
    """
    began, name = time.monotonic(), incoming.name
    try:
        result = _ingest_file(assistant, incoming, progress)
    except AssistantError as error:
        locked = isinstance(error, PasswordRequired)
        result = FileResult(name, "rejected", problems=[str(error)], asks_password=locked)
    except Exception as error:
        logger.exception("unexpected failure while reading %s", name)
        message = (
            f"読み込み中に思わぬ失敗がありました（{type(error).__name__}）。"
            "元のソフトで PDF に保存し直して、もう一度登録してください。"
        )
        result = FileResult(name, "rejected", problems=[message])
    return replace(result, seconds=round(time.monotonic() - began, 3))


def ingest_documents(assistant: Assistant, documents: Iterable[TextDocument]) -> int:
    """Ingest passages, each as a manual of its own whose file name is its id; returns chunks."""
    prepared: list[PreparedManual] = []
    for document in documents:
        blocks = [Block(line) for line in document.text.split("\n") if line.strip()]
        pages = [Page(None, None, document.text, "document")]
        manual = Manual(_manual_id(document.id), document.title or document.id)
        read = ReadDocument(pages, blocks, title=document.title)
        content = f"{document.title}\n{document.text}".encode()
        prepared.append(
            _prepared(assistant, manual, content, document.id, read, None, OPERATOR_ACTOR)
        )
    drafts = [draft for item in prepared for draft in item.drafts]
    store_vectors(assistant.library.vectors, assistant.library.encoder, drafts)
    Publisher(assistant.library).publish_all(prepared)
    return len(drafts)


def _indented(progress: Progress, name: str) -> Progress:
    return lambda step: progress(f"  {name}: {step}")


def _ingest_file(assistant: Assistant, incoming: Incoming, progress: Progress) -> FileResult:
    name, row = incoming.name, incoming.row
    content = content_of(incoming.path, limit=assistant.settings.file_max_megabytes)
    sha256 = hashlib.sha256(content).hexdigest()
    manual = Manual(
        id=_manual_id(row.edition_of or name),
        title=row.title or PurePath(name).stem,
        category=row.category,
        owner_section=row.owner_section,
        owner_extension=row.owner_extension,
        audience=checked_audience(row.audience),
    )
    editions = assistant.library.editions(manual.id)
    start = row.effective_from
    if editions:
        newest = editions[0]
        if incoming.row_is_partial:
            manual = _completed(row, newest.manual)
        _require_owner(newest.manual, incoming, _TAKEN_NAME)
        _require_owner(manual, incoming, _FOREIGN_OWNER)
        found = next((e for e in editions if start in (None, e.version.effective_from)), None)
        same = found is not None and found.version.sha256 == sha256
        if found is not None and same and found.reading == READING:
            if found is newest and found.manual != manual and row != SheetRow():
                Publisher(assistant.library).update_manual(
                    manual, by=incoming.uploaded_by, from_sheet=not incoming.row_is_partial
                )
            title, number = found.manual.title, found.version.number
            counts = assistant.library.size(found.version.id)
            return FileResult(name, "unchanged", title, number, *counts)
        if start is None and not same:
            start = calendar.today()
        if row == SheetRow():
            manual = newest.manual
    else:
        _require_owner(manual, incoming, _FOREIGN_OWNER)
    kept = assistant.library.originals / sha256
    # What was protected is kept opened: it is read again without anybody's asking for a password.
    registered = any(e.version.sha256 == sha256 for e in editions) and kept.is_file()
    read = read_under_limits(
        kept.read_bytes() if registered else content,
        name,
        assistant.settings,
        password=incoming.password,
    )
    if not row.title and not editions and read.title:
        manual = replace(manual, title=read.title)
    prepared = _prepared(assistant, manual, content, name, read, start, incoming.uploaded_by)
    prepared = replace(prepared, from_sheet=not incoming.row_is_partial)
    if not prepared.drafts:
        raise UnreadableManual("取り込める文がありません。中身を確かめてください。")
    store_vectors(
        assistant.library.vectors,
        assistant.library.encoder,
        prepared.drafts,
        progress=lambda done, total: progress(f"索引づけ {done}/{total}"),
    )
    published = Publisher(assistant.library).publish(prepared)
    return FileResult(
        name,
        "indexed",
        manual.title,
        published.number,
        sum(page.number is not None for page in read.pages),
        len(prepared.drafts),
        problems=read.problems,
    )


def _completed(row: SheetRow, known: Manual) -> Manual:
    """Return a known manual with what a row says of it; what it does not say stays as it was."""
    return replace(
        known,
        title=row.title or known.title,
        category=row.category or known.category,
        owner_section=row.owner_section or known.owner_section,
        owner_extension=row.owner_extension or known.owner_extension,
        audience=checked_audience(row.audience) if row.audience else known.audience,
    )


def _require_owner(manual: Manual, incoming: Incoming, problem: str) -> None:
    """Refuse a manual of a section for which whoever brings the file may not speak."""
    if incoming.owners is not None and manual.owner_section not in incoming.owners:
        raise UnreadableManual(problem)


def _prepared(
    assistant: Assistant,
    manual: Manual,
    content: bytes,
    file_name: str,
    read: ReadDocument,
    effective_from: date | None,
    uploaded_by: Actor,
) -> PreparedManual:
    found: list[Section] = sections(read.blocks)
    counts = assistant.library.encoder.token_counts
    drafts = linked(chunk_drafts(found, counts, title=manual.title), title=manual.title)
    return PreparedManual(
        manual,
        content,
        file_name,
        READING,
        read.pages,
        drafts,
        effective_from,
        uploaded_by,
        opened=read.opened,
    )


def _manual_id(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _said(result: FileResult) -> str:
    if result.status == "rejected":
        return "取り込めません。" + " ".join(result.problems)
    if result.status == "unchanged":
        return "変更がないため、そのままです"
    pages = f"{result.pages} ページ、" if result.pages else ""
    return f"取り込みました（{pages}{result.chunks} か所）"
