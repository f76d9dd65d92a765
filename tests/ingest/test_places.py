"""The place of a sentence, from the file to the citation: sheet rows, slides, rows of a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pptx
import pytest
from pptx.util import Cm

from assistant.answers.citing import supporting_citation
from assistant.answers.evidence import Passage, ScoredSentence
from assistant.answers.quoting import choose_passages
from assistant.domain import Reader, RetrievedChunk
from assistant.opening import Assistant
from ingest.pipeline import ingest_paths

HEADS = ("区分", "日当", "宿泊料")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "旅費額表"
    sheet["A1"] = "旅費は次の表のとおりです。"
    for row in ((), HEADS, ("課長", "1,100円", "10,900円"), ("係員", "900円", "9,800円")):
        sheet.append(row)
    path = tmp_path / "旅費.xlsx"
    book.save(path)
    return path


@pytest.fixture
def presentation(tmp_path: Path) -> Path:
    deck = pptx.Presentation()
    for title, text in (("休暇", "年次有給休暇は20日です。"), ("旅費", "宿泊料は定額です。")):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        slide.shapes.add_textbox(Cm(2), Cm(5), Cm(8), Cm(2)).text_frame.text = text
    path = tmp_path / "研修.pptx"
    deck.save(path)
    return path


def _best(assistant: Assistant, question: str, reader: Reader, day: date) -> RetrievedChunk:
    """Return the best table row where there are any, else the best sentence."""
    found = assistant.retriever.search(question, reader=reader, as_of=day)
    return next((hit for hit in found if hit.chunk.kind == "table"), found[0])


def _passage(hit: RetrievedChunk, words: str) -> Passage:
    [position] = [i for i, s in enumerate(hit.chunk.sentences()) if words in s]
    return choose_passages([hit], [ScoredSentence(0, position, 0.9, 0.0, False)])[0]


def test_a_row_of_a_sheet_is_cited_by_sheet_and_row(
    quick_assistant: Assistant, workbook: Path, reader: Reader, today: date
) -> None:
    [result] = ingest_paths(quick_assistant, [workbook])
    assert (result.status, result.pages, result.problems) == ("indexed", 0, [])
    hit = _best(quick_assistant, "係員の宿泊料", reader, today)
    assert (hit.page, hit.label) == (None, "旅費額表 5行目")
    assert hit.chunk.heading_path == ("旅費額表",)
    assert (hit.chunk.first_page, hit.chunk.last_page) == (None, None)
    citation = _passage(hit, "課長").citation
    assert (citation.page, citation.label) == (None, "旅費額表 4行目")
    assert citation.quote == "区分：課長 ｜ 日当：1,100円 ｜ 宿泊料：10,900円"


def test_words_around_a_quotation_are_cited_by_their_own_row(
    quick_assistant: Assistant, workbook: Path, reader: Reader, today: date
) -> None:
    ingest_paths(quick_assistant, [workbook])
    passage = _passage(_best(quick_assistant, "係員の宿泊料", reader, today), "係員")
    cited = supporting_citation(
        "課長の宿泊料は10,900円です。", passage, question="課長の宿泊料", marker=2
    )
    assert (cited.marker, cited.label) == (2, "旅費額表 4行目")


def test_pages_of_sheets_are_kept_with_their_names(
    quick_assistant: Assistant, workbook: Path, reader: Reader, today: date
) -> None:
    ingest_paths(quick_assistant, [workbook])
    [listing] = quick_assistant.library.manuals(reader=reader, as_of=today)
    [page] = quick_assistant.library.pages(listing.version.id, reader=reader)
    assert (page.number, page.label, page.method) == (None, "旅費額表", "sheet")
    assert quick_assistant.library.page_labels([listing.version.id]) == {}


def test_text_on_a_slide_is_cited_by_the_number_of_the_slide(
    quick_assistant: Assistant, presentation: Path, reader: Reader, today: date
) -> None:
    [result] = ingest_paths(quick_assistant, [presentation])
    assert result.pages == 2
    hit = _best(quick_assistant, "宿泊料は定額", reader, today)
    assert (hit.page, hit.label, hit.chunk.heading_path) == (2, None, ("旅費",))
    assert _passage(hit, "宿泊料").citation.page == 2


def test_paragraphs_of_a_slide_are_never_joined(
    quick_assistant: Assistant, tmp_path: Path, reader: Reader, today: date
) -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "提出先"
    frame = slide.shapes.add_textbox(Cm(2), Cm(5), Cm(20), Cm(5)).text_frame
    frame.text = "本庁の職員が出すときの窓口は総務課人事係"
    frame.add_paragraph().text = "出先の職員が出すときの窓口は各所の庶務係"
    deck.save(tmp_path / "提出先.pptx")
    ingest_paths(quick_assistant, [tmp_path / "提出先.pptx"])
    hit = _best(quick_assistant, "出先の窓口", reader, today)
    assert hit.chunk.sentences() == (
        "本庁の職員が出すときの窓口は総務課人事係",
        "出先の職員が出すときの窓口は各所の庶務係",
    )


def test_a_row_of_a_delimited_file_is_cited_by_its_number(
    quick_assistant: Assistant, tmp_path: Path, reader: Reader, today: date
) -> None:
    path = tmp_path / "旅費.csv"
    path.write_text('区分,宿泊料\n課長,"10,900円"\n係員,"9,800円"\n', "cp932")
    ingest_paths(quick_assistant, [path])
    hit = _best(quick_assistant, "係員の宿泊料", reader, today)
    assert (hit.page, hit.label) == (None, "3行目")
