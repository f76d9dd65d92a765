"""The blocks a sample manual is made of, as every writer receives them."""

from __future__ import annotations

import re
from dataclasses import dataclass

ABOVE, LEFT = "^", "<"
FOOTNOTE = re.compile(r"［脚注: *([^［］]+)］")


class SourceError(Exception):
    """The source text cannot be laid out; the message is in Japanese and names the place."""


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
class Cell:
    """A table cell: its text and comment, or the side on which it joins its neighbour."""

    text: str
    memo: str = ""
    joined: str = ""


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A ruled table of one or two head rows and rows as long as widths, which are relative."""

    caption: str
    widths: tuple[float, ...]
    head: tuple[Row, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class NewPage:
    """A forced page break."""


@dataclass(frozen=True)
class Sheet:
    """The start of a worksheet."""

    name: str


@dataclass(frozen=True)
class SpeakerNote:
    """What the speaker says to the slide before it."""

    text: str


Block = Heading | Paragraph | Item | Note | Table | NewPage | Sheet | SpeakerNote


@dataclass(frozen=True)
class ManualSource:
    """A manual: the name and lines of its source file, its front matter by key, its body."""

    name: str
    lines: tuple[str, ...]
    front_matter: dict[str, str]
    blocks: tuple[Block, ...]

    @property
    def edition_line(self) -> str:
        """Return edition, date in force and issuer in one line."""
        front = self.front_matter
        return f"{front['版']}　{front['施行']}施行　{front['発行']}"


@dataclass(frozen=True)
class Merge:
    """Cells that are one: the row and column of the first, counted from 0, and the extent."""

    row: int
    column: int
    height: int
    width: int


def merges(rows: tuple[Row, ...]) -> list[Merge]:
    """Return the cells that are merged, by their first cell from the top left.

    Raises ValueError if cells that are joined make no rectangle.
    """
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = (row, column)
            if cell.joined:
                before = (row - 1, column) if cell.joined == ABOVE else (row, column - 1)
                owner[place] = owner[before]
            else:
                owner[place] = place
            members.setdefault(owner[place], []).append(place)
    found = []
    for (top, left), places in members.items():
        height = places[-1][0] - top + 1
        width = max(column for _, column in places) - left + 1
        if len(places) != height * width or min(column for _, column in places) < left:
            raise ValueError(f"row {top}, column {left}: merged cells make no rectangle")
        if height * width > 1:
            found.append(Merge(top, left, height, width))
    return found


def divide_rows(rows: tuple[Row, ...], count: int) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the first count rows and the rest; a merged cell that is cut shows its text twice."""
    first_below = list(rows[count])
    for merge in merges(rows):
        if merge.row < count < merge.row + merge.height:
            first_below[merge.column] = rows[merge.row][merge.column]
            for column in range(merge.column + 1, merge.column + merge.width):
                first_below[column] = Cell("", joined=LEFT)
    return rows[:count], (tuple(first_below), *rows[count + 1 :])


def filled_rows(rows: tuple[Row, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the text of each cell, with that of a merged cell in every place it covers."""
    texts = [[cell.text for cell in row] for row in rows]
    for merge in merges(rows):
        for row in range(merge.row, merge.row + merge.height):
            for column in range(merge.column, merge.column + merge.width):
                texts[row][column] = texts[merge.row][merge.column]
    return tuple(tuple(row) for row in texts)


def is_form_row(row: Row) -> bool:
    """Say whether a row is to be filled in: an empty cell follows each label."""
    texts = [cell.text for cell in row if not cell.joined]
    labels = [number for number, text in enumerate(texts) if text]
    return bool(labels) and all("" in texts[number + 1 : number + 2] for number in labels)
