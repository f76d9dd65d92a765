"""マニュアル管理 as a person uses it: files, their description, passwords, and what came of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from signed_in import person, streamlit_user
from streamlit.testing.v1 import AppTest
from test_upload_desk import PASSWORD, TEXT, locked

from assistant import calendar
from assistant.domain import Page
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.roles import RoleGrant
from ui import resources
from ui.components.reading_words import page_reading, reading_lines

APP = Path(__file__).parents[2] / "ui" / "app.py"
_TYPE = "application/octet-stream"


@pytest.fixture
def opened(quick_assistant: Assistant) -> Iterator[Assistant]:
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


@pytest.fixture
def page(opened: Assistant) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=60)
    page.user = streamlit_user(opened, person(opened, "1001", RoleGrant("administrator")))
    page.run()
    return page.switch_page("app_pages/manage_manuals.py").run()


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _press(page: AppTest, label: str) -> AppTest:
    return next(b for b in page.button if b.label == label).click().run()


def _fill(page: AppTest, **fields: str) -> None:
    for label, value in fields.items():
        next(f for f in page.text_input if f.label.startswith(label)).set_value(value)


def _until(page: AppTest, holds: Callable[[str], bool]) -> AppTest:
    for _ in range(600):
        if holds(_html(page.run())):
            return page
        time.sleep(0.1)
    raise AssertionError(_html(page))


def _ended(page: AppTest) -> AppTest:
    return _until(page, lambda html: "件が終わりました" in html and "のうち" not in html)


def _publish_at_once(page: AppTest) -> None:
    next(r for r in page.radio if r.label == "公開のしかた").set_value("すぐ公開する")


def _audience(page: AppTest) -> Any:
    return next(r for r in page.radio if r.label.startswith("読める人"))


def test_a_file_is_registered_with_its_description(page: AppTest, opened: Assistant) -> None:
    page.file_uploader[0].set_value([("契約.txt", TEXT, _TYPE)])
    _fill(
        page, 表題="契約の手引き", 所管課="契約課", 内線="2345", 区分="契約", 施行日="令和8年4月1日"
    )
    page = _ended(_press(page, "取り込む"))
    assert "下書きにしました" in _html(page)
    assert "『契約の手引き』第1版：1 か所" in _html(page)
    assert not page.file_uploader[0].value
    everybody = person(opened, "3003").reader
    assert opened.library.manuals(reader=everybody, as_of=calendar.today()) == []
    page = _press(page, "下書きを確かめる")
    row = page.dataframe[0].value.to_dict("records")[0]
    assert (row["所管課"], row["公開中の版"]) == ("契約課", "なし")
    assert "下書き" in row["下書き"]
    page = _press(page, "今すぐ公開する")
    [listing] = opened.library.manuals(reader=everybody, as_of=calendar.today())
    assert listing.manual.owner_extension == "2345"
    assert listing.version.effective_from == date(2026, 4, 1)


def test_a_protected_file_gets_a_field_and_its_password_is_not_kept(page: AppTest) -> None:
    page.file_uploader[0].set_value([("契約.docx", locked(), _TYPE), ("a.txt", TEXT, _TYPE)])
    page = _ended(_press(page, "取り込む"))
    assert "1件はパスワードが必要です" in _html(page)
    assert "パスワードを入力して、もう一度登録してください。" in _html(page)
    for password, words in (
        ("chigau", "パスワードが違います"),
        (PASSWORD, "全2件が終わりました。<"),
    ):
        field = next(f for f in page.text_input if f.label.startswith("「契約"))
        field.set_value(password)
        page = _until(_press(page, "もう一度取り込む"), lambda html, words=words: words in html)
        assert password not in repr(page.session_state)
        assert password not in _html(page)
    assert not [f for f in page.text_input if f.label.startswith("「契約")]
    page = _press(page, "終わった分を一覧から消す")
    assert "取り込みの状況" not in [header.value for header in page.header]


@pytest.mark.parametrize(
    ("files", "fields", "words"),
    [
        ([], {}, "ファイルが選ばれていません"),
        (["a.txt", "b.txt"], {"表題": "契約"}, "1つだけ選んだとき"),
        (["a.txt"], {"施行日": "来年"}, "施行日「来年」を読めません"),
    ],
)
def test_what_cannot_be_taken_is_told_and_the_form_stays_as_it_is(
    page: AppTest, files: list[str], fields: dict[str, str], words: str
) -> None:
    page.file_uploader[0].set_value([(name, TEXT, _TYPE) for name in files])
    _fill(page, **fields)
    page = _press(page, "取り込む")
    assert words in page.error[0].value
    assert resources.uploads().uploads() == []
    assert len(page.file_uploader[0].value) == len(files)
    for label, value in fields.items():
        assert next(f for f in page.text_input if f.label.startswith(label)).value == value


def test_a_later_day_is_said(page: AppTest) -> None:
    page.file_uploader[0].set_value([("契約.txt", TEXT, _TYPE)])
    _publish_at_once(page)
    _fill(page, 施行日="2099-04-01")
    page = _ended(_press(page, "取り込む"))
    assert "2099年4月1日から、質問への回答に使います。" in _html(page)


def test_how_pages_were_read_is_said() -> None:
    pages = [Page(1, None, "文", "text"), Page(2, None, "文", "ocr"), Page(3, None, " ", "text")]
    assert reading_lines(pages[:1]) == []
    assert reading_lines(pages) == [
        "画像から文字を読み取り（OCR）したページ：2",
        "文を取り込んでいないページ：3",
    ]
    assert "OCR" in page_reading(pages[1])
    assert "取り込まれていません" in page_reading(pages[2])
    many = [Page(n, None, "文", "ocr") for n in range(1, 41)]
    assert reading_lines(many)[0].endswith("19、20 ほか（全40ページ）")
    assert reading_lines([Page(None, None, "", "document")]) == []


def _editor_page(opened: Assistant, number: str = "2002") -> AppTest:
    page = AppTest.from_file(APP, default_timeout=60)
    page.user = streamlit_user(opened, person(opened, number, RoleGrant("editor", "総務課")))
    page.run()
    return page.switch_page("app_pages/manage_manuals.py").run()


def _errors(page: AppTest) -> str:
    return " ".join(str(item.value) for item in page.error)


def test_an_editor_registers_for_the_own_section_only(opened: Assistant) -> None:
    page = _editor_page(opened)
    page.file_uploader[0].set_value([("契約.txt", TEXT, _TYPE)])
    owner = next(box for box in page.selectbox if box.label == "所管課")
    assert owner.options == ["総務課"]
    _publish_at_once(page)
    _press(page, "取り込む")
    assert "公開しました" in _html(_ended(page))
    [listing] = opened.library.manuals(reader=person(opened).reader, as_of=calendar.today())
    assert listing.manual.owner_section == "総務課"


def test_an_editor_cannot_replace_another_section_s_manual_by_taking_its_file_name(
    opened: Assistant, page: AppTest
) -> None:
    page.file_uploader[0].set_value([("契約.txt", TEXT, _TYPE)])
    _publish_at_once(page)
    _fill(page, 所管課="契約課", 表題="契約課だけの秘密の題")
    _press(page, "取り込む")
    _ended(page)
    editor = _editor_page(opened)
    editor.file_uploader[0].set_value([("契約.txt", "別の文です。".encode(), _TYPE)])
    _press(editor, "取り込む")
    html = _html(_ended(editor))
    assert "ファイル名を変えて登録してください" in html
    assert "秘密の題" not in html
    [listing] = opened.library.manuals(reader=person(opened).reader, as_of=calendar.today())
    assert (listing.manual.owner_section, listing.version.revision) == ("契約課", 1)


def test_an_editor_sees_the_own_files_only(opened: Assistant, page: AppTest) -> None:
    page.file_uploader[0].set_value([("人事の計画.txt", TEXT, _TYPE)])
    _press(page, "取り込む")
    _ended(page)
    assert "人事の計画" not in _html(_editor_page(opened))
    assert "人事の計画" in _html(page.run())


def test_who_may_read_a_manual_is_chosen_on_the_form(opened: Assistant, page: AppTest) -> None:
    page.file_uploader[0].set_value([("契約.txt", TEXT, _TYPE)])
    _audience(page).set_value("written")
    _press(page, "取り込む")
    assert "閲覧範囲" in _errors(page)
    _publish_at_once(page)
    _audience(page).set_value("written")
    _fill(page, **{"「範囲を指定する」のとき": "課:人事課"})
    _press(page, "取り込む")
    _ended(page)
    outside, inside = person(opened, "3003"), person(opened, "4004", section="人事課")
    today = calendar.today()
    assert opened.library.manuals(reader=outside.reader, as_of=today) == []
    [listing] = opened.library.manuals(reader=inside.reader, as_of=today)
    assert listing.manual.audience == "section:人事課"


def test_a_role_taken_away_is_felt_by_the_page_that_is_open(
    opened: Assistant, page: AppTest
) -> None:
    opened.accounts.grant("1001", RoleGrant("auditor"), by=OPERATOR_ACTOR)
    person(opened, "9009", RoleGrant("administrator"))
    opened.accounts.revoke("1001", RoleGrant("administrator"), by=OPERATOR_ACTOR)
    page.run()
    assert [title.value for title in page.title] == ["質問する"]


def test_after_idle_minutes_the_page_asks_who_is_there(
    opened: Assistant, page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = calendar.now() + timedelta(minutes=16)
    monkeypatch.setattr(calendar, "now", lambda: later)
    page.run()
    assert page.file_uploader == []
    assert "本人の確認" in _html(page)


def test_a_clerk_does_not_get_the_page_even_by_its_name(opened: Assistant) -> None:
    page = AppTest.from_file(APP, default_timeout=60)
    page.user = streamlit_user(opened, person(opened, "5005"))
    page.run()
    with pytest.raises(ValueError, match="manage_manuals"):
        page.switch_page("app_pages/manage_manuals.py")
