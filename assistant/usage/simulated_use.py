"""Made-up staff and use of a city: adoption, seasons, transfers, a second system, odd accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy

from assistant import calendar
from assistant.usage.book import EntryKind
from assistant.usage.ledger import SOURCE, UsageEvent
from assistant.usage.simulated_answers import PREFIX, MadeUpAnswers, make_up_answers
from assistant.usage.weeks import special_days

OTHER_SOURCE: Final = "gpt"
RENAMED: Final = (
    ("情報政策課", "デジタル推進課"),
    ("商工課", "商工観光課"),
    ("観光課", "商工観光課"),
)
_SECTIONS: Final = (
    "総務課", "人事課", "財政課", "契約検査課", "税務課", "市民課", "保険年金課", "福祉課",
    "高齢介護課", "子育て支援課", "健康推進課", "環境課", "土木課", "都市計画課", "建築課",
    "上下水道課", "農政課", "教育総務課", "学校教育課", "生涯学習課", "議会事務局", "会計課",
)  # fmt: skip
_MANUALS: Final = (
    ("契約事務の手引き", "契約", "契約検査課"), ("庶務事務の手引き", "庶務", "人事課"),
    ("文書管理規程の解説", "文書", "総務課"), ("旅費の手引き", "庶務", "人事課"),
    ("情報セキュリティ対策基準", "情報", "デジタル推進課"),
    ("窓口対応の手引き", "窓口", "市民課"), ("会計事務の手引き", "会計", "会計課"),
    ("個人情報保護の手引き", "文書", "総務課"),
)  # fmt: skip
_HOURS: Final = numpy.array([0.10, 0.16, 0.15, 0.11, 0.04, 0.11, 0.13, 0.10, 0.06, 0.04])
_FIRST_HOUR: Final = 8
_CEILING: Final = 0.42  # the share of the staff that ever takes it up


@dataclass
class MadeUp:
    """Rows for the tables of people, events of the ledger, and entries of the book."""

    people: list[dict[str, Any]] = field(default_factory=list)
    identities: list[dict[str, Any]] = field(default_factory=list)
    postings: list[dict[str, Any]] = field(default_factory=list)
    section_changes: list[dict[str, Any]] = field(default_factory=list)
    manuals: list[dict[str, Any]] = field(default_factory=list)
    events: list[UsageEvent] = field(default_factory=list)
    late_events: list[UsageEvent] = field(default_factory=list)
    answers: MadeUpAnswers = field(default_factory=MadeUpAnswers)
    entries: list[tuple[EntryKind, str, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class _Person:
    id: str
    number: str
    sections: tuple[tuple[date, str], ...]
    starts: int  # the week of the first question, counted from 0; beyond the last: never
    eagerness: float  # the chance of a question in a week, at first
    fading: float  # what is left of it after a year
    renamed_on: date

    def section(self, day: date) -> str:
        """Return the section on a day by its name then: the directory knows of renamings too."""
        name = next(name for since, name in reversed(self.sections) if since <= day)
        return dict(RENAMED).get(name, name) if day >= self.renamed_on else name


def make_up(monday: date, *, today: date, staff: int, seed: int) -> MadeUp:
    """Make up use from a Monday until today; the same arguments give the same."""
    rng = numpy.random.default_rng(seed)
    weeks = (today - monday).days // 7 + 1
    made = MadeUp()
    people = [_person(made, rng, monday, weeks, number) for number in range(1, staff + 1)]
    _reorganise(made, monday, today)
    for week in range(weeks):
        start = monday + timedelta(days=7 * week)
        dip = 0.55 if special_days(calendar.week_key(calendar.midnight(start))) else 1.0
        for person in people:
            made.events += _week_of(rng, person, week, start, dip, today)
    made.events += _other_system(rng, people, monday, weeks, today)
    made.events.sort(key=lambda event: event.occurred_at)
    made.answers = make_up_answers(made.events, seed=seed)
    made.manuals = [
        {
            "id": f"{PREFIX}-{place}",
            "title": title,
            "category": category,
            "owner_section": owner,
            "described_on": monday,
        }
        for place, (title, category, owner) in enumerate(_MANUALS)
    ]
    if weeks > 6 and made.events:
        earlier = calendar.midnight(monday + timedelta(days=7 * (weeks - 5))) + timedelta(hours=34)
        made.late_events = [
            _event(f"late-{n}", person, earlier, rng) for n, person in enumerate(people[:3])
        ]
    _decide(made, people, monday)
    return made


def _person(
    made: MadeUp, rng: numpy.random.Generator, monday: date, weeks: int, number: int
) -> _Person:
    names = (*_SECTIONS, *(old for old, _ in RENAMED))
    first = names[int(rng.integers(len(names)))]
    sections: tuple[tuple[date, str], ...] = ((monday - timedelta(days=400), first),)
    april = date(monday.year + 1, 4, 1)
    if rng.random() < 0.12:
        sections += ((april, _SECTIONS[int(rng.integers(len(_SECTIONS)))]),)
    takes_it_up = rng.random() < _CEILING
    starts = int(rng.normal(0.5, 0.22) * weeks) if takes_it_up else weeks + 1
    found = _Person(
        f"{PREFIX}-{number:05d}", f"m{number:05d}", sections, max(starts, 0),
        float(rng.beta(2.2, 1.4)), float(rng.uniform(0.55, 1.0)), april,
    )  # fmt: skip
    made.people.append(
        {
            "id": found.id, "name": f"模擬 {number:05d}",
            "created_at": datetime.combine(sections[0][0], datetime.min.time()),
        }
    )  # fmt: skip
    made.identities.append(
        {
            "sign_in_name": found.number, "valid_from": sections[0][0], "valid_to": None,
            "person_id": found.id,
        }
    )  # fmt: skip
    made.postings += [
        {"person_id": found.id, "valid_from": since, "section": name, "employment": ""}
        for since, name in sections
    ]
    return found


def _reorganise(made: MadeUp, monday: date, today: date) -> None:
    day = date(monday.year + 1, 4, 1)
    if day <= today:
        made.section_changes = [
            {"takes_effect": day, "old": old, "new": new, "heir": True, "manual_id": None}
            for old, new in RENAMED
        ]


def _week_of(
    rng: numpy.random.Generator, person: _Person, week: int, start: date, dip: float, today: date
) -> Iterator[UsageEvent]:
    since = week - person.starts
    if since < 0:
        return
    chance = 1.0 if since == 0 else person.eagerness * person.fading ** (since / 52) * dip
    if rng.random() >= chance:
        return
    for number in range(1 + int(rng.geometric(0.45))):
        day = start + timedelta(days=int(rng.integers(5)))
        if day > today:
            continue
        yield _event(f"{week}-{person.id}-{number}", person, _moment(rng, day), rng)


def _event(key: str, person: _Person, moment: datetime, rng: numpy.random.Generator) -> UsageEvent:
    draw = rng.random()
    outcome = "answered" if draw < 0.8 else "refused" if draw < 0.93 else "clarify"
    mode = ("extractive", "local", "endpoint")[int(rng.choice(3, p=(0.45, 0.45, 0.10)))]
    manual, category, _ = _MANUALS[int(rng.integers(len(_MANUALS)))]
    if outcome != "answered":
        manual = category = ""
    seconds = float(rng.lognormal(-0.6, 0.5))
    return UsageEvent(
        answer_id=f"{PREFIX}-{key}",
        person_id=person.id,
        section=person.section(moment.date()),
        channel="screen",
        occurred_at=moment,
        outcome=outcome,
        mode=mode,
        model_wrote=mode != "extractive" and outcome == "answered",
        shown=True,
        evidence_seconds=round(seconds, 3),
        seconds=round(seconds * float(rng.uniform(1, 9)), 3),
        source=SOURCE,
        manual=manual,
        category=category,
    )


def _other_system(
    rng: numpy.random.Generator, people: list[_Person], monday: date, weeks: int, today: date
) -> Iterator[UsageEvent]:
    """Give the log of a system the city runs already; two of its numbers are nobody's."""
    users: list[_Person | None] = [*people[: max(len(people) // 12, 1)], None, None]
    for place, person in enumerate(users):
        for week in range(weeks):
            day = monday + timedelta(days=7 * week + int(rng.integers(5)))
            if rng.random() >= 0.35 or day > today:
                continue
            moment = _moment(rng, day)
            yield UsageEvent(
                answer_id=f"{PREFIX}-{OTHER_SOURCE}-{week}-{place}",
                person_id=person.id if person else "",
                section=person.section(day) if person else "",
                channel="log",
                occurred_at=moment,
                outcome="answered",
                mode="",
                model_wrote=True,
                shown=True,
                source=OTHER_SOURCE,
                number=person.number if person else f"x{place:05d}",
            )


def _decide(made: MadeUp, people: list[_Person], monday: date) -> None:
    made.entries.append(("source", OTHER_SOURCE, {"name": "庁内GPTサービス"}))
    if len(people) < 20:
        return
    since = monday.isoformat()
    for person, kind, reason in (
        (people[-1], "test", "動作確認に使う番号"), (people[-2], "shared", "窓口の共用の番号"),
    ):  # fmt: skip
        body = {"kind": kind, "from": since, "to": None, "reason": reason}
        made.entries.append(("exclusion", person.id, body))
    body = {"is": people[-4].id, "reason": "再任用で番号が変わった"}
    made.entries.append(("same_person", people[-3].id, body))


def _moment(rng: numpy.random.Generator, day: date) -> datetime:
    hour = _FIRST_HOUR + int(rng.choice(len(_HOURS), p=_HOURS))
    return calendar.midnight(day) + timedelta(
        hours=hour, minutes=int(rng.integers(60)), seconds=int(rng.integers(60))
    )
