"""Finding the sections of a manual again in another version of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Final

import numpy as np

from assistant.answers.evidence import TABLE_MARK
from assistant.domain import Chunk
from assistant.japanese.likeness import letter_pairs, likeness, likenesses
from assistant.japanese.normalize import folded

# Least likeness of the texts under headings that differ, share words, share only a number.
LIKE_TEXT, _LIKE_NAMED, _LIKE_NUMBERED = 0.5, 0.3, 0.35
# What equal headings, equal words and words within the other's add to the likeness of the texts.
SAME_PATH, _SAME_NAME, _NAME_WITHIN = 0.3, 0.15, 0.05
_SHORTEST_TEXT = 20  # letters; 次のとおりとする。 stands under many headings
_CANDIDATES = 5
_BATCH = 1000
_COUNT: Final = r"[0-9０-９一二三四五六七八九十百]+"
_NUMBER: Final = re.compile(
    rf"^(?:第{_COUNT}[編部章節款条項号](?:の{_COUNT})*|(?:別表|様式|別記|別紙|附則|付則)(?:第?{_COUNT}号?)?"
    r"|[0-9０-９]{1,3}(?:[.．\-－][0-9０-９]{1,3})*(?:[.．、)）]|\s)|[(（][0-9０-９ア-ン一二三四五六七八九十]{1,3}[)）]"
    r"|[ア-ン][\s.．、]|[①-⑳]|(?:[Ⅰ-Ⅻ]|[IVX]{1,4}(?=[\s.．]))[.．]?|(?:問|Q|Ｑ)\s*[0-9０-９]+[.．:：]?|[■◆])\s*"
)
_BRACKETS: Final = re.compile(r"[()（）〔〕【】「」]")


@dataclass(frozen=True)
class Section:
    """The chunks that stand one after another under one heading, at `place` in the version."""

    chunks: tuple[Chunk, ...]
    place: int

    @property
    def heading(self) -> tuple[str, ...]:
        """The heading path as printed."""
        return self.chunks[0].heading_path

    @property
    def path(self) -> tuple[str, ...]:
        """The heading path for comparing."""
        return folded_path(self.heading)

    @property
    def name(self) -> str:
        """The innermost heading without its number."""
        return heading_name(self.heading)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The sentences and table rows, each once."""
        return tuple(_sentences(self.chunks))

    @cached_property
    def text(self) -> str:
        """All letters for comparing, without white space."""
        return folded("".join(self.sentences))

    @cached_property
    def pairs(self) -> frozenset[str]:
        """The letter pairs of the text."""
        return letter_pairs(self.text)


def matches(old: Sequence[Section], new: Sequence[Section]) -> dict[int, int]:
    """Return the place in the new version of each old section that is found again."""
    found: dict[int, int] = {}
    taken: set[int] = set()

    def left(sections: Sequence[Section], done: Iterable[int]) -> list[Section]:
        gone = set(done)
        return [section for section in sections if section.place not in gone]

    def pair(key: Callable[[Section], Hashable], least: int = 0) -> None:
        places: dict[Hashable, list[int]] = defaultdict(list)
        for section in reversed(left(new, taken)):
            places[key(section)].append(section.place)
        for section in left(old, found):
            there = places.get(key(section))
            if there and (not least or sum(map(len, section.sentences)) >= least):
                found[section.place] = there.pop()
                taken.add(found[section.place])

    pair(lambda section: (section.heading, section.sentences))
    pair(lambda section: (section.name, section.sentences), _SHORTEST_TEXT)
    pair(lambda section: (section.path, section.text))
    pair(lambda section: (section.name, section.text), _SHORTEST_TEXT)
    pair(lambda section: section.text, _SHORTEST_TEXT)
    only = only_names(s.heading for s in old) & only_names(s.heading for s in new)
    for _, _, one, other in sorted(_candidates(left(old, found), left(new, taken), only)):
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return found


def _candidates(
    old: Sequence[Section], new: Sequence[Section], only: set[str]
) -> Iterator[tuple[float, int, int, int]]:
    """Give pairs that may be one section as (-score, distance, old place, new place)."""
    if not old or not new:
        return
    columns: dict[Hashable, list[int]] = defaultdict(list)
    for column, section in enumerate(new):
        columns[section.path].append(column)
        if section.name in only:
            columns[section.name].append(column)
    pairs = [section.pairs for section in new]
    for start in range(0, len(old), _BATCH):
        batch = old[start : start + _BATCH]
        alike = likenesses([section.pairs for section in batch], pairs)
        most = min(_CANDIDATES, len(new))
        nearest = np.argpartition(-alike, most - 1, axis=1)[:, :most]
        for row, section in enumerate(batch):
            headed = [*columns.get(section.path, ()), *columns.get(section.name, ())]
            for column in {*nearest[row].tolist(), *headed}:
                other = new[column]
                shortest = min(len(section.text), len(other.text))
                like = likeness(section.pairs, other.pairs)
                score = heading_score(
                    section.heading, other.heading, like, shortest, only=section.name in only
                )
                if score is not None:
                    yield -score, abs(section.place - other.place), section.place, other.place


def heading_score(
    one: tuple[str, ...], other: tuple[str, ...], like: float, shortest: int, *, only: bool
) -> float | None:
    """Return how surely two headings with texts of this likeness are one section, None: not.

    `only` says that no other heading has the words of these: then they are one, whatever the text.
    """
    name, another = heading_name(one), heading_name(other)
    if folded_path(one) == folded_path(other):
        if name:
            return like + SAME_PATH
        return like + _SAME_NAME if like >= _LIKE_NUMBERED else None
    if name and name == another:
        return like + _SAME_NAME if only or like >= _LIKE_NAMED else None
    if min(len(name), len(another)) > 1 and (name in another or another in name):
        return like + _NAME_WITHIN if like >= _LIKE_NAMED else None
    return like if like >= LIKE_TEXT and shortest >= _SHORTEST_TEXT else None


def only_names(headings: Iterable[tuple[str, ...]]) -> set[str]:
    """Return the words that only one heading of a version has."""
    paths = {folded_path(heading): heading_name(heading) for heading in headings}
    return {name for name, count in Counter(paths.values()).items() if name and count == 1}


def sections(chunks: Sequence[Chunk]) -> list[Section]:
    """Return the sections of a version: chunks one after another under one heading."""
    runs = groupby(chunks, key=lambda chunk: folded_path(chunk.heading_path))
    return [Section(tuple(run), place) for place, (_, run) in enumerate(runs)]


def _sentences(chunks: Sequence[Chunk]) -> list[str]:
    """Return the sentences and rows of a section, each once and whole, however it was cut.

    A chunk that carries a table on begins with the lines above its rows again, and a sentence too
    long for a chunk is cut behind a 、.
    """
    said: list[str] = []
    above: set[str] = set()
    for chunk in chunks:
        own = [(span.start, span.end) for span in chunk.spans] or [(0, len(chunk.text))]
        texts = [chunk.text[start:end] for start, end in own]
        begun = 0
        while begun < len(own) and texts[begun] in above and TABLE_MARK not in texts[begun]:
            begun += 1
        before = 0  # the end of the sentence before: the first may go on from the last chunk
        for (start, end), text in zip(own[begun:], texts[begun:], strict=True):
            is_rest = chunk.kind == "text" and start == before
            if is_rest and said and said[-1].endswith("、"):
                said[-1] += text
            elif text:
                said.append(text)
            before = end
        above = {*above, *texts} if chunk.kind == "table" else set()
    return said


def folded_path(heading: tuple[str, ...]) -> tuple[str, ...]:
    """Return a heading path for comparing, its width and white space aside."""
    return tuple(_folded_heading(title) for title in heading)


def heading_name(heading: tuple[str, ...]) -> str:
    """Return the words of the innermost heading without its number, "" where it is only that."""
    return _named(heading[-1]) if heading else ""


@lru_cache(maxsize=8192)
def _folded_heading(title: str) -> str:
    return folded(title)


@lru_cache(maxsize=8192)
def _named(title: str) -> str:
    return _BRACKETS.sub("", folded(_NUMBER.sub("", title.strip())))
