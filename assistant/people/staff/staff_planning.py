"""Compares a staff list with the directory, and says what would change; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from assistant.errors import UsageError
from assistant.people.names import folded_name, may_be_renamed
from assistant.people.sections.known_sections import sections_before
from assistant.people.staff.register import Register, Term
from assistant.people.staff.staff_list import (
    NO_END,
    Doubt,
    StaffChange,
    StaffPlan,
    StaffRow,
    post_words,
    until_words,
)
from assistant.people.staff.staff_warnings import leaves_no_administrator, notices, suspicions

_ONE_DAY: Final = timedelta(days=1)


def make_plan(
    connection: Connection,
    rows: Sequence[StaffRow],
    *,
    day: date,
    complete: bool = False,
    same_person: frozenset[tuple[str, str]] = frozenset(),
) -> StaffPlan:
    """Return what a list as of a day would change; see StaffPlan.

    The numbers of the rows must differ. Raises UsageError where a pair of `same_person` (old and
    new number) contradicts the list.
    """
    register = Register(connection)
    planner = _Planner(register, rows, day, same_person)
    planner.compare_lines()
    if complete:
        planner.let_absent_leave()
    changes = tuple(planner.changes)
    known = sections_before(connection, day + _ONE_DAY)
    return StaffPlan(
        rows=tuple(rows),
        day=day,
        complete=complete,
        same_person=same_person,
        changes=changes,
        unchanged=planner.unchanged,
        suspected=suspicions(register, changes, day=day, named=planner.named),
        doubts=tuple(planner.doubts),
        notices=notices(register, rows, changes, day=day, known_sections=known),
        leaves_no_administrator=leaves_no_administrator(register, changes, day=day),
    )


class _Planner:
    """Goes through a list line by line and collects what follows."""

    def __init__(
        self,
        register: Register,
        rows: Sequence[StaffRow],
        day: date,
        same_person: frozenset[tuple[str, str]],
    ):
        self._register = register
        self._rows = rows
        self._day = day
        self._listed = {row.number for row in rows}
        self._confirmed = _by_new_number(same_person)
        self.named: set[str] = set()  # ids of people whom a line names
        self.changes: list[StaffChange] = []
        self.doubts: list[Doubt] = []
        self.unchanged = 0

    def compare_lines(self) -> None:
        """Compare each line with whom the directory knows by its number."""
        known = [(row, self._term_of(row)) for row in self._rows]
        for row, term in known:
            if term is not None:
                self._compare(row, term)
        for row, term in known:
            if term is None:
                self._begin(row)
        if self._confirmed:
            raise UsageError(
                f"同じ人とされた番号 {'、'.join(sorted(self._confirmed))} は、名簿の新しい番号では"
                "ありません。「前の番号=新しい番号」の順を確かめてください。"
            )

    def let_absent_leave(self) -> None:
        """Let the numbers end that are somebody's on the day and that no line names."""
        ended = {(change.number, change.person_id) for change in self.changes}
        for term in sorted(self._register.terms_on(self._day), key=lambda term: term.number):
            _, enabled = self._register.people[term.person_id]
            if term.number in self._listed or (term.number, term.person_id) in ended:
                continue
            if enabled:
                self._end(term, self._day - _ONE_DAY, leaving=term.person_id not in self.named)

    def _start(self, row: StaffRow) -> date:
        return max(self._day, row.valid_from or self._day)

    def _term_of(self, row: StaffRow) -> Term | None:
        """Return whose the number is when the line begins to hold, or will be while it does."""
        start = self._start(row)
        term = self._register.holder(row.number, start)
        later = self._register.next_holder(row.number, start)
        if term is None and later is not None:
            meets = row.last_day is None or row.last_day >= later.valid_from
            return later if meets else None
        return term

    def _compare(self, row: StaffRow, term: Term) -> None:
        start = max(self._start(row), term.valid_from)
        member = self._register.member(term, start)
        if self._confirmed.get(row.number) == row.number:
            del self._confirmed[row.number]
        elif not may_be_renamed(member.name, row.name):
            self.doubts.append(_other_person(row, member.name))
            return
        self.named.add(term.person_id)
        before = len(self.changes)
        self._rename(term, row.name)
        employment = row.employment or None
        moves = row.section != member.section or employment not in (None, member.employment)
        if moves and not (row.last_day is not None and row.last_day < start):
            self.changes.append(
                StaffChange(
                    "transfer", row.number, row.name, start,
                    post_words(member.section, member.employment),
                    post_words(row.section, employment or member.employment),
                    term.person_id, row.section, employment,
                )
            )  # fmt: skip
        if row.last_day is not None:
            self._set_end(row, self._register.last_term(row.number, term.person_id))
        self.unchanged += len(self.changes) == before

    def _set_end(self, row: StaffRow, term: Term) -> None:
        last_day = None if row.last_day == NO_END else row.last_day
        other = self._register.next_holder(row.number, term.valid_from)
        if last_day == term.last_day:
            return
        if other is not None and (last_day is None or last_day >= other.valid_from):
            words = (
                f"{row.line}行目: 番号 {row.number} は {other.valid_from} からほかの人の番号です。"
                "終了日を確かめてください。終了日は変えません。"
            )
            self.doubts.append(Doubt(row.line, row.number, words))
        else:
            self._end(term, last_day)

    def _begin(self, row: StaffRow) -> None:
        """Have the number begin for somebody new, or for whom it or the confirmed one belonged."""
        start = self._start(row)
        if row.last_day is not None and row.last_day < start:
            return  # was over before anybody knew of it: a notice tells
        term = self._confirmed_term(row) or self._returning(row, start)
        last_day = None if row.last_day == NO_END else row.last_day
        after = post_words(row.section, row.employment or "")
        self.changes.append(
            StaffChange(
                "add" if term is None else "number", row.number, row.name, start,
                "" if term is None else f"{term.number}・{until_words(term.last_day)}",
                after if last_day is None else f"{after}・{until_words(last_day)}",
                "" if term is None else term.person_id,
                row.section, row.employment, last_day,
            )
        )  # fmt: skip
        if term is not None:
            self.named.add(term.person_id)
            self._rename(term, row.name)
            for other in self._register.by_person[term.person_id]:
                if other.number != row.number and not other.is_over(start):
                    self._end(other, start - _ONE_DAY)

    def _confirmed_term(self, row: StaffRow) -> Term | None:
        """Return the latest time of the old number that was confirmed to be this person's."""
        old = self._confirmed.pop(row.number, None)
        if old is None:
            return None
        terms = self._register.by_number.get(old)
        if not terms or (old != row.number and old in self._listed):
            raise UsageError(
                f"番号 {old} は、登録されていないか、名簿に別の行があります。"
                f"{row.number} と同じ人か確かめてください。"
            )
        if terms[-1].person_id in self.named:
            raise UsageError(
                f"番号 {old} の人は名簿にもう一行あります。"
                f"{row.number} と同じ人か確かめてください。"
            )
        return terms[-1]

    def _returning(self, row: StaffRow, start: date) -> Term | None:
        """Return the ended time of the same number and name, where its person has no other."""
        term = self._register.past_holder(row.number, start)
        if term is None or term.person_id in self.named:
            return None
        name, _ = self._register.people[term.person_id]
        others = self._register.by_person[term.person_id]
        same = folded_name(name) == folded_name(row.name)
        return term if same and all(other.is_over(start) for other in others) else None

    def _rename(self, term: Term, new: str) -> None:
        old, _ = self._register.people[term.person_id]
        if new != old:
            change = StaffChange("rename", term.number, new, self._day, old, new, term.person_id)
            self.changes.append(change)

    def _end(self, term: Term, last_day: date | None, *, leaving: bool = False) -> None:
        member = self._register.member(term, self._day)
        taken_back = last_day is not None and last_day < term.valid_from
        self.changes.append(
            StaffChange(
                "leave" if leaving else "last_day", term.number, member.name,
                self._day if last_day is None else last_day + _ONE_DAY,
                member.section if leaving else until_words(term.last_day),
                "番号の開始を取り消す" if taken_back else until_words(last_day),
                term.person_id, last_day=last_day,
            )
        )  # fmt: skip


def _by_new_number(same_person: frozenset[tuple[str, str]]) -> dict[str, str]:
    """Return the old number by the new one; raises UsageError for a number in two pairs."""
    pairs = {new: old for old, new in same_person}
    if len(pairs) < len(same_person) or len(set(pairs.values())) < len(same_person):
        raise UsageError(
            "同じ人とする組に、同じ番号が2度出ています。1つの番号は1組だけにしてください。"
        )
    return pairs


def _other_person(row: StaffRow, name: str) -> Doubt:
    words = (
        f"{row.line}行目: 番号 {row.number} は {name} の番号ですが、名簿では {row.name} です。"
        f"同じ人ならそう確認し（コマンドでは --same-person {row.number}={row.number}）、別の人なら"
        f"先に {name} の番号を終了日つきで取り込んでください。この行は反映しません。"
    )
    return Doubt(row.line, row.number, words)
