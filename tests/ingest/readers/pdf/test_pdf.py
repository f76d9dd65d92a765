from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hashed_encoder import HashedEncoder
from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, SimpleDocTemplate, Table

from assistant.errors import UnreadableManual
from assistant.library import ChunkDraft
from ingest.chunking import MOST_TOKENS, chunk_drafts
from ingest.document import ReadDocument
from ingest.readers import read_document
from ingest.sectioning import sections

MANUAL = Path(__file__).parents[4] / "manuals" / "契約事務の手引き.pdf"
BODY = "契約書は二通作り、双方が記名押印して各一通を持ちます。"


@pytest.fixture(scope="module")
def document() -> ReadDocument:
    return read_document(MANUAL.read_bytes(), MANUAL.name)


@pytest.fixture(scope="module")
def chunks(document: ReadDocument) -> list[ChunkDraft]:
    counts = HashedEncoder().token_counts
    return chunk_drafts(sections(document.blocks), counts, title=document.title)


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    """Make a PDF of pages of lines, every line at a height of its own."""

    def make(*pages: Sequence[str]) -> bytes:
        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=A4)
        for lines in pages:
            canvas.setFont("HeiseiMin-W3", 12)
            for number, line in enumerate(lines):
                canvas.drawString(60, 780 - 24 * number, line)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    return make


@pytest.fixture
def ruled_pdf() -> Callable[..., bytes]:
    """Make a PDF of one ruled table a page; the styles merge cells."""

    def make(*tables: tuple[Sequence[Sequence[str]], Sequence[tuple[Any, ...]]]) -> bytes:
        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
        buffer = io.BytesIO()
        ruled = [("GRID", (0, 0), (-1, -1), 0.5, black), ("FONT", (0, 0), (-1, -1), "HeiseiMin-W3")]
        flow: list[Any] = []
        for rows, style in tables:
            widths = [90] * len(rows[0])
            flow += [Table(rows, colWidths=widths, style=[*ruled, *style]), PageBreak()]
        SimpleDocTemplate(buffer, pagesize=A4).build(flow)
        return buffer.getvalue()

    return make


HEADS = (("月", "5日払", ""), ("", "締切", "支払日"))
MERGED = (("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0)))
JOINED = ("月", "5日払/締切", "5日払/支払日")


ROWS = (("5月", "4月22日", "5月7日"), ("6月", "5月27日", "6月5日"))


@pytest.mark.parametrize(
    ("overleaf", "style"),
    [
        pytest.param((*HEADS, *ROWS), MERGED, id="heads repeated"),
        pytest.param(ROWS, (), id="the same columns"),
    ],
)
def test_a_ruled_table_goes_on_overleaf_under_heads_of_two_levels(
    ruled_pdf: Callable[..., bytes],
    overleaf: Sequence[Sequence[str]],
    style: Sequence[tuple[Any, ...]],
) -> None:
    content = ruled_pdf(((*HEADS, ("4月", "3月26日", "4月6日")), MERGED), (overleaf, style))
    assert [(b.page, b.rows) for b in read_document(content, "表.pdf").blocks] == [
        (1, (JOINED, ("4月", "3月26日", "4月6日"))),
        (2, (JOINED, *ROWS)),
    ]


def test_another_table_overleaf_has_its_own_heads(ruled_pdf: Callable[..., bytes]) -> None:
    other = (("様式", "名称"), ("第1号", "登録の申請書"))
    content = ruled_pdf(((*HEADS, ("4月", "3月26日", "4月6日")), MERGED), (other, ()))
    assert [block.rows[0] for block in read_document(content, "表.pdf").blocks] == [
        JOINED,
        ("様式", "名称"),
    ]


def test_every_page_has_its_number_and_its_printed_label(document: ReadDocument) -> None:
    assert [page.number for page in document.pages] == list(range(1, 17))
    assert [page.label for page in document.pages] == ["i", "ii", *map(str, range(1, 15))]
    assert {page.method for page in document.pages} == {"text"}
    assert document.problems == []


def test_the_outline_makes_the_heading_paths(chunks: list[ChunkDraft]) -> None:
    paths = {chunk.heading_path for chunk in chunks}
    assert ("第3章 随意契約", "第2節 見積合せ", "1 見積書を徴する者の数") in paths
    assert ("第4章 契約の締結", "第2節 電子契約") in paths
    assert ("別表", "別表第2 契約の決裁区分（第2章、第4章関係）") in paths
    assert ("附則",) in paths
    assert all(path for path in paths)


def test_sections_stand_on_the_pages_of_the_file(chunks: list[ChunkDraft]) -> None:
    [quotes] = [c for c in chunks if c.heading_path[-1] == "3 見積書の取扱い"]
    assert (quotes.first_page, quotes.last_page) == (9, 9)
    pages = [(chunk.first_page, chunk.last_page) for chunk in chunks]
    assert pages == sorted(pages)
    assert any(first != last for first, last in pages)


@pytest.mark.parametrize(
    ("annex", "row"),
    [
        pytest.param(
            "別表第1",
            (
                "2 財産の買入れ",
                "施行令別表第五の上限（万円）：150",
                "本市の規則で定める額（万円）：120",
            ),
            id="別表第1",
        ),
        pytest.param(
            "別表第2",
            ("事項：業務委託", "課長：100万円以下", "部長：100万円を超え500万円以下"),
            id="別表第2",
        ),
        pytest.param(
            "別表第3", ("番号：24", "段階：支払", "工事40日以内、その他30日以内"), id="別表第3"
        ),
        pytest.param("参考", ("番号：第12号 ｜ 名称：請書", "第24号 ｜ 名称：完了届"), id="forms"),
    ],
)
def test_a_row_of_an_annex_can_be_read_alone(
    chunks: list[ChunkDraft], annex: str, row: Sequence[str]
) -> None:
    rows = [
        chunk.text[span.start : span.end]
        for chunk in chunks
        if chunk.kind == "table" and chunk.heading_path[-1].startswith(annex)
        for span in chunk.spans
    ]
    assert len([one for one in rows if all(words in one for words in row)]) == 1


def test_running_heads_and_page_numbers_are_gone(chunks: list[ChunkDraft]) -> None:
    for chunk in chunks:
        assert "見本（架空のモデル市" not in chunk.text
        for line in chunk.text.split("\n"):
            assert line.strip("- 0123456789")


def test_the_table_of_contents_is_no_chunk(chunks: list[ChunkDraft]) -> None:
    assert all("……" not in chunk.text and "....." not in chunk.text for chunk in chunks)
    assert 2 not in {chunk.first_page for chunk in chunks}


def test_wrapped_lines_are_whole_sentences(chunks: list[ChunkDraft]) -> None:
    [limit] = [c for c in chunks if c.heading_path[-1] == "2 議会の議決が必要な契約"]
    said = [limit.text[span.start : span.end] for span in limit.spans]
    assert (
        "本市の条例で定めるのは、予定価格1億5千万円以上の工事又は製造の請負です（青葉野市の架空の額）。"
        in said
    )


def test_every_sentence_of_the_source_is_in_a_chunk(chunks: list[ChunkDraft]) -> None:
    source = MANUAL.parent / "sources" / "契約事務の手引き.txt"
    body = source.read_text("utf-8").split("---\n", 2)[2]
    joined = _bare("".join(chunk.text for chunk in chunks))
    lines = [line for line in body.split("\n") if line.endswith("。") and line[0] not in "|>-"]
    assert len(lines) > 40
    assert [line for line in lines if _bare(line) not in joined] == []


def test_chunks_fit_the_model(chunks: list[ChunkDraft]) -> None:
    counts = HashedEncoder().token_counts([chunk.embedded_text for chunk in chunks])
    assert max(counts) <= MOST_TOKENS


def test_a_file_without_outline_takes_the_headings_of_its_text(pdf: Callable[..., bytes]) -> None:
    content = pdf(
        ["第1章　契約の締結", "第1条（契約書）　" + BODY, "第2条（請書）　" + BODY],
        ["第2章　検査", "第3条（期限）　" + BODY],
    )
    read = read_document(content, "規則.pdf")
    found = [(section.heading_path, section.parts[0]) for section in sections(read.blocks)]
    assert [path for path, _ in found] == [
        ("第1章 契約の締結", "第1条（契約書）"),
        ("第1章 契約の締結", "第2条（請書）"),
        ("第2章 検査", "第3条（期限）"),
    ]
    assert [page.label for page in read.pages] == [None, None]


def test_heads_and_feet_of_every_page_are_left_out(pdf: Callable[..., bytes]) -> None:
    subjects = ("契約", "検査", "休暇", "旅費", "手当", "服務")
    pages = [
        [
            "青葉野市 規則集",
            *(f"{subject}の{part}については、別に定めます。" for part in ("申請", "承認", "記録")),
            f"- {number} -",
        ]
        for number, subject in enumerate(subjects, 1)
    ]
    blocks = [block.text for block in read_document(pdf(*pages), "規則.pdf").blocks]
    assert len(blocks) == 18
    assert all(text.endswith("別に定めます。") for text in blocks)


def test_empty_pages_are_told_and_the_others_read(pdf: Callable[..., bytes]) -> None:
    read = read_document(pdf([BODY], [], [BODY]), "規則.pdf")
    assert read.problems == ["文字のないページ（写真や図だけか、白紙）: 2"]
    assert [block.page for block in read.blocks] == [1, 3]
    assert [page.number for page in read.pages] == [1, 2, 3]


def test_a_file_without_any_text_says_what_to_do(pdf: Callable[..., bytes]) -> None:
    with pytest.raises(UnreadableManual, match=r"文字として読める.*ください"):
        read_document(pdf([], []), "白紙.pdf")


def _protected(content: bytes, *, user: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(user_password=user, owner_password="owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_password_is_asked_to_be_taken_off(pdf: Callable[..., bytes]) -> None:
    with pytest.raises(UnreadableManual, match="パスワードで保護"):
        read_document(_protected(pdf([BODY]), user="secret"), "規則.pdf")


def test_a_file_that_only_forbids_copying_is_read(pdf: Callable[..., bytes]) -> None:
    [block] = read_document(_protected(pdf([BODY]), user=""), "規則.pdf").blocks
    assert block.text == BODY


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_off_is_read_or_refused_in_japanese(share: float) -> None:
    content = MANUAL.read_bytes()
    try:
        read = read_document(content[: int(len(content) * share)], "手引き.pdf")
    except UnreadableManual as refusal:
        message = str(refusal)
    else:
        message = "" if read.blocks else "何も読めていない"
    assert message == "" or message.endswith("ください。")


def _bare(text: str) -> str:
    return "".join(text.split())
