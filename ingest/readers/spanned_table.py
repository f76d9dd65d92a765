"""Tables whose cells span rows and columns, made into rows that can be read alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.document import Block

_NUMBER = re.compile(
    r"[¥￥$△▲+-]?\s*[0-9０-９][0-9０-９,，.．/／:：-]*\s*(?:%|％|円|千円|万円|日|時間)?"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
# What a form leaves to be filled in: nothing, 令和　年　月　日, （　　）, 円, □.
_FIELD = re.compile(r"(?:[\s　（()）年月日時分から・]|まで|令和|円|枚|件|人|回|泊)*|.*[□☐].*", re.S)
_LEAST_FIELDS = 0.25  # of the cells of a form
_BULLETS = ("・", "●", "○ ", "①", "•")
_LONGEST_HEAD = 24
_BREAK_IN_WORD = re.compile(r"(?<=[^\x00-\x7f])\s*\n\s*(?=[^\x00-\x7f])")
Grid = list[list["Cell | None"]]


@dataclass(frozen=True)
class Cell:
    """A cell with the rows and columns that it fills, counted from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int
    text: str


def table_blocks(
    cells: Sequence[Cell],
    *,
    count_heads: Callable[[Grid], int],
    heads: Sequence[str] | None = None,
    page: int | None = None,
    label_of: Callable[[int], str] | None = None,
    whole: bool = False,
) -> list[Block]:
    """Return a table as blocks; a row that one cell fills is the caption of what follows.

    In a `whole` table it stays a row, its text in every column, unless it is above the heads.

    `count_heads` tells how many rows hold heads once captions at the top are taken away; heads of
    several levels are joined (限度額/課長). `heads` are those of a table that this one carries on;
    where it repeats them they are said once.
    A merged cell is said in every row and column that it fills. `label_of` names a row's place.
    """
    grid, numbers = _compact(_grid(cells), len(heads) if heads is not None else 0)
    width = len(grid[0]) if grid else 0
    top = next((i for i, row in enumerate(grid) if not _is_filled_by_one(row)), len(grid))
    count = count_heads(grid[top:]) if heads is None else _count_repeated(grid[top:], heads)
    names = joined_heads(grid[top : top + count]) if heads is None else tuple(heads)
    names = names if len(names) == width else ("",) * width
    labels = [label_of(number) for number in numbers] if label_of else []
    blocks: list[Block] = []
    waiting: list[int] = []

    def close() -> None:
        if waiting:
            rows = [tuple(cell.text if cell else "" for cell in grid[row]) for row in waiting]
            places = [labels[row] for row in (top if count else waiting[0], *waiting) if labels]
            blocks.append(Block("", page, rows=(names, *rows), labels=tuple(places)))
            waiting.clear()

    for number, row in enumerate(grid):
        if width < 2 or (_is_filled_by_one(row) and not (whole and number > top)):
            close()
            label = labels[number] if labels else None
            blocks += text_lines(row[0].text if row[0] else "", page=page, label=label)
        elif not top <= number < top + count:
            waiting.append(number)
    close()
    if count and not any(block.is_table for block in blocks):
        blocks.append(Block("", page, rows=(names,), labels=tuple(labels[top : top + 1])))
    return blocks


def _count_repeated(grid: Grid, heads: Sequence[str]) -> int:
    """Return how many rows at the top only say the heads again."""
    return next((n for n in (1, 2, 3) if joined_heads(grid[:n]) == tuple(heads)), 0)


def text_lines(text: str, *, page: int | None = None, label: str | None = None) -> list[Block]:
    """Return each line of a text as a paragraph."""
    lines = (line.strip() for line in text.split("\n"))
    return [
        Block(line, page, labels=(label,) if label else (), whole=True) for line in lines if line
    ]


def joined_heads(rows: Sequence[Sequence[Cell | None]]) -> tuple[str, ...]:
    """Return one head a column, 「限度額/課長」 where heads stand in levels."""
    return tuple(
        "/".join(dict.fromkeys(text for cell in column if cell and (text := one_line(cell.text))))
        for column in zip(*rows, strict=True)
    )


def one_line(text: str) -> str:
    """Return a head without the line breaks that fit it into its column."""
    return " ".join(_BREAK_IN_WORD.sub("", text).split())


def head_levels(grid: Sequence[Sequence[Cell | None]]) -> int:
    """Return how many rows at the top hold heads: more than 1 under joint heads, 0 for data.

    A form, whose fields stand beside their labels, has none, nor has a list of labels and texts.
    """
    first = [cell.text for cell in grid[0] if cell] if grid else []
    if len(grid) < 2 or is_data(first) or _is_form(grid) or _says_sentences(first):
        return 0
    if _names_rows(grid):
        return 0
    levels = 1
    while levels < min(3, len(grid) - 1) and _has_joint_head(grid[levels - 1], grid[levels]):
        if is_data([cell.text for cell in grid[levels] if cell]):
            break
        levels += 1
    return levels


def is_data(texts: Sequence[str]) -> bool:
    """Tell whether most cells of a row are figures, years apart, as no row of heads has."""
    said = [text for text in texts if text]
    figures = [t for t in said if _NUMBER.fullmatch(t) and not _YEAR.fullmatch(t)]
    return len(figures) * 2 > len(said)


def _names_rows(grid: Sequence[Sequence[Cell | None]]) -> bool:
    """Tell whether the first cell names several rows: the row it begins is none of heads."""
    name, below = grid[0][0], grid[1][0]
    named = name is not None and below is not None and name.text and name.text == below.text
    alone = len({id(cell) for cell in grid[0]}) == len(grid[0])
    others = any(one is not two for one, two in zip(grid[0][1:], grid[1][1:], strict=True))
    return bool(named) and alone and others


def _says_sentences(texts: Sequence[str]) -> bool:
    """Tell whether a row holds text, as no row of heads does: sentences, an item of a list.

    In a row of a label and its text, also a long text or one with a comma.
    """
    if any("。" in text or text.startswith(_BULLETS) for text in texts):
        return True
    return len(texts) == 2 and (len(texts[1]) > _LONGEST_HEAD or "、" in texts[1])


def _is_filled_by_one(row: Sequence[Cell | None]) -> bool:
    return row[0] is not None and all(cell is row[0] for cell in row)


def _is_form(grid: Sequence[Sequence[Cell | None]]) -> bool:
    """Tell a form: fields to be filled in, one of them in the first row beside a label."""
    cells = {id(cell): cell.text for row in grid for cell in row if cell}.values()
    fields = sum(_FIELD.fullmatch(text) is not None for text in cells)
    first = [cell.text if cell else "" for cell in grid[0][1:]]
    return fields >= _LEAST_FIELDS * len(cells) and any(map(_FIELD.fullmatch, first))


def _has_joint_head(row: Sequence[Cell | None], below: Sequence[Cell | None]) -> bool:
    """Tell whether a cell stands over several columns, though not over all, parted below it."""
    return any(
        cell is not None
        and sum(other is cell for other in row) in range(2, len(row))
        and len({id(b) for a, b in zip(row, below, strict=True) if a is cell and b}) > 1
        for cell in row
    )


def _grid(cells: Sequence[Cell]) -> Grid:
    height = max((cell.bottom for cell in cells), default=-1) + 1
    width = max((cell.right for cell in cells), default=-1) + 1
    grid: Grid = [[None] * width for _ in range(height)]
    for cell in cells:
        for row in grid[cell.top : cell.bottom + 1]:
            row[cell.left : cell.right + 1] = [cell] * (cell.right - cell.left + 1)
    return grid


def _compact(grid: Grid, known: int) -> tuple[Grid, list[int]]:
    """Drop empty rows and columns and those in which all cells go on from the one before.

    Columns whose `known` number is that of the heads all stay.
    """
    numbers = [row for row in range(len(grid)) if _says_more(grid[row], grid[row - 1 : row])]
    columns = [list(column) for column in zip(*grid, strict=True)]
    kept = [
        i
        for i, column in enumerate(columns)
        if len(columns) == known or _says_more(column, columns[i - 1 : i])
    ]
    return [[grid[row][column] for column in kept] for row in numbers], numbers


def _says_more(line: Sequence[Cell | None], before: Sequence[Sequence[Cell | None]]) -> bool:
    if not any(cell and cell.text for cell in line):
        return False
    return not before or any(a is not b for a, b in zip(line, before[0], strict=True))
