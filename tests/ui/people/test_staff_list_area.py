"""職員名簿の取込み as an administrator uses it: wrong lines, the preview, applying, passwords."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from users_page import fill, html, press, refused, said

from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.sign_on.passwords import matches
from assistant.people.staff.password_slips import password_slips
from assistant.people.staff.staff_import import first_passwords, plan_staff_list
from ingest.staff_sheet import read_staff_sheet
from ui.components.people.staff_file import template

HEADS = "職員番号,氏名,所属,任用形態,有効開始日,有効終了日"
ALL = "全職員の名簿（載っていない人は退職）"

Find = Callable[[str], Member | None]
OpenPage = Callable[..., AppTest]


@pytest.fixture
def page(open_page: OpenPage) -> AppTest:
    return open_page(area="職員名簿の取込み")


def _hand_in(page: AppTest, *lines: str, complete: bool = False, on: str = "") -> AppTest:
    content = "\r\n".join([HEADS, *lines]).encode("cp932")
    page.file_uploader[0].set_value(("名簿.csv", content, "text/csv"))
    if complete:
        next(r for r in page.radio if r.label == "名簿の範囲").set_value(ALL)
    if on:
        fill(page, "名簿の基準日", on)
    return press(page, "内容を確かめる")


def _counts(page: AppTest) -> dict[str, str]:
    """Return the counts of the preview that are not 0."""
    table = next(item.value for item in page.html if "変更なし</th>" in item.value)
    cells = [part.split(">")[-1] for part in table.split("</t")[:-2]]
    found = dict(zip(cells[::3], cells[1::3], strict=False))
    return {name: count for name, count in found.items() if count != "0"}


def test_every_wrong_line_is_told_and_nothing_is_applied(
    page: AppTest, office: Assistant, today: date
) -> None:
    page = _hand_in(
        page,
        "2001,春野 めぐみ,契約課,,,",
        "2001,夏木 太陽,契約課,,,",
        "2003,秋山 実,,,,",
        "2004,冬田 雪,契約課,,令和9年13月1日,",
        "2005,森 緑,契約課,,2027-04-01,2027-03-31",
    )
    assert "直すところは 4 件です" in refused(page)
    for words in (
        "3行目: 職員番号 2001 は 2行目にもあります",
        "4行目: 課名が空です",
        "5行目: 有効開始日「令和9年13月1日」を読めません",
        "6行目: 終了日 2027-03-31 が開始日 2027-04-01 より前です",
    ):
        assert words in html(page)
    assert "この内容で反映する" not in [b.label for b in page.button]
    assert len(office.directory.members(today=today)) == 4


def test_what_cannot_be_compared_is_told(page: AppTest) -> None:
    assert "ファイルが選ばれていません" in refused(press(page, "内容を確かめる"))
    right = f"{HEADS}\r\n2001,春野 めぐみ,契約課,,,".encode()
    cases = (
        (b"", "2027-04-01", "ファイルに何も書かれていません"),
        ("氏名,所属\r\n春野,契約課".encode(), "2027-04-01", "見出しの列が足りません"),
        (b"PK\x03\x04 no workbook", "2027-04-01", "Excel ファイルとして読めません"),
        (right, "来春", "名簿の基準日「来春」を読めません"),
        (right, "2099-04-01", "1年より離れています"),
    )
    for content, day, words in cases:
        page.file_uploader[0].set_value(("名簿.csv", content, "text/csv"))
        fill(page, "名簿の基準日", day)
        page = press(page, "内容を確かめる")
        assert words in refused(page) + html(page)
        assert "この内容で反映する" not in [b.label for b in page.button]


def test_a_whole_list_is_looked_at_first_and_then_applied(
    page: AppTest, office: Assistant, person: Find, today: date
) -> None:
    page = _hand_in(
        page,
        "1001,管理 一郎,情報政策課,,,",
        "1002,高橋 花子,契約課,,,",
        "1003,佐藤 次郎,情報政策課,,,",
        "2001,春野 めぐみ,契約課,会計年度任用,,令和9年3月31日",
        complete=True,
    )
    assert _counts(page) == {
        "追加": "1", "異動": "1", "氏名変更": "1", "退職（利用の終了）": "1", "変更なし": "1",
    }  # fmt: skip
    assert any("1人の利用が終わります" in item.value for item in page.warning)
    kept = next(item.value for item in page.warning if "前の課の役割" in item.value)
    assert "編集者（契約課）" in kept
    assert "chonai" not in kept
    assert "佐藤 次郎" in page.expander[1].dataframe[0].value["氏名"].tolist()
    assert person("2001") is None
    page = press(page.checkbox[0].uncheck().run(), "この内容で反映する")
    assert "名簿.csv を反映しました（追加 1件、異動 1件、氏名変更 1件" in said(page)
    assert person("1002").name == "高橋 花子"
    assert person("1003").section == "情報政策課"
    assert person("1004") is None
    assert (person("2001").section, person("2001").until) == ("契約課", date(2027, 3, 31))
    assert not office.local_sign_in.has_password(person("2001").person_id)
    assert not page.file_uploader[0].value
    assert "反映すると変わること" not in [h.value for h in page.subheader]
    assert len(office.directory.members(today=today)) == 4


def test_a_list_for_a_later_day_changes_nothing_today(
    page: AppTest, office: Assistant, person: Find, today: date
) -> None:
    day = today + timedelta(days=40)
    page = _hand_in(page, "1002,鈴木 花子,情報政策課,,,", on=day.isoformat())
    page = press(page, "この内容で反映する")
    assert "異動 1件" in said(page)
    assert person("1002").section == "契約課"
    assert office.directory.member_by_number("1002", today=day).section == "情報政策課"


def test_first_passwords_are_offered_once_and_kept_nowhere(
    page: AppTest, office: Assistant, person: Find
) -> None:
    page = _hand_in(page, "2001,春野 めぐみ,契約課,,,", "2002,夏木 太陽,契約課,,,")
    page = press(page, "この内容で反映する")
    assert "反映しました" in said(page)
    offered = [b.label for b in page.get("download_button")]
    assert offered == ["初期パスワードの一覧（2人分）をダウンロード"]
    assert "二度と取り出せません" in page.warning[0].value
    assert not page.file_uploader
    assert "Password" not in repr(page.session_state.to_dict())
    for number in ("2001", "2002"):
        assert office.local_sign_in.has_password(person(number).person_id)
    page = press(page, "ダウンロードを終えて、取込みの画面に戻る")
    assert "初期パスワードの一覧" not in "".join(b.label for b in page.get("download_button"))
    assert not page.file_uploader[0].value


def test_the_file_of_first_passwords_opens_in_excel_and_its_passwords_are_right(
    office: Assistant,
) -> None:
    content = f"{HEADS}\r\n2001,=1+1,契約課,,,\r\n".encode()
    rows = read_staff_sheet(content).rows
    passwords = first_passwords(plan_staff_list(office.database, rows, day=date.today()))
    written = password_slips(passwords.rows)
    assert written.startswith(b"\xef\xbb\xbf")
    heads, line = csv.reader(io.StringIO(written.decode("utf-8-sig")))
    assert heads == ["職員番号", "氏名", "所属", "初期パスワード"]
    assert line[:3] == ["2001", "'=1+1", "契約課"]
    assert matches(dict(passwords.hashes)["2001"], line[3])


def test_a_preview_that_has_become_stale_is_refused_and_looked_at_again(
    page: AppTest, office: Assistant, person: Find
) -> None:
    page = _hand_in(page, "1002,鈴木 花子,情報政策課,,,", "2001,春野 めぐみ,契約課,,,")
    office.accounts.rename("1002", "鈴木 華子", by=OPERATOR_ACTOR)
    page = press(page, "この内容で反映する")
    assert "確かめた後で、利用者か課の登録が変わりました" in refused(page)
    assert person("2001") is None
    page = press(page, "今の登録で確かめ直す")
    assert "確かめ直しました" in said(page)
    assert _counts(page)["氏名変更"] == "1"
    page = press(page, "この内容で反映する")
    assert "反映しました" in said(page)
    assert person("1002").name == "鈴木 花子"
    assert person("1002").section == "情報政策課"


def test_a_number_that_begins_anew_can_be_the_same_person(
    page: AppTest, office: Assistant, person: Find
) -> None:
    before = person("1003")
    page = _hand_in(
        page,
        "1001,管理 一郎,情報政策課,,,",
        "1002,鈴木 花子,契約課,,,",
        "1004,監査 三郎,監査事務局,,,",
        "R003,佐藤 次郎,契約課,再任用,,",
        complete=True,
    )
    assert _counts(page)["同じ人の可能性"] == "1"
    question = next(c for c in page.checkbox if "同じ人ではありませんか" in c.label)
    assert not question.value
    page = press(_checked(page, question.label), "印を付けた組を同じ人として、確かめ直す")
    assert _counts(page) == {
        "同じ人の新しい番号": "1", "有効期間の末日の変更": "1", "変更なし": "3",
    }  # fmt: skip
    assert next(c for c in page.checkbox if c.label == question.label).value
    page = press(page, "この内容で反映する")
    assert "同じ人の新しい番号 1件" in said(page)
    assert person("r003").person_id == before.person_id
    assert person("r003").grants == before.grants
    assert person("1003") is None


def test_a_line_with_another_name_is_left_out_until_it_is_confirmed(
    page: AppTest, person: Find
) -> None:
    page = _hand_in(page, "1002,春野 めぐみ,契約課,,,", "2001,夏木 太陽,契約課,,,")
    assert _counts(page) == {"追加": "1", "反映しない行": "1"}
    assert "--same-person" not in html(page) + "".join(c.label for c in page.checkbox)
    question = next(c.label for c in page.checkbox if "1002 は 鈴木 花子 の番号" in c.label)
    page = press(_checked(page, question), "印を付けた組を同じ人として、確かめ直す")
    assert _counts(page) == {"追加": "1", "氏名変更": "1"}


def _checked(page: AppTest, label: str) -> AppTest:
    next(c for c in page.checkbox if c.label == label).check()
    return page


def test_a_list_that_leaves_no_administrator_cannot_be_applied(page: AppTest) -> None:
    page = _hand_in(page, "1002,鈴木 花子,契約課,,,", complete=True)
    assert "利用者を管理できる人がいなくなる" in refused(page)
    assert "この内容で反映する" not in [b.label for b in page.button]


def test_a_list_without_news_has_nothing_to_apply(page: AppTest) -> None:
    page = _hand_in(page, "1002,鈴木 花子,契約課,,,")
    assert "変わるところはありません" in page.info[0].value
    assert "この内容で反映する" not in [b.label for b in page.button]


def test_a_preview_is_dropped(page: AppTest, person: Find) -> None:
    page = _hand_in(page, "2001,春野 めぐみ,契約課,,,")
    page = press(page, "やめる")
    assert "反映すると変わること" not in [h.value for h in page.subheader]
    assert not page.file_uploader[0].value
    assert person("2001") is None


def test_the_template_can_be_handed_in_as_it_is(page: AppTest, person: Find) -> None:
    content = template()
    assert content.startswith("﻿職員番号,氏名,所属,任用形態,有効開始日,有効終了日\r\n".encode())
    page.file_uploader[0].set_value(("ひな形.csv", content, "text/csv"))
    page = press(press(page, "内容を確かめる"), "この内容で反映する")
    assert "追加 1件" in said(page)
    assert person("01001").section == "総務課"
