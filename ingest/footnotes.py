"""Notes at the foot of printed pages, moved to below the paragraph or table that refers to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.document import Block
from ingest.readers.pdf.page_furniture import joined_lines

_NOTE = re.compile(
    r"^\s*(?P<mark>[(（]注[0-9０-９]{1,2}[)）]|注[0-9０-９]{1,2}[)）]"
    r"|[※＊*][0-9０-９]{1,2})[\s　]+\S"
)
_MOST_LINES = 12  # of all notes of a page


def with_notes_in_place(blocks: Sequence[Block]) -> list[Block]:
    """Move each note at the foot of a page to the end of the paragraph with its mark.

    A note whose mark stands nowhere before it on its page stays where it is.
    """
    notes: list[tuple[int, Block]] = []
    taken: set[int] = set()
    for first, last in _pages(blocks):
        for start, end, mark in _notes(blocks, first, last):
            place = _place_of(mark, blocks, first, start)
            if place is None:
                continue
            text = joined_lines([blocks[i].text for i in range(start, end)])
            notes.append((place, replace(blocks[start], text=text, whole=True)))
            taken.update(range(start, end))
    moved: list[Block] = []
    waiting = sorted(notes, key=lambda note: note[0])
    for index, block in enumerate(blocks):
        if index in taken:
            continue
        due = [note for place, note in waiting if place < index]
        if due and (_ends(moved[-1]) or block.is_table or block.level is not None):
            moved += due
            waiting = waiting[len(due) :]
        moved.append(block)
    return moved + [note for _, note in waiting]


def _pages(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """Return where the lines of each printed page begin and end."""
    starts = [i for i, block in enumerate(blocks) if not i or block.page != blocks[i - 1].page]
    ends = [*starts[1:], len(blocks)][: len(starts)]
    return [(a, b) for a, b in zip(starts, ends, strict=True) if blocks[a].page is not None]


def _notes(blocks: Sequence[Block], first: int, last: int) -> list[tuple[int, int, str]]:
    """Return (start, end, mark) of the notes that are the last lines of a page."""
    found: list[tuple[int, int, str]] = []
    end = last
    for index in range(last - 1, max(first, last - _MOST_LINES) - 1, -1):
        block = blocks[index]
        if block.is_table or block.level is not None or block.whole:
            break
        note = _NOTE.match(block.text)
        if note:
            found.append((index, end, note["mark"]))
            end = index
    return found


def _place_of(mark: str, blocks: Sequence[Block], first: int, start: int) -> int | None:
    for index in range(start - 1, first - 1, -1):
        block = blocks[index]
        said = "".join(cell for row in block.rows for cell in row) or block.text
        if mark in said:
            return index
    return None


def _ends(block: Block) -> bool:
    return block.is_table or block.whole or block.text.rstrip().endswith("。")
