"""What a reader makes of a file: pages for people, blocks for sectioning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.domain import Page


@dataclass(frozen=True)
class Block:
    """A paragraph, heading or table of a document, on one page.

    `level` is the heading's depth from 1 where the format says so (styles, outline, #), else None.
    `rows` holds the cells of a table, the first row being its heads (empty where it has none).
    `labels` names the place of each row, or of the text, in a sheet (「旅費額表 12行目」).
    `whole` says that the text on a page is a paragraph, not a line that the next may carry on.
    `wrapped` tells whether the print shows that the next line carries this one on (None: unknown).
    """

    text: str
    page: int | None = None
    level: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    labels: tuple[str, ...] = ()
    whole: bool = False
    wrapped: bool | None = None

    @property
    def is_table(self) -> bool:
        """Whether the block is a table."""
        return bool(self.rows)

    @property
    def label(self) -> str | None:
        """The name of the place where the text stands, None where it has none."""
        return self.labels[0] if self.labels else None


def page_text(blocks: Sequence[Block]) -> str:
    """Return blocks as the text of a page for people: "# heading", "cell | cell", paragraphs."""
    return "\n".join(line for block in blocks for line in _lines(block))


def _lines(block: Block) -> list[str]:
    if block.is_table:
        rows = (" | ".join(cell.replace("\n", " ") for cell in row) for row in block.rows)
        return [row for row in rows if row.strip(" |")]
    return [("#" * block.level + " " if block.level else "") + block.text]


@dataclass(frozen=True)
class ReadDocument:
    """A file as read: its pages, its blocks in reading order, and what people should know.

    `opened` are the file's bytes without the password that protected it, None where none did.
    """

    pages: list[Page]
    blocks: list[Block]
    title: str = ""
    problems: list[str] = field(default_factory=list)
    opened: bytes | None = None
