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


def _titles(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_the_list_names_category_owner_version_date_pages_and_file(written: Any) -> None:
    page = _open("manuals")
    assert page.title[0].value == "マニュアル"
    html = _html(page)
    assert "2件を表示しています（全2件）。" in html
    assert (
        "第2版（2026年4月1日施行）　区分：契約　担当：契約課（内線 2345）　2ページ　契約.pdf"
    ) in html
    assert "区分：案内　担当：総務課　使い方.md" in html
    assert [group.value for group in page.subheader] == ["契約（1件）", "案内（1件）"]
    assert _titles(page) == ["契約事務の手引き", "使い方"]


def test_the_list_is_searched_by_title_whatever_its_width(written: Any) -> None:
    page = _open("manuals")
    page.text_input(key="manuals-title").set_value("契約　ﾃﾋﾞｷ").run()
    assert page.info[0].value.startswith("条件に合うマニュアルはありません。")
    page.text_input(key="manuals-title").set_value("手引 契約").run()
    assert _titles(page) == ["契約事務の手引き"]
    assert "1件を表示しています（全2件）。" in _html(page)


def test_the_list_is_filtered_by_category_and_owner_and_grouped_by_owner(written: Any) -> None:
    page = _open("manuals")
    page.segmented_control(key="manuals-by").set_value("所管課ごと").run()
    assert [group.value for group in page.subheader] == ["契約課（1件）", "総務課（1件）"]
    page.selectbox(key="manuals-owner").select("総務課").run()
    assert _titles(page) == ["使い方"]
    page.selectbox(key="manuals-owner").select("すべて").run()
    page.selectbox(key="manuals-category").select("契約").run()
    assert _titles(page) == ["契約事務の手引き"]


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
    assert not page.button


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
