"""From a file to a manual in force, or to a draft: read, section, chunk, embed, publish."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from assistant import calendar
from assistant.domain import Manual, ManualVersion, Page
from assistant.errors import AssistantError, PasswordRequired, UnreadableManual
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.publishing import PreparedManual
from assistant.library.reading import Edition
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor
from ingest.chunking import chunk_drafts
from ingest.document import Block, ReadDocument
from ingest.importing import plan_import
from ingest.incoming import FileResult, Incoming, content_of
from ingest.manual_sheet import SheetRow
from ingest.placing import Place, manual_id_of, placed, twins
from ingest.process.reading_process import read_under_limits
from ingest.references.linking import linked
from ingest.sectioning import Section, sections

logger = logging.getLogger(__name__)
READING = "5"  # raise it when reading, sectioning or chunking changes what is indexed
Progress = Callable[[str], None]
Steps = Callable[[str, int, int], None]
"""Hears the step a file is at, and how many of its pages (or texts) are done, of how many."""
READING_STEP: Final = "ページの読取り"
INDEXING_PAGES_STEP: Final = "ページの索引づけ"
INDEXING_STEP: Final = "索引づけ"


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

    A folder with a sheet gives the files named there; any other folder all its files. The password
    is tried on the protected ones.
    """
    plan = plan_import(assistant.library, paths, password=password, uploaded_by=uploaded_by)
    results: list[FileResult] = []
    for position, item in enumerate(plan.files, 1):
        name = item.name if isinstance(item, Incoming) else item.file
        place = f"[{position}/{len(plan.files)}] {name}"
        progress(f"{place} を読んでいます")
        if isinstance(item, Incoming):
            item = ingest_file(assistant, item, progress=_spoken(progress, name))
        results.append(item)
        progress(f"{place}: {said_of(item)}（{item.seconds:.1f} 秒）")
    return results


def ingest_file(
    assistant: Assistant,
    incoming: Incoming,
    *,
    progress: Steps = lambda step, done, total: None,
) -> FileResult:
    """Ingest one file; what fails is told in the result.

    The name decides which manual it is, unless that is said: the file may lie under any other.
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
        manual = Manual(manual_id_of(document.id), document.title or document.id)
        read = ReadDocument(pages, blocks, title=document.title)
        content = f"{document.title}\n{document.text}".encode()
        prepared.append(
            _prepared(assistant, manual, content, document.id, read, None, OPERATOR_ACTOR)
        )
    drafts = [draft for item in prepared for draft in item.drafts]
    store_vectors(assistant.library.vectors, assistant.library.encoder, drafts)
    Publisher(assistant.library).publish_all(prepared)
    return len(drafts)


def _spoken(progress: Progress, name: str) -> Steps:
    return lambda step, done, total: progress(f"  {name}: {step} {done}/{total}")


def _ingest_file(assistant: Assistant, incoming: Incoming, progress: Steps) -> FileResult:
    name, row, library = incoming.name, incoming.row, assistant.library
    content = content_of(incoming.path, limit=assistant.settings.file_max_megabytes)
    sha256 = hashlib.sha256(content).hexdigest()
    place = placed(library, incoming)
    same = place.same_content(sha256)
    if same is not None and same.reading == READING:
        return _unchanged(assistant, incoming, place, same)
    if place.editions and place.start is None and not place.holds(sha256):
        place = replace(place, start=calendar.today())
    kept = library.originals / sha256
    # What was protected is kept opened: it is read again without anybody's asking for a password.
    registered = place.holds(sha256) and kept.is_file()
    read = read_under_limits(
        kept.read_bytes() if registered else content,
        name,
        assistant.settings,
        password=incoming.password,
        progress=lambda done, total: progress(READING_STEP, done, total),
    )
    manual = place.manual
    if not row.title and place.known is None and read.title:
        manual = replace(manual, title=read.title)
    prepared = _prepared(assistant, manual, content, name, read, place.start, incoming.uploaded_by)
    prepared = replace(
        prepared,
        from_sheet=not incoming.row_is_partial,
        effective_to=row.effective_to,
        counted_by=row.counted_by,
        transition_note=row.transition_note,
        change_note=row.change_note,
        origin=incoming.origin,
    )
    if not prepared.drafts:
        raise UnreadableManual("取り込める文がありません。中身を確かめてください。")
    in_pages = any(page.number is not None for page in read.pages)
    embedded, reused = store_vectors(
        library.vectors,
        library.encoder,
        prepared.drafts,
        progress=None if in_pages else lambda d, total: progress(INDEXING_STEP, d, total),
        pages=(lambda d, total: progress(INDEXING_PAGES_STEP, d, total)) if in_pages else None,
    )
    version = _brought_in(assistant, incoming, prepared)
    return FileResult(
        name,
        "indexed",
        manual.title,
        version.number,
        sum(page.number is not None for page in read.pages),
        len(prepared.drafts),
        problems=[*read.problems, *twins(library, incoming, manual.id, sha256)],
        embedded=embedded,
        reused=reused,
        state=version.state,
        version_id=version.id,
        manual_id=manual.id,
    )


def _brought_in(
    assistant: Assistant, incoming: Incoming, prepared: PreparedManual
) -> ManualVersion:
    """Keep a version as a draft, publish it, or have question sets asked of it first."""
    publisher = Publisher(assistant.library)
    if incoming.as_draft:
        return replace(publisher.draft(prepared), state="draft")
    if not assistant.publications.asks_first():
        return replace(publisher.publish(prepared), state="published")
    version = replace(publisher.hold(prepared), state="ready")
    assistant.publications.publish(version.id, by=incoming.uploaded_by)
    return version


def _unchanged(assistant: Assistant, incoming: Incoming, place: Place, same: Edition) -> FileResult:
    """Tell of a file that is registered already; what the row says of its manual is kept."""
    newest = bool(place.editions) and same.version.id == place.editions[0].version.id
    if newest and place.known != place.manual and incoming.row != SheetRow():
        Publisher(assistant.library).update_manual(
            place.manual, by=incoming.uploaded_by, from_sheet=not incoming.row_is_partial
        )
    waits = same.version.state == "ready" and same.version.publish_on is None
    if waits and not incoming.as_draft:
        assistant.publications.publish(same.version.id, by=incoming.uploaded_by)
    pages, chunks = assistant.library.size(same.version.id)
    return FileResult(
        incoming.name,
        "unchanged",
        same.manual.title,
        same.version.number,
        pages,
        chunks,
        state=same.version.state,
        version_id=same.version.id,
        manual_id=same.manual.id,
    )


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


def said_of(result: FileResult) -> str:
    """Return what became of a file in one line, without its name."""
    if result.status == "rejected":
        return "取り込めません。" + " ".join(result.problems)
    if result.status == "unchanged":
        return "変更がないため、そのままです"
    pages = f"{result.pages} ページ、" if result.pages else ""
    known = f"、うち {result.reused} 件は前の索引を再利用" if result.reused else ""
    words = {"draft": "下書きとして取り込みました", "ready": "取り込み、質問集で確かめています"}
    done = words.get(result.state, "取り込みました")
    return f"{done}（{pages}{result.chunks} か所{known}）"
