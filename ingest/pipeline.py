"""From a file to a manual in force, or to a draft: read, section, chunk, embed, publish."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from typing import Final

from assistant import calendar
from assistant.domain import Manual, ManualVersion, Page
from assistant.errors import AssistantError, PasswordRequired, UnreadableManual
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.publishing import PreparedManual
from assistant.library.reading import Edition
from assistant.opening import Assistant
from assistant.people.access import checked_audience, may_read
from assistant.people.audit.trail import OPERATOR_ACTOR, Actor
from ingest.chunking import chunk_drafts
from ingest.document import Block, ReadDocument
from ingest.importing import plan_import
from ingest.incoming import FileResult, Incoming, content_of
from ingest.manual_sheet import SheetRow
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


def _spoken(progress: Progress, name: str) -> Steps:
    return lambda step, done, total: progress(f"  {name}: {step} {done}/{total}")


@dataclass(frozen=True)
class _Place:
    """Where a file belongs: its manual, the version it is or changes, and from when it holds."""

    manual: Manual
    known: Manual | None
    editions: list[Edition]
    start: date | None


def _ingest_file(assistant: Assistant, incoming: Incoming, progress: Steps) -> FileResult:
    name, row, library = incoming.name, incoming.row, assistant.library
    content = content_of(incoming.path, limit=assistant.settings.file_max_megabytes)
    sha256 = hashlib.sha256(content).hexdigest()
    place = _placed(assistant, incoming)
    same = _same_edition(assistant, incoming, place, sha256)
    if same is not None:
        return _unchanged(assistant, incoming, place, same)
    if place.editions and place.start is None and not _holds(place.editions, sha256):
        place = replace(place, start=calendar.today())
    kept = library.originals / sha256
    # What was protected is kept opened: it is read again without anybody's asking for a password.
    registered = _holds(place.editions, sha256) and kept.is_file()
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
    publisher = Publisher(library)
    version = publisher.draft(prepared) if incoming.as_draft else publisher.publish(prepared)
    return FileResult(
        name,
        "indexed",
        manual.title,
        version.number,
        sum(page.number is not None for page in read.pages),
        len(prepared.drafts),
        problems=[*read.problems, *_twins(assistant, incoming, manual.id, sha256)],
        embedded=embedded,
        reused=reused,
        state="draft" if incoming.as_draft else "published",
        version_id=version.id,
        manual_id=manual.id,
    )


def _placed(assistant: Assistant, incoming: Incoming) -> _Place:
    """Find where a file belongs; raises UnreadableManual for one that may not go there."""
    row, library = incoming.row, assistant.library
    known_as = row.edition_of or incoming.name
    manual_id = incoming.manual_id or library.manual_of_file(known_as) or _manual_id(known_as)
    manual = Manual(
        id=manual_id,
        title=row.title or PurePath(incoming.name).stem,
        category=row.category,
        owner_section=row.owner_section,
        owner_extension=row.owner_extension,
        audience=checked_audience(row.audience),
        review_on=row.review_on,
    )
    known = library.known(manual_id)
    editions = library.editions(manual_id)
    if known is not None:
        if incoming.row_is_partial:
            manual = _completed(row, known)
        _require_owner(known, incoming, _TAKEN_NAME)
    _require_owner(manual, incoming, _FOREIGN_OWNER)
    if known is not None and row == SheetRow():
        manual = known
    start = row.effective_from
    if incoming.correction:
        if not editions:
            raise UnreadableManual(
                "修正する版がまだ公開されていません。施行日を入れるか、空にして登録してください。"
            )
        corrected = next((e for e in editions if start in (None, e.version.effective_from)), None)
        if corrected is None:
            raise UnreadableManual(
                f"施行日が {start} の版がないため、修正として登録できません。"
                "施行日を空にすると、いちばん新しい版の修正になります。"
            )
        start = corrected.version.effective_from
    return _Place(manual, known, editions, start)


def _same_edition(
    assistant: Assistant, incoming: Incoming, place: _Place, sha256: str
) -> Edition | None:
    """Return the version that the file is already, read by today's steps, or None."""
    drafts = assistant.library.drafts(place.manual.id) if incoming.as_draft else []
    start = place.start
    found = next((e for e in place.editions if start in (None, e.version.effective_from)), None)
    candidates = [*drafts, *([found] if found is not None else [])]
    return next(
        (
            e
            for e in candidates
            if e.version.sha256 == sha256
            and e.reading == READING
            and start in (None, e.version.effective_from)
        ),
        None,
    )


def _unchanged(
    assistant: Assistant, incoming: Incoming, place: _Place, same: Edition
) -> FileResult:
    """Tell of a file that is registered already; what the row says of its manual is kept."""
    newest = bool(place.editions) and same.version.id == place.editions[0].version.id
    if newest and place.known != place.manual and incoming.row != SheetRow():
        Publisher(assistant.library).update_manual(
            place.manual, by=incoming.uploaded_by, from_sheet=not incoming.row_is_partial
        )
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


def _holds(editions: Sequence[Edition], sha256: str) -> bool:
    return any(edition.version.sha256 == sha256 for edition in editions)


def _twins(assistant: Assistant, incoming: Incoming, manual_id: str, sha256: str) -> list[str]:
    """Point out other manuals of the very same content, as far as they may be known of."""

    def known_of(version: ManualVersion, manual: Manual) -> bool:
        owned = incoming.owners is None or manual.owner_section in incoming.owners
        return owned or (version.state != "draft" and may_read(manual.audience, incoming.reader))

    found = {
        f"『{e.manual.title}』（{e.version.file_name}）"
        for e in assistant.library.with_content(sha256)
        if e.manual.id != manual_id and known_of(e.version, e.manual)
    }
    return [
        f"{name}と同じ内容です。同じマニュアルなら、片方を取り下げてください。"
        for name in sorted(found)
    ]


def _completed(row: SheetRow, known: Manual) -> Manual:
    """Return a known manual with what a row says of it; what it does not say stays as it was."""
    return replace(
        known,
        title=row.title or known.title,
        category=row.category or known.category,
        owner_section=row.owner_section or known.owner_section,
        owner_extension=row.owner_extension or known.owner_extension,
        audience=checked_audience(row.audience) if row.audience else known.audience,
        review_on=row.review_on or known.review_on,
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


def said_of(result: FileResult) -> str:
    """Return what became of a file in one line, without its name."""
    if result.status == "rejected":
        return "取り込めません。" + " ".join(result.problems)
    if result.status == "unchanged":
        return "変更がないため、そのままです"
    pages = f"{result.pages} ページ、" if result.pages else ""
    known = f"、うち {result.reused} 件は前の索引を再利用" if result.reused else ""
    done = "下書きとして取り込みました" if result.state == "draft" else "取り込みました"
    return f"{done}（{pages}{result.chunks} か所{known}）"
