from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hashed_encoder import HashedEncoder
from signed_in import person
from small_manuals import publish_text
from sqlalchemy import select, update

from assistant import calendar, tables
from assistant.answer_desk import AnswerDesk, AnswerRecord
from assistant.answering import Answering
from assistant.answers.rights import WITHHELD, Rights
from assistant.answers.shaping import REFUSAL
from assistant.domain import Answer, Reader
from assistant.errors import InvalidQuestion, ModelUnavailable
from assistant.opening import Assistant, open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.settings import Settings

QUESTION = "契約書は何通作りますか"
TEXT = "契約書は2通作ります。"
ANN = Reader("ann", section="総務課")
BOB = Reader("bob", section="税務課")
TODAY = date(2026, 11, 20)


class StepwiseAnswering(Answering):
    """Answers as always, but first runs a step of the test with the snapshot shown so far."""

    step: Callable[[Answer, threading.Event], None]

    def answer(self, question: str, **given: Any) -> Answer:  # type: ignore[override]
        show, cancelled = given.pop("show"), given["cancelled"]
        snapshots: list[Answer] = []
        finished = super().answer(question, show=snapshots.append, **given)
        first = replace(snapshots[0], finished=False)
        show(first)
        self.step(first, cancelled)
        show(finished)
        return finished


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, TEXT)
    return quick_assistant


@pytest.fixture
def stepwise(assistant: Assistant) -> Iterator[Callable[[Any], AnswerDesk]]:
    """A desk whose answers wait at the given step between evidence and end."""
    made: list[AnswerDesk] = []

    def desk(step: Callable[[Answer, threading.Event], None]) -> AnswerDesk:
        answering = StepwiseAnswering(
            assistant.settings, assistant.library, assistant.retriever, assistant.models
        )
        answering.step = step  # type: ignore[method-assign]
        rights = Rights(assistant.library, assistant.directory)
        made.append(
            AnswerDesk(
                assistant.database, answering, assistant.models, assistant.ledger, rights=rights
            )
        )
        return made[-1]

    yield desk
    for one in made:
        one.close()


def _ask(desk: AnswerDesk, question: str = QUESTION, **given: Any) -> str:
    values: dict[str, Any] = {
        "reader": ANN, "browser_session": "s1", "conversation_id": None, "as_of": TODAY,
    }  # fmt: skip
    return desk.ask(question, **{**values, **given})


def _last(desk: AnswerDesk, answer_id: str, reader: Reader = ANN) -> AnswerRecord:
    return list(desk.follow(answer_id, reader=reader, every=0.05))[-1]


def _wait_unwatched(desk: AnswerDesk, answer_id: str, person: str = "ann") -> AnswerRecord:
    """Wait for the end as the database tells it, without being shown anything."""
    pause = threading.Event()
    for _ in range(400):
        record = desk.record(answer_id, reader=Reader(person))
        assert record is not None
        if record.state != "running":
            return record
        pause.wait(0.02)
    raise AssertionError("the answer did not end")


def _events(assistant: Assistant) -> list[Any]:
    with assistant.database.read() as connection:
        return list(connection.execute(select(tables.usage_event)))


def test_a_question_is_answered_with_its_evidence(assistant: Assistant) -> None:
    record = _last(assistant.desk, _ask(assistant.desk))
    assert (record.state, record.question) == ("answered", QUESTION)
    assert record.answer is not None
    assert [s.text for s in record.answer.quotations] == [TEXT]
    assert record.answer.finished


def test_a_question_marked_as_a_trial_is_answered_and_no_use(assistant: Assistant) -> None:
    record = _last(assistant.desk, _ask(assistant.desk, trial=True))
    assert record.state == "answered"
    [event] = _events(assistant)
    assert (event.channel, event.shown, event.qualifying) == ("trial", True, False)


def test_an_event_names_the_manual_that_was_cited_first(assistant: Assistant) -> None:
    record = _last(assistant.desk, _ask(assistant.desk))
    assert record.answer is not None
    [event] = _events(assistant)
    assert event.manual == record.answer.citations[0].manual


def test_an_answer_is_written_without_anybody_watching(assistant: Assistant) -> None:
    record = _wait_unwatched(assistant.desk, _ask(assistant.desk))
    assert record.answer is not None
    assert (record.state, record.answer.outcome) == ("answered", "answered")


def test_a_watcher_who_goes_away_does_not_stop_the_answer(stepwise: Any) -> None:
    gone = threading.Event()
    desk = stepwise(lambda answer, cancelled: gone.wait(20))
    answer_id = _ask(desk)
    for record in desk.follow(answer_id, reader=ANN, every=0.05):
        if record.answer is not None:
            break
    gone.set()
    assert _wait_unwatched(desk, answer_id).state == "answered"


def test_a_second_watcher_sees_the_same_answer(assistant: Assistant) -> None:
    answer_id = _ask(assistant.desk)
    first, second = _last(assistant.desk, answer_id), _last(assistant.desk, answer_id)
    assert first.answer == second.answer


def test_evidence_is_seen_before_the_end(stepwise: Any) -> None:
    seen = threading.Event()
    desk = stepwise(lambda answer, cancelled: seen.wait(20))
    states = []
    for record in desk.follow(_ask(desk), reader=ANN, every=0.05):
        if record.answer is not None:
            states.append((record.state, record.answer.finished))
            seen.set()
    assert states[0] == ("running", False)
    assert states[-1] == ("answered", True)


def test_a_stopped_answer_keeps_what_it_has(stepwise: Any) -> None:
    desk = stepwise(lambda answer, cancelled: cancelled.wait(20))
    answer_id = _ask(desk)
    desk.stop(answer_id, person_id="ann")
    record = _last(desk, answer_id)
    assert record.state == "stopped"
    assert record.answer is not None
    assert [s.text for s in record.answer.quotations] == [TEXT]


def test_the_answer_of_a_person_who_is_disabled_stops_by_itself(
    stepwise: Any, assistant: Assistant
) -> None:
    member, colleague = person(assistant, "1001"), person(assistant, "2002")
    go = threading.Event()
    desk = stepwise(lambda answer, cancelled: cancelled.wait(6) or go.wait(6))
    stopping = _ask(desk, reader=member.reader)
    going_on = _ask(desk, reader=colleague.reader)
    for record in desk.follow(stopping, reader=member.reader, every=0.05):
        if record.answer is not None:
            break
    assistant.accounts.disable("1001", by=OPERATOR_ACTOR)
    began = time.monotonic()
    assert _last(desk, stopping, member.reader).state == "stopped"
    assert time.monotonic() - began < 2
    assert next(iter(desk.follow(going_on, reader=colleague.reader))).state == "running"
    go.set()


def test_an_answer_that_is_being_followed_is_withheld_once_its_manual_may_not_be_read(
    stepwise: Any, assistant: Assistant
) -> None:
    publish_text(
        assistant,
        "書庫の鍵は、総務課の金庫にあります。",
        manual_id="own",
        audience="section:総務課",
    )
    member, go = person(assistant, "1001"), threading.Event()
    desk = stepwise(lambda answer, cancelled: go.wait(20))
    answer_id = _ask(desk, "書庫の鍵はどこにありますか", reader=member.reader)
    seen = []
    for record in desk.follow(answer_id, reader=member.reader, every=0.05):
        if record.answer is None:
            continue
        seen.append(record.answer.text)
        if len(seen) == 1:
            assistant.accounts.transfer("1001", "契約課", on=calendar.today(), by=OPERATOR_ACTOR)
        if len(seen) == 3:
            go.set()
    assert "総務課の金庫" in seen[0]
    assert set(seen[1:]) == {WITHHELD}


def test_nobody_stops_another_person_s_answer(stepwise: Any) -> None:
    go = threading.Event()
    desk = stepwise(lambda answer, cancelled: go.wait(20))
    answer_id = _ask(desk)
    desk.stop(answer_id, person_id="bob")
    go.set()
    assert _last(desk, answer_id).state == "answered"


def test_stopping_what_is_over_or_unknown_does_nothing(assistant: Assistant) -> None:
    answer_id = _ask(assistant.desk)
    assert _last(assistant.desk, answer_id).state == "answered"
    assistant.desk.stop(answer_id, person_id="ann")
    assistant.desk.stop("unknown", person_id="ann")
    record = assistant.desk.record(answer_id, reader=ANN)
    assert record is not None
    assert record.state == "answered"


def test_a_known_failure_is_said_in_its_own_words(stepwise: Any, assistant: Assistant) -> None:
    def fail(answer: Answer, cancelled: threading.Event) -> None:
        raise ModelUnavailable("モデルの接続先につながりません。")

    desk = stepwise(fail)
    record = _last(desk, _ask(desk))
    assert (record.state, record.error) == ("failed", "モデルの接続先につながりません。")


def test_an_unexpected_failure_is_said_with_the_next_step(
    stepwise: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(answer: Answer, cancelled: threading.Event) -> None:
        raise ZeroDivisionError

    desk = stepwise(fail)
    record = _last(desk, _ask(desk))
    assert record.state == "failed"
    assert "もう一度質問してください" in str(record.error)
    assert "ZeroDivisionError" in caplog.text


def test_a_bad_question_leaves_nothing_behind(assistant: Assistant) -> None:
    with pytest.raises(InvalidQuestion):
        _ask(assistant.desk, "　")
    assert assistant.conversations.current(reader=ANN) == []


def test_what_a_dead_process_left_is_interrupted_at_the_next_start(
    settings: Settings,
) -> None:
    with open_assistant(settings, encoder=HashedEncoder()) as first:
        publish_text(first, TEXT)
        answer_id = _ask(first.desk)
        assert _last(first.desk, answer_id).state == "answered"
        with first.database.write() as connection:
            connection.execute(update(tables.answer).values(id="left", state="running"))
    with open_assistant(settings, encoder=HashedEncoder()) as second:
        record = second.desk.record("left", reader=ANN)
        assert record is not None
        assert record.state == "interrupted"
        assert [r.state for r in second.desk.follow("left", reader=ANN, every=0.05)] == [
            "interrupted"
        ]
        assert [e.answer_id for e in _events(second)] == [answer_id, "left"]
        assert second.desk.recover() == 0


def test_a_running_answer_without_a_beat_is_shown_as_interrupted(assistant: Assistant) -> None:
    answer_id = _ask(assistant.desk)
    _last(assistant.desk, answer_id)
    long_ago = calendar.now().replace(tzinfo=None) - timedelta(seconds=60)
    with assistant.database.write() as connection:
        connection.execute(update(tables.answer).values(state="running", beat_at=long_ago))
    record = assistant.desk.record(answer_id, reader=ANN)
    assert record is not None
    assert record.state == "interrupted"


def test_a_shown_answer_makes_one_qualifying_event(assistant: Assistant) -> None:
    answer_id = _ask(assistant.desk)
    for _ in range(3):
        _last(assistant.desk, answer_id)
    assistant.desk.close()
    [event] = _events(assistant)
    assert (event.answer_id, event.person_id, event.section) == (answer_id, "ann", "総務課")
    assert (event.channel, event.qualifying, event.model_wrote) == ("screen", True, False)


def test_a_shown_refusal_makes_a_qualifying_event(assistant: Assistant) -> None:
    record = _last(assistant.desk, _ask(assistant.desk, "今日の天気ＸＹＺはどうかな"))
    assert record.answer is not None
    assert [s.text for s in record.answer.sentences] == [REFUSAL]
    [event] = _events(assistant)
    assert (event.outcome, event.qualifying) == ("refused", True)


def test_an_answer_nobody_was_shown_makes_an_event_that_does_not_count(
    assistant: Assistant,
) -> None:
    _wait_unwatched(assistant.desk, _ask(assistant.desk))
    assistant.desk.close()
    [event] = _events(assistant)
    assert (event.outcome, event.shown, event.qualifying) == ("answered", False, False)


def test_a_person_shown_evidence_who_then_stops_counts(stepwise: Any, assistant: Assistant) -> None:
    desk = stepwise(lambda answer, cancelled: cancelled.wait(20))
    answer_id = _ask(desk)
    for record in desk.follow(answer_id, reader=ANN, every=0.05):
        if record.answer is not None:
            desk.stop(answer_id, person_id="ann")
    [event] = _events(assistant)
    assert event.qualifying


def test_a_failure_before_any_evidence_does_not_count(assistant: Assistant) -> None:
    with assistant.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE glossary")
    record = _last(assistant.desk, _ask(assistant.desk))
    assert (record.state, record.answer) == ("failed", None)
    assistant.desk.close()
    [event] = _events(assistant)
    assert (event.outcome, event.qualifying) == ("failed", False)


def test_many_questions_at_once_are_all_answered(assistant: Assistant) -> None:
    ids = [_ask(assistant.desk, f"{QUESTION}{n}") for n in range(12)]
    assert [_last(assistant.desk, one).state for one in ids] == ["answered"] * 12
    assert len(_events(assistant)) == 12


def test_a_conversation_of_another_person_is_not_continued(assistant: Assistant) -> None:
    own = _last(assistant.desk, _ask(assistant.desk))
    other = _ask(assistant.desk, reader=BOB, conversation_id=own.conversation_id)
    assert _last(assistant.desk, other, BOB).conversation_id != own.conversation_id
    assert assistant.desk.record(own.id, reader=Reader("bob")) is None


def test_following_an_unknown_answer_ends_at_once(assistant: Assistant) -> None:
    assert list(assistant.desk.follow("unknown", reader=ANN)) == []


def test_closing_writes_the_events_of_answers_under_way(
    stepwise: Any, assistant: Assistant
) -> None:
    desk = stepwise(lambda answer, cancelled: cancelled.wait(20))
    answer_id = _ask(desk)
    desk.close()
    record = assistant.desk.record(answer_id, reader=ANN)
    assert record is not None
    assert record.state == "stopped"
    assert [event.answer_id for event in _events(assistant)] == [answer_id]


def test_the_ledger_survives_the_deletion_of_conversations(assistant: Assistant) -> None:
    _last(assistant.desk, _ask(assistant.desk))
    before = _events(assistant)
    with assistant.database.write() as connection:
        connection.execute(tables.answer.delete())
        connection.execute(tables.conversation.delete())
    assert _events(assistant) == before


def test_the_as_of_date_is_the_one_asked_for(assistant: Assistant) -> None:
    publish_text(assistant, "契約書は3通作ります。", since=date(2026, 12, 1))
    for day, text in ((TODAY, TEXT), (date(2026, 12, 1), "契約書は3通作ります。")):
        record = _last(assistant.desk, _ask(assistant.desk, as_of=day))
        assert record.answer is not None
        assert (record.answer.as_of, record.answer.quotations[0].text) == (day, text)


def _kept_day(assistant: Assistant, answer_id: str) -> date:
    with assistant.database.read() as connection:
        query = select(tables.answer.c.as_of).where(tables.answer.c.id == answer_id)
        return connection.execute(query).scalar_one()


def test_the_day_that_a_question_speaks_of_is_kept(assistant: Assistant) -> None:
    said = _ask(assistant.desk, "令和2年度の契約書は何通でしたか", as_of=None)
    plain = _ask(assistant.desk, as_of=None)
    assert _kept_day(assistant, said) == date(2021, 3, 31)
    assert _kept_day(assistant, plain) == calendar.today()
    answers = [_last(assistant.desk, key).answer for key in (said, plain)]
    assert [a.as_of_origin for a in answers if a] == ["question", "today"]


def test_a_follow_up_keeps_the_day_of_the_question_before(assistant: Assistant) -> None:
    first = _ask(assistant.desk, "令和2年度の契約書は何通でしたか", as_of=None)
    conversation = _last(assistant.desk, first).conversation_id
    second = _ask(assistant.desk, "その理由は何ですか", as_of=None, conversation_id=conversation)
    assert _kept_day(assistant, second) == date(2021, 3, 31)
    assert _last(assistant.desk, second).answer is not None


def test_a_conversation_is_asked_back_once_and_goes_on_with_the_choice(
    quick_assistant: Assistant,
) -> None:
    leave = "{}の病気休暇は、1年度に{}日以内です。"
    publish_text(
        quick_assistant, leave.format("常勤の職員", 90), leave.format("会計年度任用職員", 10)
    )
    desk = quick_assistant.desk

    def ended(answer_id: str) -> AnswerRecord:
        return list(desk.follow(answer_id, reader=ANN))[-1]

    first = ended(_ask(desk, "病気休暇は何日以内ですか"))
    assert first.answer is not None
    assert first.answer.outcome == "clarify"
    own = first.conversation_id
    again = ended(_ask(desk, "病気休暇は何日以内ですか", conversation_id=own)).answer
    assert again is not None
    assert again.outcome == "answered"
    back = ended(_ask(desk, "病気休暇は何日以内ですか")).conversation_id
    chosen = ended(_ask(desk, "会計年度任用職員", conversation_id=back)).answer
    assert chosen is not None
    assert chosen.outcome == "answered"
    assert "10日以内" in chosen.text
