from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
from build_manuals import main
from built_files import Build
from markdown_it import MarkdownIt

BODY = (
    "# 第1章　支払\n## 1　締切\n締切は<正午>です［脚注: 閉庁日を除く。］。\n"
    "- ア　請求書\n- イ　納品書\n> 【注意】訂正しない。\n"
    "表: 表1　支払日\n幅: 20 40 40\n| 月 | 支払 | < |\n|| ^ | 締切 | 支払日 |\n"
    "| 4月 | 1日 | 5日 |\n| ^ | 15日 | 20日 |\n"
)


@pytest.fixture
def page(build: Build) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(build("html", BODY).read_bytes())


def test_html_has_headings_that_its_contents_link_to(page: lxml.html.HtmlElement) -> None:
    assert page.get("lang") == "ja"
    links = page.xpath("//nav//a")
    for link in links:
        [heading] = page.xpath(f"//main//*[@id='{link.get('href')[1:]}']")
        assert heading.text == link.text
    tags = [element.tag for element in page.xpath("//h1 | //main//*[starts-with(name(), 'h')]")]
    assert tags == ["h1", "h2", "h3"]
    assert len(links) == 2


def test_html_tables_have_heads_and_merged_cells(page: lxml.html.HtmlElement) -> None:
    [table] = page.xpath("//table")
    assert table.findtext("caption") == "表1　支払日"
    heads = [[cell.text for cell in row] for row in table.xpath("thead/tr")]
    assert heads == [["月", "支払"], ["締切", "支払日"]]
    assert table.xpath("thead//@colspan | thead//@rowspan") == ["2", "2"]
    assert [cell.text for cell in table.xpath("tbody/tr[2]/td")] == ["15日", "20日"]


def test_html_keeps_text_items_notes_and_footnotes(page: lxml.html.HtmlElement) -> None:
    [paragraph] = page.xpath("//main/p")
    assert paragraph.text_content() == "締切は<正午>です注1。"
    assert [item.text for item in page.xpath("//ul[@class='items']/li")] == [
        "ア　請求書",
        "イ　納品書",
    ]
    assert page.xpath("//aside")[0].text == "【注意】訂正しない。"
    [target] = page.xpath("//sup/a/@href")
    assert page.xpath(f"//li[@id='{target[1:]}']")[0].text.strip() == "閉庁日を除く。"


def test_html_asks_for_nothing_from_outside(build: Build) -> None:
    text = build("html", BODY).read_text(encoding="utf-8")
    assert not [word for word in ("http", "src=", "@import", "url(", "<script") if word in text]


def test_markdown_repeats_the_text_of_merged_cells(build: Build) -> None:
    text = build("markdown", BODY).read_text(encoding="utf-8")
    page = lxml.html.fromstring(MarkdownIt("commonmark").enable("table").render(text))
    rows = [[cell.text for cell in row] for row in page.xpath("//tr")]
    assert rows == [
        ["月", "支払 締切", "支払 支払日"],
        ["4月", "1日", "5日"],
        ["4月", "15日", "20日"],
    ]
    assert [element.tag for element in page.xpath("//h1 | //h2 | //h3")] == ["h1", "h2", "h3"]
    assert "締切は\\<正午\\>です[^1]。" in text
    assert text.endswith("[^1]: 閉庁日を除く。\n")


def test_text_is_shift_jis_with_the_line_ends_of_windows(build: Build) -> None:
    content = build("text", "# 1　支払\n～①㈱髙橋。\n- ア　請求書\n").read_bytes()
    lines = content.decode("cp932").split("\r\n")
    assert lines[-4:] == ["■1　支払", "　～①㈱髙橋。", "ア　請求書", ""]
    assert content.count(b"\n") == content.count(b"\r\n")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        pytest.param("1—2日。\n", "「—」（U+2014）がありません。「―」にしてください", id="—"),
        pytest.param("𠮷田。\n", "「𠮷」（U+20BB7）がありません。別の文字", id="𠮷"),
    ],
)
def test_a_character_that_shift_jis_lacks_is_named(
    write: Callable[..., Path],
    tmp_path: Path,
    font: Path,
    caplog: pytest.LogCaptureFixture,
    body: str,
    complaint: str,
) -> None:
    assert main(["--sources", str(write("text", body)), "--output", str(tmp_path)]) == 1
    assert f"原稿.txt 9行目: Shift_JISに{complaint}" in caplog.text
