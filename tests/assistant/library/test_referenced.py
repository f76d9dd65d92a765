from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from small_manuals import prepared_manual
from sqlalchemy import func, insert, select

from assistant import tables
from assistant.domain import ChunkKind, Reader, Span
from assistant.library import ChunkDraft, Publisher
from assistant.library.drafts import store_vectors
from assistant.library.mending import mend
from assistant.opening import Assistant
from ingest.references.linking import linked

INSIDER = Reader("p1", section="契約検査課")
OUTSIDER = Reader("p2", section="税務課")
Part = tuple[Sequence[str], str] | tuple[Sequence[str], str, ChunkKind]


def _publish(
    assistant: Assistant,
    title: str,
    *parts: Part,
    audience: str = "everyone",
    since: date | None = None,
    manual_id: str = "",
) -> None:
    """Publish passages, each with its headings, as a manual of that title."""
    drafts = linked(
        [
            ChunkDraft(
                tuple(path), n, n, (*kind, "text")[0], text, (Span(0, len(text), n),)  # type: ignore[arg-type]
            )
            for n, (path, text, *kind) in enumerate(parts, 1)
        ],
        title=title,
    )  # fmt: skip
    prepared = prepared_manual(
        "本文", manual_id=manual_id or title, title=title, audience=audience, since=since
    )
    store_vectors(assistant.library.vectors, assistant.library.encoder, drafts)
    Publisher(assistant.library).publish(replace(prepared, drafts=drafts))


def _texts(
    assistant: Assistant, text: str, reader: Reader, as_of: date
) -> list[tuple[str, str, str]]:
    """Return (words, manual, text) of what the chunk that begins with a text refers to."""
    with assistant.database.read() as connection:
        keys = list(
            connection.execute(
                select(tables.chunk.c.id)
                .where(tables.chunk.c.text.startswith(text))
                .order_by(tables.chunk.c.key.desc())
            ).scalars()
        )
    found = assistant.library.referenced(keys[:1], reader=reader, as_of=as_of)
    return [(to.text, to.source.manual, to.chunk.text) for to in found[keys[0]]]


@pytest.fixture
def regulation(quick_assistant: Assistant) -> Assistant:
    _publish(
        quick_assistant,
        "青葉野市契約規則（抄）",
        (["第1章 総則", "第4条（定義）"], "用語は次による。"),
        (["第1章 総則", "第5条（入札）"], "入札は別表第2により、前条の者が行う。第9条は除く。"),
        (["第1章 総則", "第5条（入札）"], "続きの文である。"),
        (["別表", "別表第2 限度額"], "限度額の説明である。"),
        (["別表", "別表第2 限度額"], "別表第2　限度額\n区分：工事", "table"),
    )
    return quick_assistant


def test_references_lead_to_the_first_chunk_of_a_section_and_to_the_table(
    regulation: Assistant, today: date
) -> None:
    assert [
        (words, text[:6]) for words, _, text in _texts(regulation, "入札は", OUTSIDER, today)
    ] == [
        ("別表第2", "限度額の説明"),
        ("別表第2", "別表第2　限"),
        ("前条", "用語は次によ"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("青葉野市契約規則", id="the title"),
        pytest.param("契約規則", id="the end of the title"),
        pytest.param("青葉野市契約規", id="words inside the title, quoted"),
        pytest.param("契規則", id="a word of the glossary"),
    ],
)
def test_a_manual_is_found_by_its_name(regulation: Assistant, today: date, name: str) -> None:
    with regulation.database.write() as connection:
        connection.execute(insert(tables.glossary), {"term": "契規則", "meaning": "契約規則"})
    _publish(regulation, "会計の手引き", (["第1章"], f"支払は「{name}」第5条第3項による。"))
    [(words, manual, text)] = _texts(regulation, "支払は", OUTSIDER, today)
    assert words == f"「{name}」第5条第3項"
    assert manual == "青葉野市契約規則（抄）"
    assert text.startswith("入札は")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("支払は地方自治法第5条による。", id="a law outside the library"),
        pytest.param("支払は会計規則第5条による。", id="a rule outside the library"),
        pytest.param("支払は規則第5条による。", id="the end of many titles"),
        pytest.param("支払は契約規則第77条による。", id="an article that is not there"),
        pytest.param("支払は第8章による。", id="a chapter that is not there"),
    ],
)
def test_what_leads_nowhere_is_left_out(regulation: Assistant, today: date, text: str) -> None:
    _publish(regulation, "会計の手引き", (["第1章"], text))
    assert _texts(regulation, "支払は", OUTSIDER, today) == []


def test_a_reference_never_leads_where_the_reader_may_not_read(
    quick_assistant: Assistant, today: date
) -> None:
    _publish(
        quick_assistant, "談合対応要領", (["第5条"], "通報する。"), audience="section:契約検査課"
    )
    _publish(quick_assistant, "会計の手引き", (["第1章"], "疑いは談合対応要領第5条による。"))
    assert _texts(quick_assistant, "疑いは", INSIDER, today)
    assert _texts(quick_assistant, "疑いは", OUTSIDER, today) == []
    assert _texts(quick_assistant, "通報", OUTSIDER, today) == []


def test_a_manual_that_is_hidden_does_not_make_a_name_ambiguous(
    regulation: Assistant, today: date
) -> None:
    _publish(regulation, "水道契約規則", (["第5条"], "水道の入札。"), audience="section:契約検査課")
    _publish(regulation, "会計の手引き", (["第1章"], "支払は契約規則第5条による。"))
    [(_, manual, _)] = _texts(regulation, "支払は", OUTSIDER, today)
    assert manual == "青葉野市契約規則（抄）"
    assert _texts(regulation, "支払は", INSIDER, today) == []


def test_only_the_version_in_force_is_referred_to(quick_assistant: Assistant, today: date) -> None:
    later = today + timedelta(days=30)
    for text, since in (("古い額", date(2020, 4, 1)), ("新しい額", later)):
        _publish(quick_assistant, "契約規則", (["第5条"], text), since=since)
    _publish(quick_assistant, "会計の手引き", (["第1章"], "支払は契約規則第5条による。"))
    assert [text for *_, text in _texts(quick_assistant, "支払は", OUTSIDER, today)] == ["古い額"]
    assert [text for *_, text in _texts(quick_assistant, "支払は", OUTSIDER, later)] == ["新しい額"]
    assert _texts(quick_assistant, "支払は", OUTSIDER, date(2019, 1, 1)) == []


def test_a_form_of_another_manual_is_found_by_the_name_of_its_series(
    quick_assistant: Assistant, today: date
) -> None:
    _publish(
        quick_assistant,
        "契約事務の手引き",
        (["参考 契約様式の一覧"], "参考　契約様式の一覧\n番号：第6号 ｜ 名称：見積依頼書", "table"),
    )
    _publish(quick_assistant, "会計の手引き", (["第1章"], "依頼は契約様式第6号で行う。"))
    [(words, manual, _)] = _texts(quick_assistant, "依頼は", OUTSIDER, today)
    assert (words, manual) == ("契約様式第6号", "契約事務の手引き")


def test_results_are_followed_one_step_without_changing_them(
    regulation: Assistant, today: date
) -> None:
    search = regulation.retriever
    results = search.search("入札は別表第2により", reader=OUTSIDER, as_of=today)
    followed = search.followed(results, reader=OUTSIDER, as_of=today)
    assert results == search.search("入札は別表第2により", reader=OUTSIDER, as_of=today)
    by_text = {r.chunk.text[:3]: to for r, to in zip(results, followed, strict=True)}
    assert [to.chunk.first_page for to in by_text["入札は"]] == [4, 5, 1]
    assert [to.label for to in by_text["入札は"]][-1] == "0"
    assert by_text["用語は"] == ()


def test_half_a_version_leaves_no_references_behind(quick_assistant: Assistant) -> None:
    class DiesBeforeIndexing(Publisher):
        def _index(self, version_ids: Sequence[str]) -> None:
            raise KeyError

    draft = ChunkDraft(("第1条",), 1, 1, "text", "第2条による。", (Span(0, 7, 1),))
    prepared = replace(prepared_manual("本文"), drafts=linked([draft]))
    with pytest.raises(KeyError):
        DiesBeforeIndexing(quick_assistant.library).publish(prepared)
    assert mend(quick_assistant.library)["half_versions_removed"] == 1
    with quick_assistant.database.read() as connection:
        for table in (tables.chunk_reference, tables.chunk_place, tables.chunk):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
