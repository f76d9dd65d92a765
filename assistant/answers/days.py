"""What an answer says of its day: which day's versions answer, and what another day would tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from assistant.as_of import AsOf
from assistant.domain import Citation, Reader, Source
from assistant.japanese.days import day_words
from assistant.library import ManualLibrary


def day_of_draft(library: ManualLibrary, draft: str, when: AsOf, *, reader: Reader) -> AsOf:
    """Return the day on which a draft is tried: it holds nothing before its 施行日."""
    tried = library.sources(reader=reader, as_of=when.day, draft=draft).get(draft)
    if tried is None or tried.effective_from is None or tried.effective_from <= when.day:
        return when
    return AsOf(tried.effective_from, "chosen")


def searched_notice(when: AsOf, *, today: date) -> str:
    """Return of which day the versions were searched; "" for those of today."""
    return "" if when.day == today else f"{_versions_of(when, today)}を調べました。"


def answered_notice(when: AsOf, citations: Sequence[Citation], *, today: date) -> str:
    """Return from which day's versions an answer is, and which begin only after it."""
    coming = [c for c in citations if (c.effective_from or when.day) > when.day]
    parts = []
    if when.day != today and len(coming) < len(citations):
        parts.append(f"{_versions_of(when, today)}から答えています。")
    for manual, version, first in dict.fromkeys(
        (c.manual, c.version, c.effective_from or when.day) for c in coming
    ):
        parts.append(
            f"『{manual}』には{_day_of(when)}に効力のある版がないため、"
            f"すぐ後の{day_words(first)}施行の第{version}版を調べて答えています。"
        )
    return "".join(parts)


def later_notice(
    library: ManualLibrary, sources: Iterable[Source], when: AsOf, *, reader: Reader
) -> str:
    """Return from which 施行日 on some manuals tell what is not found for the day."""
    then = {s.manual_id for s in library.sources(reader=reader, as_of=when.day).values()}
    terms = library.terms()
    parts: list[str] = []
    for source in {s.version_id: s for s in sources}.values():
        editions = library.editions(source.manual_id)
        known = [terms[e.version.id].first for e in editions if e.version.id in terms]
        first = min((day for day in known if day is not None), default=None)
        if source.manual_id not in then and first is not None and first > when.day:
            parts.append(f"『{source.manual}』の版は{day_words(first)}施行のものからです。")
        else:
            begun = source.effective_from
            since = f"（{day_words(begun)}施行）" if begun is not None else ""
            parts.append(
                f"『{source.manual}』では、今の第{source.version}版{since}に関連する記載があります。"
            )
    return "".join(dict.fromkeys(parts))


def _versions_of(when: AsOf, today: date) -> str:
    return f"{_day_of(when)}に効力の{'ある' if when.day > today else 'あった'}版"


def _day_of(when: AsOf) -> str:
    day = day_words(when.day)
    return f"{when.words}（{day}）" if when.words else day
