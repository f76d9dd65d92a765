from __future__ import annotations

import pytest

from assistant.errors import UnreadableManual
from ingest.document import Block
from ingest.readers import read_document
from ingest.readers.sheets.sheet_cells import MOST_ROWS

TEXT = '区分,日当,備考\n課長,"1,000円","税を含む\n（県内）"\n係員,800円,\n'
ROWS = (("区分", "日当", "備考"), ("課長", "1,000円", "税を含む\n（県内）"), ("係員", "800円", ""))


def _blocks(text: str, name: str = "旅費.csv") -> list[Block]:
    return read_document(text.encode(), name).blocks


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16"])
def test_a_table_is_read_in_the_encodings_of_offices(encoding: str) -> None:
    document = read_document(TEXT.encode(encoding), "旅費.csv")
    [table] = document.blocks
    assert table.rows == ROWS
    assert table.labels == ("1行目", "2行目", "3行目")
    [page] = document.pages
    assert (page.number, page.method) == (None, "document")
    assert page.text.startswith("区分 | 日当 | 備考\n課長 | 1,000円 | 税を含む （県内）")


@pytest.mark.parametrize("mark", ["\t", ";", "|", ","])
@pytest.mark.parametrize("name", ["旅費.tsv", "旅費.csv"])
def test_the_mark_between_cells_is_found(mark: str, name: str) -> None:
    [table] = _blocks(f"区分{mark}額\n工事{mark}200\n委託{mark}100\n", name)
    assert table.rows == (("区分", "額"), ("工事", "200"), ("委託", "100"))


def test_a_file_of_one_column_is_lines() -> None:
    blocks = _blocks("契約書は2通作ります。\n\n検査は14日以内です。\n")
    assert [(block.text, block.label) for block in blocks] == [
        ("契約書は2通作ります。", "1行目"),
        ("検査は14日以内です。", "3行目"),
    ]


def test_a_title_above_the_heads_is_text_and_empty_rows_are_left_out() -> None:
    title, table = _blocks("令和8年度　旅費の額,,\n,,\n区分,日当,宿泊料\n課長,1,2\n,,\n係員,3,4\n")
    assert (title.text, title.label) == ("令和8年度　旅費の額", "1行目")
    assert table.rows == (("区分", "日当", "宿泊料"), ("課長", "1", "2"), ("係員", "3", "4"))
    assert table.labels == ("3行目", "4行目", "6行目")


def test_short_rows_are_filled_up() -> None:
    [table] = _blocks("区分,額\n工事\n委託,100,税込み\n")
    assert table.rows == (("区分", "額", ""), ("工事", "", ""), ("委託", "100", "税込み"))


def test_a_long_file_is_read_to_a_limit_and_said() -> None:
    text = "番号,品名\n" + "".join(f"{n},品{n}\n" for n in range(MOST_ROWS + 3))
    document = read_document(text.encode(), "物品.csv")
    assert len(document.blocks[0].rows) == MOST_ROWS
    assert "10,000行・300列まで" in document.problems[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b",,\n,,\n", "値のない表", id="no values"),
        pytest.param(b"\x00\x01\x02\xff\xfe" * 9, "UTF-8 として保存し直して", id="binary"),
        pytest.param(b'a,"' + b"x" * 200_000, "引用符が乱れて", id="endless quotation"),
    ],
)
def test_what_is_no_table_is_refused_with_the_next_step(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableManual, match=rf"{message}.*ください"):
        read_document(content, "旅費.csv")
