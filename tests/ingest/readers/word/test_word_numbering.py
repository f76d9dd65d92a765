"""Numbers that Word makes itself, in files with list definitions of several kinds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from word_lists import Level, W, levels_xml, number_in, number_style, numbered, saved, with_lists

from ingest.readers import read_document
from ingest.readers.word.number_formats import number_text
from ingest.sectioning import sections

RULES: tuple[Level, ...] = (
    ("decimal", "第%1章"),
    ("decimal", "第%2条"),
    ("decimal", "%3"),
    ("decimal", "(%4)"),
    ("aiueoFullWidth", "%5"),
)
ARTICLES_GO_ON = (RULES[0], (*RULES[1], '<w:lvlRestart w:val="0"/>'), *RULES[2:])
OUTLINE: tuple[Level, ...] = (
    ("decimal", "%1"), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3"),
)  # fmt: skip


def _lines(document: Any) -> list[str]:
    return [block.text for block in read_document(saved(document), "規則.docx").blocks]


def _numbers(document: Any) -> list[str]:
    """Return the numbers of paragraphs whose text is 本文."""
    lines = _lines(document)
    assert all(line.endswith("本文") for line in lines)
    return [line.removesuffix("本文").strip() for line in lines]


def _outline(levels: tuple[Level, ...], depths: tuple[int, ...]) -> Any:
    document = docx.Document()
    with_lists(document, {0: levels}, {1: 0})
    for depth in depths:
        numbered(document, "本文", 1, depth)
    return document


def test_chapters_articles_and_items_count_on_their_own() -> None:
    found = _numbers(_outline(RULES, (0, 1, 2, 3, 3, 4, 4, 2, 1, 2, 0, 1)))
    assert found == [
        "第1章", "第1条", "1", "(1)", "(2)", "ア", "イ", "2", "第2条", "1", "第2章", "第1条",
    ]  # fmt: skip


def test_articles_may_go_on_through_the_chapters() -> None:
    found = _numbers(_outline(ARTICLES_GO_ON, (0, 1, 1, 0, 1, 2, 1)))
    assert found == ["第1章", "第1条", "第2条", "第2章", "第3条", "1", "第4条"]


def test_a_level_may_restart_only_after_one_further_out() -> None:
    levels = (*OUTLINE[:2], (*OUTLINE[2], '<w:lvlRestart w:val="1"/>'))
    found = _numbers(_outline(levels, (0, 1, 2, 1, 2, 0, 1, 2)))
    assert found == ["1", "1.1", "1.1.1", "1.2", "1.2.2", "2", "2.1", "2.1.1"]


def test_a_level_that_is_left_out_counts_from_its_start() -> None:
    assert _numbers(_outline(OUTLINE, (1, 1, 0, 2, 0))) == ["1.1", "1.2", "2", "2.1.1", "3"]


def test_legal_numbers_are_digits_at_every_level() -> None:
    levels: tuple[Level, ...] = (
        ("upperRoman", "第%1編"), ("japaneseCounting", "%1－%2"), ("decimal", "%1.%2.%3", "<w:isLgl/>"),
    )  # fmt: skip
    assert _numbers(_outline(levels, (0, 0, 1, 2))) == ["第I編", "第II編", "II－一", "2.1.1"]


def test_a_level_may_start_anywhere_and_show_nothing() -> None:
    levels: tuple[Level, ...] = (
        ("decimal", "第%1条", '<w:start w:val="12"/>'),
        ("none", ""),
        ("decimal", "%1の%3"),
    )
    assert _numbers(_outline(levels, (0, 1, 2, 0))) == ["第12条", "", "12の1", "第13条"]


def test_lists_of_one_definition_count_on_unless_they_start_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{}"/></w:lvlOverride>'
    document = docx.Document()
    lists = {1: 0, 2: 0, 3: (0, anew.format(1)), 4: (0, anew.format(8))}
    with_lists(document, {0: [("decimal", "(%1)")]}, lists)
    for number in (1, 1, 2, 3, 3, 4, 4, 3):
        numbered(document, "本文", number)
    found = _numbers(document)
    assert found == ["(1)", "(2)", "(3)", "(1)", "(2)", "(8)", "(9)", "(10)"]


def test_a_list_may_replace_a_level_of_its_definition() -> None:
    own = levels_xml([("decimalEnclosedCircle", "%1")])
    document = docx.Document()
    override = f'<w:lvlOverride w:ilvl="0">{own}</w:lvlOverride>'
    with_lists(document, {0: [("decimal", "(%1)")]}, {1: 0, 2: (0, override)})
    for number in (1, 2, 1):
        numbered(document, "本文", number)
    assert _numbers(document) == ["(1)", "②", "(3)"]


def test_two_definitions_count_apart() -> None:
    document = docx.Document()
    with_lists(document, {0: [("decimal", "%1.")], 7: [("irohaFullWidth", "%1")]}, {1: 0, 2: 7})
    for number in (1, 2, 1, 2):
        numbered(document, "本文", number)
    assert _numbers(document) == ["1.", "イ", "2.", "ロ"]


def test_bullets_become_one_sign_and_words_stay() -> None:
    document = docx.Document()
    signs = ("\uf06c", "■", "o", "※", "注）")
    with_lists(
        document,
        {key: [("bullet", sign)] for key, sign in enumerate(signs)},
        {key + 1: key for key in range(len(signs))},
    )
    for key in range(len(signs)):
        numbered(document, "本文", key + 1)
    assert _lines(document) == ["・本文", "・本文", "・本文", "※　本文", "注）　本文"]


def test_headings_are_numbered_through_their_styles() -> None:
    document = docx.Document()
    linked = [
        (*level, f'<w:pStyle w:val="Heading{depth}"/>')
        for depth, level in enumerate(ARTICLES_GO_ON[:2], 1)
    ]
    with_lists(document, {0: linked}, {1: 0})
    number_style(document, "Heading 1", 1)
    number_style(document, "Heading 2", 1)  # the level is where the definition names the style
    for depth, text in ((1, "総則"), (2, "（目的）"), (1, "休暇"), (2, "（種類）")):
        document.add_heading(text, level=depth)
        document.add_paragraph("職員の休暇について定めます。")
    blocks = read_document(saved(document), "規則.docx").blocks
    assert [(b.text, b.level) for b in blocks if b.level] == [
        ("第1章　総則", 2), ("第1条　（目的）", 3), ("第2章　休暇", 2), ("第2条　（種類）", 3),
    ]  # fmt: skip


def test_a_style_takes_its_list_from_the_style_it_is_based_on() -> None:
    document = docx.Document()
    with_lists(document, {0: RULES}, {1: 0})
    number_style(document, "List Number", 1, 0)
    style = document.styles.add_style("条", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["List Number"]
    number_style(document, "条", None, 1)
    for name in ("List Number", "条", "条"):
        document.add_paragraph("本文", style=name)
    assert _numbers(document) == ["第1章", "第1条", "第2条"]


def test_a_paragraph_takes_itself_out_of_the_list_of_its_style() -> None:
    document = docx.Document()
    number_in(document.add_paragraph("本文です。", style="List Bullet"), 0)
    assert _lines(document) == ["本文です。"]


def test_a_list_style_gives_its_definition() -> None:
    document = docx.Document()
    link = '<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="kisoku"/></w:abstractNum>'
    with_lists(document, {0: RULES}, {1: 0, 2: 9}, more=link)
    style = (
        f'<w:style {W} w:type="numbering" w:styleId="kisoku"><w:name w:val="規則"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    document.styles.element.append(parse_xml(style))
    numbered(document, "本文", 2, 0)
    numbered(document, "本文", 1, 0)
    assert _numbers(document) == ["第1章", "第2章"]


def test_cells_of_a_table_are_numbered_without_text_too() -> None:
    document = docx.Document()
    with_lists(document, {0: [("decimal", "%1")], 1: [("decimal", "(%1)")]}, {1: 0, 2: 1})
    numbered(document, "前", 2)
    table = document.add_table(rows=3, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "番号", "品目"
    for row, text in zip(list(table.rows)[1:], ("机", "椅子"), strict=True):
        number_in(row.cells[0].paragraphs[0], 1)
        row.cells[1].text = text
        number_in(row.cells[1].paragraphs[0], 2)
    numbered(document, "後", 2)
    before, rows, after = read_document(saved(document), "物品.docx").blocks
    assert (before.text, after.text) == ("(1)　前", "(4)　後")
    assert rows.rows == (("番号", "品目"), ("1", "(2)　机"), ("2", "(3)　椅子"))


def test_a_merged_away_cell_counts_nothing() -> None:
    document = docx.Document()
    with_lists(document, {0: [("decimal", "%1")]}, {1: 0})
    table = document.add_table(rows=4, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "番号", "品目"
    for row in list(table.rows)[1:]:
        number_in(row.cells[0].paragraphs[0], 1)
        row.cells[1].text = "机"
    first, second = (table.rows[index]._tr.tc_lst[0] for index in (1, 2))
    first.vMerge, second.vMerge = "restart", "continue"
    [block] = read_document(saved(document), "物品.docx").blocks
    assert [row[0] for row in block.rows] == ["番号", "1", "1", "2"]


def _mark_end(paragraph: Any, name: str) -> None:
    mark = paragraph._p.get_or_add_pPr()
    mark.append(parse_xml(f'<w:rPr {W}><w:{name} w:id="1" w:author="a"/></w:rPr>'))


def _deleted(paragraph: Any) -> None:
    """Delete a paragraph as Word does while it tracks changes."""
    _mark_end(paragraph, "del")
    for run in list(paragraph._p.r_lst):
        deletion = parse_xml(f'<w:del {W} w:id="2" w:author="a"/>')
        run.addprevious(deletion)
        deletion.append(run)


def test_a_deleted_paragraph_takes_no_number() -> None:
    document = docx.Document()
    with_lists(document, {0: [("decimal", "第%1条")]}, {1: 0})
    for text in ("一つ目", "消した", "二つ目"):
        paragraph = numbered(document, text, 1)
        if text == "消した":
            _deleted(paragraph)
    assert _lines(document) == ["第1条　一つ目", "第2条　二つ目"]


def test_what_was_before_a_change_of_the_list_does_not_count() -> None:
    document = docx.Document()
    with_lists(document, {0: [("decimal", "第%1条")]}, {1: 0})
    change = (
        f'<w:pPrChange {W} w:id="1" w:author="a"><w:pPr><w:numPr><w:ilvl w:val="0"/>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:pPrChange>'
    )
    document.add_paragraph("前文").paragraph_format.element.get_or_add_pPr().append(
        parse_xml(change)
    )
    numbered(document, "本文", 1)
    assert _lines(document) == ["前文", "第1条　本文"]


def test_a_text_box_counts_apart_from_the_body() -> None:
    document = docx.Document()
    with_lists(document, {0: [("decimal", "(%1)")]}, {1: 0})
    paragraph = numbered(document, "本文", 1)
    inner = (
        '<w:txbxContent><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
        "</w:pPr><w:r><w:t>囲み</w:t></w:r></w:p></w:txbxContent>"
    )
    paragraph._p.append(
        parse_xml(
            f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<mc:AlternateContent><mc:Choice><w:drawing>{inner}</w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    numbered(document, "次", 1)
    assert _lines(document) == ["(1)　本文", "(1)　囲み", "(2)　次"]


def test_numbered_articles_are_sections() -> None:
    document = docx.Document()
    with_lists(document, {0: ARTICLES_GO_ON}, {1: 0})
    for chapter in ("総則", "休暇"):
        numbered(document, chapter, 1, 0)
        for title in ("（目的）", "（申請）"):
            document.add_paragraph(title)
            numbered(
                document, "職員の休暇は、前日の正午までに所属長に申請しなければならない。", 1, 1
            )
    found = sections(read_document(saved(document), "規則.docx").blocks)
    assert [section.heading_path for section in found if section.parts] == [
        ("第1章 総則", "第1条（目的）"), ("第1章 総則", "第2条（申請）"),
        ("第2章 休暇", "第3条（目的）"), ("第2章 休暇", "第4条（申請）"),
    ]  # fmt: skip


def _by_libreoffice(document: Any) -> Any:
    for relation in document.part.package.rels.values():
        if relation.reltype.endswith("/extended-properties"):
            relation.target_part._blob = b"<P><Application>LibreOffice/7.4</Application></P>"
    return document


def test_articles_that_libreoffice_converted_go_on_through_the_chapters() -> None:
    found = _numbers(_by_libreoffice(_outline(RULES, (0, 1, 2, 1, 0, 1, 2, 1))))
    assert found == ["第1章", "第1条", "1", "第2条", "第2章", "第3条", "1", "第4条"]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(
            '<w:num w:numId="1"><w:abstractNumId w:val="77"/></w:num>', id="no definition"
        ),
        pytest.param('<w:num w:numId="1"/>', id="no reference"),
        pytest.param(
            '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="x"><w:start w:val="二"/></w:lvl>'
            '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
            id="no numbers",
        ),
    ],
)
def test_a_damaged_definition_leaves_the_text(broken: str) -> None:
    document = docx.Document()
    with_lists(document, {}, {}, more=broken)
    numbered(document, "本文です。", 1)
    assert _lines(document) == ["本文です。"]


@pytest.mark.parametrize(
    ("number_format", "expected"),
    [
        ("decimalFullWidth", {1: "１", 12: "１２"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalZero", {7: "07", 10: "10"}),
        ("aiueo", {1: "ｱ", 46: "ﾝ", 47: "ｱ"}),
        ("aiueoFullWidth", {1: "ア", 10: "コ", 46: "ン"}),
        ("irohaFullWidth", {1: "イ", 2: "ロ", 47: "ス", 48: "ン"}),
        ("japaneseCounting", {1: "一", 10: "十", 21: "二十一", 105: "百五", 3200: "三千二百"}),
        ("japaneseLegal", {2: "弐", 10: "壱拾", 30: "参拾"}),
        ("japaneseDigitalTenThousand", {10: "一〇", 25: "二五"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("upperRoman", {4: "IV", 9: "IX", 40: "XL", 1999: "MCMXCIX"}),
        ("lowerRoman", {8: "viii"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 28: "BB"}),
        ("lowerLetter", {0: "0", 52: "zz"}),
        ("ordinal", {1: "1st", 12: "12th", 22: "22nd"}),
        ("none", {5: ""}),
        ("a format of tomorrow", {5: "5"}),
    ],
)
def test_numbers_in_each_format(number_format: str, expected: dict[int, str]) -> None:
    assert {number: number_text(number, number_format) for number in expected} == expected


def test_a_custom_format_is_padded_like_its_sample() -> None:
    custom = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice>'
        '<mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
    )
    assert _numbers(_outline((("decimal", "様式%1", custom),), (0, 0))) == ["様式001", "様式002"]


# Word's numbers that LibreOffice knows too; it has no lists that go on over a higher level, no
# isLgl, and writes full-width figures in half width.
KNOWN = ("decimal", "decimalFullWidth", "decimalEnclosedCircle", "upperRoman", "lowerLetter", "aiueo",
         "aiueoFullWidth", "iroha", "irohaFullWidth", "japaneseCounting", "ideographTraditional")  # fmt: skip


def _every_format() -> Any:
    document = docx.Document()
    formats = {key: [(name, "第%1号")] for key, name in enumerate(KNOWN)}
    with_lists(document, formats, {key + 1: key for key in formats})
    for key in formats:
        for _ in range(10):
            numbered(document, "本文", key + 1)
    return document


def _restarts() -> Any:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    document = docx.Document()
    with_lists(document, {0: OUTLINE}, {1: 0, 2: 0, 3: (0, anew)})
    for number, depth in ((1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1), (1, 0), (3, 0), (2, 2)):
        numbered(document, "本文", number, depth)
    return document


def _cells() -> Any:
    document = docx.Document()
    with_lists(document, {0: [("decimal", "(%1)")]}, {1: 0})
    table = document.add_table(rows=3, cols=2)
    for cell in table._cells:
        cell.text = "本文"
        number_in(cell.paragraphs[0], 1)
    numbered(document, "本文", 1)
    return document


def _styles() -> Any:
    document = docx.Document()
    linked = [
        (*level, f'<w:pStyle w:val="Heading{depth}"/>') for depth, level in enumerate(RULES[:3], 1)
    ]
    with_lists(document, {0: linked}, {1: 0})
    for depth in (1, 2, 3):
        number_style(document, f"Heading {depth}", 1, depth - 1)
    for depth in (1, 2, 2, 3, 3, 2, 3, 1, 2, 3):
        document.add_heading("本文", level=depth)
    return document


@pytest.mark.full
@pytest.mark.parametrize(
    "document",
    [
        pytest.param(_outline(RULES, (0, 1, 2, 3, 3, 4, 4, 2, 1, 2, 0, 1)), id="rules"),
        pytest.param(_outline(OUTLINE, (1, 1, 0, 2, 1, 0, 2, 2, 0)), id="levels left out"),
        pytest.param(_every_format(), id="formats"),
        pytest.param(_restarts(), id="lists that start anew"),
        pytest.param(_cells(), id="cells"),
        pytest.param(_styles(), id="styles"),
    ],
)
def test_libreoffice_shows_the_same_numbers(
    document: Any, save_as: Callable[[bytes, str, str], bytes]
) -> None:
    shown = save_as(saved(document), ".docx", ".txt").decode("utf-8-sig").split("\n")
    found = []
    for block in read_document(saved(document), "規則.docx").blocks:
        found += [cell for row in block.rows for cell in row] or [block.text]
    assert [_compact(line) for line in found if line] == [
        _compact(line) for line in shown if line.strip()
    ]


def _compact(line: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", line))
