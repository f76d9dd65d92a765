"""Reading a manual on the page マニュアル: contents, sections, search, versions, addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from signed_in import person, streamlit_user
from streamlit.testing.v1 import AppTest

from assistant.library.contents import contents_of
from assistant.opening import Assistant
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import OPERATOR_ACTOR
from ingest.incoming import FileResult, Incoming
from ingest.manual_sheet import SheetRow
from ingest.pipeline import ingest_file
from ui import resources, state

APP = Path(__file__).parents[2] / "ui" / "app.py"
OLD = """# 旅費の手引き

## 第1章 基本

旅費は実費とする。

## 第2章 宿泊

### 1 宿泊料

宿泊料は1万円とする。

| 区分 | 上限 |
|---|---|
| 甲地 | 10,000円 |
| 乙地 | 9,000円 |
"""
NEW = (
    OLD.replace("1万円", "１万２千円").replace("旅費は実費", "旅費はＡＢＣ方式")
    + "\n### 2. 日当\n\n日当は支給しない。\n"
)
SECRET = "# 金庫の手引き\n\n## 第1章 番号\n\n金庫の番号は課長が決める。\n"


@pytest.fixture
def opened(quick_assistant: Assistant) -> Iterator[Assistant]:
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


def _bring(opened: Assistant, folder: Path, name: str, text: str | bytes, row: SheetRow) -> Any:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = ingest_file(opened, Incoming(path, name, row))
    assert result.status == "indexed", result
    return result


@pytest.fixture
def travel(opened: Assistant, tmp_path: Path, today: date) -> tuple[FileResult, FileResult]:
    """旅費の手引き: the version that ended yesterday, and the one in force since today."""
    own = {"category": "庶務", "owner_section": "総務課", "owner_extension": "2124"}
    old = SheetRow(**own, effective_from=today - timedelta(days=400))
    new = SheetRow(**own, effective_from=today, change_note="上限を改めた。")
    return (
        _bring(opened, tmp_path, "旅費.md", OLD, old),
        _bring(opened, tmp_path, "旅費.md", NEW, new),
    )


def _open(opened: Assistant, number: str = "1001", **address: str) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=60)
    page.user = streamlit_user(opened, person(opened, number))
    page.run()
    page.switch_page("app_pages/manuals.py")
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def _press(page: AppTest, words: str) -> AppTest:
    next(button for button in page.button if words in button.label).click()
    page.run()
    assert not page.exception
    return page


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def _section_key(opened: Assistant, version_id: str, heading: str) -> str:
    contents = contents_of(opened.library.text(version_id, reader=OPERATOR))
    return next(s.key for s in contents.sections if s.heading[-1] == heading)


def test_a_manual_opens_from_the_list_with_its_contents_and_its_first_section(
    opened: Assistant, travel: tuple[FileResult, FileResult]
) -> None:
    page = _press(_open(opened), "旅費の手引き")
    assert page.title[0].value == "旅費の手引き"
    assert page.query_params["manual"] == travel[1].manual_id
    assert page.subheader[0].value == "第1章 基本"
    html = _html(page)
    assert "旅費はＡＢＣ方式とする。" in html
    assert 'class="chonai-state chonai-good">現行</span><strong>第2版' in html
    assert "区分：庶務　担当：総務課（内線 2124）" in html
    assert f'href="/originals/{travel[1].version_id}"' in html
    assert [label for label in _labels(page) if "章" in label or "料" in label][:3] == [
        "▶ **第1章 基本**",
        "第2章 宿泊",
        "　1 宿泊料",
    ]
    assert "一覧に戻る" in _labels(page)[0]
    assert _press(page, "一覧に戻る").title[0].value == "マニュアル"


def test_one_goes_on_section_by_section_and_tables_are_tables(
    opened: Assistant, travel: tuple[FileResult, FileResult]
) -> None:
    page = _open(opened, manual=travel[1].manual_id)
    assert not [label for label in _labels(page) if label.startswith("前の章")]
    page = _press(page, "次の章：1 宿泊料")
    assert page.subheader[0].value == "1 宿泊料"
    assert page.query_params["section"] == _section_key(opened, travel[1].version_id, "1 宿泊料")
    assert "<td>甲地</td><td>10,000円</td>" in _html(page)
    assert "『旅費の手引き』 › 第2章 宿泊 › 1 宿泊料" in _html(page)
    # Escaped: as it is, Markdown would take the number for that of a list and leave it out.
    page = _press(page, "次の章：2\\. 日当")
    assert not [label for label in _labels(page) if label.startswith("次の章")]
    assert _press(page, "前の章：1 宿泊料").subheader[0].value == "1 宿泊料"


def test_words_are_looked_for_and_marked_in_the_section_that_is_opened(
    opened: Assistant, travel: tuple[FileResult, FileResult]
) -> None:
    page = _open(opened, manual=travel[1].manual_id)
    page.text_input[0].set_value("1万2千円").run()
    html = _html(page)
    assert "「1万2千円」のある章：1か所" in html
    assert "宿泊料は<mark>１万２千円</mark>とする。" in html
    assert "意味の近い章" in html
    page = _press(page, "第2章 宿泊 › 1 宿泊料")
    assert page.subheader[0].value == "1 宿泊料"
    assert "<p>宿泊料は<mark>１万２千円</mark>とする。</p>" in _html(page)
    assert "黄色の印：1か所" in _html(page)
    page = _press(page, "検索結果に戻る")
    assert "「1万2千円」のある章：1か所" in _html(page)


def test_what_means_the_same_is_found_and_its_sentence_marked(
    opened: Assistant, travel: tuple[FileResult, FileResult]
) -> None:
    page = _open(opened, manual=travel[1].manual_id)
    page.text_input[0].set_value("宿泊費の限度").run()
    assert "この言葉のある章はありません。" in _html(page)
    page = _press(page, "第2章 宿泊 › 1 宿泊料")
    assert "<mark>" in _html(page)


def test_an_older_version_is_read_under_a_banner(
    opened: Assistant, travel: tuple[FileResult, FileResult]
) -> None:
    old, new = travel
    page = _open(opened, manual=old.manual_id)
    page.segmented_control(key=f"manual-part-{new.version_id}").set_value("版の一覧と違い").run()
    html = _html(page)
    assert "改訂の内容：上限を改めた。" in html
    assert "開いている版です。" in html
    assert "か所の変更" in page.markdown[-1].value
    assert "<ins>" in html
    page = _press(page, "この版を読む")
    assert page.warning[0].value.startswith("旧版です。現在は第2版（")
    assert "旅費は実費とする。" in _html(page)
    assert "旧版</span><strong>第1版" in _html(page)
    page = _press(_press(page, "次の章：1 宿泊料"), "現在の版を読む")
    assert not page.warning
    assert page.subheader[0].value == "1 宿泊料"
    assert "宿泊料は１万２千円とする。" in _html(page)


def test_a_question_about_a_section_is_filled_in_and_not_sent(
    opened: Assistant, travel: tuple[FileResult, FileResult]
) -> None:
    key = _section_key(opened, travel[1].version_id, "1 宿泊料")
    page = _open(opened, manual=travel[1].manual_id, section=key)
    page = _press(page, "この章に質問する")
    assert page.title[0].value == "質問する"
    asked = "『旅費の手引き』の「第2章 宿泊 1 宿泊料」について、"
    assert page.chat_input(key=state.QUESTION_KEY).proto.value == asked
    assert not page.chat_message
    assert not page.error


@pytest.mark.parametrize("section", ["ffffffff", "<b>", "1"])
def test_a_section_that_is_no_longer_there_is_said(
    opened: Assistant, travel: tuple[FileResult, FileResult], section: str
) -> None:
    page = _open(opened, manual=travel[1].manual_id, section=section)
    assert "この版にはありません" in page.warning[0].value
    assert page.subheader[0].value == "第1章 基本"


def test_an_address_of_what_may_not_be_read_tells_nothing(
    opened: Assistant, travel: tuple[FileResult, FileResult], tmp_path: Path
) -> None:
    row = SheetRow(owner_section="総務課", audience="section:会計課")
    secret = _bring(opened, tmp_path, "金庫.md", SECRET, row)
    pages = [
        _open(opened, manual=secret.manual_id),
        _open(opened, manual="0" * 16),
        _open(opened, manual=secret.manual_id, version=secret.version_id),
    ]
    for page in pages:
        assert "閲覧範囲に入って" in page.warning[0].value
        assert "金庫" not in _html(page) + "".join(_labels(page)) + page.title[0].value
        assert not page.text_input
    of_another = _open(opened, manual=travel[1].manual_id, version=secret.version_id)
    assert "金庫" not in _html(of_another)
    assert _press(of_another, "現在の版を読む").title[0].value == "旅費の手引き"
    assert "金庫の手引き" not in _labels(_open(opened))


def test_a_manual_that_is_withdrawn_while_it_is_open_is_not_shown_any_more(
    opened: Assistant, travel: tuple[FileResult, FileResult]
) -> None:
    page = _open(opened, manual=travel[1].manual_id)
    opened.lifecycle.withdraw(travel[1].manual_id, by=OPERATOR_ACTOR)
    page = _press(page, "次の章：1 宿泊料")
    assert "このマニュアルは表示できません。" in page.warning[0].value
    assert "宿泊料は" not in _html(page)


def test_a_pdf_is_read_beside_its_page_which_can_be_turned_and_enlarged(
    opened: Assistant, tmp_path: Path, pdf: Path
) -> None:
    result = _bring(opened, tmp_path, "契約.pdf", pdf.read_bytes(), SheetRow(title="契約の手引き"))
    page = _open(opened, manual=result.manual_id)
    assert f'<img src="/pages/{result.version_id}/1.png"' in _html(page)
    page = _press(page, "次のページ")
    assert f'<img src="/pages/{result.version_id}/2.png"' in _html(page)
    assert "ファイルの2ページ目／全2ページ（最後のページです）" in _html(page)
    page.segmented_control(key="picture-zoom-manual").set_value("200").run()
    html = _html(page)
    assert f'src="/pages/{result.version_id}/2.png?large=1"' in html
    assert '<div class="chonai-zoom chonai-zoom-200" tabindex="0"' in html
    assert "二ページ目の文です。" in html
    page = _open(opened, manual=result.manual_id)
    assert page.segmented_control(key="picture-zoom-manual").value == "width"
