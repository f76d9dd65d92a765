"""What an administrator should know before a staff list is applied: who may be whom, what stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final

from assistant import calendar
from assistant.people.names import folded_name, may_be_renamed
from assistant.people.sections.known_sections import new_sections_notice
from assistant.people.staff.register import Register, Term
from assistant.people.staff.staff_list import StaffChange, StaffRow, Suspicion, until_words

_SOON: Final = timedelta(days=31)  # a number may end so long after the next one of its person began
_SHOWN: Final = 10
# So many at once look like a list of a part of the staff that was given as complete.
_MANY, _LARGE_PART = 10, 0.2


def suspicions(
    register: Register, changes: Sequence[StaffChange], *, day: date, named: Collection[str]
) -> tuple[Suspicion, ...]:
    """Return whom the list adds though they may have been here under another number.

    That is: somebody of the same name who is disabled, or whose number has ended, will soon, or is
    not on the list; or the last person with the same number, if the names allow it. `named` are
    the ids of people whom a line names.
    """
    leaving = {change.person_id for change in changes if change.kind == "leave"}
    found: dict[tuple[str, str], Suspicion] = {}
    for change in changes:
        if change.kind != "add":
            continue
        terms = []
        for person_id in register.by_name.get(folded_name(change.name), ()):
            own = register.by_person.get(person_id)
            if person_id not in named and own:
                latest = max(own, key=lambda term: term.valid_to or date.max)
                gone = person_id in leaving or not register.people[person_id][1]
                terms += [latest] if gone or latest.is_over(change.on + _SOON) else []
        past = register.past_holder(change.number, change.on)
        if past and may_be_renamed(register.people[past.person_id][0], change.name):
            terms.append(past)
        for term in terms:
            last_day = day - timedelta(days=1) if term.person_id in leaving else term.last_day
            pair = (term.number, change.number)
            found[pair] = _suspicion(register, term, change, last_day)
    return tuple(found.values())


def _suspicion(
    register: Register, term: Term, change: StaffChange, last_day: date | None
) -> Suspicion:
    member = register.member(term, max(term.valid_from, change.on))
    before = "・".join(w for w in (member.name, member.section, until_words(last_day)) if w)
    roles = tuple(grant.words for grant in member.grants)
    after = f"{change.name}・{change.after}・{change.on} から"
    return Suspicion(term.number, change.number, change.name, before, after, roles)


def notices(
    register: Register,
    rows: Sequence[StaffRow],
    changes: Sequence[StaffChange],
    *,
    day: date,
    known_sections: frozenset[str],
) -> tuple[str, ...]:
    """Return what else should be looked at: lost zeros, new sections, roles and locks that stay."""
    said = []
    numbers = {number.lstrip("0"): number for number in register.by_number}
    added = [change.number for change in changes if change.kind == "add"]
    zeros = [n for n in added if numbers.get(n.lstrip("0"), n) != n]
    if zeros:
        said.append(
            f"先頭の 0 だけが登録済みの番号と違う番号があります（{_some(zeros)}）。"
            "Excel で番号の列を「文字列」にして、0 が消えていないか確かめてください。"
        )
    strange = {row.section for row in rows} - known_sections
    if strange and known_sections:
        said.append(new_sections_notice(strange))
    leaving = sum(change.kind == "leave" for change in changes)
    staff = sum(1 for _ in register.terms_on(day))
    if leaving >= _MANY and leaving > staff * _LARGE_PART:
        said.append(
            f"名簿にないため利用を終える人が {leaving} 人います（番号 {staff} 件のうち）。"
            "一部の職員だけの名簿なら「全職員」にしないでください（コマンドでは --complete）。"
        )
    kept = _kept_roles(register, changes)
    if kept:
        said.append(
            f"異動しても前の課の役割を持ったままの人がいます（{_some(kept)}）。"
            "不要なら役割を取り消してください（chonai users revoke）。"
        )
    locked, over = _locked(register, rows, changes), _over(register, rows, day)
    if locked:
        said.append(
            f"名簿にあるが利用を停止している人がいます（{_some(locked)}）。停止のままです。"
            "使ってよければ再開してください（chonai users enable）。"
        )
    if over:
        said.append(
            f"終了日が過ぎているため登録しない番号があります（{_some(over)}）。"
            "続けて使うなら、名簿の終了日を直してください。"
        )
    return tuple(said)


def leaves_no_administrator(
    register: Register, changes: Sequence[StaffChange], *, day: date
) -> bool:
    """Tell whether somebody can manage people on the day now, and nobody could after the plan."""
    when = max(day, calendar.today())
    ends = {(c.number, c.person_id): c.last_day for c in changes if c.kind in ("leave", "last_day")}
    begin = {c.person_id for c in changes if c.kind == "number" and c.on <= when}
    managers = register.managers()
    able = {term.person_id for term in register.terms_on(when)} & managers
    still = begin & managers
    for person_id in able:
        for term in register.by_person[person_id]:
            last_day = ends.get((term.number, person_id), term.last_day)
            if term.valid_from <= when and (last_day is None or last_day >= when):
                still.add(person_id)
    return bool(able) and not still


def _kept_roles(register: Register, changes: Sequence[StaffChange]) -> list[str]:
    kept = []
    for change in changes:
        if change.kind != "transfer":
            continue
        member = register.member(register.last_term(change.number, change.person_id), change.on)
        own = [g.words for g in member.grants if g.section == member.section != change.section]
        if own and member.section:
            kept.append(f"{change.number} {'、'.join(own)}")
    return kept


def _locked(
    register: Register, rows: Sequence[StaffRow], changes: Sequence[StaffChange]
) -> list[str]:
    begins = {change.number: change.person_id for change in changes if change.kind == "number"}
    locked = []
    for row in rows:
        ids = [term.person_id for term in register.by_number.get(row.number, ())[-1:]]
        person_id = begins.get(row.number, ids[0] if ids else "")
        if person_id and not register.people[person_id][1]:
            locked.append(row.number)
    return locked


def _over(register: Register, rows: Sequence[StaffRow], day: date) -> list[str]:
    return [
        row.number
        for row in rows
        if row.last_day is not None
        and row.last_day < max(day, row.valid_from or day)
        and register.holder(row.number, day) is None
    ]


def _some(numbers: Sequence[str]) -> str:
    more = f"、ほか {len(numbers) - _SHOWN} 件" if len(numbers) > _SHOWN else ""
    return "、".join(numbers[:_SHOWN]) + more
