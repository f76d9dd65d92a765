"""A version as one reads through it: its headings as a tree, its text section by section."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from assistant.domain import Chunk
from assistant.library.section_matching import folded_path, sections

# Chunks shown together: about 12,000 letters. A text without headings is cut into such parts.
_MOST_CHUNKS: Final = 30


@dataclass(frozen=True)
class ReadingSection:
    """The text under one heading, or part `part` (from 1) of `parts` of a very long one.

    `key` names it in an address, and names the same heading in another version of the manual.
    """

    key: str
    heading: tuple[str, ...]
    chunks: tuple[Chunk, ...]
    part: int = 1
    parts: int = 1

    @property
    def first_page(self) -> int | None:
        """The page of the file on which it begins; None for formats without pages."""
        return min((c.first_page for c in self.chunks if c.first_page is not None), default=None)

    @property
    def last_page(self) -> int | None:
        """The page of the file on which it ends; None for formats without pages."""
        return max((c.last_page for c in self.chunks if c.last_page is not None), default=None)

    @property
    def name(self) -> str:
        """The innermost heading, with the number of the part where there are several."""
        title = self.heading[-1] if self.heading else ""
        return f"{title}（{self.part}／{self.parts}）" if self.parts > 1 else title

    @property
    def text(self) -> str:
        """The text of all its chunks."""
        return "\n".join(chunk.text for chunk in self.chunks)


@dataclass(frozen=True)
class ContentsLine:
    """A heading of the tree at `level` (from 1) below `chapter`; `key` is the section it opens.

    A heading without a text of its own opens the first section below it.
    """

    title: str
    level: int
    key: str
    chapter: str


@dataclass(frozen=True)
class Contents:
    """The sections of a version in their order."""

    sections: tuple[ReadingSection, ...]

    def section(self, key: str) -> ReadingSection | None:
        """Return a section, None if this version has none of that key."""
        return next((section for section in self.sections if section.key == key), None)

    def holding(self, chunk_id: str) -> ReadingSection | None:
        """Return the section of a chunk, None if it is none of this version's."""
        return next((s for s in self.sections if any(c.id == chunk_id for c in s.chunks)), None)

    def headed(self, heading: Sequence[str]) -> ReadingSection | None:
        """Return the first section under a heading, None if this version has none like it."""
        return self.section(_key(heading))

    def on_page(self, number: int) -> ReadingSection | None:
        """Return the first section that stands on a page of the file, or None."""
        for section in self.sections:
            first, last = section.first_page, section.last_page
            if first is not None and last is not None and first <= number <= last:
                return section
        return None

    def beside(self, key: str) -> tuple[ReadingSection | None, ReadingSection | None]:
        """Return the sections before and after one."""
        places = [section.key for section in self.sections]
        place = places.index(key)
        before = self.sections[place - 1] if place else None
        after = self.sections[place + 1] if place + 1 < len(places) else None
        return before, after

    @cached_property
    def lines(self) -> tuple[ContentsLine, ...]:
        """The tree of headings from the top down, each heading once where it begins."""
        found: list[ContentsLine] = []
        above: tuple[str, ...] = ()
        chapter = ""
        for section in self.sections:
            path = section.heading or ("（見出しのない箇所）",)
            same = 0
            while same < min(len(path), len(above)) and path[same] == above[same]:
                same += 1
            if section.part > 1 or same == len(path):
                same = len(path) - 1  # a further part, or back under a heading: said again
            for level in range(same, len(path)):
                title = section.name if level == len(path) - 1 and section.name else path[level]
                chapter = section.key if level == 0 and section.part == 1 else chapter
                found.append(ContentsLine(title, level + 1, section.key, chapter))
            above = path
        return tuple(found)


def contents_of(chunks: Sequence[Chunk]) -> Contents:
    """Return the sections of a version from its chunks, which are in their order."""
    found: list[ReadingSection] = []
    used: Counter[str] = Counter()
    for section in sections(chunks):
        parts = [
            section.chunks[start : start + _MOST_CHUNKS]
            for start in range(0, len(section.chunks), _MOST_CHUNKS)
        ]
        name = _key(section.heading)
        for number, part in enumerate(parts, 1):
            used[name] += 1
            key = name if used[name] == 1 else f"{name}-{used[name]}"
            found.append(ReadingSection(key, section.heading, part, number, len(parts)))
    return Contents(tuple(found))


def _key(heading: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(folded_path(tuple(heading))).encode()).hexdigest()[:8]
