"""Read a sample manual's plain-text source into blocks that the PDF and Word writers lay out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CAPTION_PREFIX = "表: "
WIDTHS_PREFIX = "幅: "
NEW_PAGE = "改頁"
FRONT_MATTER_FENCE = "---"


class SourceError(Exception):
    """The source text cannot be read; the message is in Japanese and names the line."""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is 章, 2 is 節, 3 and 4 are numbered items."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of running text."""

    text: str


@dataclass(frozen=True)
class Item:
    """A list item such as ア or （1） with its label and text."""

    label: str
    text: str


@dataclass(frozen=True)
class Note:
    """A boxed note such as 【注意】."""

    text: str


@dataclass(frozen=True)
class Table:
    """A ruled table; widths are relative, and every row has as many cells as the header."""

    caption: str
    widths: tuple[float, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class NewPage:
    """A forced page break."""


Block = Heading | Paragraph | Item | Note | Table | NewPage


@dataclass(frozen=True)
class ManualSource:
    """A manual: its front matter by key, and its body."""

    front_matter: dict[str, str]
    blocks: tuple[Block, ...]


def read_manual_source(path: Path) -> ManualSource:
    """Read the UTF-8 source at path; raise SourceError with the line number if it is malformed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    front_matter, first_body_line = _read_front_matter(lines, path.name)
    blocks: list[Block] = []
    position = first_body_line
    while position < len(lines):
        line = lines[position].strip()
        if line.startswith(CAPTION_PREFIX):
            table, position = _read_table(lines, position, path.name)
            blocks.append(table)
            continue
        if line:
            blocks.append(_read_line(line))
        position += 1
    return ManualSource(front_matter=front_matter, blocks=tuple(blocks))


def _read_front_matter(lines: list[str], name: str) -> tuple[dict[str, str], int]:
    """Return the front matter and the index of the first line after it."""
    if not lines or lines[0] != FRONT_MATTER_FENCE:
        raise SourceError(f"{name}: 1行目に「{FRONT_MATTER_FENCE}」がありません。")
    closing = lines.index(FRONT_MATTER_FENCE, 1)
    pairs = (line.split(": ", 1) for line in lines[1:closing])
    return {key: value for key, value in pairs}, closing + 1


def _read_line(line: str) -> Block:
    """Read one line that is not part of a table."""
    if line == NEW_PAGE:
        return NewPage()
    if line.startswith("#"):
        marks, text = line.split(" ", 1)
        return Heading(level=len(marks), text=text)
    if line.startswith("> "):
        return Note(line[2:])
    if line.startswith("- "):
        label, text = line[2:].split("　", 1)
        return Item(label=label, text=text)
    return Paragraph(line)


def _read_table(lines: list[str], position: int, name: str) -> tuple[Table, int]:
    """Read the table whose caption stands at position; return it and the index after it."""
    caption = lines[position].strip().removeprefix(CAPTION_PREFIX)
    width_line = lines[position + 1].strip()
    if not width_line.startswith(WIDTHS_PREFIX):
        raise SourceError(f"{name} {position + 2}行目: 表の「{WIDTHS_PREFIX}」がありません。")
    widths = tuple(float(part) for part in width_line.removeprefix(WIDTHS_PREFIX).split())
    rows: list[tuple[str, ...]] = []
    position += 2
    while position < len(lines) and lines[position].startswith("|"):
        cells = tuple(cell.strip() for cell in lines[position].strip()[1:-1].split("|"))
        if len(cells) != len(widths):
            raise SourceError(f"{name} {position + 1}行目: 列の数が幅の数と違います。")
        rows.append(cells)
        position += 1
    return Table(caption, widths, header=rows[0], rows=tuple(rows[1:])), position
