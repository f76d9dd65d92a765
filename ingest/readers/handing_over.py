"""What a document must be like to leave the process that read it: not endless, its names plain."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.document import Block, ReadDocument
from ingest.readers.document_title import telling_title

# A manual of 1,000 pages has one million characters; ten million take an hour to index.
MOST_CHARACTERS = 10_000_000
_MOST_BYTES = {".txt": 30, ".md": 30, ".markdown": 30, ".csv": 30, ".tsv": 30}  # million
_MOST_BYTES |= {".html": 100, ".htm": 100}  # with pictures in the text
_LONGEST_NAME = 300
_LONGEST_PARAGRAPH = 20_000  # 15 full pages
UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of characters that no screen shows as such."""

_BLOCK = 20  # characters that a paragraph counts for


def require_bounded_text(content: bytes, suffix: str) -> None:
    """Raise UnreadableManual for a text file too long to be a manual, before it is decoded."""
    if len(content) > _MOST_BYTES.get(suffix, 1_000_000) * 1_000_000:
        raise _too_long()


def handed_over(document: ReadDocument) -> ReadDocument:
    """Return a document whose title, labels and problems are lines that any screen can print.

    A title that only says how the file was made is left out.

    Raises UnreadableManual for more than MOST_CHARACTERS; paragraphs and cells count by what they
    take in memory, too.
    """
    size = sum(len(page.text) for page in document.pages)
    for block in document.blocks:
        size += _BLOCK + len(block.text) + sum(len(cell) + 1 for row in block.rows for cell in row)
    if size > 2 * MOST_CHARACTERS:  # pages and blocks say the same
        raise _too_long()
    pages = [
        replace(page, label=plain_line(page.label)) if page.label else page
        for page in document.pages
    ]
    blocks = [
        replace(part, labels=tuple(map(plain_line, part.labels))) if part.labels else part
        for block in document.blocks
        for part in _parts(block)
    ]
    title = telling_title(plain_line(document.title))
    problems = [plain_line(problem) for problem in document.problems]
    return replace(document, pages=pages, blocks=blocks, title=title, problems=problems)


def _parts(block: Block) -> list[Block]:
    """Return a paragraph, one of endless length in pieces: what follows cuts it again and again."""
    if len(block.text) <= _LONGEST_PARAGRAPH:
        return [block]
    starts = range(0, len(block.text), _LONGEST_PARAGRAPH)
    pieces = (block.text[start : start + _LONGEST_PARAGRAPH] for start in starts)
    return [replace(block, text=piece, level=None, whole=True) for piece in pieces]


def plain_line(text: str) -> str:
    """Return text as one line of what can be seen, cut where it is endless."""
    seen = (" " if unicodedata.category(c) in UNSEEN else c for c in readable(text))
    line = " ".join("".join(seen).split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"


def _too_long() -> UnreadableManual:
    return UnreadableManual(
        f"文字が多すぎます（{MOST_CHARACTERS // 10_000:,}万字まで）。"
        "マニュアルのファイルか確かめ、必要な部分だけに分けて登録してください。"
    )
