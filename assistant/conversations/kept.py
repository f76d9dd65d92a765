"""A person's conversations: listed, searched, opened again and named; rights are kept on all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select, update

from assistant import calendar, tables
from assistant.answer_records import AnswerRecord, record_of, records_query
from assistant.answers.rights import Rights
from assistant.conversations.gone import GONE
from assistant.conversations.searching import not_found_in, searched_words
from assistant.database import Database
from assistant.domain import Reader
from assistant.errors import UsageError

LINES: Final = 10
LONGEST_TITLE: Final = 60
_STILL_OPEN: Final = timedelta(minutes=30)
_ANSWER = tables.answer.c
_CONVERSATION = tables.conversation.c


@dataclass(frozen=True)
class ConversationLine:
    """A conversation in the list; `title` is its first question where it was given no name."""

    id: str
    title: str
    asked_at: datetime
    questions: int


@dataclass(frozen=True)
class ConversationPage:
    """Some lines of the list, newest first: page `number` of `pages`, `found` lines in all."""

    lines: tuple[ConversationLine, ...]
    number: int
    pages: int
    found: int


class Conversations:
    """Reads and changes conversations; each person's own, whatever browser they were held in."""

    def __init__(self, database: Database, rights: Rights):
        self._database = database
        self._rights = rights

    def current(self, *, reader: Reader) -> list[AnswerRecord]:
        """Return the one held last, oldest answer first; none after half an hour or once closed."""
        query = (
            select(_CONVERSATION.id, _CONVERSATION.closed, _CONVERSATION.touched_at)
            .where(_CONVERSATION.person_id == reader.person_id)
            .order_by(_CONVERSATION.touched_at.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            last = connection.execute(query).first()
        if last is None or last.closed or last.touched_at < calendar.stored_now() - _STILL_OPEN:
            return []
        return self.records(last.id, reader=reader)

    def records(self, conversation_id: str, *, reader: Reader) -> list[AnswerRecord]:
        """Return the answers of the reader's own conversation as they may be seen today."""
        found = self._records(_ANSWER.conversation_id == conversation_id, reader)
        return [self._seen(record, reader) for record in found]

    def page(self, *, reader: Reader, words: str = "", number: int = 1) -> ConversationPage:
        """Return a page of the list, only of conversations in which all the words occur."""
        lines = self._lines(reader)
        wanted = searched_words(words)
        if wanted:
            holding = self._holding(wanted, {line.id: line.title for line in lines}, reader)
            lines = [line for line in lines if line.id in holding]
        pages = max(1, -(-len(lines) // LINES))
        number = min(max(number, 1), pages)
        shown = lines[(number - 1) * LINES : number * LINES]
        return ConversationPage(tuple(shown), number, pages, len(lines))

    def title(self, conversation_id: str, *, reader: Reader) -> str:
        """Return the name of the reader's own conversation, "" where it was given none."""
        query = select(_CONVERSATION.title).where(*_own(conversation_id, reader.person_id))
        with self._database.read() as connection:
            return str(connection.execute(query).scalar() or "")

    def open(self, conversation_id: str, *, person_id: str) -> None:
        """Go on with a conversation: it is the current one on every device."""
        self._change(conversation_id, person_id, closed=False, touched_at=calendar.stored_now())

    def close(self, conversation_id: str, *, person_id: str) -> None:
        """Leave a conversation, which is kept: the next question begins a new one."""
        self._change(conversation_id, person_id, closed=True)

    def rename(self, conversation_id: str, title: str, *, person_id: str) -> None:
        """Give a conversation a name; "" takes its first question again. Raises UsageError."""
        title = " ".join(title.split())
        if not title.isprintable():
            raise UsageError("名前に使えない文字が含まれています。文字を入力し直してください。")
        if len(title) > LONGEST_TITLE:
            raise UsageError(
                f"名前が長すぎます（{len(title)}文字）。{LONGEST_TITLE}文字以内に短くしてください。"
            )
        self._change(conversation_id, person_id, title=title)

    def _change(self, conversation_id: str, person_id: str, **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(tables.conversation)
                .where(*_own(conversation_id, person_id))
                .values(**values)
            )

    def _lines(self, reader: Reader) -> list[ConversationLine]:
        with self._database.read() as connection:
            rows = connection.execute(_listed(reader.person_id)).all()
        return [
            ConversationLine(
                row.id, row.title or row.question, row.asked_at.replace(tzinfo=UTC), row.questions
            )
            for row in rows
        ]

    def _holding(self, words: Sequence[str], titles: dict[str, str], reader: Reader) -> set[str]:
        """Return the conversations that hold all the words where the reader may see them."""
        missing = {key: not_found_in(words, title) for key, title in titles.items()}
        for record in self._records(_ANSWER.conversation_id.in_(list(titles)), reader):
            left = missing[record.conversation_id]
            if left:
                seen = self._seen(record, reader)
                missing[record.conversation_id] = not_found_in(left, seen.question, seen.answer)
        return {key for key, left in missing.items() if not left}

    def _records(self, condition: Any, reader: Reader) -> list[AnswerRecord]:
        query = (
            records_query()
            .where(
                condition,
                _ANSWER.person_id == reader.person_id,
                _ANSWER.question.not_in(GONE),
            )
            .order_by(_ANSWER.asked_at)
        )
        with self._database.read() as connection:
            return [record_of(row) for row in connection.execute(query)]

    def _seen(self, record: AnswerRecord, reader: Reader) -> AnswerRecord:
        return replace(record, answer=self._rights.answer(record.answer, reader))


def _own(conversation_id: str, person_id: str) -> tuple[Any, ...]:
    return (_CONVERSATION.id == conversation_id, _CONVERSATION.person_id == person_id)


def _listed(person_id: str) -> Select[Any]:
    """Select a person's conversations that still hold words, the one asked in last first."""
    first = tables.answer.alias()
    question = (
        select(first.c.question)
        .where(first.c.conversation_id == _CONVERSATION.id, first.c.question.not_in(GONE))
        .order_by(first.c.asked_at)
        .limit(1)
        .correlate(tables.conversation)
        .scalar_subquery()
    )
    asked_at = func.max(_ANSWER.asked_at)
    return (
        select(
            _CONVERSATION.id,
            _CONVERSATION.title,
            question.label("question"),
            asked_at.label("asked_at"),
            func.count().label("questions"),
        )
        .join(tables.answer, _ANSWER.conversation_id == _CONVERSATION.id)
        .where(_CONVERSATION.person_id == person_id, _ANSWER.question.not_in(GONE))
        .group_by(_CONVERSATION.id, _CONVERSATION.title)
        .order_by(asked_at.desc())
    )
