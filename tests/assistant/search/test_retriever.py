from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from small_manuals import publish_text
from sqlalchemy import delete

from assistant import tables
from assistant.domain import Reader, RetrievedChunk
from assistant.library.drafts import sentences_hash
from assistant.opening import Assistant
from assistant.search.retrieval import Retriever
from assistant.understanding.glossary import Glossary

OPEN = "物品の買入れの限度額は120万円です。"
CLOSED = "物品の買入れの限度額を超える談合情報の取扱いは秘密です。"
QUESTION = "物品の買入れの限度額はいくらですか"
INSIDER = Reader("p1", section="契約検査課")
OUTSIDER = Reader("p2", section="税務課")


@pytest.fixture
def with_secret(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, OPEN, manual_id="open", title="契約の手引き")
    publish_text(
        quick_assistant,
        *(f"{CLOSED}{n}件目" for n in range(30)),
        manual_id="closed",
        title="談合対応",
        audience="section:契約検査課, group:監査",
    )
    return quick_assistant


@pytest.mark.parametrize(
    "outsider",
    [
        pytest.param(OUTSIDER, id="another section"),
        pytest.param(Reader("p3"), id="no section"),
        pytest.param(Reader("p4", section="契約検査"), id="part of the name"),
        pytest.param(Reader("p5", section="税務課", groups=("会計",)), id="another group"),
        pytest.param(Reader("p6", roles=("staff", "契約検査課")), id="a role of that name"),
    ],
)
def test_a_manual_of_a_section_is_in_no_result_of_others(
    with_secret: Assistant, today: date, outsider: Reader
) -> None:
    search = with_secret.retriever
    texts = [
        hit.chunk.text
        for hits in (
            search.search(CLOSED, reader=outsider, as_of=today, limit=50),
            *(
                search.search_signal(CLOSED, signal=signal, reader=outsider, as_of=today, limit=50)
                for signal in ("body", "heading", "keywords")
            ),
        )
        for hit in hits
    ]
    assert set(texts) == {OPEN}
    answer = with_secret.answering.answer(CLOSED, reader=outsider, as_of=today)
    assert "談合" not in repr([answer.quotations, answer.related, answer.citations])
    listings = with_secret.library.manuals(reader=outsider, as_of=today)
    assert [listing.manual.title for listing in listings] == ["契約の手引き"]


@pytest.mark.parametrize(
    "insider",
    [
        pytest.param(INSIDER, id="section"),
        pytest.param(Reader("p3", section="監査課", groups=("監査",)), id="group"),
        pytest.param(Reader("operator", roles=("operator",)), id="operator of the server"),
    ],
)
def test_those_who_may_read_it_find_it(
    with_secret: Assistant, today: date, insider: Reader
) -> None:
    hits = with_secret.retriever.search(CLOSED, reader=insider, as_of=today)
    assert CLOSED in hits[0].chunk.text


def test_a_version_that_may_not_be_read_is_as_if_unknown(
    with_secret: Assistant, today: date
) -> None:
    library = with_secret.library
    titles = {item.manual.title: item for item in library.manuals(reader=INSIDER, as_of=today)}
    secret = titles["談合対応"].version.id
    assert library.version(secret, reader=OUTSIDER) is None
    assert library.pages(secret, reader=OUTSIDER) == []
    assert library.original(secret, reader=OUTSIDER) is None
    assert library.original(secret, reader=INSIDER) is not None


def test_nothing_is_found_before_a_manual_is_in_force(
    quick_assistant: Assistant, reader: Reader
) -> None:
    publish_text(quick_assistant, OPEN, since=date(2026, 4, 1))
    search = quick_assistant.retriever.search
    assert search(QUESTION, reader=reader, as_of=date(2026, 3, 31)) == []
    assert len(search(QUESTION, reader=reader, as_of=date(2026, 4, 1))) == 1


def test_a_superseded_version_is_found_by_its_own_dates(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, "限度額は80万円です。", since=date(2024, 4, 1))
    publish_text(quick_assistant, "限度額は100万円です。", since=date(2025, 4, 1))
    publish_text(quick_assistant, "限度額は120万円です。", since=date(2026, 4, 1))
    days = [date(2024, 12, 1), date(2025, 4, 1), date(2026, 3, 31), date(2026, 4, 1), today]
    found = [
        [hit.chunk.text for hit in quick_assistant.retriever.search(
            "限度額", reader=reader, as_of=day
        )]
        for day in days
    ]  # fmt: skip
    assert [text for [text] in found] == [
        "限度額は80万円です。",
        "限度額は100万円です。",
        "限度額は100万円です。",
        "限度額は120万円です。",
        "限度額は120万円です。",
    ]


def test_a_result_names_its_place_and_keeps_its_signals(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, "契約書は2通作ります。", OPEN, "検査は14日以内に行います。")
    best = quick_assistant.retriever.search(QUESTION, reader=reader, as_of=today)[0]
    assert (best.chunk.text, best.page, best.label) == (OPEN, 2, "1")
    assert set(best.signals) == {"body", "heading", "sentence", "keywords", "pairs"}
    assert best.score <= 1
    assert best.signals["keywords"] > 0


def test_limits_are_kept(with_secret: Assistant, today: date) -> None:
    search = with_secret.retriever.search
    assert len(search(CLOSED, reader=INSIDER, as_of=today, limit=3)) == 3
    assert search(CLOSED, reader=INSIDER, as_of=today, limit=0) == []
    assert len(search(CLOSED, reader=INSIDER, as_of=today, limit=100)) == 31


def test_results_come_best_first_and_the_same_each_time(
    with_secret: Assistant, today: date
) -> None:
    first, second = (
        with_secret.retriever.search(CLOSED, reader=INSIDER, as_of=today) for _ in range(2)
    )
    assert [hit.score for hit in first] == sorted((hit.score for hit in first), reverse=True)
    assert [hit.chunk.id for hit in first] == [hit.chunk.id for hit in second]


def test_an_empty_library_finds_nothing(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    assert quick_assistant.retriever.search(QUESTION, reader=reader, as_of=today) == []


def test_an_abbreviation_finds_the_term_of_the_manual(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    leave = "年次有給休暇は1年につき20日です。"
    publish_text(quick_assistant, leave, "有料の駐車場は使えません。")
    hits = quick_assistant.retriever.search("有休をとる", reader=reader, as_of=today)
    assert [hit.chunk.text for hit in hits if hit.signals["keywords"] > 0] == [leave]


def test_tomorrow_a_version_of_tomorrow_is_in_force(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    tomorrow = today + timedelta(days=1)
    publish_text(quick_assistant, OPEN, since=tomorrow)
    hits = quick_assistant.retriever.search(QUESTION, reader=reader, as_of=tomorrow)
    assert [hit.source.effective_from for hit in hits] == [tomorrow]


def test_a_chunk_without_sentence_vectors_is_judged_by_its_whole_text(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, "契約書は2通作ります。検査は14日以内に行います。")
    question = "契約書は何通ですか"
    [with_sentences] = quick_assistant.retriever.search(question, reader=reader, as_of=today)
    assert with_sentences.signals["sentence"] > with_sentences.signals["body"]
    key = sentences_hash(with_sentences.chunk.text_hash, len(with_sentences.chunk.spans))
    with quick_assistant.database.write() as connection:
        connection.execute(delete(tables.vector).where(tables.vector.c.text_hash == key))
    [without] = quick_assistant.retriever.search(question, reader=reader, as_of=today)
    assert without.signals["sentence"] == without.signals["body"]


class _Reversing:
    """Puts the worst of the results that it sees first."""

    most_hits = 4

    def reordered(self, question: str, hits: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
        assert question == QUESTION
        return [*hits[: self.most_hits]][::-1] + list(hits[self.most_hits :])


def test_a_reranker_sees_more_than_is_wanted_and_has_the_last_word(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    publish_text(quick_assistant, *(f"検査は{n}日以内に行います。" for n in range(10, 17)))
    plain = quick_assistant.retriever.search(QUESTION, reader=reader, as_of=today, limit=5)
    library, glossary = quick_assistant.library, Glossary(quick_assistant.database)
    reranked = Retriever(library, glossary, _Reversing())
    found = reranked.search(QUESTION, reader=reader, as_of=today, limit=2)
    assert [hit.chunk.id for hit in found] == [plain[3].chunk.id, plain[2].chunk.id]
    most = reranked.search(QUESTION, reader=reader, as_of=today, limit=5)
    assert [hit.chunk.id for hit in most] == [plain[i].chunk.id for i in (3, 2, 1, 0, 4)]
