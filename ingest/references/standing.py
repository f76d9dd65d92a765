"""Where a passage stands in its document: what 前条, 本章 and 第2項 mean there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from assistant.domain import ReferenceKind, Step
from ingest.references.place_numbers import RANKS, ROOTS, arabic

_PARAGRAPH = re.compile(r"^[\s　]*([0-9０-９]{1,2})[\s　.．](?=\S)", re.MULTILINE)
_ITEM = re.compile(r"^[\s　]*[（(]([0-9０-９]{1,2})[）)]", re.MULTILINE)
_IN_TEXT = ("paragraph", "item")


@dataclass(frozen=True)
class Standing:
    """Where a passage stands.

    `steps` are the numbers of its headings from outside, `own` the places that it is part of,
    `order` the document's numbered headings in order, each from its root, `names` the document's
    abbreviations, `labels` the words that its headings number (決まり). `paragraph` is the one in
    which the passage begins.
    """

    steps: tuple[Step, ...] = ()
    own: frozenset[str] = frozenset()
    order: Sequence[tuple[Step, ...]] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    paragraph: int = 1

    @property
    def has_articles(self) -> bool:
        """Whether the document is one of articles, so that 第5条 may be its own."""
        return any(steps[-1].kind == "article" for steps in self.order)

    def outer(self, kind: ReferenceKind, text: str, position: int) -> tuple[Step, ...] | None:
        """Return the steps that a number without them leaves out; None if there are none to mean.

        第2節 is one of the own chapter, 第2項 of the own article, 第2号 of the own paragraph.
        """
        if kind in ROOTS or kind == "series":
            return ()
        above = self.above(kind)
        if kind not in _IN_TEXT:
            return above
        if not above or above[-1].kind not in ("article", "supplement"):
            return None
        here = self.paragraph_at(text, position)
        return (*above, Step("paragraph", str(here))) if kind == "item" else above

    def above(self, kind: ReferenceKind) -> tuple[Step, ...]:
        """Return the own steps outside of a kind of number, from the innermost root on."""
        steps = [s for s in self.steps if RANKS.get(s.kind, -1) < RANKS[kind]]
        return from_root(steps)

    def paragraph_at(self, text: str, position: int) -> int:
        """Return the number of the paragraph (2　前項の…) at a position."""
        return _last_number(_PARAGRAPH, text, position) or self.paragraph


def from_root(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps without what stands outside the innermost number that is unique."""
    roots = [index for index, step in enumerate(steps) if step.kind in ROOTS]
    return tuple(steps[roots[-1] if roots else 0 :])


def relative_steps(
    standing: Standing,
    text: str,
    position: int,
    way: Literal["前", "次", "本"],
    kind: ReferenceKind,
    count: int = 1,
) -> tuple[Step, ...]:
    """Return the place that 前条, 次章, 本節 or 前2項 means; empty if there is none.

    Of several (前2項) it is the first.
    """
    distance = {"前": -count, "次": 1, "本": 0}[way]
    if kind in _IN_TEXT:
        return _in_text(standing, text, position, kind, distance)
    own = from_root([s for s in standing.steps if RANKS.get(s.kind, 99) <= RANKS[kind]])
    if not own or own[-1].kind != kind:
        return ()
    if not distance:
        return own
    siblings = [s for s in standing.order if s[:-1] == own[:-1] and s[-1].kind == kind]
    if own in siblings:
        place = siblings.index(own) + distance
        return siblings[place] if 0 <= place < len(siblings) else ()
    number = own[-1].number
    if not number.isdecimal() or int(number) + distance < 1:
        return ()
    return (*own[:-1], Step(kind, str(int(number) + distance)))


def _in_text(
    standing: Standing, text: str, position: int, kind: ReferenceKind, distance: int
) -> tuple[Step, ...]:
    above = standing.above("paragraph")
    paragraph = standing.paragraph_at(text, position)
    if not above or (above[-1].kind not in ("article", "supplement") and paragraph == 1):
        return ()
    if kind == "paragraph":
        number: int | None = paragraph
    else:
        above = (*above, Step("paragraph", str(paragraph)))
        number = _last_number(_ITEM, text, position)
    if number is None or number + distance < 1:
        return ()
    return (*above, Step(kind, str(number + distance)))


def _last_number(pattern: re.Pattern[str], text: str, position: int) -> int | None:
    numbers = pattern.findall(text, 0, position + 1)  # the blank after it is followed by something
    return int(arabic(numbers[-1])) if numbers else None
