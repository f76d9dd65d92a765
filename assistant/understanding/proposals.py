"""Words proposed for the glossary: who wants them, what the question sets said, what was decided.

Each change stands in the audit trail.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, delete, insert, select, update

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import UsageError
from assistant.japanese.normalize import normalized
from assistant.people.audit.trail import Actor, append_event
from assistant.spreadsheet_cells import as_text
from assistant.understanding.glossary import Entry

ProposalState = Literal["proposed", "accepted", "declined"]
STATE_WORDS: Final[dict[ProposalState, str]] = {
    "proposed": "提案中",
    "accepted": "採用",
    "declined": "見送り",
}
LONGEST_TERM: Final = 40
LONGEST_MEANING: Final = 100
LONGEST_NOTE: Final = 500
MOST_ROWS: Final = 2_000

_PROPOSAL: Final = tables.glossary_proposal.c
_ENTRY: Final = tables.glossary.c
GLOSSARY_HEADS: Final = ("用語", "マニュアルの言葉")


@dataclass(frozen=True)
class Proposal:
    """An entry that somebody wants; `trial` is what the question sets said with and without it."""

    id: int
    entry: Entry
    note: str
    state: ProposalState
    proposed_at: datetime
    proposed_by: str
    proposed_by_name: str
    decided_at: datetime | None
    decided_by_name: str
    reason: str
    trial: Mapping[str, Any] | None


class Proposals:
    """Reads and writes proposals, and the glossary that they lead to."""

    def __init__(self, database: Database):
        self._database = database

    def all(self) -> list[Proposal]:
        """Return all proposals: the open ones first, the latest first."""
        query = select(tables.glossary_proposal).order_by(_PROPOSAL.id.desc())
        with self._database.read() as connection:
            found = [_proposal(row) for row in connection.execute(query)]
        return sorted(found, key=lambda proposal: proposal.state != "proposed")

    def get(self, proposal_id: int) -> Proposal:
        """Return a proposal; raises UsageError where there is none."""
        with self._database.read() as connection:
            return _known(connection, proposal_id)

    def undecided(self, proposal_id: int) -> Proposal:
        """Return a proposal that is still open; raises UsageError."""
        with self._database.read() as connection:
            return _open(connection, proposal_id)

    def propose(self, entry: Entry, *, note: str = "", by: Actor) -> Proposal:
        """Put a word up for the glossary; raises UsageError where it cannot or need not be."""
        entry, note = checked_entry(entry), note.strip()
        if len(note) > LONGEST_NOTE:
            raise UsageError(f"理由は{LONGEST_NOTE}文字までです。短くしてください。")
        with self._database.write() as connection:
            _require_new(connection, entry)
            key = _add(connection, entry, note, by)
            return _known(connection, key)

    def decline(self, proposal_id: int, *, reason: str, by: Actor) -> Proposal:
        """Decide against a word; raises UsageError."""
        if not reason.strip():
            raise UsageError("見送る理由を書いてください。提案した人にも見えます。")
        with self._database.write() as connection:
            proposal = _open(connection, proposal_id)
            _decide(connection, proposal, "declined", reason.strip(), by)
            return _known(connection, proposal_id)

    def keep_trial(self, proposal_id: int, trial: Mapping[str, Any]) -> None:
        """Keep what the question sets said."""
        words = json.dumps(dict(trial), ensure_ascii=False)
        with self._database.write() as connection:
            proposal = _open(connection, proposal_id)
            connection.execute(
                update(tables.glossary_proposal)
                .where(_PROPOSAL.id == proposal.id)
                .values(trial=words)
            )

    def accept(self, proposal_id: int, *, reason: str, by: Actor) -> Proposal:
        """Take a word into the glossary, where questions find it at once; raises UsageError."""
        with self._database.write() as connection:
            proposal = _open(connection, proposal_id)
            row = {"term": proposal.entry.term, "meaning": proposal.entry.meaning}
            if not _holds(connection, proposal.entry):
                connection.execute(insert(tables.glossary), row)
            _decide(connection, proposal, "accepted", reason.strip(), by)
            return _known(connection, proposal_id)

    def remove(self, term: str, *, reason: str, by: Actor) -> list[Entry]:
        """Take a term out of the glossary with all that it stood for; raises UsageError."""
        if not reason.strip():
            raise UsageError("削除する理由を書いてください。監査記録に残ります。")
        with self._database.write() as connection:
            rows = connection.execute(select(_ENTRY.term, _ENTRY.meaning))
            gone = [Entry(*row) for row in rows if normalized(row.term) == normalized(term)]
            if not gone:
                raise UsageError(
                    f"用語「{term}」はありません。chonai glossary list で確かめてください。"
                )
            for entry in gone:
                held = (_ENTRY.term == entry.term) & (_ENTRY.meaning == entry.meaning)
                connection.execute(delete(tables.glossary).where(held))
                detail = {"meaning": entry.meaning, "reason": reason.strip()}
                append_event(connection, by, "glossary.remove", entry.term, detail)
        return gone

    def propose_all(self, entries: Iterable[Entry], *, by: Actor) -> list[Proposal]:
        """Put many words up at once, without those that are known or proposed already."""
        wanted = [checked_entry(entry) for entry in entries]
        with self._database.write() as connection:
            keys = [
                _add(connection, entry, "ファイルから", by)
                for entry in dict.fromkeys(wanted)
                if not _holds(connection, entry) and not _is_proposed(connection, entry)
            ]
            return [_known(connection, key) for key in keys]


def checked_entry(entry: Entry) -> Entry:
    """Return an entry as it is kept; raises UsageError."""
    term, meaning = _plain(entry.term), _plain(entry.meaning).replace(",", "、")
    meaning = "、".join(filter(None, (part.strip() for part in meaning.split("、"))))
    heads = zip(GLOSSARY_HEADS, (term, meaning), (LONGEST_TERM, LONGEST_MEANING), strict=True)
    for what, text, most in heads:
        if not text:
            raise UsageError(f"{what}が空です。書いてください。")
        if len(text) > most:
            raise UsageError(f"{what}は{most}文字までです。短くしてください。")
        if any(not character.isprintable() for character in text):
            raise UsageError(f"{what}に目に見えない文字があります。入力し直してください。")
    if len(normalized(term)) < 2:
        raise UsageError("1文字の用語は、ほかの言葉の一部にも当たります。2文字以上にしてください。")
    if normalized(term) in map(normalized, meaning.split("、")):
        raise UsageError("用語とマニュアルの言葉が同じです。違う言葉を書いてください。")
    return Entry(term, meaning)


def written_entries(entries: Iterable[Entry]) -> str:
    """Return entries as a CSV that Excel opens and an import reads."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(GLOSSARY_HEADS)
    writer.writerows([as_text(entry.term), as_text(entry.meaning)] for entry in entries)
    return "\ufeff" + out.getvalue()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _add(connection: Connection, entry: Entry, note: str, by: Actor) -> int:
    row = {
        "term": entry.term, "meaning": entry.meaning, "note": note, "state": "proposed",
        "proposed_at": calendar.stored_now(), "proposed_by": by.person_id,
        "proposed_by_name": by.name,
    }  # fmt: skip
    key = int(connection.execute(insert(tables.glossary_proposal), row).lastrowid)
    detail = {"proposal": key, "meaning": entry.meaning, "note": note}
    append_event(connection, by, "glossary.propose", entry.term, detail)
    return key


def _decide(
    connection: Connection, proposal: Proposal, state: ProposalState, reason: str, by: Actor
) -> None:
    values = {
        "state": state, "reason": reason, "decided_at": calendar.stored_now(),
        "decided_by_name": by.name,
    }  # fmt: skip
    change = update(tables.glossary_proposal).where(_PROPOSAL.id == proposal.id)
    connection.execute(change.values(values))
    trial = (proposal.trial or {}).get("words", "")
    detail = {"proposal": proposal.id, "meaning": proposal.entry.meaning, "reason": reason}
    if state == "accepted":
        append_event(
            connection, by, "glossary.accept", proposal.entry.term, {**detail, "trial": trial}
        )
    else:
        append_event(connection, by, "glossary.decline", proposal.entry.term, detail)


def _known(connection: Connection, proposal_id: int) -> Proposal:
    query = select(tables.glossary_proposal).where(_PROPOSAL.id == proposal_id)
    row = connection.execute(query).first()
    if row is None:
        raise UsageError(
            f"提案 {proposal_id} はありません。chonai glossary list で番号を確かめてください。"
        )
    return _proposal(row)


def _open(connection: Connection, proposal_id: int) -> Proposal:
    proposal = _known(connection, proposal_id)
    if proposal.state != "proposed":
        raise UsageError(
            f"提案 {proposal_id}「{proposal.entry.term}」は、すでに"
            f"「{STATE_WORDS[proposal.state]}」と決まっています。一覧を確かめてください。"
        )
    return proposal


def _holds(connection: Connection, entry: Entry) -> bool:
    held = (_ENTRY.term == entry.term) & (_ENTRY.meaning == entry.meaning)
    return connection.execute(select(_ENTRY.term).where(held)).first() is not None


def _is_proposed(connection: Connection, entry: Entry) -> bool:
    same = (_PROPOSAL.term == entry.term) & (_PROPOSAL.meaning == entry.meaning)
    query = select(_PROPOSAL.id).where(same, _PROPOSAL.state == "proposed")
    return connection.execute(query).first() is not None


def _require_new(connection: Connection, entry: Entry) -> None:
    if _holds(connection, entry):
        raise UsageError(f"「{entry.term}」はすでに用語にあります。一覧を確かめてください。")
    if _is_proposed(connection, entry):
        raise UsageError(f"「{entry.term}」はすでに提案されています。一覧を確かめてください。")


def _proposal(row: Any) -> Proposal:
    kept = {name: getattr(row, name) for name in Proposal.__dataclass_fields__ if name != "entry"}
    kept["trial"] = None if row.trial is None else json.loads(row.trial)
    return Proposal(entry=Entry(row.term, row.meaning), **kept)
