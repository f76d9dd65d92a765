"""Decisions on who counts: accounts left out, people who are one; all are entered, none erased."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, select

from assistant import tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor, append_event
from assistant.people.numbers import checked_number
from assistant.usage.book import EntryKind, append_entry, read_entries
from assistant.usage.ledger import SOURCE
from assistant.usage.register import EXCLUSION_WORDS, Exclusion, ExclusionKind
from assistant.usage.resolving import read_register

_IDENTITY = tables.identity.c
_SOURCE_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
_LONGEST_TEXT: Final = 200


def exclude(
    database: Database,
    number: str,
    *,
    kind: str,
    first: date,
    last: date | None,
    reason: str,
    by: Actor,
) -> Exclusion:
    """Leave an account out from `first` to `last` (None: without an end); raises UsageError."""
    known = _exclusion_kind(kind)
    end = None if last is None else date.fromordinal(last.toordinal() + 1)
    if last is not None and last < first:
        raise UsageError(
            f"除外の終わり {last} が始まり {first} より前です。日付を確かめてください。"
        )
    reason = checked_text(reason, "除外の理由")
    with database.write() as connection:
        person_id = person_of_number(connection, number)
        for other in read_register(connection).exclusions:
            if other.person_id == person_id and _overlap(other, first, end):
                raise UsageError(
                    f"{number} は {other.first} から除外されています（登録番号 {other.entry}）。"
                    "先にその除外を終わらせてください。"
                )
        body = {
            "kind": known, "from": first.isoformat(), "to": end.isoformat() if end else None,
            "reason": reason,
        }  # fmt: skip
        head = _enter(connection, "exclusion", person_id, body, by, told=number)
    return Exclusion(head, person_id, known, first, end, reason)


def end_exclusion(database: Database, entry: int, *, last: date, by: Actor) -> Exclusion:
    """Let an exclusion end with a day (the day before it began: it never held); UsageError."""
    end = date.fromordinal(last.toordinal() + 1)
    with database.write() as connection:
        found = [e for e in read_register(connection).exclusions if e.entry == entry]
        if not found:
            raise UsageError(
                f"登録番号 {entry} の除外はありません。chonai usage exclusions で番号を確かめて"
                "ください。"
            )
        if end < found[0].first:
            raise UsageError(
                f"除外の終わり {last} が始まり {found[0].first} より前です。日付を確かめて"
                "ください。"
            )
        body = {"entry": entry, "to": end.isoformat()}
        _enter(connection, "exclusion_end", found[0].person_id, body, by, told=str(entry))
        return next(e for e in read_register(connection).exclusions if e.entry == entry)


def same_person(database: Database, number: str, kept: str, *, reason: str, by: Actor) -> None:
    """Let all use under one number count for the person of another; raises UsageError."""
    reason = checked_text(reason, "同一人とする理由")
    with database.write() as connection:
        register = read_register(connection)
        person = register.person(person_of_number(connection, number))
        into = register.person(person_of_number(connection, kept))
        if person == into:
            raise UsageError(f"{number} と {kept} は、すでに同じ人として数えています。")
        body = {"is": into, "reason": reason}
        _enter(connection, "same_person", person, body, by, told=f"{number} → {kept}")


def add_source(connection: Connection, source: str, name: str, *, by: Actor) -> None:
    """Enter another system whose use is counted, unless it is known; within a transaction."""
    if source in sources(connection):
        return
    if not _SOURCE_ID.fullmatch(source):
        raise UsageError(
            f"利用元の記号「{source[:40]}」を使えません。英小文字・数字・_・- の30文字までで"
            "指定してください（例: gpt）。"
        )
    name = checked_text(name or source, "利用元の名前")
    append_entry(connection, "source", source, {"name": name}, by=by)


def sources(connection: Connection) -> dict[str, str]:
    """Return the names of all systems whose use is counted, this one first."""
    entries = read_entries(connection, "source")
    return {SOURCE: "庁内アシスタント", **{e.subject: str(e.body["name"]) for e in entries}}


def person_of_number(connection: Connection, number: str) -> str:
    """Return who has or last had a number; raises UsageError where nobody ever had."""
    number = checked_number(number)
    query = (
        select(_IDENTITY.person_id)
        .where(_IDENTITY.sign_in_name == number)
        .order_by(_IDENTITY.valid_from.desc())
        .limit(1)
    )
    person_id = connection.execute(query).scalar()
    if person_id is None:
        raise UsageError(f"職員番号 {number} の人はいません。番号を確かめてください。")
    return str(person_id)


def latest_number(connection: Connection, person_id: str) -> str:
    """Return the number that a person has or last had, "" where none is known any more."""
    query = (
        select(_IDENTITY.sign_in_name)
        .where(_IDENTITY.person_id == person_id)
        .order_by(_IDENTITY.valid_from.desc())
        .limit(1)
    )
    return str(connection.execute(query).scalar() or "")


def checked_text(text: str, what: str) -> str:
    """Return what somebody wrote in one line; raises UsageError where it is empty or too long."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain:
        raise UsageError(f"{what}が書かれていません。{_LONGEST_TEXT}文字までで書いてください。")
    if len(plain) > _LONGEST_TEXT:
        raise UsageError(f"{what}が長すぎます。{_LONGEST_TEXT}文字までで書いてください。")
    return plain


def enter(
    database: Database, kind: EntryKind, subject: str, body: dict[str, Any], *, by: Actor
) -> int:
    """Enter a decision in a transaction of its own, with its line in the audit trail."""
    with database.write() as connection:
        return _enter(connection, kind, subject, body, by, told=subject)


def _enter(
    connection: Connection,
    kind: EntryKind,
    subject: str,
    body: dict[str, Any],
    by: Actor,
    *,
    told: str,
) -> int:
    head = append_entry(connection, kind, subject, body, by=by)
    append_event(connection, by, "usage.change", told, {**body, "entry": head.id, "what": kind})
    return head.id


def _exclusion_kind(kind: str) -> ExclusionKind:
    for known, words in EXCLUSION_WORDS.items():
        if kind in (known, words):
            return known
    names = "、".join(f"{known}（{words}）" for known, words in EXCLUSION_WORDS.items())
    raise UsageError(f"除外の種類「{kind[:40]}」はありません。{names} から選んでください。")


def _overlap(other: Exclusion, first: date, end: date | None) -> bool:
    begins_before = end is None or other.first < end
    return begins_before and (other.end is None or first < other.end) and other.end != other.first
