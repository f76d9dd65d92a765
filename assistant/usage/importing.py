"""Takes in the log of another system: events of its own source, counted apart and together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UnusableList, UsageError
from assistant.people.audit.trail import Actor, append_event
from assistant.people.sections.lineage import Lineage, read_lineage
from assistant.usage.book import append_entry
from assistant.usage.decisions import add_source
from assistant.usage.freezing import adjust
from assistant.usage.ledger import SOURCE, UsageEvent, append_events
from assistant.usage.resolving import UnresolvedNumber, unresolved_numbers

_IDENTITY = tables.identity.c
_POSTING = tables.posting.c
_AHEAD: Final = timedelta(minutes=10)  # how far another system's clock may be before ours
_REFUSED: Final = (
    "利用記録に直すところがあります。何も登録していません。直してからやり直してください。"
)


@dataclass(frozen=True)
class LogLine:
    """One use of another system: who (職員番号), when (aware), and whether it gave an answer.

    `key` is what the system itself calls the use, "" where it has no name for it.
    """

    line: int
    number: str
    at: datetime
    key: str = ""
    answered: bool = True
    model_wrote: bool = True


@dataclass(frozen=True)
class LogImport:
    """What an import came to: lines that were new or known already, numbers that are nobody's.

    `adjusted` are the frozen weeks that it changed.
    """

    source: str
    lines: int
    added: int
    known: int
    unresolved: tuple[UnresolvedNumber, ...]
    adjusted: tuple[str, ...]


def import_log(
    database: Database,
    lines: Sequence[LogLine],
    *,
    source: str,
    name: str = "",
    sha256: str,
    by: Actor,
) -> LogImport:
    """Append the lines that are not there yet, all or none; raises UnusableList and UsageError.

    The same line in a second file is the same use. A number that nobody had on that day stays
    unresolved: it is kept, shown, and not counted until somebody is known by it.
    """
    if source == SOURCE:
        raise UsageError(
            f"「{SOURCE}」は庁内アシスタント自身の記号です。ほかの名前を指定してください。"
        )
    _require_past(lines)
    with database.write() as connection:
        add_source(connection, source, name, by=by)
        directory = _Directory(connection)
        added = append_events(connection, _events(lines, source, directory))
        if added:
            days = [line.at.astimezone(calendar.TOKYO).date().isoformat() for line in lines]
            body = {
                "sha256": sha256, "lines": len(lines), "added": added,
                "first_day": min(days), "last_day": max(days),
            }  # fmt: skip
            append_entry(connection, "import", source, body, by=by)
        detail = {"source": source, "rows": len(lines), "added": added, "sha256": sha256}
        append_event(connection, by, "usage.import", source, detail)
    adjusted = adjust(database)
    with database.read() as connection:
        open_numbers = [n for n in unresolved_numbers(connection) if n.source == source]
    return LogImport(source, len(lines), added, len(lines) - added, tuple(open_numbers), adjusted)


def _require_past(lines: Sequence[LogLine]) -> None:
    limit = calendar.now() + _AHEAD
    problems = [
        f"{line.line}行目: 日時 {line.at.astimezone(calendar.TOKYO):%Y-%m-%d %H:%M} は"
        "これから先です。日時の列と時差を確かめてください。"
        for line in lines
        if line.at > limit
    ]
    if problems:
        raise UnusableList(_REFUSED, problems)


def _events(lines: Sequence[LogLine], source: str, directory: _Directory) -> list[UsageEvent]:
    times: Counter[tuple[str, str]] = Counter()
    found = []
    for line in lines:
        day = line.at.astimezone(calendar.TOKYO).date()
        person, section = directory.whose(line.number, day)
        found.append(
            UsageEvent(
                answer_id=f"{source}:{_key(line, times)}",
                person_id=person,
                section=section,
                channel="log",
                occurred_at=line.at,
                outcome="answered" if line.answered else "failed",
                mode="",
                model_wrote=line.model_wrote,
                shown=line.answered,
                source=source,
                number=line.number,
            )
        )
    return found


def _key(line: LogLine, times: Counter[tuple[str, str]]) -> str:
    """Return what makes a use the same in two files; without a name, its place in its second."""
    if line.key:
        named = f"key\t{line.key}"
    else:
        at = line.at.astimezone(UTC).isoformat()
        times[(line.number, at)] += 1
        named = f"{line.number}\t{at}\t{times[(line.number, at)]}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]


class _Directory:
    """Whose each number was on each day, and where they worked, read once."""

    def __init__(self, connection: Connection):
        self._lineage: Lineage = read_lineage(connection)
        self._holders: dict[str, list[tuple[date, date | None, str]]] = {}
        self._postings: dict[str, list[tuple[date, str]]] = {}
        columns = (_IDENTITY.sign_in_name, _IDENTITY.valid_from, _IDENTITY.valid_to)
        for number, first, end, person in connection.execute(
            select(*columns, _IDENTITY.person_id).order_by(_IDENTITY.valid_from)
        ):
            self._holders.setdefault(number, []).append((first, end, person))
        postings = select(_POSTING.person_id, _POSTING.valid_from, _POSTING.section)
        for person, first, section in connection.execute(postings.order_by(_POSTING.valid_from)):
            self._postings.setdefault(person, []).append((first, section))

    def whose(self, number: str, day: date) -> tuple[str, str]:
        """Return the person and the section of a number on a day, "" twice for nobody."""
        for first, end, person in self._holders.get(number, ()):
            if first <= day and (end is None or day < end):
                said = [p for p in self._postings.get(person, ()) if p[0] <= day]
                if not said:
                    return person, ""
                return person, self._lineage.heir(said[-1][1], said=said[-1][0], today=day)
        return "", ""
