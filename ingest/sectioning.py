"""Japanese sectioning: which heading path each paragraph and table of a document stands under."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from assistant.japanese.normalize import folded, readable
from ingest.document import Block
from ingest.paragraphs import Paragraph, paragraph_of, paragraphs
from ingest.stamps import is_stamp, is_stamp_line

_COUNT = r"[0-9一二三四五六七八九十百]+"
# What a figure at the start of a wrapped line counts: 5時までに, 10人以上. Not a heading's number.
_COUNTED = (
    r"[0-9,，時日月年人名円万千億者回階台分秒週か箇ヶ件枚項条号倍割歳級部課社校%％パキメセミグ]"
)
# Depth of the numbering used in Japanese regulations and manuals, outermost first.
_NUMBERING: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"^第{_COUNT}(?:編|部|章)(?:[\s　]|$)")),
    (2, re.compile(rf"^第{_COUNT}節(?:[\s　]|$)")),
    (3, re.compile(rf"^第{_COUNT}款(?:[\s　]|$)")),
    (3, re.compile(r"^[■◆][\s　]*\S")),
    (4, re.compile(rf"^第{_COUNT}条(?:の{_COUNT})*(?:[\s　(（]|$)")),
    (
        5,
        re.compile(
            rf"^(?:[0-9]{{1,2}}(?:[.．][0-9]{{1,2}})*[.．]?(?!{_COUNTED})"
            r"|[IVX]{1,4}[.．]|[Ⅰ-Ⅻ])[\s　]*\S"
        ),
    ),
    (6, re.compile(r"^[(（][0-9]{1,2}[)）][\s　]*\S")),
    (7, re.compile(r"^[ア-ン][\s　.．]\s*\S")),
    (8, re.compile(r"^[(（][ア-ン][)）][\s　]*\S")),
)
_SPECIAL = re.compile(
    rf"^(?:別表|様式|別記|別紙|附\s*則|付\s*則)(?:第?{_COUNT}号?)?(?:[\s　(（]|$)"
)
_ARTICLE = re.compile(
    r"(第[^\s　(（条]+条(?:の[^\s　(（の]+)*\s*(?:[(（][^)）]{1,40}[)）])?)\s*(.*)"
)
_CAPTION = re.compile(r"^[(（][^()（）。]{1,30}[)）]$")
_LEADER = re.compile(r"[.．…‥・･]{4,}\s*[0-9ivxlcdm]{1,4}$|(?:\s[.．…]){3,}", re.IGNORECASE)
_LONGEST_HEADING = 40
_FULL_LINE = 0.85  # of a page's line width: a numbered line as long as that goes on below


@dataclass
class Section:
    """What stands under one heading path, in order: paragraphs and tables."""

    heading_path: tuple[str, ...]
    parts: list[Paragraph | Block] = field(default_factory=list)


def sections(blocks: Sequence[Block]) -> list[Section]:
    """Return the document's sections in order, without stamps and lines of tables of contents."""
    kept = _without_title(_without_contents(_without_stamps(blocks)))
    widths = _line_widths(kept)
    found = [Section(())]
    stack: list[tuple[tuple[int, int], str]] = []
    run: list[Block] = []

    def close_run() -> None:
        found[-1].parts += [part for part in paragraphs(run) if not is_stamp(part.text)]
        run.clear()

    for index, block in enumerate(kept):
        if block.is_table:
            close_run()
            found[-1].parts.append(block)
            continue
        rank = _rank(block, kept, index, widths)
        if rank is None or _names_open_section(block, stack):
            run.append(block)
            continue
        close_run()
        while stack and stack[-1][0] >= rank:
            stack.pop()
        heading, rest = _heading_and_rest(block, rank)
        if rank == (1, 4) and found[-1].parts and _is_caption(found[-1].parts[-1]):
            caption = found[-1].parts.pop()
            heading += caption.text if isinstance(caption, Paragraph) else ""
        stack.append((rank, heading))
        found.append(Section(tuple(title for _, title in stack)))
        if rest:
            found[-1].parts.append(paragraph_of(rest, block.page, block.label))
    close_run()
    return [s for s in found if s.parts and not (s is found[0] and len(found) > 1 and _is_cover(s))]


def _is_cover(section: Section) -> bool:
    """Tell whether what stands before the first heading is a title page: names, not sentences."""
    return not section.heading_path and all(
        isinstance(part, Paragraph) and "。" not in part.text for part in section.parts
    )


def _names_open_section(block: Block, stack: Sequence[tuple[tuple[int, int], str]]) -> bool:
    """Tell whether a line like 「別表第1（単位 万円）」 only repeats the section it stands in."""
    match = _SPECIAL.match(_line(block.text))
    if block.level is not None or match is None:
        return False
    name = match.group().strip(" (（")
    return any(_line(title).startswith(name) for _, title in stack)


def _line_widths(blocks: Sequence[Block]) -> dict[int | None, float]:
    """Return how many characters a full line has on each page: nine tenths of lines are shorter."""
    lengths: dict[int | None, list[int]] = {}
    for block in blocks:
        if not block.is_table and not block.whole and block.page is not None:
            lengths.setdefault(block.page, []).append(len(_line(block.text)))
    return {page: sorted(found)[len(found) * 9 // 10] for page, found in lengths.items()}


def _rank(
    block: Block, blocks: Sequence[Block], index: int, widths: Mapping[int | None, float]
) -> tuple[int, int] | None:
    """Return a heading's rank (smaller is outer), None for text.

    Headings that the format names are outside all that numbering suggests; 別表, 様式 and 附則
    stand at the top.
    """
    if block.level is not None:
        return (0, block.level)
    line = _line(block.text)
    if _SPECIAL.match(line) and len(line) <= _LONGEST_HEADING and not line.endswith("。"):
        return (0, 1)
    for depth, pattern in _NUMBERING:
        if pattern.match(line):
            if depth == 4:
                return (1, 4) if _starts_article(line) else None
            wrapped = depth > 3 and len(line) >= _FULL_LINE * widths.get(block.page, inf)
            alone = not wrapped and _stands_alone(line, depth, pattern, blocks, index)
            return (1, depth) if alone else None
    return None


def _starts_article(line: str) -> bool:
    """Tell 第5条 that begins an article from 第5条の規定により… in running text."""
    return re.match(rf"^第{_COUNT}条(?:の{_COUNT})*(?:[\s　(（]|$)", line) is not None


def _stands_alone(
    line: str, depth: int, pattern: re.Pattern[str], blocks: Sequence[Block], index: int
) -> bool:
    """Tell whether a numbered line is a heading: short, no sentence, not one item of a list."""
    if len(line) > _LONGEST_HEADING or line.endswith(("。", "、", "，", ",", ":", "：")):
        return False
    if depth <= 3:
        return True
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    if following is None:
        return False
    if following.is_table:
        return True
    after = _line(following.text)
    if pattern.match(after) or following.level is not None:
        return False
    if index and pattern.match(_line(blocks[index - 1].text)):
        return False  # the last item of a list
    return len(after) >= 15 or any(p.match(after) for _, p in _NUMBERING)


def _heading_and_rest(block: Block, rank: tuple[int, int]) -> tuple[str, str]:
    """Split 「第5条（目的） 本文…」 into its heading and the text that follows on the line."""
    text = re.sub(r"\s+", " ", block.text).strip()
    if rank != (1, 4):
        return text, ""
    match = re.match(
        r"(第[^\s　(（条]+条(?:の[^\s　(（の]+)*\s*(?:[(（][^)）]{1,40}[)）])?)\s*(.*)", text
    )
    if match is None or not match[2]:
        return text[:_LONGEST_HEADING], "" if len(text) <= _LONGEST_HEADING else text
    return match[1].strip(), text


def _line(text: str) -> str:
    """Return a line in one width; the space after a number, which tells a heading, stays."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", readable(text))).strip()


def _is_caption(part: Paragraph | Block) -> bool:
    return isinstance(part, Paragraph) and _CAPTION.match(part.text) is not None


def _without_title(blocks: Sequence[Block]) -> list[Block]:
    """Drop a document's title from its headings: it stands once, above all others."""
    levels = [block.level for block in blocks if block.level is not None]
    if len(levels) < 2 or levels.count(min(levels)) > 1 or levels[0] != min(levels):
        return list(blocks)
    return [block for block in blocks if block.level != min(levels)]


def _without_stamps(blocks: Sequence[Block]) -> list[Block]:
    """Drop lines that are stamps before they are joined with the text around them."""
    return [block for block in blocks if block.is_table or not is_stamp_line(block.text)]


def _without_contents(blocks: Sequence[Block]) -> list[Block]:
    """Drop the lines of tables of contents, and pages that are mostly such lines."""
    lines: dict[int | None, list[bool]] = {}
    for block in blocks:
        if not block.is_table and block.page is not None:
            lines.setdefault(block.page, []).append(_LEADER.search(block.text) is not None)
    contents = {page for page, leads in lines.items() if sum(leads) * 2 > len(leads)}
    titles = {folded(block.text) for block in blocks if block.level is not None}
    body = next((i for i, block in enumerate(blocks) if block.level is not None), 0)
    return [
        block
        for index, block in enumerate(blocks)
        if block.is_table
        or not (
            block.page in contents
            or _LEADER.search(block.text)
            or (index < body and folded(block.text) in titles)
        )
    ]
