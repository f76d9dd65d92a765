"""Which day's versions answer: the chosen day, the day that a question speaks of, or today."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from small_manuals import prepared_manual, publish_text

from assistant import calendar
from assistant.domain import Answer, Reader, Turn
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.opening import Assistant

OLD, NEW = "物品の買入れの限度額は80万円です。", "物品の買入れの限度額は150万円です。"
NOW = "物品の買入れの限度額はいくらですか"
THEN = "令和6年度の物品の買入れの限度額はいくらでしたか"
TODAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "now", lambda: datetime(2026, 11, 27, 9, tzinfo=calendar.TOKYO))


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, OLD, since=date(2022, 4, 1))
    publish_text(quick_assistant, NEW, since=date(2025, 10, 1))
    return quick_assistant


def _ask(
    assistant: Assistant,
    reader: Reader,
    question: str,
    as_of: date | None = None,
    turns: tuple[Turn, ...] = (),
) -> Answer:
    return assistant.answering.answer(question, reader=reader, as_of=as_of, turns=turns)


@pytest.mark.parametrize(
    ("question", "chosen", "day", "origin", "quoted", "notice"),
    [
        pytest.param(NOW, None, TODAY, "today", NEW, "", id="today"),
        pytest.param(
            THEN, None, date(2025, 3, 31), "question", OLD,
            "令和6年度（2025年3月31日）に効力のあった版から答えています。", id="said",
        ),
        pytest.param(
            NOW, date(2024, 5, 1), date(2024, 5, 1), "chosen", OLD,
            "2024年5月1日に効力のあった版から答えています。", id="chosen",
        ),
        pytest.param(
            THEN, date(2027, 1, 4), date(2027, 1, 4), "chosen", NEW,
            "2027年1月4日に効力のある版から答えています。", id="chosen before said",
        ),
        pytest.param(NOW, TODAY, TODAY, "chosen", NEW, "", id="today, chosen"),
    ],
)  # fmt: skip
def test_the_day_is_the_chosen_one_or_the_one_said_or_today(
    assistant: Assistant,
    reader: Reader,
    question: str,
    chosen: date | None,
    day: date,
    origin: str,
    quoted: str,
    notice: str,
) -> None:
    answer = _ask(assistant, reader, question, chosen)
    assert (answer.as_of, answer.as_of_origin) == (day, origin)
    assert answer.quotations[0].text == quoted
    assert answer.as_of_notice == notice


def test_a_question_that_leans_on_one_before_keeps_its_day(
    assistant: Assistant, reader: Reader
) -> None:
    answer = _ask(assistant, reader, "その限度額はいくらですか", turns=(Turn(THEN),))
    assert (answer.as_of, answer.as_of_words) == (date(2025, 3, 31), "令和6年度")


def test_what_begins_soon_after_the_day_that_is_said_is_searched_too(
    quick_assistant: Assistant, reader: Reader
) -> None:
    publish_text(quick_assistant, "前渡金の精算は10日以内に行います。", since=date(2026, 4, 1))
    question = "今年の3月27日の前渡金の精算は何日以内に行いましたか"
    answer = _ask(quick_assistant, reader, question)
    assert (answer.outcome, answer.as_of) == ("answered", date(2026, 3, 27))
    assert answer.as_of_notice == (
        "『契約事務の手引き』には今年の3月27日（2026年3月27日）に効力のある版がないため、"
        "すぐ後の2026年4月1日施行の第1版を調べて答えています。"
    )


@pytest.mark.parametrize(
    ("question", "chosen", "since"),
    [
        pytest.param(NOW, date(2026, 3, 27), date(2026, 4, 1), id="a chosen day"),
        pytest.param("今年の3月27日の物品の買入れの限度額はいくらでしたか", None,
                     date(2026, 4, 27), id="31 days later"),
    ],
)  # fmt: skip
def test_what_begins_later_is_no_answer(
    quick_assistant: Assistant, reader: Reader, question: str, chosen: date | None, since: date
) -> None:
    publish_text(quick_assistant, NEW, since=since)
    answer = _ask(quick_assistant, reader, question, chosen)
    assert (answer.outcome, answer.quotations, answer.citations) == ("refused", (), ())


def test_where_a_version_was_in_force_none_to_come_is_searched(
    assistant: Assistant, reader: Reader
) -> None:
    answer = _ask(assistant, reader, "令和7年9月の物品の買入れの限度額はいくらでしたか")
    assert [s.text for s in answer.quotations] == [OLD]


def test_a_refusal_for_a_past_day_names_the_day_and_what_came_later(
    quick_assistant: Assistant, reader: Reader
) -> None:
    publish_text(quick_assistant, NEW, since=date(2025, 7, 1))
    answer = _ask(quick_assistant, reader, THEN)
    assert (answer.outcome, answer.citations) == ("refused", ())
    assert answer.as_of_notice == (
        "令和6年度（2025年3月31日）に効力のあった版を調べました。"
        "『契約事務の手引き』の版は2025年7月1日施行のものからです。"
    )
    assert [related.text for related in answer.related] == [NEW]
    assert answer.owner is not None
    assert answer.owner.section == "契約検査課"


def test_what_came_later_is_named_only_to_who_may_read_it(
    quick_assistant: Assistant,
) -> None:
    publish_text(quick_assistant, NEW, since=date(2025, 7, 1), audience="section:契約検査課")
    answer = _ask(quick_assistant, Reader("p", section="税務課"), THEN)
    assert (answer.related, answer.owner) == ((), None)
    assert answer.as_of_notice == "令和6年度（2025年3月31日）に効力のあった版を調べました。"


def _draft(assistant: Assistant, text: str, since: date) -> str:
    prepared = prepared_manual(text, since=since)
    store_vectors(assistant.library.vectors, assistant.library.encoder, prepared.drafts)
    return Publisher(assistant.library).draft(prepared).id


def test_a_draft_is_asked_in_the_place_of_its_manual(assistant: Assistant, reader: Reader) -> None:
    draft = _draft(assistant, "物品の買入れの限度額は300万円です。", date(2027, 4, 1))
    tried = assistant.answering.answer(NOW, reader=reader, as_of=None, draft=draft)
    assert [s.text for s in tried.quotations] == ["物品の買入れの限度額は300万円です。"]
    assert tried.as_of == date(2027, 4, 1)
    assert _ask(assistant, reader, NOW).quotations[0].text == NEW
