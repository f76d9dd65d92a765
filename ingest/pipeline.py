"""From files to manuals in force: read, section, chunk, embed, publish."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from assistant import calendar
from assistant.domain import Manual, Page
from assistant.errors import AssistantError, UnreadableManual, UsageError
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.library.publishing import PreparedManual
from assistant.opening import Assistant
from ingest.chunking import chunk_drafts
from ingest.document import Block, ReadDocument
from ingest.manual_sheet import SHEET_NAME, SheetRow, read_sheet
from ingest.reading_process import read_under_limits
from ingest.sectioning import Section, sections

logger = logging.getLogger(__name__)
READING = "4"  # raise it when reading, sectioning or chunking changes what is indexed
Status = Literal["indexed", "unchanged", "rejected"]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class FileResult:
    """What became of one file; `problems` are for people, in Japanese."""

    file: str
    status: Status
    manual: str | None = None
    version: int | None = None
    pages: int = 0
    chunks: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


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
    uploaded_by: str = "operator",
) -> list[FileResult]:
    """Ingest files and folders; one bad file never stops the others.

    A folder with a manuals.csv gives the files named there; any other folder all its files.
    """
    work = _files(paths)
    results: list[FileResult] = []
    seen: dict[str, Path] = {}
    for position, (path, row) in enumerate(work, 1):
        began = time.monotonic()
        name = _printable(path.name)
        progress(f"[{position}/{len(work)}] {name} を読んでいます")
        try:
            if path.name in seen and seen[path.name] != path:
                raise UnreadableManual(
                    f"同じ名前のファイルがもう一つあります（{seen[path.name]}）。"
                    "名前を変えてから登録してください。"
                )
            seen[path.name] = path
            if name != path.name:
                raise UnreadableManual(
                    "ファイル名の文字コードが読めません。名前を付け直してから登録してください。"
                )
            result = _ingest_file(assistant, path, row, uploaded_by, progress)
        except AssistantError as error:
            result = FileResult(name, "rejected", problems=[str(error)])
        except Exception as error:
            logger.exception("unexpected failure while reading %s", name)
            message = (
                f"読み込み中に思わぬ失敗がありました（{type(error).__name__}）。"
                "元のソフトで PDF に保存し直して、もう一度登録してください。"
            )
            result = FileResult(name, "rejected", problems=[message])
        seconds = round(time.monotonic() - began, 3)
        results.append(replace(result, seconds=seconds))
        progress(f"[{position}/{len(work)}] {name}: {_said(result)}（{seconds:.1f} 秒）")
    return results


def ingest_documents(assistant: Assistant, documents: Iterable[TextDocument]) -> int:
    """Ingest passages, each as a manual of its own whose file name is its id; returns chunks."""
    prepared: list[PreparedManual] = []
    for document in documents:
        blocks = [Block(line) for line in document.text.split("\n") if line.strip()]
        pages = [Page(None, None, document.text, "document")]
        manual = Manual(_manual_id(document.id), document.title or document.id)
        read = ReadDocument(pages, blocks, title=document.title)
        content = f"{document.title}\n{document.text}".encode()
        prepared.append(_prepared(assistant, manual, content, document.id, read, None, "operator"))
    drafts = [draft for item in prepared for draft in item.drafts]
    store_vectors(assistant.library.vectors, assistant.library.encoder, drafts)
    Publisher(assistant.library).publish_all(prepared)
    return len(drafts)


def _files(paths: Sequence[Path]) -> list[tuple[Path, SheetRow]]:
    files: list[tuple[Path, SheetRow]] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} が見つかりません。場所と名前を確かめてください。")
        if path.is_file():
            sheet = path.parent / SHEET_NAME
            rows = read_sheet(sheet) if sheet.is_file() else {}
            files.append((path, rows.get(path.name, SheetRow())))
        elif (path / SHEET_NAME).is_file():
            files += [(path / name, row) for name, row in read_sheet(path / SHEET_NAME).items()]
        else:
            files += [
                (file, SheetRow()) for file in sorted(path.rglob("*")) if _is_wanted(file, path)
            ]
    return files


def _is_wanted(file: Path, folder: Path) -> bool:
    """Skip folders, what is hidden inside the given folder, and Office's lock files."""
    inside = file.relative_to(folder).parts
    return file.is_file() and not any(part.startswith((".", "~$")) for part in inside)


def _ingest_file(
    assistant: Assistant, path: Path, row: SheetRow, uploaded_by: str, progress: Progress
) -> FileResult:
    content = _content(assistant, path)
    sha256 = hashlib.sha256(content).hexdigest()
    manual = Manual(
        id=_manual_id(row.edition_of or path.name),
        title=row.title or path.stem,
        category=row.category,
        owner_section=row.owner_section,
        owner_extension=row.owner_extension,
        audience=row.audience,
    )
    editions = assistant.library.editions(manual.id)
    start = row.effective_from
    if editions:
        newest = editions[0]
        found = next((e for e in editions if start in (None, e.version.effective_from)), None)
        same = found is not None and found.version.sha256 == sha256
        if found is not None and same and found.reading == READING:
            if found is newest and found.manual != manual and row != SheetRow():
                Publisher(assistant.library).update_manual(manual)
            title, number = found.manual.title, found.version.number
            counts = assistant.library.size(found.version.id)
            return FileResult(path.name, "unchanged", title, number, *counts)
        if start is None and not same:
            start = calendar.today()
        if row == SheetRow():
            manual = newest.manual
    read = read_under_limits(content, path.name, assistant.settings)
    if not row.title and not editions and read.title:
        manual = replace(manual, title=read.title)
    prepared = _prepared(assistant, manual, content, path.name, read, start, uploaded_by)
    if not prepared.drafts:
        raise UnreadableManual("取り込める文がありません。中身を確かめてください。")
    store_vectors(
        assistant.library.vectors,
        assistant.library.encoder,
        prepared.drafts,
        progress=lambda done, total: progress(f"  {path.name}: 索引づけ {done}/{total}"),
    )
    published = Publisher(assistant.library).publish(prepared)
    return FileResult(
        path.name,
        "indexed",
        manual.title,
        published.number,
        sum(page.number is not None for page in read.pages),
        len(prepared.drafts),
        problems=read.problems,
    )


def _prepared(
    assistant: Assistant,
    manual: Manual,
    content: bytes,
    file_name: str,
    read: ReadDocument,
    effective_from: date | None,
    uploaded_by: str,
) -> PreparedManual:
    found: list[Section] = sections(read.blocks)
    counts = assistant.library.encoder.token_counts
    drafts = chunk_drafts(found, counts, title=manual.title)
    return PreparedManual(
        manual, content, file_name, READING, read.pages, drafts, effective_from, uploaded_by
    )


def _content(assistant: Assistant, path: Path) -> bytes:
    limit = assistant.settings.file_max_megabytes
    try:
        if path.stat().st_size > limit * 1_000_000:
            raise UnreadableManual(
                f"{limit} MB を超えるファイルです。分割するか、"
                "ASSISTANT_FILE_MAX_MEGABYTES を上げてください。"
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableManual(
            "ファイルを開けません。場所と読み取りの権限を確かめてください。"
        ) from error


def _manual_id(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _printable(name: str) -> str:
    """Return a file name without the bytes that are no UTF-8, which could not be printed."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _said(result: FileResult) -> str:
    if result.status == "rejected":
        return "取り込めません。" + " ".join(result.problems)
    if result.status == "unchanged":
        return "変更がないため、そのままです"
    pages = f"{result.pages} ページ、" if result.pages else ""
    return f"取り込みました（{pages}{result.chunks} か所）"
