from __future__ import annotations

import csv
import io

import pytest

from assistant.errors import UnusableList
from assistant.understanding.glossary import Entry
from assistant.understanding.proposals import MOST_ROWS, written_entries
from ingest.glossary_sheet import read_glossary_sheet

WORDS = [Entry("有休", "年次有給休暇"), Entry("=随契", "随意契約、特命随意契約")]


def test_what_was_written_is_read_back() -> None:
    assert read_glossary_sheet(written_entries(WORDS).encode()) == WORDS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_the_encodings_of_excel_are_read(encoding: str) -> None:
    content = "用語,マニュアルの言葉\r\n有休,年次有給休暇\r\n".encode(encoding)
    assert read_glossary_sheet(content) == WORDS[:1]


def test_every_unfit_line_is_told_by_its_own_number() -> None:
    text = "用語,マニュアルの言葉\n\n有休,\n休,休暇\n年休,年次有給休暇\n"
    with pytest.raises(UnusableList) as raised:
        read_glossary_sheet(text.encode())
    assert [problem[:4] for problem in raised.value.problems] == ["3行目:", "4行目:"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "何も書かれていません", id="empty"),
        pytest.param("有休,年次有給休暇\n", "見出し", id="no heads"),
        pytest.param("用語,マニュアルの言葉\n", "行がありません", id="heads alone"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str, message: str) -> None:
    with pytest.raises(UnusableList, match=message):
        read_glossary_sheet(text.encode())


def test_too_many_lines_are_told() -> None:
    out = io.StringIO()
    csv.writer(out).writerows(
        [("用語", "マニュアルの言葉"), *((f"用語{n}", "休暇") for n in range(MOST_ROWS + 1))]
    )
    with pytest.raises(UnusableList, match="2,000行まで"):
        read_glossary_sheet(out.getvalue().encode())
