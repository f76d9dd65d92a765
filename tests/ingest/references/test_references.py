from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain import Span
from assistant.library import ChunkDraft
from ingest.references.finding import find_references
from ingest.references.linking import linked
from ingest.references.place_numbers import arabic, heading_steps, integer
from ingest.references.reference_marks import MOST_IN_RANGE
from ingest.references.source_names import short_names
from ingest.references.standing import Standing, from_root


def _steps(*headings: str) -> tuple:  # type: ignore[type-arg]
    return tuple(step for heading in headings for step in heading_steps(heading))


def _standing(*path: str, order: tuple[tuple[str, ...], ...] = (), **more: object) -> Standing:
    steps = _steps(*path)
    ordered = [from_root(_steps(*headings)) for headings in (*order, path)]
    return Standing(steps=steps, order=ordered, **more)  # type: ignore[arg-type]


# The regulation in which most examples stand: 第1章 (第1条…第5条) and 第2章.
IN_ARTICLE_3 = _standing(
    "第1章 総則",
    "第3条（定義）",
    order=(
        ("第1章 総則",),
        ("第1章 総則", "第2条（適用）"),
        ("第1章 総則", "第3条（定義）"),
        ("第1章 総則", "第3条の2（特例）"),
        ("第2章 手続",),
    ),
)
IN_SECTION = _standing(
    "第2章 手続",
    "第3節 申請",
    order=(
        ("第1章 総則",),
        ("第2章 手続",),
        ("第2章 手続", "第2節 準備"),
        ("第2章 手続", "第3節 申請"),
        ("第2章 手続", "第4節 決定"),
        ("第3章 変更",),
    ),
)


def _found(text: str, standing: Standing = IN_ARTICLE_3) -> list[str]:
    return [
        f"{reference.target or ''}|{reference.place}"
        for reference in find_references(text, standing)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第12条第2項の規定による。", ["|article:12/paragraph:2"]),
        ("第十二条の二第三項第一号に定める者", ["|article:12の2/paragraph:3/item:1"]),
        ("第１２条を参照してください。", ["|article:12"]),
        ("第 12 条 第 2 項による。", ["|article:12/paragraph:2"]),
        ("第百二十三条による。", ["|article:123"]),
        ("第二〇条による。", ["|article:20"]),
        ("前条の規定により", ["|article:2"]),
        ("次条第1項の者", ["|article:3の2/paragraph:1"]),
        ("本条の規定は", ["|article:3"]),
        ("本章の規定は", ["|chapter:1"]),
        ("次章に定める手続", ["|chapter:2"]),
        ("第2項の期限を過ぎたとき", ["|article:3/paragraph:2"]),
        ("1　期限は5日とする。\n2　前項の期限は延ばせる。", ["|article:3/paragraph:1"]),
        (
            "1　次による。\n（1）　甲\n（2）　前号の者の代理",
            ["|article:3/paragraph:1/item:1"],
        ),
        ("第5条第1項。同項第2号の者", ["|article:5/paragraph:1", "|article:5/paragraph:1/item:2"]),
        ("第5条の登録。同条第2項の変更", ["|article:5", "|article:5/paragraph:2"]),
        (
            "第2条、第5条及び第7条",
            ["|article:2", "|article:5", "|article:7"],
        ),
        (
            "第5条第1項及び第2項又は第6条",
            ["|article:5/paragraph:1", "|article:5/paragraph:2", "|article:6"],
        ),
        ("第5条から第8条まで", ["|article:5", "|article:6", "|article:7", "|article:8"]),
        ("第5条～第7条", ["|article:5", "|article:6", "|article:7"]),
        ("第5条の2から第5条の4まで", ["|article:5の2", "|article:5の3", "|article:5の4"]),
        ("第10条から第99条まで", ["|article:10", "|article:99"]),
        ("契約規則第5条による。", ["契約規則|article:5"]),
        ("「契約規則」第5条による。", ["契約規則|article:5"]),
        ("『旅費事務の手引き』の第4章を見てください。", ["旅費事務の手引き|chapter:4"]),
        ("給与は庶務事務の手引き 第4章による。", ["庶務事務の手引き|chapter:4"]),
        (
            "契約規則第5条及び会計規則第6条、第8条",
            ["契約規則|article:5", "会計規則|article:6", "会計規則|article:8"],
        ),
        ("地方自治法第234条第2項。同条第1項", [
            "地方自治法|article:234/paragraph:2", "地方自治法|article:234/paragraph:1",
        ]),
        (
            "公文書等の管理に関する法律第34条。同法第35条",
            ["公文書等の管理に関する法律|article:34", "公文書等の管理に関する法律|article:35"],
        ),
        (
            "地方公務員法（昭和二十五年法律第二百六十一号）第三十一条",
            ["地方公務員法|article:31"],
        ),
        ("施行令第163条及び附則第7条", ["施行令|article:163", "施行令|supplement:/article:7"]),
        ("物品・備品管理の手引き第11章", ["物品・備品管理の手引き|chapter:11"]),
        ("この要領第5条による。", ["|article:5"]),
        ("別表のとおりとする。", ["|appendix:"]),
        ("別表第3の額", ["|appendix:3"]),
        ("別表第一及び別表第二", ["|appendix:1", "|appendix:2"]),
        ("契約規則別表第3の額", ["契約規則|appendix:3"]),
        ("表5により、表6を作る。", ["|table:5", "|table:6"]),
        ("様式第5号を出す。", ["|form:5"]),
        ("第5号様式を出す。", ["|form:5"]),
        ("様式3を出す。", ["|form:3"]),
        ("申請書（契約様式第6号）を出す。", ["|series:契約/form:6"]),
        (
            "旅費様式第1号から第3号まで",
            ["|series:旅費/form:1", "|series:旅費/form:2", "|series:旅費/form:3"],
        ),
        ("附則第2項による。", ["|supplement:/paragraph:2"]),
        ("別紙のとおり提出する。", ["|annex:"]),
        ("5-2 を参照してください。", ["|heading:5-2"]),
        ("５－２を参照してください。", ["|heading:5-2"]),
        ("3.2.1のとおり", ["|heading:3-2-1"]),
        ("第2章第3節を見てください。", ["|chapter:2/section:3"]),
        ("第2章第3節2（1）による。", ["|chapter:2/section:3/number:2/bracketed:1"]),
        ("第8章第2節ア）", ["|chapter:8/section:2/kana:ア"]),
    ],
)  # fmt: skip
def test_references_are_found_as_manuals_write_them(text: str, expected: list[str]) -> None:
    assert _found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第4節による。", ["|chapter:2/section:4"]),
        ("前節の書類", ["|chapter:2/section:2"]),
        ("次節及び次章", ["|chapter:2/section:4", "|chapter:3"]),
        ("本節の期限", ["|chapter:2/section:3"]),
        ("前章", ["|chapter:1"]),
        ("第3章、第4章第1節", ["|chapter:3", "|chapter:4/section:1"]),
        ("地方公務員法第33条の禁止と守秘義務（第34条）", [
            "地方公務員法|article:33", "地方公務員法|article:34",
        ]),
    ],
)  # fmt: skip
def test_references_between_chapters_and_sections(text: str, expected: list[str]) -> None:
    assert _found(text, IN_SECTION) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("昭和25年法律第261号により", id="the number of a law"),
        pytest.param("令和7年政令第94号", id="the number of an order"),
        pytest.param("青葉野市告示第12号", id="the number of a notice"),
        pytest.param("第三者に渡さない。", id="a third party"),
        pytest.param("第1項目から順に書く。", id="an entry"),
        pytest.param("第2号議案を審議する。", id="a bill"),
        pytest.param("第3条件を満たす。", id="a condition"),
        pytest.param("別表記のとおり", id="another word"),
        pytest.param("一覧表2部を添える。", id="two copies of a list"),
        pytest.param("表2枚を貼る。", id="two sheets"),
        pytest.param("図表5冊", id="five volumes"),
        pytest.param("前日までに、同日の午後に", id="days"),
        pytest.param("前項目を消す。", id="the entry before"),
        pytest.param("本部に連絡する。", id="headquarters"),
        pytest.param("2024-10による。", id="a month"),
        pytest.param("市長様式典の件", id="a word over two others"),
        pytest.param("同条の規定", id="an article that nobody named"),
        pytest.param("第3条　この規程において", id="its own number"),
        pytest.param("第2部長と第1係長", id="a title"),
        pytest.param("1　前項の期限は", id="before the first paragraph"),
    ],
)
def test_what_only_looks_like_a_reference_is_none(text: str) -> None:
    own = IN_ARTICLE_3.__class__(
        steps=IN_ARTICLE_3.steps,
        order=IN_ARTICLE_3.order,
        own=frozenset({"chapter:1", "article:3"}),
    )
    assert _found(text, own) == []


@pytest.mark.parametrize("text", ["第2項の期限", "第1号に当たる者", "前項の期限"])
def test_paragraphs_are_none_where_there_is_no_article(text: str) -> None:
    assert _found(text, IN_SECTION) == []


def test_the_words_of_a_reference_stand_where_it_says() -> None:
    text = "見積りは、契約規則（以下「規則」という。）第5条から第7条までによります。"
    first, middle, last = find_references(text, IN_SECTION)
    assert text[first.start : first.end] == first.text
    assert first.text == "契約規則（以下「規則」という。）第5条"
    assert middle.text.endswith("から第7条")
    assert last.text == "第7条"


def test_the_first_article_has_none_before_it_and_the_last_none_after_it() -> None:
    order = (("第1条",), ("第2条",))
    assert _found("前条の規定", _standing("第1条", order=order)) == []
    assert _found("次条の規定", Standing(_steps("第2条"), order=[_steps(*o) for o in order])) == []


def test_an_abbreviation_is_spelt_out() -> None:
    names = short_names(
        ["地方自治法（以下「自治法」という。）、個人情報の保護に関する法律（以下「法」）に沿う。"]
    )
    assert names == {"自治法": "地方自治法", "法": "個人情報の保護に関する法律"}
    standing = _standing("第1章 総則", names=names)
    assert _found("自治法第234条と法第69条", standing) == [
        "地方自治法|article:234",
        "個人情報の保護に関する法律|article:69",
    ]


def _draft(text: str, *path: str, kind: str = "text") -> ChunkDraft:
    lines, spans, start = text.split("\n"), [], 0
    for line in lines:
        spans.append(Span(start, start + len(line), None))
        start += len(line) + 1
    return ChunkDraft(path, None, None, kind, text, tuple(spans))  # type: ignore[arg-type]


def test_the_places_of_a_document_begin_where_their_sections_and_tables_begin() -> None:
    first, second, heading, table = linked(
        [
            _draft("申請は（1）から順に行う。\n（1）　受付", "第1章 総則", "第3条（申請）"),
            _draft("2　前項の受付は5日以内とする。", "第1章 総則", "第3条（申請）"),
            _draft("額は次による。", "別表", "別表第2 額"),
            _draft("別表第2　額\n区分：甲", "別表", "別表第2 額", kind="table"),
        ]
    )
    assert {"chapter:1", "article:3", "article:3/paragraph:1", "article:3/item:1"} <= set(
        first.places
    )
    assert "article:3/paragraph:2" in second.places
    assert "article:3" not in second.places
    assert "appendix:2" in heading.places
    assert "appendix:2" in table.places
    (reference,) = second.references
    assert (reference.kind, reference.number) == ("paragraph", "1")


def test_a_sentence_goes_on_in_the_next_chunk_with_its_paragraph_and_article() -> None:
    _, second = linked(
        [
            _draft("1　本文\n2　会計規則第5条による。", "第3条"),
            _draft("同条第2項と前項の期限は、同じとする。", "第3条"),
        ]
    )
    assert [(r.target, r.place) for r in second.references] == [
        ("会計規則", "article:5/paragraph:2"),
        (None, "article:3/paragraph:1"),
    ]


def test_numbered_headings_of_any_name_are_places() -> None:
    drafts = linked(
        [
            _draft("文を短く書く。", "決まり1 短く書く"),
            _draft("決まり1、2による。", "決まり2 主語を書く"),
            _draft("決まり2のほか、決まりを守る。", "決まり3 その他"),
        ]
    )
    assert drafts[0].places == ("heading:決まり1",)
    assert [r.place for r in drafts[1].references] == ["heading:決まり1"]
    assert [r.place for r in drafts[2].references] == ["heading:決まり2"]


def test_a_form_is_found_on_its_page_else_in_the_list_else_where_its_manual_names_it() -> None:
    page, listing, text = linked(
        [
            _draft("会計様式第4号\n提出日", "様式", "会計様式第4号 精算書", kind="table"),
            _draft("会計様式の一覧\n番号：第4号\n番号：第5号", "様式", kind="table"),
            _draft("届（会計様式第9号）を出し、会計様式第5号を添える。", "第1章 届出"),
        ],
        title="会計事務の手引き",
    )
    assert "series:会計/form:4" in page.places
    assert "series:会計/form:5" in listing.places
    assert "series:会計/form:4" not in listing.places
    assert "series:会計/form:9" in text.places
    assert listing.references == ()


KANJI = "〇一二三四五六七八九"


def _kanji(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    parts = [(hundreds, "百"), (tens, "十")]
    words = "".join(("" if d == 1 else KANJI[d]) + unit for d, unit in parts if d)
    return words + (KANJI[ones] if ones else "")


@given(st.integers(1, 999))
def test_a_number_is_the_same_however_it_is_written(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    digits = "".join(KANJI[int(digit)] for digit in str(number))
    assert {integer(str(number)), integer(wide), integer(_kanji(number)), integer(digits)} == {
        number
    }
    assert _found(f"第{_kanji(number)}条による。") == _found(f"第{wide}条による。")


@given(st.integers(1, 99), st.integers(2, 30))
def test_an_article_with_a_branch_is_another_article(number: int, branch: int) -> None:
    (found,) = find_references(f"契約規則第{number}条の{branch}第1項による。", IN_ARTICLE_3)
    assert found.place == f"article:{number}の{branch}/paragraph:1"
    assert arabic(str(number), f"の{branch}") == f"{number}の{branch}"


@given(st.integers(1, 60), st.integers(1, 40))
def test_a_range_names_each_article_unless_it_is_long(first: int, count: int) -> None:
    found = find_references(f"契約規則第{first}条から第{first + count}条まで", IN_ARTICLE_3)
    numbers = [int(reference.number) for reference in found]
    assert numbers[0] == first
    assert numbers[-1] == first + count
    expected = count + 1 if count < MOST_IN_RANGE else 2
    assert len(numbers) == len(set(numbers)) == expected


@given(
    st.lists(
        st.sampled_from(
            [
                "第3条", "第二項", "前条", "同条", "同項第1号", "次章", "本節", "から", "まで", "、", "及び",
                "別表", "第", "表5", "様式第2号", "契約規則", "「", "」", "（", "）", "の", "2", "ア", "\n", "2　",
                "附則", "法", "5-2を参照", "。", "同", "この", "手引き", "以下", "条", "号", " ",
            ]
        ),
        max_size=30,
    ).map("".join)
)  # fmt: skip
def test_any_words_give_references_inside_the_text_in_order(text: str) -> None:
    for standing in (IN_ARTICLE_3, IN_SECTION, Standing()):
        found = find_references(text, standing)
        for reference in found:
            assert 0 <= reference.start < reference.end <= len(text)
            assert text[reference.start : reference.end] == reference.text
            assert reference.steps
            assert "//" not in reference.place
        ends = [reference.end for reference in found]
        assert ends == sorted(ends)
        assert len(set(found)) == len(found)
