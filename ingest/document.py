"""What a reader makes of a file: pages for people, blocks for sectioning."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.domain import Page


@dataclass(frozen=True)
class Block:
    """A paragraph, heading or table of a document, on one page.

    `level` is the heading's depth from 1 where the format says so (styles, outline, #), else None.
    `rows` holds the cells of a table, the first row being its heads.
    """

    text: str
    page: int | None = None
    level: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether the block is a table."""
        return bool(self.rows)


@dataclass(frozen=True)
class ReadDocument:
    """A file as read: its pages, its blocks in reading order, and what people should know."""

    pages: list[Page]
    blocks: list[Block]
    title: str = ""
    problems: list[str] = field(default_factory=list)
