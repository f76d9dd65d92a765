"""Conversations are found by their person, on any device, and searched within rights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from assistant import calendar, tables
from assistant.answers.rights import WITHHELD
from assistant.conversations.kept import LINES
from assistant.domain import Reader
from assistant.errors import UsageError
from assistant.opening import Assistant

QUESTION = "契約書は何通作りますか"
ABOUT_SECRET = "秘密の合言葉は何ですか"


def _titles(assistant: Assistant, reader: Reader, **given: Any) -> list[str]:
    return [line.title for line in assistant.conversations.page(reader=reader, **given).lines]


def test_a_conversation_is_found_again_in_its_order_on_any_device(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    first = ask(QUESTION)
    second = ask("それは誰が作りますか", conversation=first.conversation_id)
    found = assistant.conversations.current(reader=ann)
    assert [record.id for record in found] == [first.id, second.id]
    assert found[1].answer is not None
    assert "契約" in found[1].answer.search_text


def test_nobody_finds_the_conversation_of_another(
    assistant: Assistant, ask: Any, ann: Reader, bob: Reader
) -> None:
    key = ask(QUESTION).conversation_id
    own = assistant.conversations
    assert own.current(reader=bob) == []
    assert own.records(key, reader=bob) == []
    assert own.page(reader=bob).found == 0
    own.rename(key, "ボブの名前", person_id="bob")
    own.close(key, person_id="bob")
    assert own.title(key, reader=bob) == own.title(key, reader=ann) == ""
    assert own.current(reader=ann) != []


def test_a_conversation_is_current_for_half_an_hour_and_kept_after_that(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    key = ask(QUESTION).conversation_id
    past = calendar.stored_now() - timedelta(minutes=31)
    with assistant.database.write() as connection:
        connection.execute(update(tables.conversation).values(touched_at=past))
    assert assistant.conversations.current(reader=ann) == []
    assert _titles(assistant, ann) == [QUESTION]
    assistant.conversations.open(key, person_id="ann")
    assert [r.question for r in assistant.conversations.current(reader=ann)] == [QUESTION]


def test_a_closed_conversation_is_kept_and_goes_on_once_it_is_opened(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    first = ask(QUESTION)
    assistant.conversations.close(first.conversation_id, person_id="ann")
    assert assistant.conversations.current(reader=ann) == []
    other = ask(QUESTION, conversation=first.conversation_id)
    assert other.conversation_id != first.conversation_id
    assistant.conversations.open(first.conversation_id, person_id="ann")
    again = ask("それは誰が作りますか", conversation=first.conversation_id)
    assert again.conversation_id == first.conversation_id
    assert len(assistant.conversations.records(first.conversation_id, reader=ann)) == 2


def test_the_list_names_the_newest_first_page_by_page(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    questions = [f"契約書は何通作りますか（{n}回目）" for n in range(LINES + 2)]
    for question in questions:
        ask(question)
    page = assistant.conversations.page(reader=ann)
    assert [line.title for line in page.lines] == questions[::-1][:LINES]
    assert (page.pages, page.found) == (2, LINES + 2)
    assert _titles(assistant, ann, number=2) == questions[:2][::-1]
    assert _titles(assistant, ann, number=99) == questions[:2][::-1]


def test_a_name_stands_in_place_of_the_first_question_until_it_is_taken_away(
    assistant: Assistant, ask: Any, ann: Reader
) -> None:
    key = ask(QUESTION).conversation_id
    assistant.conversations.rename(key, "　契約書の\n部数 ", person_id="ann")
    assert _titles(assistant, ann) == ["契約書の 部数"]
    assistant.conversations.rename(key, "", person_id="ann")
    assert _titles(assistant, ann) == [QUESTION]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        pytest.param("長" * 61, "60文字以内", id="long"),
        pytest.param("名\x00前", "使えない文字", id="control"),
    ],
)
def test_a_name_that_is_none_is_refused(
    assistant: Assistant, ask: Any, title: str, words: str
) -> None:
    key = ask(QUESTION).conversation_id
    with pytest.raises(UsageError, match=words):
        assistant.conversations.rename(key, title, person_id="ann")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("契約書", id="question"),
        pytest.param("2通作り", id="answer"),
        pytest.param("契約書 ２通", id="two words, one full width"),
        pytest.param("契約事務の手引き", id="cited manual"),
        pytest.param("ｷﾞｮｳｼｬ abc", id="half-width kana and small letters, in the name"),
    ],
)
def test_a_search_finds_words_of_question_answer_and_name(
    assistant: Assistant, ask: Any, ann: Reader, words: str
) -> None:
    key = ask(QUESTION).conversation_id
    ask("住民票はいくらですか")
    assistant.conversations.rename(key, "ギョウシャ ＡＢＣ", person_id="ann")
    assert _titles(assistant, ann, words=words) == ["ギョウシャ ＡＢＣ"]


def test_a_search_without_a_hit_finds_nothing(assistant: Assistant, ask: Any, ann: Reader) -> None:
    ask(QUESTION)
    assert assistant.conversations.page(reader=ann, words="宇宙旅行").lines == ()


def test_a_quotation_that_may_no_longer_be_read_is_neither_shown_nor_found(
    assistant: Assistant, ask: Any, ann: Reader, moved: Reader
) -> None:
    key = ask(ABOUT_SECRET).conversation_id
    assert _titles(assistant, ann, words="スミレ") == [ABOUT_SECRET]
    assert _titles(assistant, ann, words="総務課の内規") == [ABOUT_SECRET]
    for word in ("スミレ", "総務課の内規"):
        assert _titles(assistant, moved, words=word) == []
    assert _titles(assistant, moved, words="合言葉") == [ABOUT_SECRET]  # the person's own word
    [record] = assistant.conversations.records(key, reader=moved)
    assert record.answer is not None
    assert record.answer.text == WITHHELD
    assert "スミレ" not in repr(record)
    assert "スミレ" not in repr(assistant.conversations.current(reader=moved))
