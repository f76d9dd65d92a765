"""Sections cut into chunks that fit the embedding model together with their headings."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.domain import ChunkKind, Span
from assistant.library import ChunkDraft
from ingest.document import Block
from ingest.paragraphs import Paragraph
from ingest.sectioning import Section
from ingest.table_rows import SEPARATOR, continues, labelled_rows

MOST_TOKENS = 480
_HEADING_TOKENS = 120
_SPECIAL_TOKENS = 8  # prompt, line break, begin and end marks
_CAPTION = 40
_LONGEST_NAME = 60  # letters of the first two cells of a row, both said again in its parts
_NUMBERED_CAPTION = 120  # of 表5 …, which may say for which case the table holds
_NUMBERED = re.compile(r"[(（【]?(?:表|別表|図|様式)\s*第?\s*[0-9一二三四五六七八九十]")
_FORM = re.compile(r"\S{0,8}様式第\S{1,4}号")  # a line above the title in the form's first row
_REMARK = re.compile(r"[(（][^()（）。]{1,40}[)）]$")  # （単位　円） on a line of its own
TokenCounts = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True)
class _Unit:
    """A sentence or table row: its text, page, and what joins it to the one before.

    `above` are the lines that a chunk says before a row: the caption, the name of its rows.
    """

    text: str
    page: int | None
    gap: str
    kind: ChunkKind
    label: str | None = None
    above: tuple[_Unit, ...] = ()


def chunk_drafts(
    sections: Sequence[Section], token_counts: TokenCounts, *, title: str = ""
) -> list[ChunkDraft]:
    """Return the chunks of all sections in order; none crosses a section or mixes text and table.

    Each is at most MOST_TOKENS tokens with its heading. A section without any heading takes the
    document's title.
    """
    drafts: list[ChunkDraft] = []
    for section in sections:
        path = section.heading_path or ((title,) if title else ())
        path, heading_tokens = _fitting_path(path, token_counts)
        room = MOST_TOKENS - _SPECIAL_TOKENS - heading_tokens
        for group in _groups(section):
            pieces = _fitting_units(group, token_counts, room)
            further, first = _costs(pieces, token_counts)
            for part in _balanced(pieces, further, first, room):
                drafts.append(_draft(path, part))
    return drafts


def _groups(section: Section) -> list[list[_Unit]]:
    """Return the units that may share a chunk: those of one table, or of the text between two."""
    groups: list[list[_Unit]] = [[]]
    previous: Block | None = None
    above: tuple[_Unit, ...] = ()
    names: tuple[_Unit, ...] = ()
    for part in section.parts:
        if isinstance(part, Paragraph):
            if previous is not None:
                groups.append([])
            for position, span in enumerate(part.sentences()):
                gap = "" if position else "\n"
                text = part.text[span.start : span.end]
                groups[-1].append(_Unit(text, span.page, gap, "text", span.label))
            previous = None
            continue
        if previous is None or not continues(part, previous):
            above, names = _taken_captions(groups[-1]), ()
            groups.append([])
        elif groups[-1]:
            names = groups[-1][-1].above[len(above) :]
        groups[-1] += _row_units(part, above, names, section.heading_path)
        previous = part
    return [group for group in groups if group]


def _row_units(
    table: Block,
    above: tuple[_Unit, ...],
    names: tuple[_Unit, ...],
    heading_path: Sequence[str],
) -> list[_Unit]:
    """Return a table's rows, each below the caption and the row that names it.

    `names` is the row that names the first, where the table goes on from another page.
    """
    said = " ".join([*heading_path, *(line.text for line in above)])
    units: list[_Unit] = []
    named = True
    for row in labelled_rows(table, caption=said):
        unit = _Unit(row.text, table.page, "\n", "table", row.label)
        if row.names_rows:
            names = (unit,) if named else (*names, unit)
        else:
            units.append(replace(unit, above=(*above, *names)))
        named = not row.names_rows
    return units


def _taken_captions(units: list[_Unit]) -> tuple[_Unit, ...]:
    """Take the lines that name the table below them off the text above it."""
    if not _is_caption(units):
        return ()
    lines = [replace(units.pop(), kind="table")]
    remark = _REMARK.match(lines[0].text)
    titled = _is_caption(units) and _FORM.match(units[-1].text) and not _is_numbered(lines[0].text)
    if _is_caption(units) and (remark or titled):
        lines.insert(0, replace(units.pop(), kind="table"))
    return tuple(lines)


def _is_numbered(text: str) -> bool:
    return _NUMBERED.match(unicodedata.normalize("NFKC", text)) is not None


def _is_caption(units: Sequence[_Unit]) -> bool:
    """Tell whether the last line, numbered or short and no sentence, names the table below it."""
    if not units or units[-1].kind != "text" or units[-1].gap != "\n":
        return False
    text = units[-1].text
    most = _NUMBERED_CAPTION if _is_numbered(text) else _CAPTION
    return len(text) <= most and not text.endswith("。")


def _fitting_path(path: tuple[str, ...], token_counts: TokenCounts) -> tuple[tuple[str, ...], int]:
    """Shorten headings, the outermost first, until they leave room for text."""
    while len(path) > 1 and token_counts([" ".join(path)])[0] > _HEADING_TOKENS:
        path = path[1:]
    tokens = token_counts([" ".join(path)])[0] if path else 0
    if tokens > _HEADING_TOKENS:
        path = (path[0][: max(10, len(path[0]) * _HEADING_TOKENS // tokens)],)
        tokens = token_counts([path[0]])[0]
    return path, tokens


def _fitting_units(units: Sequence[_Unit], token_counts: TokenCounts, room: int) -> list[_Unit]:
    """Split a sentence or row that alone exceeds the room, at 、 where there is one."""
    fitting: list[_Unit] = []
    counts = token_counts([unit.text for unit in units])
    _, first = _costs(units, token_counts)
    for unit, count, alone in zip(units, counts, first, strict=True):
        most = max(room // 4, room - (alone - count))
        if count <= most:
            fitting.append(unit)
            continue
        if unit.kind == "table" and SEPARATOR in unit.text:
            shorter = _parts_of_row(unit, token_counts, most)
            if max(token_counts([part.text for part in shorter])) <= most:
                fitting += shorter
                continue
        size = max(20, int(len(unit.text) * most / count * 0.8))
        rest, gap = unit.text, unit.gap
        while rest:
            cut = (
                len(rest) if len(rest) <= size else (rest.rfind("、", size // 2, size) + 1 or size)
            )
            if token_counts([rest[:cut]])[0] > most:
                size = max(10, size // 2)
                continue
            fitting.append(replace(unit, text=rest[:cut], gap=gap))
            rest, gap = rest[cut:], ""
    return fitting


def _parts_of_row(unit: _Unit, token_counts: TokenCounts, most: int) -> list[_Unit]:
    """Cut a long row between its cells; each part begins with the first cells, which name it."""
    cells = unit.text.split(SEPARATOR)
    named = 2 if len(cells) > 3 and len(SEPARATOR.join(cells[:2])) <= _LONGEST_NAME else 1
    parts: list[list[str]] = [cells[:named]]
    for cell in cells[named:]:
        longer = SEPARATOR.join([*parts[-1], cell])
        if len(parts[-1]) > named and token_counts([longer])[0] > most:
            parts.append(cells[:named])
        parts[-1].append(cell)
    return [replace(unit, text=SEPARATOR.join(part)) for part in parts]


def _costs(units: Sequence[_Unit], token_counts: TokenCounts) -> tuple[list[int], list[int]]:
    """Return the tokens of each unit with the lines said above it: further on, and first."""
    lines = list(dict.fromkeys(line.text for unit in units for line in unit.above))
    tokens = dict(zip(lines, token_counts(lines) if lines else [], strict=True))
    own = token_counts([unit.text for unit in units])
    above = [sum(tokens[line.text] + 1 for line in unit.above) for unit in units]
    new = [
        sum(tokens[line.text] + 1 for line in unit.above if line not in before.above)
        for before, unit in pairwise([*units[:1], *units])
    ]
    further = [a + b for a, b in zip(own, new, strict=True)]
    return further, [a + b for a, b in zip(own, above, strict=True)]


def _balanced(
    units: Sequence[_Unit], counts: Sequence[int], first: Sequence[int], room: int
) -> list[list[_Unit]]:
    """Fill as few chunks as possible, of about equal size.

    `counts` are the tokens of each unit, `first` those where a chunk begins with it.
    """
    most = room - max(a - b for a, b in zip(first, counts, strict=True))
    target = sum(counts) / max(1, math.ceil(sum(counts) / max(1, most)))
    parts: list[list[_Unit]] = []
    sizes: list[int] = []
    used = 0
    for unit, count, alone in zip(units, counts, first, strict=True):
        if not parts or used + count + 1 > room or used >= target:
            parts.append([])
            sizes.append(0)
            used = 0
        cost = (count if parts[-1] else alone) + 1
        parts[-1].append(unit)
        used += cost
        sizes[-1] = used
    if len(parts) > 1 and sum(sizes[-2:]) <= room:
        parts[-2:] = [[*parts[-2], *parts[-1]]]
    return parts


def _draft(path: tuple[str, ...], units: Sequence[_Unit]) -> ChunkDraft:
    text = ""
    spans: list[Span] = []
    said: set[_Unit] = set()
    for unit in units:
        lines = [line for line in unit.above if line not in said]
        for line in (*lines, unit):
            gap = (line.gap or ("\n" if lines else "")) if text else ""
            start = len(text) + len(gap)
            text += gap + line.text
            spans.append(Span(start, len(text), line.page, line.label))
        said = set(unit.above)
    pages = [span.page for span in spans if span.page is not None]
    return ChunkDraft(
        path,
        min(pages, default=None),
        max(pages, default=None),
        units[0].kind,
        text,
        tuple(spans),
    )
