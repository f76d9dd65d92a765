"""Whether a version holds: 現行 or 旧版, its 施行日 and 廃止日, and what holds instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assistant import calendar
from assistant.domain import ManualVersion, Reader, Source
from assistant.library import ManualLibrary, ManualListing
from assistant.library.in_force import Term
from ui.components.text import as_html, date_words
from ui.components.version_words import edition_words

_IN_FORCE: Final = ("現行", "good")
_ENDED: Final = ("旧版", "bad")
_COMING: Final = ("施行前", "ask")
_CORRECTED: Final = ("修正前", "bad")


@dataclass(frozen=True)
class VersionFacts:
    """A version on a day: the word for its state and its look, when it holds, what holds instead.

    `held_then` tells whether it was in force on the day that was asked about; None where that is
    today. `current` is the version in force today, None where that is this one, or none is.
    """

    version: ManualVersion
    word: str
    look: str
    term: Term | None
    asked_day: date
    held_then: bool | None
    current: Source | None

    @property
    def holds(self) -> bool:
        """Whether the version is in force today."""
        return (self.word, self.look) == _IN_FORCE

    @property
    def dates(self) -> str:
        """From when to when it holds, in words."""
        own = self.version
        parts = [f"施行日：{date_words(own.effective_from) or '（登録なし）'}"]
        if own.effective_to is not None:
            parts.append(f"廃止日：{date_words(own.effective_to)}")
        end = None if self.term is None else self.term.end
        if end is not None and end != own.effective_to:
            parts.append(f"適用の末日：{date_words(end - timedelta(days=1))}")
        return "　".join(parts)

    @property
    def warning(self) -> str:
        """That another version holds, or none; "" for the version in force."""
        if self.holds:
            return ""
        now = "現在、効力のある版はありません。"
        if self.current is not None:
            held = self.current
            now = f"現在は{edition_words(held.version, held.revision, held.effective_from)}です。"
        return {
            _COMING[0]: f"まだ施行されていない版です。{now}",
            _CORRECTED[0]: f"修正される前の文です。{now}",
        }.get(self.word, f"旧版です。{now}")

    @property
    def then(self) -> str:
        """Whether it held on the day that was asked about, where that is not today."""
        if self.held_then is None:
            return ""
        day = date_words(self.asked_day)
        held = "効力のあった" if self.asked_day < calendar.today() else "効力のある"
        if self.held_then:
            return f"質問の基準日（{day}）に{held}版です。"
        return f"質問の基準日（{day}）に{held}版ではありません。"


def version_facts(
    library: ManualLibrary, listing: ManualListing, *, reader: Reader, asked_day: date | None = None
) -> VersionFacts:
    """Return the facts of a version that the reader may read."""
    today = calendar.today()
    version = listing.version
    term = library.terms().get(version.id)
    if version.state == "superseded":
        word, look = _CORRECTED
    elif term is None or term.over(today):
        word, look = _ENDED
    else:
        word, look = _IN_FORCE if term.holds(today) else _COMING
    sources = library.sources(reader=reader, as_of=today).values()
    current = next((s for s in sources if s.manual_id == listing.manual.id), None)
    if current is not None and current.version_id == version.id:
        current = None
    day = asked_day or today
    held = None if day == today else term is not None and term.holds(day)
    return VersionFacts(version, word, look, term, day, held, current)


def facts_html(facts: VersionFacts, title: str = "") -> str:
    """Return the state, the manual's title where it does not stand above, version and dates."""
    number = edition_words(facts.version.number, facts.version.revision, None)
    words = f"『{title}』{number}" if title else number
    lines = [facts.dates, *([facts.then] if facts.then else [])]
    return (
        f'<p class="chonai-file"><span class="chonai-state chonai-{facts.look}">'
        f"{as_html(facts.word)}</span><strong>{as_html(words)}</strong></p>"
        + "".join(f'<p class="chonai-place">{as_html(line)}</p>' for line in lines)
    )
