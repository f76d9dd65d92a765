"""What stands before a document's text and answers no question: title, imprint, contents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.japanese.normalize import folded
from ingest.document import Block
from ingest.numbering import CAPTION, NUMBERING, SPECIAL, one_width
from ingest.paragraphs import Paragraph

_LEADER = re.compile(r"[.．…‥・･]{4,}\s*[0-9ivxlcdm]{1,4}$|(?:\s[.．…]){3,}", re.IGNORECASE)
_CONTENTS = re.compile(r"目\s*次|もくじ|contents", re.IGNORECASE)
_DATE = r"(?:令和|平成|昭和|[0-9]{4}年)\s*[0-9元一二三四五六七八九十○〇]*"
_EDITION = re.compile(
    rf"{_DATE}.*(?:版|施行|発行|改訂|改定|改正|制定|作成)|第[0-9○〇]+版|^初版"
    rf"|内線.*{_DATE}.*日$"
)
_ADDRESS = re.compile(
    rf"内線|電話|TEL|庁舎|^{_DATE}[^。]*[日月]$|^(?:制定|初版|改訂)$|(?:部|局|課|係|室)$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:日\s*時|日程|期\s*日|場\s*所|会\s*場|対\s*象|期\s*限|期\s*間|時\s*間|締\s*切|費\s*用|定\s*員|内\s*容|講\s*師"
    r"|持\s*ち?\s*物|申\s*込|提\s*出|問\s*合|問い合|連絡先|宛\s*先|担\s*当)|[:：]|^[・●○◎※①-⑳]"
)
_MANY_LEADERS = 8  # lines of a page that is a table of contents whatever else stands on it
_MOST_TITLE_LINES = 3
_LONGEST_TITLE = 40


def without_title(blocks: Sequence[Block]) -> list[Block]:
    """Drop a document's title from its headings: it stands once, above all others.

    A first heading that is numbered, or in brackets as those of articles, is none: it stays, on
    the level of the next one where both look alike.
    """
    headings = [block for block in blocks if block.level is not None]
    levels = [block.level or 0 for block in headings]
    if len(levels) < 2 or levels.count(min(levels)) > 1 or levels[0] != min(levels):
        return list(blocks)
    first, second = (_kind(block.text) for block in headings[:2])
    if first is None:
        return [block for block in blocks if block is not headings[0]]
    if first != second:
        return list(blocks)
    return [replace(b, level=levels[1]) if b is headings[0] else b for b in blocks]


def _kind(heading: str) -> int | None:
    """Return the kind of a heading's number, 0 for one in brackets, None without number."""
    line = one_width(heading)
    if CAPTION.match(line):
        return 0
    if SPECIAL.match(line):
        return -1
    return next((depth for depth, pattern in NUMBERING if pattern.match(line)), None)


def without_contents(blocks: Sequence[Block]) -> list[Block]:
    """Drop the lines of tables of contents, and pages that are mostly such lines."""
    lines: dict[int | None, list[bool]] = {}
    for block in blocks:
        if not block.is_table and block.page is not None:
            lines.setdefault(block.page, []).append(_LEADER.search(block.text) is not None)
    contents = {
        page
        for page, leads in lines.items()
        if sum(leads) * 2 > len(leads) or sum(leads) >= _MANY_LEADERS
    }
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


def is_contents_title(line: str) -> bool:
    """Tell whether a line is nothing but the title of a table of contents."""
    return _CONTENTS.fullmatch(one_width(line)) is not None


def without_imprint(parts: Sequence[Paragraph | Block]) -> list[Paragraph | Block]:
    """Drop the lines of a title page that open a section: title, edition, office, telephone.

    Only where one of them says edition or date of issue; lines with labels (日時, 場所, 対象) and
    sentences end the title page.
    """
    end = titles = 0
    edition = False
    for index, part in enumerate(parts):
        line = one_width(part.text) if isinstance(part, Paragraph) else ""
        if not line or "。" in line or _LABEL.search(line):
            break
        if _EDITION.search(line):
            edition = True
        elif not (_ADDRESS.search(line) or is_contents_title(line)):
            titles += 1
            if edition or titles > _MOST_TITLE_LINES or len(line) > _LONGEST_TITLE:
                break
            continue
        end = index + 1
    return list(parts[end:]) if edition else list(parts)
