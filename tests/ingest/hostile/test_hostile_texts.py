from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import UnreadableManual
from ingest.process.reading_process import ReadingLimits, ReadingProcess
from ingest.readers import read_document

DEEP = 100_000
_LIMITS = ReadingLimits(seconds=120, megabytes=1000)
_ERROR_PAGE = b"<!DOCTYPE html><title>404 Not Found</title><h1>404 Not Found</h1>"


@pytest.fixture(scope="module")
def process() -> Iterator[ReadingProcess]:
    process = ReadingProcess()
    yield process
    process.close()


@pytest.mark.parametrize("tag", ["<div>", "<table><tr><td>", "<ul><li>", "<dl><dd>", "<b>"])
def test_deep_nesting_of_a_web_page_is_refused_not_cut_off(
    process: ReadingProcess, tag: str
) -> None:
    content = f"<html><body>初めの文。{tag * DEEP}深い所の文。".encode()
    with pytest.raises(UnreadableManual, match=r"入れ子が深すぎて.*PDF に保存"):
        process.read(content, "手引き.html", _LIMITS)


def test_a_web_page_that_leaves_tags_open_is_read_to_its_end() -> None:
    content = "<html><body>" + "<font>申請の文。" * 300 + "最後の文。"
    assert "最後の文。" in read_document(content.encode(), "手引き.html").pages[0].text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(">" * DEEP + "深い所の文。", id="quotes"),
        pytest.param("- " * DEEP + "深い所の文。", id="lists"),
        pytest.param("\n".join(" " * n * 2 + "- 文。" for n in range(60)), id="indented lists"),
    ],
)
def test_deep_nesting_of_markdown_is_refused_not_cut_off(
    process: ReadingProcess, text: str
) -> None:
    with pytest.raises(UnreadableManual, match=r"入れ子が深すぎて.*登録してください"):
        process.read(text.encode(), "手引き.md", _LIMITS)


def test_lists_of_thirty_levels_are_read_to_their_end() -> None:
    text = "\n".join(" " * n * 2 + f"- {n}段目の文。" for n in range(30))
    assert read_document(text.encode(), "手引き.md").blocks[-1].text == "・29段目の文。"


@pytest.mark.parametrize("piece", ["[", "![[]()", "*a **a ", "[a](<b", "`", "<!--", "&"])
def test_markdown_made_to_take_long_ends(process: ReadingProcess, piece: str) -> None:
    assert process.read(("文。" + piece * 3000).encode(), "手引き.md", _LIMITS).blocks


def test_a_web_page_says_no_entity_and_fetches_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密の文", "utf-8")
    page = (
        f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ああ"><!ENTITY b "&a;&a;">'
        f'<!ENTITY x SYSTEM "{secret.as_uri()}">]><html xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'<head><base href="{tmp_path.as_uri()}/"><link rel="stylesheet" href="http://192.0.2.1/a">'
        f'</head><body><p>本文の文です。&b;&x;</p><img src="{secret.as_uri()}" alt="">'
        f'<iframe src="{secret.as_uri()}"></iframe><object data="secret.txt"></object>'
        f'<xi:include href="{secret.as_uri()}" parse="text"/></body></html>'
    )
    text = read_document(page.encode(), "手引き.html").pages[0].text
    assert "本文の文です。" in text
    assert "秘密" not in text
    assert "ああ" not in text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("表.csv", b"a" * 29_000_000, "区切り記号や引用符が乱れて", id="one long line"),
        pytest.param(
            "表.csv", b'a,b\n"' + b"x,y\n" * 500_000, "引用符が乱れて", id="an open quote"
        ),
        pytest.param("文.txt", b"a" * 200_000_000, "文字が多すぎます", id="200 MB of one line"),
        pytest.param("文.txt", "あ\n".encode() * 1_500_000, "文字が多すぎます", id="many lines"),
        pytest.param("文.txt", bytes(1_000_000), "中身が空のファイル", id="only NULs"),
    ],
)
@pytest.mark.slow
def test_a_text_without_end_is_refused(
    process: ReadingProcess, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(UnreadableManual, match=rf"{message}.*ください"):
        process.read(content, name, ReadingLimits(seconds=200, megabytes=2000))


def test_a_row_of_too_many_cells_is_cut_and_said_to_be(process: ReadingProcess) -> None:
    content = b"a," * 20_000 + b"\n" + b"b,c\n" * 2000
    document = process.read(content, "表.csv", ReadingLimits(seconds=60, megabytes=300))
    assert len(document.blocks[0].rows[0]) == 300
    assert "300列までを取り込みました" in document.problems[0]


@pytest.mark.parametrize("name", ["文.txt", "文.md", "文.html", "表.csv"])
def test_what_cannot_be_seen_is_no_part_of_the_text(name: str) -> None:
    hidden = "\u200b\u202e\u2066\u2069\u061c\U000e0041\U000e007f\ufeff\x07"
    content = f"契約{hidden}書は{hidden}2通作ります。".encode()
    assert read_document(content, name).pages[0].text.strip() == "契約書は2通作ります。"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("契約\ud800書".encode("utf-8", "surrogatepass"), id="in UTF-8"),
        pytest.param(
            b"\xff\xfe" + "契約\udc00書".encode("utf-16-le", "surrogatepass"), id="UTF-16"
        ),
    ],
)
def test_half_a_character_is_refused_with_the_next_step(content: bytes) -> None:
    with pytest.raises(UnreadableManual, match="UTF-8 として保存し直してください"):
        read_document(content, "文.txt")


@pytest.mark.parametrize(
    "suffix", [".pdf", ".docx", ".xlsx", ".xls", ".pptx", ".csv", ".txt", ".md"]
)
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\r\n "], ids=["", "mark", "blank"])
def test_an_error_page_under_another_name_is_told(suffix: str, start: bytes) -> None:
    with pytest.raises(UnreadableManual, match=r"中身はHTML.*エラー画面.*取り直す"):
        read_document(start + _ERROR_PAGE, f"手引き{suffix}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "画像のファイル.*PDF に変換", id="PNG"
        ),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF", "画像のファイル.*PDF に変換", id="JPEG"),
        pytest.param(b"MZ\x90\x00" + bytes(99), "プログラムのファイル.*出所", id="exe"),
        pytest.param(b"\x1f\x8b\x08\x00" + bytes(9), "圧縮されたファイル.*展開して", id="gzip"),
        pytest.param(b"%PDF-1.7\n%\x00", "PDF です。拡張子を .pdf に直して", id="PDF"),
    ],
)
@pytest.mark.parametrize(
    "suffix", [".docx", ".xlsx", ".xls", ".pptx", ".html", ".csv", ".txt", ".md"]
)
def test_another_format_under_a_name_is_told(content: bytes, message: str, suffix: str) -> None:
    with pytest.raises(UnreadableManual, match=message):
        read_document(content, f"手引き{suffix}")


def test_a_text_that_begins_like_a_program_is_read() -> None:
    assert read_document("MZ世代の研修について。".encode(), "研修.txt").blocks
    assert read_document("BMの手引きです。".encode(), "手引き.md").blocks
