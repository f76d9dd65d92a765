"""整備状況: what each section has, wants and lacks, and the questions nobody could answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from assistant.domain import Manual
from assistant.library.library_list import PREPARED, LibraryRow, in_force
from assistant.library.wanted import WHOLE_CITY, Goal, WantedManual, folded_title
from assistant.usage.open_questions import OpenQuestion

WantedState = Literal["there", "overdue", "coming", "missing"]
WANTED_WORDS: Final[dict[WantedState, str]] = {
    "there": "ある",
    "overdue": "あるが、見直し期限切れ",
    "coming": "準備中",
    "missing": "ない",
}
THERE: Final[frozenset[WantedState]] = frozenset({"there", "overdue"})


@dataclass(frozen=True)
class WantedStanding:
    """A wanted manual, and the manual that is it: in force, or still being prepared ("coming").

    `late`: it is not in force and was wanted before today. `elsewhere` are manuals in force with
    the same title that belong to another section: it may be one of them.
    """

    wanted: WantedManual
    state: WantedState
    manual: Manual | None
    late: bool
    elsewhere: tuple[Manual, ...] = ()


@dataclass(frozen=True)
class SectionPreparedness:
    """What one section has and lacks; `section` is "" where no section is known.

    `drafts` counts versions that are drafts or wait for their day, `overdue` manuals whose next
    review was to be before today. `goal` is how many manuals there are to be, None without one.
    `would_answer` are the open questions that the section was named for, `asked` those that its
    own people asked.
    """

    section: str
    manuals: int = 0
    pages: int = 0
    drafts: int = 0
    overdue: int = 0
    wanted: int = 0
    wanted_there: int = 0
    goal: int | None = None
    reach_by: date | None = None
    would_answer: int = 0
    asked: int = 0

    @property
    def share(self) -> float | None:
        """The manuals in force as a share of the goal, 1.0 at the goal; None without a goal."""
        return self.manuals / self.goal if self.goal else None


@dataclass(frozen=True)
class Preparedness:
    """All sections by name, the one without a name last, and their totals.

    The total's goal is the city's own; without one it is the sum of the sections' goals, and
    `goal_is_sum` says so.
    """

    sections: tuple[SectionPreparedness, ...]
    total: SectionPreparedness
    goal_is_sum: bool


def wanted_standings(
    wanted: Iterable[WantedManual], rows: Sequence[LibraryRow], *, today: date
) -> list[WantedStanding]:
    """Return what has become of the wanted manuals; `rows` are those of the whole library.

    A manual that somebody has linked is the one. Else it is one of the same title, width and
    spaces apart, that belongs to the section that wants it, or where either names no section.
    """
    by_id: dict[str, list[LibraryRow]] = defaultdict(list)
    by_title: dict[str, list[LibraryRow]] = defaultdict(list)
    for row in rows:
        by_id[row.manual.id].append(row)
        by_title[folded_title(row.manual.title)].append(row)
    found = []
    for item in wanted:
        wish = item.wish
        if wish.manual_id is not None:
            found.append(_standing(item, by_id[wish.manual_id], (), today))
            continue
        named = by_title[folded_title(wish.title)]
        own = [r for r in named if not wish.section or r.manual.owner_section in ("", wish.section)]
        others = in_force(r for r in named if r not in own)
        found.append(_standing(item, own, [r.manual for r in others], today))
    return found


def preparedness(
    rows: Sequence[LibraryRow],
    standings: Sequence[WantedStanding],
    goals: Mapping[str, Goal],
    questions: Sequence[OpenQuestion],
) -> Preparedness:
    """Count by section; all sections are named as they are today."""
    held = in_force(rows)
    manuals = Counter(row.manual.owner_section for row in held)
    pages: Counter[str] = Counter()
    for row in held:
        pages[row.manual.owner_section] += row.pages
    drafts = Counter(r.manual.owner_section for r in rows if r.standing in ("draft", "waiting"))
    overdue = Counter(row.manual.owner_section for row in held if row.overdue)
    wanted = Counter(s.wanted.wish.section for s in standings)
    there = Counter(s.wanted.wish.section for s in standings if s.state in THERE)
    would_answer = Counter(question.owner for question in questions)
    asked = Counter(question.asker for question in questions)
    of_sections = {name: goal for name, goal in goals.items() if name != WHOLE_CITY}
    names = {*manuals, *drafts, *wanted, *would_answer, *asked, *of_sections}
    sections = tuple(
        SectionPreparedness(
            section=name,
            manuals=manuals[name],
            pages=pages[name],
            drafts=drafts[name],
            overdue=overdue[name],
            wanted=wanted[name],
            wanted_there=there[name],
            goal=of_sections[name].manuals if name in of_sections else None,
            reach_by=of_sections[name].reach_by if name in of_sections else None,
            would_answer=would_answer[name],
            asked=asked[name],
        )
        for name in sorted(names, key=lambda name: (name == "", name))
    )
    city = goals.get(WHOLE_CITY)
    return Preparedness(sections, _total(sections, city), goal_is_sum=city is None)


def _standing(
    item: WantedManual, rows: Iterable[LibraryRow], elsewhere: Iterable[Manual], today: date
) -> WantedStanding:
    known = list(rows)
    held = next(iter(in_force(known)), None)
    coming = next((row for row in known if row.standing in PREPARED), None)
    state: WantedState = "missing"
    if held is not None:
        state = "overdue" if held.overdue else "there"
    elif coming is not None:
        state = "coming"
    wanted_by = item.wish.wanted_by
    row = held or coming
    return WantedStanding(
        wanted=item,
        state=state,
        manual=None if row is None else row.manual,
        late=held is None and wanted_by is not None and wanted_by < today,
        elsewhere=() if row is not None else tuple(elsewhere),
    )


def _total(sections: Iterable[SectionPreparedness], city: Goal | None) -> SectionPreparedness:
    known = list(sections)
    goals = [section.goal for section in known if section.goal is not None]
    days = [section.reach_by for section in known if section.reach_by is not None]
    goal: int | None = sum(goals) or None
    reach_by = max(days, default=None)
    if city is not None:
        goal, reach_by = city.manuals, city.reach_by
    return SectionPreparedness(
        section="",
        manuals=sum(s.manuals for s in known),
        pages=sum(s.pages for s in known),
        drafts=sum(s.drafts for s in known),
        overdue=sum(s.overdue for s in known),
        wanted=sum(s.wanted for s in known),
        wanted_there=sum(s.wanted_there for s in known),
        goal=goal,
        reach_by=reach_by,
        would_answer=sum(s.would_answer for s in known),
        asked=sum(s.asked for s in known),
    )
