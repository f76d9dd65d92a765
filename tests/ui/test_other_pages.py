from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui.components.document_text import document_html
from ui.components.text import as_markdown, page_words, place_words

APP = Path(__file__).parents[2] / "ui" / "app.py"


def _open(script: str, login: str = "local") -> AppTest:
    page = AppTest.from_file(APP, default_timeout=20)
    page.user = {"login": login, "sid": "session"}
    page.run()
    return page.switch_page(f"app_pages/{script}.py").run()


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def test_the_list_names_owner_version_date_and_file(written: Any) -> None:
    page = _open("manuals")
    assert page.title[0].value == "マニュアル"
    rows = page.dataframe[0].value.to_dict("records")
    assert rows[0] == {
        "マニュアル": "契約事務の手引き",
        "分類": "契約",
        "担当": "契約課（内線 2345）",
        "版": "第2版",
        "施行日": "2026年4月1日",
        "ページ": "2",
        "ファイル": "契約.pdf",
    }
    assert rows[1]["ページ"] == "なし"


def test_a_manual_is_read_page_by_page_beside_its_picture(written: Any, lines: Any) -> None:
    page = _open("manuals")
    assert '<img src="/pages/v1/1.png"' in _html(page)
    assert lines[3] in _html(page)
    page = next(b for b in page.button if b.label == "次のページ").click().run()
    assert '<img src="/pages/v1/2.png"' in _html(page)
    assert "二ページ目の文です。" in _html(page)
    assert "最後のページです" in _html(page)
    page = next(b for b in page.button if b.label == "次のページ").click().run()
    assert '<img src="/pages/v1/2.png"' in _html(page)


def test_a_manual_without_pages_is_read_as_text(written: Any) -> None:
    page = _open("manuals")
    html = _html(page.selectbox[0].select("v2").run())
    assert "&lt;b&gt;根拠&lt;/b&gt;" in html
    assert "<em>必ず</em>" in html
    assert "<img" not in html


def test_markdown_is_shown_with_headings_and_tables_but_no_html_and_no_pictures() -> None:
    table = "| 区分 | 額 |\n|---|---|\n| 工事 | $200$ |"
    text = f"# 題\n\n{table}\n\n<script>x</script>\n\n![図](https://x.example/a.png)"
    html = document_html(text, "使い方.md")
    assert "<h3>題</h3>" in html
    assert "<td>$200$</td>" in html
    assert "<script" not in html
    assert "<img" not in html


def test_word_text_is_shown_with_headings_and_tables() -> None:
    html = document_html("# 題\n*本文*\n月 | 日数\n1月 | <b>20日</b>\n終わり", "a.docx")
    assert html == (
        '<div class="chonai-document"><h3>題</h3><p>*本文*</p><table>'
        "<tr><td>月</td><td>日数</td></tr>"
        "<tr><td>1月</td><td>&lt;b&gt;20日&lt;/b&gt;</td></tr></table><p>終わり</p></div>"
    )


@pytest.mark.parametrize("name", ["旅費.xlsx", "研修.pptx", "旅費.csv", "休暇.html"])
def test_text_of_the_other_readers_is_shown_with_headings_and_tables(name: str) -> None:
    html = document_html("# 旅費額表\n月 | 日数\n1月 | 20日", name)
    assert html.startswith('<div class="chonai-document"><h3>旅費額表</h3><table><tr><td>月</td>')


def test_other_documents_are_plain_text() -> None:
    assert document_html("# *一*\n二", "a.txt") == '<div class="chonai-text"># *一*<br>二</div>'


def test_a_reader_sees_only_what_may_be_read(written: Any) -> None:
    page = _open("manuals", login="stranger")
    assert page.info[0].value == "マニュアルはまだ取り込まれていません。"
    assert not page.dataframe


@pytest.mark.parametrize(
    ("page", "label", "words"),
    [
        (14, "12", "12ページ（ファイルの14ページ目）"),
        (14, "14", "14ページ"),
        (14, None, "14ページ"),
        (2, "ii", "iiページ（ファイルの2ページ目）"),
        (None, None, ""),
    ],
)
def test_printed_and_file_page_are_both_said_where_they_differ(
    page: int | None, label: str | None, words: str
) -> None:
    assert page_words(page, label) == words


def test_a_slide_is_named_by_its_number() -> None:
    assert page_words(3, None, "研修.pptx") == "スライド3"
    assert place_words("研修", ("休暇",), 3, None, "研修.PPTX") == "『研修』 休暇 スライド3"


def test_a_row_of_a_sheet_is_named_once_with_its_sheet() -> None:
    label = "旅費額表 12行目"
    path = ("旅費額表", "2 宿泊料")
    assert page_words(None, label) == label
    assert place_words("旅費", path, None, label) == "『旅費』 旅費額表 › 2 宿泊料 12行目"
    assert place_words("旅費", ("別表第1",), None, label) == "『旅費』 別表第1 旅費額表 12行目"


def test_a_place_names_manual_headings_and_page() -> None:
    assert (
        place_words("手引き", ("第1章", "1 目的"), 3, None) == "『手引き』 第1章 › 1 目的 3ページ"
    )
    assert place_words("手引き", (), None, None) == "『手引き』"


def test_no_punctuation_acts_as_markdown() -> None:
    assert as_markdown("$a$ [x](y) :tada: <b>") == ("\\$a\\$ \\[x\\]\\(y\\) \\:tada\\: \\<b\\>")


@pytest.mark.parametrize("simulated", [True, False])
def test_every_page_says_that_figures_are_made_up(written: Any, simulated: bool) -> None:
    written.simulated = simulated
    assert ("模擬データです" in _html(_open("manuals"))) is simulated
