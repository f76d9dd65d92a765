"""The numbers that Word makes itself: 第5条, (3), 1.2 before paragraphs of lists and headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn

from ingest.readers.word.list_levels import LEVELS, Level, lists_of
from ingest.readers.word.number_formats import BULLET, number_text
from ingest.readers.word.styles import Styles, value

_PLACE = re.compile(r"%([1-9])")
_PARAGRAPH, _BOX = qn("w:p"), qn("w:txbxContent")
_CELL, _MERGED = qn("w:tc"), f"{qn('w:tcPr')}/{qn('w:vMerge')}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
ITEM = "・"
"""What a bullet becomes, whatever its shape."""


class _Numbering:
    """The lists of a document and how far each definition has counted."""

    def __init__(self, document: Any, styles: Styles) -> None:
        self._styles = styles
        self._lists = lists_of(document, styles)
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def number(self, paragraph: Any) -> str:
        """Count a paragraph and return its number, empty where it has none."""
        found = self._place(paragraph)
        if found is None:
            return ""
        number_id, depth = found
        numbered = self._lists[number_id]
        counts = self._counts.setdefault(numbered.definition, [None] * LEVELS)
        if depth in numbered.overridden and (number_id, depth) not in self._begun:
            counts[depth] = None
        self._begun.add((number_id, depth))
        for outer in range(depth):
            # A level that is left out counts from there on (Microsoft's article Q197139).
            if counts[outer] is None:
                counts[outer] = numbered.levels[outer].start
        now = counts[depth]
        counts[depth] = numbered.levels[depth].start if now is None else now + 1
        for inner in range(depth + 1, LEVELS):
            restart = numbered.levels[inner].restart
            if restart is None or depth < restart:
                counts[inner] = None
        return _shown(numbered.levels, depth, counts)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """Return the list of a paragraph and its level from 0, its own or its style's."""
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        number_id = value(own, "w:numId") if own is not None else None
        depth = value(own, "w:ilvl") if own is not None else None
        if number_id is None:
            number_id, given, named = self._styles.numbering(self._styles.of(paragraph))
            levels = self._lists[number_id].levels if number_id in self._lists else ()
            by_style = (str(i) for i, level in enumerate(levels) if level.style in named)
            depth = depth or next(by_style, given)
        if number_id not in self._lists or not (depth or "0").isdecimal():
            return None
        return number_id, min(int(depth or 0), LEVELS - 1)


def numbers_of(document: Any, styles: Styles) -> dict[Any, str]:
    """Return the number of each paragraph that has one, as Word shows it; 「・」 for bullets.

    Text boxes count apart from the body around them.
    """
    numbers: dict[Any, str] = {}
    paragraphs = list(_counted(document.element.body))
    for in_box in (False, True):
        numbering = _Numbering(document, styles)
        for paragraph in paragraphs:
            if _is_in(paragraph, _BOX) is in_box and (number := numbering.number(paragraph)):
                numbers[paragraph] = number
    return numbers


def numbered_line(number: str, text: str) -> str:
    """Put a number before its text, with the blank that numbers typed by hand have."""
    if not number or number == ITEM:
        return number + text if text else ""
    return f"{number}　{text}".rstrip()


def _counted(body: Any) -> Iterator[Any]:
    """Yield paragraphs in order, without the second form of text boxes and merged-away cells."""
    for paragraph in body.iter(_PARAGRAPH):
        holder = paragraph.getparent()
        merged = holder.find(_MERGED) if holder.tag == _CELL else None
        goes_on = merged is not None and merged.get(qn("w:val"), "continue") == "continue"
        if not goes_on and not _is_in(paragraph, _FALLBACK):
            yield paragraph


def _is_in(element: Any, tag: str) -> bool:
    return next(element.iterancestors(tag), None) is not None


def _shown(levels: tuple[Level, ...], depth: int, counts: list[int | None]) -> str:
    level = levels[depth]
    if level.hidden:
        return ""
    if level.number_format == BULLET:
        return _bullet(level.text)

    def place(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        count = counts[at]
        if at > depth or count is None or levels[at].number_format == BULLET:
            return ""
        if level.legal and levels[at].number_format != "none":
            return str(count)
        return number_text(count, levels[at].number_format, levels[at].picture)

    return _PLACE.sub(place, level.text).strip()


def _bullet(text: str) -> str:
    """Return the word that serves as a bullet (注, ※), 「・」 for a shape, nothing for nothing.

    Letters are shapes of a symbol font.
    """
    sign = text.strip()
    said = any(c == "※" or unicodedata.name(c, "").startswith(_SPOKEN) for c in sign)
    return sign if said else ITEM if sign else ""


_SPOKEN = ("CJK UNIFIED", "HIRAGANA LETTER", "KATAKANA LETTER")
