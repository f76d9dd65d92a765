from __future__ import annotations

import pytest

from ingest.document import Block
from ingest.paragraphs import Paragraph
from ingest.sectioning import Section, sections

BODY = "この手引きは、各課が行う契約事務の手順をそろえるためのものです。"


def _blocks(*lines: str, page: int | None = None) -> list[Block]:
    return [Block(line, page) for line in lines]


def _paths(found: list[Section]) -> list[tuple[str, ...]]:
    return [section.heading_path for section in found]


def _text(section: Section) -> str:
    return "\n".join(p.text for p in section.parts if isinstance(p, Paragraph))


def test_numbering_makes_the_heading_paths() -> None:
    found = sections(
        _blocks(
            "第1章　契約事務の基本",
            "第1節　この手引きの使い方",
            "1　目的と対象",
            BODY,
            "2　金額の見方",
            BODY,
            "第2節　契約方法の種類",
            BODY,
            "第2章　入札による契約",
            BODY,
        )
    )
    assert _paths(found) == [
        ("第1章 契約事務の基本", "第1節 この手引きの使い方", "1 目的と対象"),
        ("第1章 契約事務の基本", "第1節 この手引きの使い方", "2 金額の見方"),
        ("第1章 契約事務の基本", "第2節 契約方法の種類"),
        ("第2章 入札による契約",),
    ]


def test_numbers_and_kana_in_brackets_nest_below_one_another() -> None:
    found = sections(
        _blocks(
            "1　年次有給休暇",
            "（1）　日数と単位",
            BODY,
            "ア　取得の単位",
            BODY,
            "（2）　手続",
            BODY,
        )
    )
    assert _paths(found) == [
        ("1 年次有給休暇", "（1） 日数と単位"),
        ("1 年次有給休暇", "（1） 日数と単位", "ア 取得の単位"),
        ("1 年次有給休暇", "（2） 手続"),
    ]


def test_the_last_item_of_a_list_is_no_heading_of_what_follows() -> None:
    [section] = sections(
        _blocks("第1章　審査", "ア　工事", "イ　物品の買入れ", "ウ　随意契約", BODY)
    )
    assert section.heading_path == ("第1章 審査",)


@pytest.mark.parametrize(
    ("line", "heading", "text"),
    [
        pytest.param(
            f"第5条（契約書の作成）　{BODY}", "第5条（契約書の作成）", BODY, id="with its title"
        ),
        pytest.param(f"第12条　{BODY}", "第12条", BODY, id="without title"),
        pytest.param(f"第５条（目的）{BODY}", "第５条（目的）", BODY, id="full width"),
        pytest.param(f"第十二条の二　{BODY}", "第十二条の二", BODY, id="kanji"),
    ],
)
def test_an_article_is_a_section_of_its_own(line: str, heading: str, text: str) -> None:
    [section] = sections(_blocks(line))
    assert section.heading_path == (heading,)
    assert _text(section).endswith(text)


def test_the_caption_before_an_article_belongs_to_its_heading() -> None:
    [section] = sections(_blocks("（趣旨）", f"第1条　{BODY}"))
    assert section.heading_path == ("第1条（趣旨）",)
    assert _text(section).endswith(BODY)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("第5条の規定により、市長が別に定めるものとする。", id="第5条の規定"),
        pytest.param("第5条第2項に定める期間は、次のとおりとする。", id="第5条第2項"),
        pytest.param("1年以上の期間を要する契約については、別に定める。", id="1年以上"),
        pytest.param("アルバイトの任用は、総務課が行うものとする。", id="アルバイト"),
        pytest.param("別表第1のとおり限度額を定める。", id="別表第1のとおり"),
    ],
)
def test_running_text_makes_no_section(line: str) -> None:
    [section] = sections(_blocks("第1章　総則", line, BODY))
    assert section.heading_path == ("第1章 総則",)
    assert line in _text(section)


def test_items_of_a_list_stay_in_their_section() -> None:
    items = ("（1）　税込みの額です。", "（2）　以上はその額を含みます。", "（3）　架空の額です。")
    [section] = sections(_blocks("2　金額の見方", *items))
    assert section.heading_path == ("2　金額の見方".replace("　", " "),)
    assert all(item in _text(section) for item in items)


def test_short_items_of_a_list_are_no_headings() -> None:
    [section] = sections(_blocks("第1章　書類", "ア　申請書", "イ　診断書", "ウ　領収書"))
    assert section.heading_path == ("第1章 書類",)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        pytest.param("別表第1（第3章関係）", "別表第1（第3章関係）", id="別表"),
        pytest.param("別表", "別表", id="別表 without number"),
        pytest.param("附則", "附則", id="附則"),
        pytest.param("附　則", "附 則", id="附則 with space"),
        pytest.param("様式第3号", "様式第3号", id="様式"),
    ],
)
def test_annexes_stand_at_the_top(heading: str, expected: str) -> None:
    found = sections(_blocks("第1章　総則", "第1節　目的", BODY, heading, BODY))
    assert _paths(found) == [("第1章 総則", "第1節 目的"), (expected,)]


def test_a_repeated_annex_name_opens_no_section_of_its_own() -> None:
    found = sections(_blocks("別表第1　限度額", "別表第1（単位　万円）", BODY))
    assert _paths(found) == [("別表第1 限度額",)]


def test_headings_of_the_format_are_outside_numbering() -> None:
    found = sections(
        [
            Block("休暇", level=2),
            Block("1　年次有給休暇"),
            Block(BODY),
            Block("服務", level=2),
            Block(BODY),
        ]
    )
    assert _paths(found) == [("休暇", "1 年次有給休暇"), ("服務",)]


def test_the_title_of_a_document_is_no_heading() -> None:
    found = sections(
        [Block("契約の手引き", level=1), Block("総則", level=2), Block(BODY), Block("入札", level=2),
         Block(BODY)]
    )  # fmt: skip
    assert _paths(found) == [("総則",), ("入札",)]


def test_a_table_of_contents_is_left_out() -> None:
    contents = _blocks(
        "目次", "第1章　総則…………………1", "第2章　入札 ・・・・・・・・ 5", "別表........12", page=2
    )
    found = sections([*contents, *_blocks("第1章　総則", BODY, page=3)])
    assert _paths(found) == [("第1章 総則",)]
    assert [section.parts for section in found] == [[Paragraph(BODY, ((0, 3),))]]


def test_text_before_the_first_heading_is_kept() -> None:
    found = sections(_blocks(BODY, "第1章　総則", BODY))
    assert _paths(found) == [(), ("第1章 総則",)]


def test_a_table_stays_where_it_stands() -> None:
    table = Block("", 3, rows=(("区分", "額"), ("工事", "200")))
    [section] = sections(
        [*_blocks("別表第1　限度額", BODY, page=3), table, *_blocks("備考", page=3)]
    )
    assert [type(part) for part in section.parts] == [Paragraph, Block, Paragraph]


def test_no_word_of_the_body_is_lost() -> None:
    lines = [
        "第1章　総則",
        BODY,
        "第1条（目的）　ここに定める。",
        "（1）　一つ",
        "ア　二つ",
        "別表",
        "末尾",
    ]
    found = sections(_blocks(*lines))
    joined = "".join("".join(s.heading_path) + _text(s) for s in found).replace(" ", "")
    assert all(line.replace("　", "") in joined.replace("　", "") for line in lines)


def test_an_empty_document_has_no_sections() -> None:
    assert sections([]) == []
