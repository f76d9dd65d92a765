"""The references of a passage to other places: 第12条第2項, 前条, 別表第3, 「契約規則」第5条."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, cast

from assistant.domain import CrossReference, Step
from ingest.references.place_numbers import KIND_OF_UNIT, integer
from ingest.references.reference_marks import (
    between,
    link_at,
    marks,
    said,
    said_next,
    said_supplement,
)
from ingest.references.source_names import named_before
from ingest.references.standing import Standing, relative_steps

_LAW_NUMBER = re.compile(r"[一-龠々][\s　]?$")  # 法律第67号, 告示第12号: a law's own number


def find_references(
    text: str, standing: Standing, before: Sequence[CrossReference] = ()
) -> list[CrossReference]:
    """Return the references of a passage in the order of its words.

    `before` are those of the passage before it in the same section, which 同条 may mean. The
    passage's own number, a law's own number (昭和25年法律第261号) and 第2項 where there is no
    article are none.
    """
    scan = _Scan(text, standing, before)
    position = 0
    for mark in marks(standing.labels).finditer(text):
        if mark.start() >= position:
            position = scan.take(mark)
    return scan.found


class _Scan:
    """One passage, read from its beginning; it remembers what 同条 and 同法 may mean."""

    def __init__(self, text: str, standing: Standing, before: Sequence[CrossReference]):
        self._text = text
        self._standing = standing
        self._before = list(before)
        self.found: list[CrossReference] = []

    def take(self, mark: re.Match[str]) -> int:
        """Keep what the words at a mark refer to, with their list; returns where they end."""
        steps, end = said(mark)
        if mark["way"]:
            reference = self._relative(mark, steps, end)
        elif mark["same_table"]:
            reference = self._same(("table", "appendix", "form"), (), mark.start(), end)
        else:
            reference = self._absolute(steps, mark.start(), end)
        if reference is None:
            return end
        self._keep(reference, may_be_own=mark["way"] is not None)
        return self._take_list(reference)

    def _relative(
        self, mark: re.Match[str], further: tuple[Step, ...], end: int
    ) -> CrossReference | None:
        kind = KIND_OF_UNIT[mark["unit"]]
        if mark["way"] == "同":
            return None if mark["count"] else self._same((kind,), further, mark.start(), end)
        way = cast(Literal["前", "次", "本"], mark["way"])
        count = integer(mark["count"]) if mark["count"] else 1
        base = relative_steps(self._standing, self._text, mark.start(), way, kind, count)
        return self._reference(None, (*base, *further), mark.start(), end) if base else None

    def _same(
        self, kinds: Sequence[str], further: tuple[Step, ...], start: int, end: int
    ) -> CrossReference | None:
        """Return 同条, 同項 or 同表 as the place of that kind that was named last."""
        for last in reversed(self._before):
            found = [index for index, step in enumerate(last.steps) if step.kind in kinds]
            if found:
                steps = (*last.steps[: found[-1] + 1], *further)
                return self._reference(last.target, steps, start, end)
        return None

    def _absolute(self, steps: tuple[Step, ...], start: int, end: int) -> CrossReference | None:
        """Return the place that the words name, with its manual and its outer steps."""
        named = named_before(self._text, start, self._standing.names)
        if self._text[:start].endswith("同") or (named and named.same):
            target = self._last_named()
            begin = named.start if named else start - 1
            return self._reference(target, steps, begin, end) if target else None
        if named and not named.own:
            if steps[0].kind in ("item", "paragraph"):
                return None  # 青葉野市規則第5号 is the number of the rule itself
            return self._reference(named.name, steps, named.start, end)
        if steps[0].kind == "item" and _LAW_NUMBER.search(self._text[:start]):
            return None
        if steps[0].kind == "article" and not self._standing.has_articles:
            # 地公法第33条 …（第34条）: in a manual without articles it is the law's.
            return self._reference(self._last_named(), steps, start, end)
        outer = self._standing.outer(steps[0].kind, self._text, start)
        return self._reference(None, (*outer, *steps), start, end) if outer is not None else None

    def _take_list(self, last: CrossReference) -> int:
        """Keep what follows in a list or range: 第3条第2項、第5条及び第7条, 第3条から第5条まで."""
        while link := link_at(self._text, last.end):
            words = said_next(self._text, link.end(), last.steps, self._standing.labels)
            if words is None and last.target:
                words = said_supplement(self._text, link.end())
            if words is None:
                break
            steps, end = words
            for inner in between(last.steps, steps) if link["range"] else ():
                self._keep(self._reference(last.target, inner, last.start, end))
            last = self._reference(last.target, steps, link.end(), end)
            self._keep(last)
        return last.end

    def _reference(
        self, target: str | None, steps: tuple[Step, ...], start: int, end: int
    ) -> CrossReference:
        return CrossReference(target, steps, self._text[start:end], start, end)

    def _keep(self, reference: CrossReference, *, may_be_own: bool = False) -> None:
        is_own = reference.target is None and reference.place in self._standing.own
        if may_be_own or not is_own:
            self.found.append(reference)
        self._before.append(reference)

    def _last_named(self) -> str | None:
        return next((r.target for r in reversed(self._before) if r.target), None)
