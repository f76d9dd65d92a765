import pytest

from ingest.readers.document_title import telling_title


@pytest.mark.parametrize(
    "title",
    ["untitled", "無題", "Microsoft Word - 契約の手引き.docx", "PowerPoint プレゼンテーション", "スライド 1",
     "手引き（最終）.xlsx", r"C:\Users\kanri\手引き.pdf", "Book1", "12345", "", "file:///C:/a"],
)  # fmt: skip
def test_what_a_program_made_up_is_no_title(title):
    assert telling_title(title) == ""


@pytest.mark.parametrize(
    "title",
    [
        "契約事務の手引き",
        "FILP Report 2022",
        "PowerPoint の使い方",
        "スライドの作り方",
        "令和8年度 旅費規程",
    ],
)
def test_a_name_for_people_stays(title):
    assert telling_title(f" {title} ") == title
