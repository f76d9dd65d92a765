from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.domain import Chunk, ChunkKind, Span
from assistant.library.comparison import Comparison, compare, counterpart, section_at
from ingest.chunking import chunk_drafts
from ingest.document import Block
from ingest.paragraphs import paragraph_of
from ingest.sectioning import Section

SCOPE = "この規程は、契約の事務について必要な事項を定めるものとする。"
LIMIT = "随意契約によることができる額は、50万円以下とする。"
NEW_LIMIT = "随意契約によることができる額は、100万円以下とする。"
QUOTES = "見積書は、2者以上から徴するものとする。"
CHECK = "納品された物品は、10日以内に検査を行わなければならない。"
PAYMENT = "請求書を受理した日から30日以内に代金を支払うものとする。"
TRAVEL = "出張の宿泊料は、上限の範囲内で実費を支給するものとする。"


def _chunk(
    heading: str | tuple[str, ...], *sentences: str, page: int | None = 1, kind: ChunkKind = "text"
) -> Chunk:
    text, spans = "", []
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence), page))
        text += sentence
    path = (heading,) if isinstance(heading, str) else heading
    return Chunk("", "", 0, path, page, page, kind, text, "", tuple(spans))


def _said(comparison: Comparison) -> list[tuple[str, str]]:
    return [(change.kind, change.heading[-1]) for change in comparison.changes]


BEFORE = [
    _chunk("第1条（趣旨）", SCOPE, page=1),
    _chunk("第2条（随意契約）", LIMIT, QUOTES, page=2),
    _chunk("第3条（検査）", CHECK, page=3),
    _chunk("第4条（支払）", PAYMENT, page=4),
]


def test_two_equal_versions_have_no_change() -> None:
    comparison = compare(BEFORE, BEFORE)
    assert comparison.counts == {"same": 4}
    assert comparison.summary == "本文の変更はありません"


def test_a_changed_amount_is_one_change_with_its_mark() -> None:
    after = [*BEFORE[:1], _chunk("第2条（随意契約）", NEW_LIMIT, QUOTES, page=3), *BEFORE[2:]]
    comparison = compare(BEFORE, after)
    assert comparison.summary == "1か所の変更（ほか3か所は同じ）"
    [change] = [change for change in comparison.changes if change.kind == "changed"]
    assert (change.first_page_before, change.first_page_after) == (2, 3)
    assert change.before_heading is None
    changed, same = change.pieces
    [mark] = changed.marks
    assert changed.after[mark.after_start : mark.after_end] == "100"
    assert same.kind == "same"


def test_an_inserted_article_leaves_those_after_it_as_they_were() -> None:
    after = [
        *BEFORE[:2],
        _chunk("第3条（旅費）", TRAVEL),
        _chunk("第4条（検査）", CHECK),
        _chunk("第5条（支払）", PAYMENT),
    ]
    comparison = compare(BEFORE, after)
    assert _said(comparison)[2:] == [
        ("added", "第3条（旅費）"),
        ("moved", "第4条（検査）"),
        ("moved", "第5条（支払）"),
    ]
    assert comparison.changes[3].before_heading == ("第3条（検査）",)
    assert comparison.summary == "1か所の追加（2か所は番号・見出しだけの変更、ほか2か所は同じ）"


def test_articles_without_titles_are_told_by_their_text() -> None:
    before = [_chunk(f"第{n}条", text) for n, text in enumerate((SCOPE, LIMIT, CHECK, PAYMENT), 1)]
    after = [
        _chunk(f"第{n}条", text)
        for n, text in enumerate((SCOPE, TRAVEL, NEW_LIMIT, CHECK, PAYMENT), 1)
    ]
    changes = compare(before, after).changes
    assert [change.kind for change in changes] == ["same", "added", "changed", "moved", "moved"]
    assert changes[2].before_heading == ("第2条",)


def test_a_removed_section_stands_where_it_stood() -> None:
    after = [BEFORE[0], BEFORE[1], BEFORE[3]]
    comparison = compare(BEFORE, after)
    assert _said(comparison)[1:3] == [("same", "第2条（随意契約）"), ("removed", "第3条（検査）")]
    gone = comparison.changes[2]
    assert (gone.first_page_before, gone.first_page_after) == (3, None)
    assert [piece.kind for piece in gone.pieces] == ["removed"]


def test_what_was_removed_first_stands_first() -> None:
    assert _said(compare(BEFORE, BEFORE[1:]))[0] == ("removed", "第1条（趣旨）")


@pytest.mark.parametrize(
    ("heading", "text", "kind"),
    [
        pytest.param("第３条　（検査）", CHECK, "same", id="heading in another width"),
        pytest.param("第3条（検査）", CHECK.replace("10", "１０"), "same", id="text in another width"),
        pytest.param("第3条（検査）", CHECK.replace("、", "、 "), "same", id="white space"),
        pytest.param("第3条（検収）", CHECK, "moved", id="another title"),
        pytest.param("第3条の2（検査）", CHECK, "moved", id="another number"),
        pytest.param("第3条（検収）", CHECK.replace("10", "5"), "changed", id="another title and text"),
        pytest.param("第3条（検査）", TRAVEL, "changed", id="the title of another text"),
        pytest.param("第9条（検査）", TRAVEL, "changed", id="the only section of that name"),
        pytest.param("第3条（旅費）", TRAVEL, "added", id="nothing in common"),
    ],
)  # fmt: skip
def test_a_section_is_found_again_by_heading_or_text(heading: str, text: str, kind: str) -> None:
    after = [*BEFORE[:2], _chunk(heading, text), BEFORE[3]]
    [kind_after] = [c.kind for c in compare(BEFORE, after).changes if c.heading == (heading,)]
    assert kind_after == kind


def test_a_renamed_chapter_changes_headings_only() -> None:
    before = [_chunk(("第1章 契約の事務", *chunk.heading_path), chunk.text) for chunk in BEFORE]
    after = [_chunk(("第2章 契約", *chunk.heading_path), chunk.text) for chunk in BEFORE]
    assert (
        compare(before, after).summary == "本文の変更はありません（4か所は番号・見出しだけの変更）"
    )


def test_the_same_title_in_several_chapters_stays_in_its_chapter() -> None:
    before = [_chunk(("第1章", "目的"), SCOPE), _chunk(("第2章", "目的"), TRAVEL)]
    after = [_chunk(("第1章", "目的"), SCOPE), _chunk(("第2章", "目的"), TRAVEL, QUOTES)]
    assert [change.kind for change in compare(before, after).changes] == ["same", "changed"]


def test_short_phrases_do_not_make_sections_one() -> None:
    before = [_chunk("様式の記入", "次のとおりとする。")]
    after = [_chunk("手当の額", "次のとおりとする。")]
    assert [change.kind for change in compare(before, after).changes] == ["removed", "added"]


@pytest.mark.parametrize(
    ("before", "after", "summary"),
    [
        pytest.param([], [], "本文の変更はありません", id="nothing"),
        pytest.param([], BEFORE[:2], "2か所の追加", id="all new"),
        pytest.param(BEFORE[:2], [], "2か所の削除", id="all gone"),
        pytest.param(
            BEFORE,
            [BEFORE[0], _chunk("第2条（随意契約）", NEW_LIMIT), _chunk("第5条（旅費）", TRAVEL), BEFORE[3]],
            "1か所の変更、1か所の追加、1か所の削除（ほか2か所は同じ）",
            id="everything",
        ),
    ],
)  # fmt: skip
def test_the_summary_counts_sections(
    before: Sequence[Chunk], after: Sequence[Chunk], summary: str
) -> None:
    assert compare(before, after).summary == summary


def _drafted(section: Section, width: int) -> list[Chunk]:
    drafts = chunk_drafts([section], lambda texts: [len(text) * width for text in texts])
    return [
        Chunk("", "", n, d.heading_path, None, None, d.kind, d.text, "", d.spans)
        for n, d in enumerate(drafts)
    ]


def test_where_a_table_is_cut_is_no_difference() -> None:
    rows = [("区分", "上限"), ("東日本の市", "東日本の市")]
    rows += [(f"東の地域{n}", f"{n},000円") for n in range(40)]
    rows += [("西日本の市", "西日本の市"), *((f"西の地域{n}", f"{n},500円") for n in range(40))]
    caption = paragraph_of("表1 宿泊料の上限", None, None)
    table = Section(("別表",), [caption, Block("", rows=tuple(rows))])
    few, many = _drafted(table, 1), _drafted(table, 3)
    assert len(many) > len(few) > 1
    assert any(chunk.text.count("東日本の市") and chunk is not many[0] for chunk in many)
    [change] = compare(few, many).changes
    assert change.kind == "same"
    assert len(change.pieces) == 83


def test_where_a_long_sentence_is_cut_is_no_difference() -> None:
    sentence = "".join(f"第{n}の事務及びこれに関連する報告、" for n in range(60)) + "を行う。"
    section = Section(("事務",), [paragraph_of(SCOPE + sentence + QUOTES, None, None)])
    few, many = _drafted(section, 1), _drafted(section, 2)
    assert len(many) > len(few) > 1
    [change] = compare(few, many).changes
    assert [(piece.kind, piece.after) for piece in change.pieces] == [
        ("same", SCOPE),
        ("same", sentence),
        ("same", QUOTES),
    ]


def test_a_row_that_says_the_same_twice_is_shown_twice() -> None:
    row = "区分：委託 ｜ 限度額：50万円"
    chunks = [_chunk("別表", row, kind="table"), _chunk("別表", row, kind="table")]
    [change] = compare(chunks, chunks).changes
    assert [piece.after for piece in change.pieces] == [row, row]


def test_a_section_is_looked_up_by_its_heading() -> None:
    chunks = [*BEFORE, _chunk("第4条（支払）", QUOTES)]
    assert section_at(chunks, ("第４条 （支払）",)) == [BEFORE[3], chunks[4]]


@pytest.mark.parametrize(
    ("chunks", "heading", "found"),
    [
        pytest.param(BEFORE, ("第7条（検査）",), [BEFORE[2]], id="under another number"),
        pytest.param(BEFORE, ("第7条（旅費）",), [], id="no such title"),
        pytest.param(BEFORE, ("第7条",), [], id="a bare number"),
        pytest.param(
            [_chunk(("第1章", "第1条（目的）"), SCOPE), _chunk(("第2章", "第9条（目的）"), TRAVEL)],
            ("第2章", "第8条（目的）"),
            [_chunk(("第2章", "第9条（目的）"), TRAVEL)],
            id="in the same chapter",
        ),
        pytest.param(
            [_chunk(("第1章", "第1条（目的）"), SCOPE), _chunk(("第2章", "第9条（目的）"), TRAVEL)],
            ("第3章", "第8条（目的）"),
            [],
            id="several in other chapters",
        ),
        pytest.param([], ("第1条",), [], id="no chunks"),
    ],
)  # fmt: skip
def test_a_section_under_another_number_is_found_by_its_title(
    chunks: list[Chunk], heading: tuple[str, ...], found: list[Chunk]
) -> None:
    assert section_at(chunks, heading) == found


@pytest.mark.parametrize(
    ("chunk", "others", "place"),
    [
        pytest.param(BEFORE[1], BEFORE, 1, id="the same"),
        pytest.param(_chunk("第2条（随意契約）", NEW_LIMIT), BEFORE, 1, id="a changed amount"),
        pytest.param(_chunk("第9条（物品の検査）", CHECK), BEFORE, 2, id="under another heading"),
        pytest.param(_chunk("第7条（検査）", TRAVEL), BEFORE, 2, id="the only section of that name"),
        pytest.param(_chunk("第2条（旅費）", TRAVEL), BEFORE, None, id="a new section"),
        pytest.param(_chunk("第2条", TRAVEL), [_chunk("第2条", CHECK)], None, id="the same bare number"),
        pytest.param(
            _chunk("第2条", LIMIT), [_chunk("第2条", TRAVEL), _chunk("第3条", NEW_LIMIT)], 1,
            id="the text counts more than a bare number",
        ),
        pytest.param(
            _chunk("旅費", TRAVEL), [_chunk("旅費", QUOTES), _chunk("旅費", TRAVEL.replace("実費", "定額"))], 1,
            id="the nearest passage of a section",
        ),
        pytest.param(BEFORE[0], [], None, id="no other version"),
    ],
)  # fmt: skip
def test_the_counterpart_of_a_passage(chunk: Chunk, others: list[Chunk], place: int | None) -> None:
    assert counterpart(chunk, others) == (None if place is None else others[place])


def test_the_counterpart_is_found_among_many_passages() -> None:
    others = [
        _chunk(f"第{n}条", f"{n}番目の様式は、{n}課が{n * 3}日以内に作成し{n * 7}年保存する。")
        for n in range(1, 300)
    ]
    wanted = others[211]
    asked = _chunk("第250条", wanted.text.replace("作成し", "作って"))
    assert counterpart(asked, others) == wanted
