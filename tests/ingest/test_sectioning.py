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


def test_a_line_taken_for_a_heading_of_nothing_is_text_of_the_section_around_it() -> None:
    found = sections(_blocks("第1章　届出", BODY, "（ウ）窓口は3番", "第2章　受付", BODY))
    assert _paths(found) == [("第1章 届出",), ("第2章 受付",)]
    assert _text(found[0]) == f"{BODY}\n（ウ）窓口は3番"


def test_a_heading_of_the_format_without_anything_below_stays_as_text() -> None:
    found = sections(
        [Block("手当", level=2), Block("様式は給与係（内線2124）へ", level=3),
         Block("通勤手当", level=3), Block(BODY), Block("服務", level=2), Block(BODY)]
    )  # fmt: skip
    assert [(s.heading_path, _text(s)) for s in found] == [
        (("手当",), "様式は給与係（内線2124）へ"),
        (("手当", "通勤手当"), BODY),
        (("服務",), BODY),
    ]


def test_lines_with_a_black_square_are_headings_below_the_chapter_they_stand_in() -> None:
    found = sections(
        _blocks("第1章　窓口", "1　朝", "■釣銭", BODY, "■番号札", BODY, "2　夕方", BODY)
    )
    assert _paths(found) == [
        ("第1章 窓口", "1 朝", "■釣銭"),
        ("第1章 窓口", "1 朝", "■番号札"),
        ("第1章 窓口", "2 夕方"),
    ]


def test_numbered_lines_below_a_black_square_stand_under_it() -> None:
    found = sections(_blocks("■釣銭", "1　朝", BODY, "■番号札", BODY))
    assert _paths(found) == [("■釣銭", "1 朝"), ("■番号札",)]


@pytest.mark.parametrize(
    "items",
    [
        pytest.param(("■ 申請書", "■ 身分証明書", "■ 印鑑"), id="a run of them"),
        pytest.param(("■ 申請書", "■ 身分証明書"), id="two of them"),
        pytest.param(("■ 印鑑は要りません。",), id="a sentence"),
    ],
)
def test_lists_with_black_squares_stay_in_their_section(items: tuple[str, ...]) -> None:
    found = sections(_blocks("1　必要なもの", BODY, *items, "2　受付時間", BODY))
    assert _paths(found) == [("1 必要なもの",), ("2 受付時間",)]
    assert _text(found[0]) == "\n".join((BODY, *items))


def test_a_short_caption_below_a_heading_does_not_hide_it() -> None:
    table = Block("", rows=(("役割", "人"), ("主任", "課長")))
    found = sections([*_blocks("1　対象", BODY, "2　役割", "表1　役割"), table])
    assert _paths(found) == [("1 対象",), ("2 役割",)]


def test_questions_are_headings_of_their_answers() -> None:
    found = sections(
        _blocks(
            "1　ログイン",
            "問1　何を入力しますか。",
            "答　職員番号です。",
            "問2　期限はいつですか。",
            "答　7日です。",
            "2　伝票",
            "問3　取り消せますか。",
            "答　できます。",
        )
    )
    assert [(s.heading_path, _text(s)) for s in found] == [
        (("1 ログイン", "問1 何を入力しますか。"), "答　職員番号です。"),
        (("1 ログイン", "問2 期限はいつですか。"), "答　7日です。"),
        (("2 伝票", "問3 取り消せますか。"), "答　できます。"),
    ]


def test_the_first_article_is_no_title_though_its_outline_is_one_level_higher() -> None:
    found = sections(
        [
            Block("（趣旨）", 1, level=1),
            Block("第一条この規程は、必要な事項を定める。", 1),
            Block("（名札）", 1, level=2),
            Block("第二条職員は、前条の定めによるもののほか、", 1),
            Block("第三条の規定により名札を着ける。", 1),
        ]
    )
    assert _paths(found) == [("（趣旨）", "第一条"), ("（名札）", "第二条")]
    assert "第三条の規定により" in _text(found[1])


def test_an_article_over_two_printed_lines_is_one_paragraph() -> None:
    first = "第5条（契約書の作成）　契約担当者は、契約の相手方を決めたときは、遅滞なく"
    [section] = sections(_blocks(first, "契約書を作成しなければならない。", page=3))
    assert len(section.parts) == 1
    assert _text(section).endswith("遅滞なく契約書を作成しなければならない。")


COVER = (
    "会計事務の手引き",
    "支払と収入",
    "令和8年4月版（第3版）　施行",
    "青葉野市 会計課",
    "内線2410",
)


def test_a_title_page_is_left_out_and_the_sentences_after_it_stay() -> None:
    found = sections(_blocks(*COVER, BODY, "1　支払", BODY))
    assert [(s.heading_path, _text(s)) for s in found] == [((), BODY), (("1 支払",), BODY)]


def test_the_title_page_of_slides_and_the_same_lines_on_each_sheet_are_left_out() -> None:
    edition = "令和8年6月版　令和8年6月1日施行　青葉野市 危機管理課"
    found = sections(
        [
            Block("参集マニュアル", 1, level=1, whole=True),
            Block(edition, 1, whole=True),
            Block("対象", level=1),
            Block(edition, labels=("対象 1行目",)),
            Block(BODY, labels=("対象 2行目",)),
        ]
    )
    assert [(s.heading_path, _text(s)) for s in found] == [(("対象",), BODY)]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            ("健康診断のお知らせ", "日時　令和8年6月1日", "場所　保健センター", "対象　全職員"),
            id="notice",
        ),
        pytest.param(("担当者の控え", "番号札は棚の2段目"), id="no edition"),
    ],
)
def test_short_lines_before_the_first_heading_that_are_no_title_page_stay(
    lines: tuple[str, ...],
) -> None:
    found = sections(_blocks(*lines, "1　持ち物", BODY))
    assert _text(found[0]) == "\n".join(lines)


def test_a_document_that_is_nothing_but_a_title_page_keeps_it() -> None:
    [section] = sections(_blocks(*COVER))
    assert _text(section).startswith(COVER[0])
