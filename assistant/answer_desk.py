"""The desk where answers are written: they outlive the page that asked, pages only watch."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.answer_records import AnswerRecord, AnswerRecords
from assistant.answering import Answering
from assistant.answers.rights import Rights
from assistant.conversations.deleting import delete_words
from assistant.database import Database
from assistant.domain import Answer, Reader, Turn
from assistant.errors import AssistantError, UsageError
from assistant.language_model.choice import ModelChoice
from assistant.usage.ledger import Ledger, UsageEvent
from assistant.usage.survey import Survey

__all__ = ["AnswerDesk", "AnswerRecord", "usage_event"]

logger = logging.getLogger(__name__)
_AT_ONCE = 64
_BEAT_SECONDS = 1.0
_SHOWN_WITHIN_SECONDS = 60.0
_STILL_RUNNING = "回答を作成しています。停止するか、終わるのを待ってから削除してください。"
_FAILED = (
    "回答の作成中に失敗しました。もう一度質問してください。続くときは管理者に知らせてください。"
)


@dataclass
class _Live:
    """An answer being written in this process."""

    id: str
    person_id: str
    cancelled: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    changes: int = 0

    def wait(self, seen: int, seconds: float) -> int:
        with self.changed:
            self.changed.wait_for(lambda: self.changes != seen, timeout=seconds)
            return self.changes

    def tell(self) -> None:
        with self.changed:
            self.changes += 1
            self.changed.notify_all()


class AnswerDesk:
    """Writes answers in its own threads and keeps each in the database from the first moment."""

    def __init__(
        self,
        database: Database,
        answering: Answering,
        models: ModelChoice,
        ledger: Ledger,
        *,
        rights: Rights,
        survey: Survey | None = None,
    ):
        self._database = database
        self._records = AnswerRecords(database)
        self._answering = answering
        self._rights = rights
        self._models = models
        self._ledger = ledger
        self._survey = survey
        self._live: dict[str, _Live] = {}
        self._timers: dict[str, threading.Timer] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="answer-desk")
        self._closing = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="answer-desk-beat", daemon=True)
        self._heart.start()

    def close(self) -> None:
        """Stop all answers under way, keeping what they have, and write their events."""
        self._closing.set()
        with self._lock:
            live, timers = list(self._live.values()), list(self._timers.values())
        for answer in live:
            answer.cancelled.set()
        self._threads.shutdown(wait=True)
        for timer in timers:
            timer.cancel()
        self._heart.join(timeout=5)
        self._write_missing_events()

    def recover(self) -> int:
        """Mark answers that a dead process left as interrupted; returns how many."""
        left = self._records.interrupt_running()
        self._write_missing_events()
        return left

    def ask(
        self,
        question: str,
        *,
        reader: Reader,
        browser_session: str,
        conversation_id: str | None,
        as_of: date | None,
        trial: bool = False,
    ) -> str:
        """Begin an answer and return its id; raises InvalidQuestion before anything is kept.

        `as_of` is a day that the person chose; None leaves it to the question, else it is today.
        A `trial` (試験) is answered like any other question and counts as no use.
        A conversation id that is not the person's own, or None, begins a new conversation.
        """
        question = self._answering.checked(question)
        answer_id = uuid.uuid4().hex
        turns = self._records.begin(
            answer_id,
            question,
            reader=reader,
            browser_session=browser_session,
            conversation_id=conversation_id,
            as_of=as_of,
            trial=trial,
        )
        turns = [self._rights.turn(turn, reader) for turn in turns]
        live = _Live(answer_id, reader.person_id)
        with self._lock:
            self._live[answer_id] = live
        self._threads.submit(self._write, live, question, reader, as_of, turns)
        return answer_id

    def stop(self, answer_id: str, *, person_id: str) -> None:
        """Stop a person's answer at once, also before its first sentence; the verified stays."""
        with self._lock:
            live = self._live.get(answer_id)
        if live is not None and live.person_id == person_id:
            live.cancelled.set()

    def follow(
        self, answer_id: str, *, reader: Reader, every: float = 0.3
    ) -> Iterator[AnswerRecord]:
        """Yield the reader's own answer at each change and at least every `every` seconds.

        Ends after a record that is no longer running. Whoever follows has been shown what is
        yielded: the first evidence or refusal makes the question count as use.
        """
        seen = -1
        while True:
            with self._lock:
                live = self._live.get(answer_id)
            if live is not None:
                seen = live.wait(seen, every)
            record = self._records.get(answer_id, person_id=reader.person_id)
            if record is None:
                return
            record = self._present(record, self._rights.today(reader))
            yield record
            if record.answer is not None:
                self._mark_shown(record)
            if record.state != "running":
                return
            if live is None and self._closing.wait(every):
                return

    def record(self, answer_id: str, *, reader: Reader) -> AnswerRecord | None:
        """Return the reader's own answer, or None."""
        record = self._records.get(answer_id, person_id=reader.person_id)
        return self._present(record, reader) if record is not None else None

    def delete_conversation(self, conversation_id: str, *, person_id: str) -> None:
        """Delete the words of a person's conversation for good; raises UsageError while one runs.

        Its questions are counted first, as they would have been.
        """
        records = self._records.own(conversation_id, person_id=person_id)
        if any(record.running for record in records):
            raise UsageError(_STILL_RUNNING)
        for record in records:
            self._append_event(record.id)
        delete_words(self._database, conversation_id, person_id=person_id)

    def asks_minutes(self, answer_id: str, *, person_id: str) -> bool:
        """Tell whether the person is to be asked how much time an answer saved."""
        return self._survey is not None and self._survey.is_offered(answer_id, person_id=person_id)

    def reply_minutes(self, answer_id: str, *, person_id: str, band: str) -> None:
        """Keep how much time an answer saved, or that the person did not want to say."""
        if self._survey is not None:
            self._survey.reply(answer_id, person_id=person_id, band=band)

    def _present(self, record: AnswerRecord, reader: Reader) -> AnswerRecord:
        """Return a record as the reader may see it now: rights may have changed since."""
        record = replace(record, answer=self._rights.answer(record.answer, reader))
        return record.waiting(self._models.position(record.id)) if record.running else record

    def _write(
        self, live: _Live, question: str, reader: Reader, as_of: date | None, turns: list[Turn]
    ) -> None:
        def show(answer: Answer) -> None:
            self._records.save(live.id, answer)
            live.tell()

        state, error = "answered", None
        try:
            self._answering.answer(
                question,
                reader=reader,
                as_of=as_of,
                turns=turns,
                show=show,
                cancelled=live.cancelled,
                answer_id=live.id,
            )
            if live.cancelled.is_set():
                state = "stopped"
        except AssistantError as problem:
            state, error = "failed", str(problem)
        except Exception:  # told to the person and logged: nobody awaits this thread
            logger.exception("answer %s failed", live.id)
            state, error = "failed", _FAILED
        self._records.end(live.id, state, error)
        with self._lock:
            self._live.pop(live.id, None)
        live.tell()
        self._event_soon(live.id)

    def _event_soon(self, answer_id: str) -> None:
        """Write the event now if the answer was shown, else when it is, or in a minute."""
        record = self._records.get(answer_id)
        if record is None or record.shown or self._closing.is_set():
            self._append_event(answer_id)
            return
        timer = threading.Timer(_SHOWN_WITHIN_SECONDS, self._append_event, (answer_id,))
        timer.daemon = True
        with self._lock:
            self._timers[answer_id] = timer
        timer.start()

    def _mark_shown(self, record: AnswerRecord) -> None:
        if not record.shown:
            self._records.mark_shown(record.id)
        with self._lock:
            timer = self._timers.pop(record.id, None)
        if timer is not None:
            timer.cancel()
        if record.state != "running":
            self._append_event(record.id)

    def _append_event(self, answer_id: str) -> None:
        with self._lock:
            self._timers.pop(answer_id, None)
        record = self._records.get(answer_id)
        if record is not None and record.state != "running":
            self._ledger.append(self._event(record))

    def _event(self, record: AnswerRecord) -> UsageEvent:
        """Return the event with the category that the manual has now: it may change or go."""
        event = usage_event(record, "trial" if record.trial else "screen")
        cited = record.answer.citations if record.answer is not None else ()
        if not cited:
            return event
        return replace(event, category=self._ledger.category_of(cited[0].version_id))

    def _write_missing_events(self) -> None:
        for record in self._records.without_event():
            self._ledger.append(self._event(record))

    def _beat(self) -> None:
        while not self._closing.wait(_BEAT_SECONDS):
            with self._lock:
                running = {live.id: live for live in self._live.values()}
            self._records.beat(list(running))
            gone = self._rights.gone(live.person_id for live in running.values())
            for live in running.values():
                if live.person_id in gone:
                    live.cancelled.set()


def usage_event(record: AnswerRecord, channel: str) -> UsageEvent:
    """Return the ledger's event for an answer that has ended."""
    answer = record.answer
    wrote = answer is not None and any(
        s.kind == "written" for s in (*answer.sentences, *answer.summary)
    )
    return UsageEvent(
        answer_id=record.id,
        person_id=record.person_id,
        section=record.section,
        channel=channel,
        occurred_at=record.asked_at,
        outcome=answer.outcome if answer is not None else "failed",
        mode=answer.mode if answer is not None else "extractive",
        model_wrote=wrote,
        shown=record.shown,
        evidence_seconds=answer.first_evidence_seconds if answer is not None else None,
        seconds=answer.seconds if answer is not None else None,
        manual=answer.citations[0].manual if answer is not None and answer.citations else "",
    )
