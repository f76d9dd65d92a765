"""What a Word file holds beside its visible words: fields, hidden text, changes, symbols, formulas."""

from __future__ import annotations

from typing import Any

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from word_lists import W, saved

from ingest.readers import read_document

_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def _lines(document: Any) -> list[str]:
    return [block.text for block in read_document(saved(document), "手引き.docx").blocks]


def _with(*parts: str) -> Any:
    """Return a document with one paragraph of the given XML; what is no XML is a run of text."""
    document = docx.Document()
    _fill(document.add_paragraph(), *parts)
    return document


def _fill(paragraph: Any, *parts: str) -> Any:
    for part in parts:
        xml = part if part.startswith("<") else f"<w:r><w:t>{part}</w:t></w:r>"
        wrapped = parse_xml(f"<w:p {W} {_M}>{xml}</w:p>")
        for child in list(wrapped):
            paragraph._p.append(child)
    return paragraph


def _field(instruction: str, result: str | None) -> str:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    shown = "" if result is None else mark("separate") + f"<w:r><w:t>{result}</w:t></w:r>"
    code = f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
    return mark("begin") + code + shown + mark("end")


@pytest.mark.parametrize(
    ("instruction", "result"),
    [("PAGE", "12"), ("REF 別表1 \\h", "別表第1"), ("SEQ 表 \\* ARABIC", "3")],
)
def test_a_field_says_its_result(instruction: str, result: str) -> None:
    assert _lines(_with("表 ", _field(instruction, result), " による。")) == [
        f"表 {result} による。"
    ]


def test_a_caption_with_its_number_is_one_line() -> None:
    simple = '<w:fldSimple w:instr=" SEQ 図 "><w:r><w:t>2</w:t></w:r></w:fldSimple>'
    assert _lines(_with("図 ", simple, "　申請の流れ")) == ["図 2　申請の流れ"]


def test_a_field_inside_the_instruction_of_another_is_not_said_twice() -> None:
    inner = _field("NUMPAGES", "12")
    both = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> = </w:instrText></w:r>'
        f'{inner}<w:r><w:instrText> - 1 </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/>'
        '</w:r><w:r><w:t>11</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert _lines(_with("全", both, "枚")) == ["全11枚"]


def test_the_lines_of_a_table_of_contents_are_not_read() -> None:
    document = docx.Document()
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>'
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    _fill(document.add_paragraph(), begin, separate, "第1章　総則", _field("PAGEREF _Toc1", "1"))
    _fill(document.add_paragraph(), "第2章　休暇", _field("PAGEREF _Toc2", "4"))
    _fill(document.add_paragraph(), '<w:r><w:fldChar w:fldCharType="end"/></w:r>', "本文です。")
    assert _lines(document) == ["本文です。"]


def test_a_table_of_contents_without_an_end_takes_nothing_away() -> None:
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC </w:instrText></w:r>'
    )
    document = _with(begin, '<w:r><w:fldChar w:fldCharType="separate"/></w:r>')
    document.add_paragraph("本文です。")
    assert _lines(document) == ["本文です。"]


@pytest.mark.parametrize(
    ("instruction", "shown"),
    [
        ("eq \\o\\ac(○,印)", "印"),
        ('EQ \\* jc2 \\* "Font:ＭＳ 明朝" \\* hps10 \\o\\ad(\\s\\up 9(きび),忌引)', "忌引"),
    ],
    ids=["in a circle", "with its reading"],
)
def test_letters_that_only_an_instruction_holds_are_read(instruction: str, shown: str) -> None:
    assert _lines(_with("氏名　", _field(instruction, None), "まで")) == [f"氏名　{shown}まで"]


HIDDEN = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>作成者メモ</w:t></w:r>"


def test_hidden_text_is_not_read() -> None:
    assert _lines(_with("提出します。", HIDDEN)) == ["提出します。"]


def test_text_that_a_style_hides_is_read_only_where_a_run_shows_it() -> None:
    document = docx.Document()
    style = document.styles.add_style("メモ", WD_STYLE_TYPE.PARAGRAPH)
    style.font.hidden = True
    child = document.styles.add_style("メモ2", WD_STYLE_TYPE.PARAGRAPH)
    child.base_style = style
    paragraph = document.add_paragraph("隠れた文。", style="メモ2")
    paragraph.add_run("見える文。").font.hidden = False
    assert _lines(document) == ["見える文。"]


def _end(paragraph: Any, mark: str) -> None:
    paragraph._p.get_or_add_pPr().append(parse_xml(f"<w:rPr {W}>{mark}</w:rPr>"))


@pytest.mark.parametrize(
    "mark", ['<w:del w:id="1" w:author="a"/>', "<w:vanish/>"], ids=["deleted", "hidden"]
)
def test_a_paragraph_without_its_end_goes_on_in_the_next(mark: str) -> None:
    document = docx.Document()
    _end(document.add_paragraph("限度額は"), mark)
    document.add_paragraph("120万円です。")
    assert _lines(document) == ["限度額は120万円です。"]


def test_a_style_separator_keeps_the_heading_apart_from_its_text() -> None:
    document = docx.Document()
    _end(document.add_heading("（目的）", level=2), "<w:vanish/><w:specVanish/>")
    document.add_paragraph("この規則は、休暇について定めます。")
    first, second = read_document(saved(document), "規則.docx").blocks
    assert (first.text, first.level, second.level) == ("（目的）", 3, None)


def test_a_deleted_row_is_not_read() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for row, texts in zip(table.rows, (("区分", "額"), ("甲", "1円"), ("乙", "2円")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    properties = table.rows[1]._tr.get_or_add_trPr()
    properties.append(parse_xml(f'<w:del {W} w:id="1" w:author="a"/>'))
    [block] = read_document(saved(document), "額.docx").blocks
    assert block.rows == (("区分", "額"), ("乙", "2円"))


def test_what_a_content_control_asks_for_is_not_read() -> None:
    def control(settings: str, text: str) -> str:
        content = f"<w:sdtContent><w:r><w:t>{text}</w:t></w:r></w:sdtContent>"
        return f"<w:sdt><w:sdtPr>{settings}</w:sdtPr>{content}</w:sdt>"

    asked = control("<w:showingPlcHdr/>", "ここをクリックして入力してください。")
    assert _lines(_with("担当：", control("", "総務課"), asked)) == ["担当：総務課"]


def test_headers_footers_and_comments_are_not_read() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "ヘッダー"
    document.sections[0].footer.paragraphs[0].text = "フッター"
    paragraph = document.add_paragraph("本文です。")
    document.add_comment(paragraph.runs, text="コメントです。", author="係長")
    assert _lines(document) == ["本文です。"]


def test_upright_figures_in_vertical_text_are_read() -> None:
    turned = (
        '<w:r><w:rPr><w:eastAsianLayout w:id="1" w:vert="1" w:vertCompress="1"/></w:rPr>'
        "<w:t>12</w:t></w:r>"
    )
    assert _lines(_with("令和", turned, "年")) == ["令和12年"]


@pytest.mark.parametrize(
    ("font", "char", "sign"),
    [
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "00A8", "□"),
        ("Wingdings 2", "F052", "☑"),
        ("Wingdings", "F0E8", "→"),
        ("Symbol", "F0B3", "≧"),
        ("ＭＳ 明朝", "2252", "≒"),
        ("Webdings", "F021", ""),
        ("Wingdings", "zz", ""),
    ],
)
def test_symbols_are_read_as_what_they_show(font: str, char: str, sign: str) -> None:
    symbol = f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'
    assert _lines(_with("確認", symbol, "済")) == [f"確認{sign}済"]


@pytest.mark.parametrize(
    ("state", "sign"),
    [
        ("<w:default w:val='0'/>", "□"),
        ("<w:default w:val='0'/><w:checked/>", "☑"),
        ("<w:default w:val='1'/><w:checked w:val='0'/>", "□"),
    ],
)
def test_a_check_box_of_an_old_form_is_read(state: str, sign: str) -> None:
    box = (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>{state}</w:checkBox></w:ffData>'
        "</w:fldChar></w:r><w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert _lines(_with(box, "　受領した")) == [f"{sign}　受領した"]


def test_the_chosen_entry_of_an_old_list_is_read() -> None:
    entries = '<w:listEntry w:val="甲地"/><w:listEntry w:val="乙地"/>'
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
        f'{entries}</w:ddList></w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert _lines(_with("区分：", field)) == ["区分：乙地"]


def _m(kind: str, **parts: str) -> str:
    inner = "".join(f"<m:{name}>{xml}</m:{name}>" for name, xml in parts.items())
    return f"<m:{kind}>{inner}</m:{kind}>"


def _text(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("equation", "line"),
    [
        (_m("f", num=_text("給料月額"), den=_text("21")), "給料月額/21"),
        (_m("f", num=_text("売上−費用"), den=_text("12")), "(売上−費用)/12"),
        (_m("sSup", e=_text("x"), sup=_text("2")), "x^2"),
        (_m("sSub", e=_text("a"), sub=_text("n+1")), "a_(n+1)"),
        (_m("rad", e=_text("a+b")), "√(a+b)"),
        (_m("d", e=_text("1+r")), "(1+r)"),
        (_m("f", num=_m("d", e=_text("1+r")), den=_text("2")), "(1+r)/2"),
        (
            '<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>' + _m("sub", e=_text("i=1"))
            + _m("sup", e=_text("n")) + "<m:e>" + _text("x") + "</m:e></m:nary>",
            "∑_(i=1)^n x",
        ),
    ],
)  # fmt: skip
def test_an_equation_is_read_in_its_place(equation: str, line: str) -> None:
    inline = _with("日額は", f"<m:oMath>{equation}</m:oMath>", "とする。")
    assert _lines(inline) == [f"日額は{line}とする。"]
    own = f"<m:oMathPara><m:oMath>{equation}</m:oMath></m:oMathPara>"
    assert _lines(_with(own)) == [line]


def test_a_style_based_on_a_heading_and_an_outline_level_are_headings() -> None:
    document = docx.Document()
    style = document.styles.add_style("章", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Heading 1"]
    document.add_paragraph("総則", style="章")
    outlined = document.add_paragraph("目的")
    outlined._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))
    sentence = document.add_paragraph("この手引きは、休暇について定めます。")
    sentence._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))
    blocks = read_document(saved(document), "手引き.docx").blocks
    assert [block.level for block in blocks] == [2, 3, None]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("手引き.docm", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        (
            "手引き.dotx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
        ),
    ],
)
def test_files_with_macros_and_templates_are_read(name: str, kind: str) -> None:
    document = docx.Document()
    document.add_paragraph("本文です。")
    document.part._content_type = kind
    [block] = read_document(saved(document), name).blocks
    assert block.text == "本文です。"


def test_links_and_marked_words_are_read() -> None:
    linked = "<w:hyperlink><w:smartTag><w:r><w:t>規程集</w:t></w:r></w:smartTag></w:hyperlink>"
    assert _lines(_with("詳しくは", linked, "を見る。")) == ["詳しくは規程集を見る。"]
