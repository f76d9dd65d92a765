from __future__ import annotations

import pytest

from assistant.errors import UnreadableManual
from ingest.readers import read_document
from ingest.readers.text.plain_text import decode

TEXT = "契約書は２通作り、双方が記名押印します。\n検査は14日以内に行います。\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16", "utf-16-le-bom", "utf-16-be-bom"],
)
def test_the_encodings_of_offices_are_read(encoding: str) -> None:
    boms = {"utf-16-le-bom": b"\xff\xfe", "utf-16-be-bom": b"\xfe\xff"}
    content = boms.get(encoding, b"") + TEXT.encode(encoding.removesuffix("-bom"))
    document = read_document(content, "手引き.txt")
    assert [block.text for block in document.blocks] == TEXT.splitlines()
    [page] = document.pages
    assert (page.number, page.label, page.text) == (None, None, TEXT)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ｱﾙﾊﾞｲﾄの届出", id="half-width katakana"),
        pytest.param("①㈱髙﨑", id="characters of Windows"),
        pytest.param("見積り〜契約－支払", id="wave and dash"),
    ],
)
def test_characters_of_windows_are_read(text: str) -> None:
    content = text.replace("〜", "～").encode("cp932")
    assert decode(content) == text.replace("〜", "～")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bytes(range(256)) * 4, id="binary"),
        pytest.param("契約 A1".encode("utf-16-le"), id="UTF-16 without mark"),
        pytest.param(b"\xef\xbb\xbf\xff\xff\xff", id="wrong mark"),
        pytest.param(b"\xff\xfe\x00", id="cut off"),
    ],
)
def test_what_is_no_text_is_refused_with_the_next_step(content: bytes) -> None:
    with pytest.raises(UnreadableManual, match="UTF-8 として保存し直してください"):
        read_document(content, "手引き.txt")


@pytest.mark.parametrize("content", [b"", b"\r\n \t\n", b"\x00\x00"])
def test_an_empty_file_is_said_to_be_empty(content: bytes) -> None:
    with pytest.raises(UnreadableManual, match="空のファイル"):
        read_document(content, "手引き.txt")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("手引き.jtd", "一太郎", id="Ichitaro"),
        pytest.param("手引き.PPSM", "スライドショー", id="slide show with macros, capitals"),
        pytest.param("手引き.xlsb", "Excel のバイナリ形式", id="binary Excel"),
        pytest.param("手引き.zip", "読めない形式です（.zip）", id="unknown"),
        pytest.param("手引き", "拡張子なし", id="no extension"),
        pytest.param("手引き.mht", "ウェブページを一つにまとめた形式", id="web archive"),
    ],
)
def test_other_formats_are_refused_by_name(name: str, message: str) -> None:
    with pytest.raises(UnreadableManual) as refusal:
        read_document(TEXT.encode(), name)
    assert message in str(refusal.value)
    assert str(refusal.value).endswith("ください。")


@pytest.mark.parametrize(
    "name",
    [
        "手引き.pdf",
        "手引き.docx",
        "手引き.doc",
        "手引き.rtf",
        "手引き.xlsx",
        "手引き.xls",
        "手引き.pptx",
        "手引き.ppt",
    ],
)
@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"<!DOCTYPE html><title>404</title>", "HTML", id="error page"),
        pytest.param(b"just text", "拡張子と中身が合わない", id="text"),
    ],
)
def test_a_wrong_extension_is_noticed(name: str, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableManual, match=message):
        read_document(content, name)
