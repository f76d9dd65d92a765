"""Japanese sectioning: which heading path each paragraph and table of a document stands under."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.document import Block
from ingest.footnotes import with_notes_in_place
from ingest.front_matter import is_contents_title, without_contents, without_imprint, without_title
from ingest.headings import Rank, heading_marks, line_widths, loose_kind, rank_of
from ingest.numbering import ARTICLE, CAPTION, LONGEST_HEADING, SPECIAL, article_heading, one_width
from ingest.paragraphs import Paragraph, paragraph_of, paragraphs
from ingest.stamps import is_stamp, is_stamp_line


@dataclass
class Section:
    """What stands under one heading path, in order: paragraphs and tables."""

    heading_path: tuple[str, ...]
    parts: list[Paragraph | Block] = field(default_factory=list)


@dataclass
class _Opened:
    """A section with the block that is its heading (None for what stands before the first)."""

    section: Section
    heading: Block | None


def sections(blocks: Sequence[Block]) -> list[Section]:
    """Return the document's sections in order, without stamps and lines of tables of contents."""
    kept = with_notes_in_place(_without_stamps(blocks))
    kept = without_title(without_contents(kept))
    widths = line_widths(kept)
    marks = heading_marks(kept)
    found = [_Opened(Section(()), None)]
    stack: list[tuple[Rank, str]] = []
    loose: dict[str, Rank] = {}  # ranks of ■ and 問, which take their depth from where they stand
    run: list[Block] = []

    def close_run() -> None:
        parts = found[-1].section.parts
        parts += [part for part in paragraphs(run) if not is_stamp(part.text)]
        run.clear()

    for index, block in enumerate(kept):
        if block.is_table:
            close_run()
            found[-1].section.parts.append(block)
            continue
        kind = loose_kind(block, kept, index, widths, marks)
        if kind is None:
            rank = rank_of(block, kept, index, widths)
        else:
            rank = loose.setdefault(kind, _below(stack[-1][0] if stack else (0, 0)))
        if rank is None or _names_open_section(block, stack):
            run.append(block)
            continue
        close_run()
        while stack and stack[-1][0] >= rank:
            stack.pop()
        loose = {name: other for name, other in loose.items() if other <= rank or name == kind}
        heading, rest = _heading_and_rest(block, rank)
        parts = found[-1].section.parts
        if rank == (1, ARTICLE) and parts and _is_caption(parts[-1]):
            caption = parts.pop()
            heading += caption.text if isinstance(caption, Paragraph) else ""
        stack.append((rank, heading))
        found.append(_Opened(Section(tuple(title for _, title in stack)), block))
        if rest:
            run.append(replace(block, text=rest, level=None))
    close_run()
    return _with_lines_of_empty_sections(_without_covers(found))


def _without_covers(found: list[_Opened]) -> list[_Opened]:
    """Drop title pages and the same lines on top of each sheet, never the only content."""
    kept: list[_Opened] = []
    for opened in found:
        parts = opened.section.parts
        is_sheet = bool(parts) and isinstance(parts[0], Paragraph) and parts[0].label is not None
        if not parts or not (is_sheet or all(not other.section.parts for other in kept)):
            kept.append(opened)
            continue
        rest = without_imprint(parts)
        if rest or opened.heading is None:
            kept.append(_Opened(Section(opened.section.heading_path, rest), opened.heading))
    return kept if any(opened.section.parts for opened in kept) else found


def _with_lines_of_empty_sections(found: list[_Opened]) -> list[Section]:
    """Put the line of a section with nothing in it back as text of the section around it."""
    kept: list[Section] = []
    for index, opened in enumerate(found):
        section, heading = opened.section, opened.heading
        path = section.heading_path
        following = found[index + 1].section.heading_path if index + 1 < len(found) else ()
        opens = len(following) > len(path) and following[: len(path)] == path
        if section.parts:
            kept.append(section)
        elif heading is not None and not opens and not is_contents_title(heading.text):
            if not kept or kept[-1].heading_path != path[:-1]:
                kept.append(Section(path[:-1]))
            kept[-1].parts.append(paragraph_of(heading.text, heading.page, heading.label))
    return kept


def _below(rank: Rank) -> Rank:
    """Return the rank just below a numbered heading; below chapters and none, that of 款."""
    return (*rank, 1) if rank[0] and rank[1] >= ARTICLE else (1, 3)


def _names_open_section(block: Block, stack: Sequence[tuple[Rank, str]]) -> bool:
    """Tell whether a line like 「別表第1（単位 万円）」 only repeats the section it stands in."""
    match = SPECIAL.match(one_width(block.text))
    if block.level is not None or match is None:
        return False
    name = match.group().strip(" (（")
    return any(one_width(title).startswith(name) for _, title in stack)


def _heading_and_rest(block: Block, rank: Rank) -> tuple[str, str]:
    """Split 「第5条（目的） 本文…」 into its heading and the text that follows on the line."""
    text = re.sub(r"\s+", " ", block.text).strip()
    if rank != (1, ARTICLE):
        return text, ""
    article = article_heading(text)
    if article is None:
        return text[:LONGEST_HEADING], "" if len(text) <= LONGEST_HEADING else text
    return article[0], text


def _is_caption(part: Paragraph | Block) -> bool:
    return isinstance(part, Paragraph) and CAPTION.match(part.text) is not None


def _without_stamps(blocks: Sequence[Block]) -> list[Block]:
    """Drop lines that are stamps before they are joined with the text around them."""
    return [block for block in blocks if block.is_table or not is_stamp_line(block.text)]
