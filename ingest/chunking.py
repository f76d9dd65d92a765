"""Sections cut into chunks that fit the embedding model together with their headings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.domain import ChunkKind, Span
from assistant.library import ChunkDraft
from ingest.document import Block
from ingest.paragraphs import Paragraph
from ingest.sectioning import Section
from ingest.table_rows import continues, head_of, labelled_rows

MOST_TOKENS = 480
_HEADING_TOKENS = 120
_SPECIAL_TOKENS = 8  # prompt, line break, begin and end marks
_CAPTION = 40
TokenCounts = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True)
class _Unit:
    """A sentence or table row: its text, page, and what joins it to the one before."""

    text: str
    page: int | None
    gap: str
    kind: ChunkKind
    label: str | None = None


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
        for group in _groups(_units(section)):
            pieces = _fitting_units(group, token_counts, room)
            counts = token_counts([unit.text for unit in pieces])
            for part in _balanced(pieces, counts, room):
                drafts.append(_draft(path, part))
    return drafts


def _units(section: Section) -> list[_Unit]:
    units: list[_Unit] = []
    previous: Block | None = None
    heads: tuple[str, ...] = ()
    for part in section.parts:
        if isinstance(part, Paragraph):
            for position, span in enumerate(part.sentences()):
                gap = "" if position else "\n"
                text = part.text[span.start : span.end]
                units.append(_Unit(text, span.page, gap, "text", span.label))
            previous = None
            continue
        carried = heads if previous is not None and continues(part, previous, heads) else None
        heads = carried or head_of(part)
        caption = units.pop() if _is_caption(units) and carried is None else None
        if caption is not None:
            units.append(replace(caption, kind="table"))
        said = f"{' '.join(section.heading_path)} {caption.text if caption else ''}"
        rows = labelled_rows(part, carried, caption=said)
        units += [_Unit(row, part.page, "\n", "table", label) for row, label in rows]
        previous = part
    return units


def _is_caption(units: Sequence[_Unit]) -> bool:
    """Tell whether the last line, short and no sentence, names the table below it."""
    return (
        bool(units)
        and units[-1].kind == "text"
        and units[-1].gap == "\n"
        and len(units[-1].text) <= _CAPTION
        and not units[-1].text.endswith("。")
    )


def _groups(units: Sequence[_Unit]) -> list[list[_Unit]]:
    groups: list[list[_Unit]] = []
    for unit in units:
        if groups and groups[-1][-1].kind == unit.kind:
            groups[-1].append(unit)
        else:
            groups.append([unit])
    return groups


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
    for unit, count in zip(units, counts, strict=True):
        if count <= room:
            fitting.append(unit)
            continue
        size = max(20, int(len(unit.text) * room / count * 0.8))
        rest, gap = unit.text, unit.gap
        while rest:
            cut = (
                len(rest) if len(rest) <= size else (rest.rfind("、", size // 2, size) + 1 or size)
            )
            if token_counts([rest[:cut]])[0] > room:
                size = max(10, size // 2)
                continue
            fitting.append(replace(unit, text=rest[:cut], gap=gap))
            rest, gap = rest[cut:], ""
    return fitting


def _balanced(units: Sequence[_Unit], counts: Sequence[int], room: int) -> list[list[_Unit]]:
    """Fill as few chunks as possible, of about equal size."""
    target = sum(counts) / max(1, math.ceil(sum(counts) / room))
    parts: list[list[_Unit]] = []
    used = 0
    for unit, count in zip(units, counts, strict=True):
        cost = count + 1
        if not parts or used + cost > room or (used >= target and parts):
            parts.append([])
            used = 0
        parts[-1].append(unit)
        used += cost
    if len(parts) > 1 and sum(counts[-len(parts[-1]) - len(parts[-2]) :]) + len(units) <= room:
        parts[-2:] = [[*parts[-2], *parts[-1]]]
    return parts


def _draft(path: tuple[str, ...], units: Sequence[_Unit]) -> ChunkDraft:
    text = ""
    spans: list[Span] = []
    for unit in units:
        gap = unit.gap if text else ""
        start = len(text) + len(gap)
        text += gap + unit.text
        spans.append(Span(start, len(text), unit.page, unit.label))
    pages = [unit.page for unit in units if unit.page is not None]
    return ChunkDraft(
        path,
        min(pages, default=None),
        max(pages, default=None),
        units[0].kind,
        text,
        tuple(spans),
    )
