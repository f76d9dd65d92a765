"""対応表 on the page マニュアル管理: a list that describes the files, looked at before it is used."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from signed_in import person, streamlit_user
from streamlit.testing.v1 import AppTest

from assistant.errors import UnusableList
from assistant.opening import Assistant
from assistant.people.roles import RoleGrant
from ingest.jobs import INGEST
from ingest.manual_sheet import SheetRow
from ingest.manual_sheet_template import write_sheet_template
from ui import resources
from ui.components.library.upload_sheet import match_sheet, merged
from ui.composition import Background

pytestmark = pytest.mark.slow

APP = Path(__file__).parents[2] / "ui" / "app.py"
TYPE = "application/octet-stream"
HEAD = "ファイル名,表題,所管課,施行日,閲覧範囲"
FILES = [
    ("a.txt", "契約書は2通作る。".encode(), TYPE),
    ("b.txt", "検査は課長がする。".encode(), TYPE),
]


@pytest.fixture
def opened(quick_assistant: Assistant) -> Iterator[Assistant]:
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


def sheet(*lines: str) -> bytes:
    return "\r\n".join([HEAD, *lines]).encode("utf-8-sig")


def give(opened: Assistant, lines: tuple[str, ...], *roles: RoleGrant) -> AppTest:
    page = AppTest.from_file(APP, default_timeout=60)
    member = person(opened, "1001", *(roles or (RoleGrant("administrator"),)))
    page.user = streamlit_user(opened, member)
    page.run()
    page = page.switch_page("app_pages/manage_manuals.py").run()
    page.file_uploader[0].set_value(FILES)
    page.file_uploader[1].set_value(("対応表.csv", sheet(*lines), TYPE))
    return press(page, "取り込む")


def press(page: AppTest, label: str) -> AppTest:
    page = next(b for b in page.button if b.label == label).click().run()
    assert not page.exception
    return page


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_the_files_are_shown_with_what_the_list_says_before_anything_is_taken(
    opened: Assistant,
) -> None:
    lines = ("a.txt,契約の手引き,契約課,令和8年4月1日,課:契約課", "c.txt,検査の手引き,,,")
    page = give(opened, lines)
    assert resources.uploads().uploads() == []
    first, second = page.dataframe[0].value.to_dict("records")
    assert (first["ファイル"], first["マニュアル"]) == ("a.txt", "新しいマニュアル")
    shown = (first["表題"], first["施行日"], first["閲覧範囲"])
    assert shown == ("契約の手引き", "2026年4月1日", "契約課")
    assert "対応表にありません" in second["備考"]
    assert "c.txt" in page.warning[0].value.replace("\\", "")
    page = press(page, "この内容で取り込む")
    rows = {u.name: u.row for u in resources.uploads().uploads()}
    assert (rows["a.txt"].title, rows["a.txt"].audience) == ("契約の手引き", "section:契約課")
    assert rows["b.txt"].title == ""
    assert not page.file_uploader[0].value
    assert "この内容で取り込む" not in labels(page)


def test_what_was_shown_can_be_left(opened: Assistant) -> None:
    page = press(give(opened, ("a.txt,契約の手引き,,,",)), "やめる")
    assert "この内容で取り込む" not in labels(page)
    assert resources.uploads().uploads() == []
    assert len(page.file_uploader[0].value) == 2


def test_every_wrong_line_is_named_and_nothing_is_taken(opened: Assistant) -> None:
    page = give(opened, ("a.txt,,,来年,", "b.txt,,,,総務課"))
    told = page.error[0].value.replace("\\", "")
    assert told.startswith("対応表.csv: マニュアルの一覧に直すところがあります")
    assert "2 行目: 施行日「来年」" in told
    assert "3 行目: 閲覧範囲「総務課」" in told
    assert resources.uploads().uploads() == []
    assert "この内容で取り込む" not in labels(page)


def test_an_editor_s_list_names_the_own_section_only(opened: Assistant) -> None:
    page = give(opened, ("a.txt,,契約課,,",), RoleGrant("editor", "総務課"))
    page = press(page, "この内容で取り込む")
    assert "あなたが編集者になっている課（総務課）" in page.error[0].value
    assert resources.uploads().uploads() == []


def test_what_is_wrong_with_a_list_is_told_without_where_the_server_put_it() -> None:
    with pytest.raises(UnusableList) as told:
        match_sheet("対応表.csv", sheet("a.txt,,,来年,"), ["a.txt"])
    assert str(told.value).startswith("対応表.csv: マニュアルの一覧に直すところがあります")


def test_files_are_matched_by_their_names_alone_and_composed_letters() -> None:
    match = match_sheet("対応表.csv", sheet("契約/がいよう.txt,概要,,,"), ["か\u3099いよう.txt"])
    assert match.rows["がいよう.txt"].title == "概要"
    assert match.unlisted == match.without_file == ()


def test_the_template_that_is_offered_can_be_read_back() -> None:
    match = match_sheet("マニュアル一覧.xlsx", write_sheet_template(), ["a.txt"])
    assert match.unlisted == ("a.txt",)
    assert io.BytesIO(write_sheet_template()).read(2) == b"PK"


def test_the_form_fills_what_the_list_leaves_empty() -> None:
    common = SheetRow(owner_section="総務課", category="庶務")
    assert merged(SheetRow(title="題", category="契約"), common) == SheetRow(
        title="題", category="契約", owner_section="総務課"
    )


def test_a_file_in_work_shows_its_pages_with_a_bar(
    opened: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Background, "start", lambda self: None)
    resources.uploads().add("a.pdf", b"x", row=SheetRow(), by=person(opened).actor)
    job = opened.jobs.claim("elsewhere:1:1", [INGEST])
    assert job is not None
    opened.jobs.tell(job.id, "elsewhere:1:1", step="ページの読取り", done=85, total=340)
    page = AppTest.from_file(APP, default_timeout=60)
    member = person(opened, "1001", RoleGrant("administrator"))
    page.user = streamlit_user(opened, member)
    page.run()
    page = page.switch_page("app_pages/manage_manuals.py").run()
    assert "ページの読取り 85/340" in "\n".join(item.value for item in page.html)
    [bar] = page.get("progress")
    assert bar.proto.value == 25
    page = press(page, "中止する")
    assert "中止しています…" in "\n".join(item.value for item in page.html)
    assert "中止する" not in labels(page)
