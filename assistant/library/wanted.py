"""What the city wants to have: manuals by name, and how many for each section and the whole city.

Each change stands in the audit trail. A section's name follows the reorganisations: one that stands
today means itself, one that no longer does the section that took over from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event
from assistant.people.names import folded_name, plain_name, problem_of_name
from assistant.people.sections.known_sections import (
    problem_of_section,
    section_name,
    sections_before,
)
from assistant.people.sections.lineage import read_lineage

WHOLE_CITY: Final = ""
"""The section of a goal for the whole city."""
CITY_WORDS: Final = "市全体"
MOST_MANUALS: Final = 100_000
LONGEST_NOTE: Final = 1_000

_WANTED: Final = tables.wanted_manual.c
_GOAL: Final = tables.library_goal.c
_GONE: Final = (
    "この項目はもうありません。ほかの人が削除しました。一覧を開き直して確かめてください。"
)
_NOT_YOURS: Final = (
    "整備したいマニュアルを登録・変更できるのは、編集者として担当している課の分だけです。"
    "担当している課を選ぶか、管理者に依頼してください。"
)


@dataclass(frozen=True)
class Wish:
    """A manual that is wanted; `section` is "" for none in particular, `wanted_by` a day.

    `manual_id` is the manual that is meant, where somebody has said it; None leaves it to the
    titles.
    """

    title: str
    section: str = ""
    category: str = ""
    wanted_by: date | None = None
    note: str = ""
    manual_id: str | None = None


@dataclass(frozen=True)
class WantedManual:
    """A wish in the list, its section as it is today."""

    id: int
    wish: Wish


@dataclass(frozen=True)
class Goal:
    """How many manuals a section (WHOLE_CITY: the city) is to have, by which day."""

    section: str
    manuals: int
    reach_by: date | None = None


class WantedManuals:
    """The list of wanted manuals and the goals; the callers have asked whether the person may.

    `owners` are the sections whose wishes the person may change; None is all.
    """

    def __init__(self, database: Database):
        self._database = database

    def all(self, *, today: date) -> list[WantedManual]:
        """Return the list by section and title."""
        with self._database.read() as connection:
            found = list(_wanted(connection, today).values())
        return sorted(found, key=lambda item: (item.wish.section, item.wish.title, item.id))

    def goals(self, *, today: date) -> dict[str, Goal]:
        """Return the goals by section as it is today; WHOLE_CITY is among them if it has one.

        The goal of a section that has taken over from others is the sum of theirs, to be reached
        by the latest of their days.
        """
        with self._database.read() as connection:
            return _goals(connection, today)

    def add(self, wish: Wish, *, by: Actor, owners: frozenset[str] | None = None) -> WantedManual:
        """Put a manual into the list; raises UsageError."""
        today = calendar.today()
        with self._database.write() as connection:
            wish = _checked(connection, wish, today)
            _require_own(wish.section, owners)
            _require_new(connection, wish, today)
            key = connection.execute(insert(tables.wanted_manual), asdict(wish)).lastrowid
            detail = {"changes": "整備したいマニュアルの追加", **asdict(wish)}
            append_event(connection, by, "goal.change", wish.title, detail)
        return WantedManual(int(key), wish)

    def change(
        self, wanted_id: int, wish: Wish, *, by: Actor, owners: frozenset[str] | None = None
    ) -> WantedManual:
        """Keep something else of a wanted manual; raises UsageError."""
        today = calendar.today()
        with self._database.write() as connection:
            before = _known(connection, wanted_id, today)
            wish = _checked(connection, wish, today)
            for section in (before.section, wish.section):
                _require_own(section, owners)
            _require_new(connection, wish, today, but=wanted_id)
            changed = _changed(asdict(before), asdict(wish))
            if changed:
                statement = update(tables.wanted_manual).where(_WANTED.id == wanted_id)
                connection.execute(statement.values(asdict(wish)))
                detail = {"changes": "整備したいマニュアルの変更", "changed": changed}
                append_event(connection, by, "goal.change", before.title, detail)
        return WantedManual(wanted_id, wish)

    def link(
        self,
        wanted_id: int,
        manual_id: str | None,
        *,
        by: Actor,
        owners: frozenset[str] | None = None,
    ) -> WantedManual:
        """Say which manual is the one that is wanted; None leaves it to the titles again."""
        with self._database.read() as connection:
            before = _known(connection, wanted_id, calendar.today())
        return self.change(wanted_id, replace(before, manual_id=manual_id), by=by, owners=owners)

    def remove(self, wanted_id: int, *, by: Actor, owners: frozenset[str] | None = None) -> None:
        """Take a manual off the list; raises UsageError."""
        with self._database.write() as connection:
            wish = _known(connection, wanted_id, calendar.today())
            _require_own(wish.section, owners)
            connection.execute(delete(tables.wanted_manual).where(_WANTED.id == wanted_id))
            detail = {"changes": "整備したいマニュアルの削除", **asdict(wish)}
            append_event(connection, by, "goal.change", wish.title, detail)

    def set_goal(self, goal: Goal, *, by: Actor) -> Goal:
        """Set the goal of a section or of the whole city; raises UsageError."""
        if not 1 <= goal.manuals <= MOST_MANUALS:
            raise UsageError(f"目標の件数は 1 から {MOST_MANUALS:,} の間で入力してください。")
        today = calendar.today()
        with self._database.write() as connection:
            section = _settled(connection, _checked_section(goal.section), today)
            goal = replace(goal, section=section)
            before = _goals(connection, today).get(section)
            if before == goal:
                return goal
            _forget_goals(connection, section, today)
            connection.execute(insert(tables.library_goal), asdict(goal))
            was = asdict(before or Goal(section, 0))
            changed = _changed({**was, "manuals": was["manuals"] or None}, asdict(goal))
            detail = {"changes": "目標の設定", "changed": changed}
            append_event(connection, by, "goal.change", section or CITY_WORDS, detail)
        return goal

    def remove_goal(self, section: str, *, by: Actor) -> None:
        """Take a goal back; raises UsageError where there is none."""
        today = calendar.today()
        with self._database.write() as connection:
            section = _settled(connection, section_name(section), today)
            before = _goals(connection, today).get(section)
            if before is None:
                raise UsageError(
                    f"「{section or CITY_WORDS}」の目標は登録されていません。"
                    "一覧を開き直して確かめてください。"
                )
            _forget_goals(connection, section, today)
            detail = {"changes": "目標の削除", **asdict(before)}
            append_event(connection, by, "goal.change", section or CITY_WORDS, detail)


def folded_title(title: str) -> str:
    """Return a manual's title for comparing: without width, case and spaces."""
    return folded_name(title)


def _wanted(connection: Connection, today: date) -> dict[int, WantedManual]:
    rows = connection.execute(select(tables.wanted_manual)).mappings().all()
    heirs = _heirs(connection, {row["section"] for row in rows}, today)
    found = {}
    for row in rows:
        values = {name: row[name] for name in Wish.__dataclass_fields__}
        wish = Wish(**{**values, "section": heirs[row["section"]]})
        found[row["id"]] = WantedManual(row["id"], wish)
    return found


def _goals(connection: Connection, today: date) -> dict[str, Goal]:
    rows = connection.execute(select(tables.library_goal)).all()
    heirs = _heirs(connection, {row.section for row in rows}, today)
    found: dict[str, Goal] = {}
    for row in rows:
        section = heirs[row.section]
        known = found.get(section, Goal(section, 0))
        days = [day for day in (known.reach_by, row.reach_by) if day is not None]
        found[section] = Goal(section, known.manuals + row.manuals, max(days, default=None))
    return found


def _forget_goals(connection: Connection, section: str, today: date) -> None:
    """Delete the goal of a section, and those of the sections from which it took over."""
    names = set(connection.execute(select(_GOAL.section)).scalars())
    heirs = _heirs(connection, names, today)
    gone = [name for name in names if heirs[name] == section]
    connection.execute(delete(tables.library_goal).where(_GOAL.section.in_(gone)))


def _heirs(connection: Connection, names: set[str], today: date) -> dict[str, str]:
    """Return the section of today for names of which nobody knows when they were said."""
    lineage = read_lineage(connection)
    renamed = {change.old for change in lineage.changes if change.takes_effect <= today}
    if not names & renamed:
        return {name: name for name in names}
    standing = sections_before(connection, today + timedelta(days=1))
    return {
        name: name
        if name in standing
        else lineage.heir(name, said=calendar.SINCE_EVER, today=today)
        for name in names
    }


def _settled(connection: Connection, section: str, today: date) -> str:
    return _heirs(connection, {section}, today)[section]


def _known(connection: Connection, wanted_id: int, today: date) -> Wish:
    found = _wanted(connection, today).get(wanted_id)
    if found is None:
        raise UsageError(_GONE)
    return found.wish


def _checked(connection: Connection, wish: Wish, today: date) -> Wish:
    """Return a wish as it is kept; raises UsageError."""
    title, category = plain_name(wish.title), plain_name(wish.category)
    for name, what in ((title, "マニュアルの名前"), *([(category, "区分")] if category else [])):
        problem = problem_of_name(name, what)
        if problem:
            raise UsageError(problem)
    note = wish.note.strip()
    if len(note) > LONGEST_NOTE:
        raise UsageError(f"備考は{LONGEST_NOTE:,}文字までです。短くしてください。")
    section = _settled(connection, _checked_section(wish.section), today)
    manual = tables.manual.c
    if (
        wish.manual_id is not None
        and not connection.execute(select(manual.id).where(manual.id == wish.manual_id)).scalar()
    ):
        raise UsageError("選んだマニュアルはもうありません。一覧から選び直してください。")
    return replace(wish, title=title, category=category, section=section, note=note)


def _checked_section(text: str) -> str:
    section = section_name(text)
    problem = problem_of_section(section) if section else ""
    if problem:
        raise UsageError(problem)
    return section


def _require_own(section: str, owners: frozenset[str] | None) -> None:
    if owners is not None and section not in owners:
        raise UsageError(_NOT_YOURS)


def _require_new(
    connection: Connection, wish: Wish, today: date, *, but: int | None = None
) -> None:
    """Refuse a second line for the same manual of the same section."""
    for item in _wanted(connection, today).values():
        same = folded_title(item.wish.title) == folded_title(wish.title)
        if same and item.wish.section == wish.section and item.id != but:
            raise UsageError(
                f"「{wish.title}」（{wish.section or '課の指定なし'}）は、すでに一覧にあります。"
                "一覧で選んで変更してください。"
            )


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}
