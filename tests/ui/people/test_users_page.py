"""利用者 as an administrator uses it: who may open it, and what is changed for one person."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from users_page import fill, html, press, refused, said

from assistant import calendar
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant
from assistant.people.sign_on.sessions import Session

PAGE = Path(__file__).parents[3] / "ui" / "app_pages" / "users.py"
REFUSED = "この画面を使う権限がありません"

Find = Callable[[str], Member | None]
OpenPage = Callable[..., AppTest]
SignIn = Callable[[str], Session]


def _choose(page: AppTest, member: Member | None) -> AppTest:
    assert member is not None
    page = page.selectbox(key="people-person").select(member.person_id).run()
    assert not page.exception
    return page


def _numbers(page: AppTest) -> list[str]:
    return page.dataframe[0].value["職員番号"].tolist() if page.dataframe else []


@pytest.mark.parametrize("number", ["1002", "1003", "1004"])
def test_only_an_administrator_sees_the_page(
    office: Assistant, sign_in: SignIn, number: str
) -> None:
    session = sign_in(number)
    page = AppTest.from_file(PAGE, default_timeout=20)
    page.user = {"login": session.person_id, "sid": session.id}
    page.run()
    assert REFUSED in refused(page)
    assert not page.radio
    assert not page.dataframe


def test_a_clerk_has_no_such_page_in_the_menu(open_page: OpenPage) -> None:
    with pytest.raises(ValueError, match=r"users\.py"):
        open_page("1002")


def test_after_fifteen_idle_minutes_the_page_asks_again(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    later = calendar.now() + timedelta(minutes=16)
    monkeypatch.setattr(calendar, "now", lambda: later)
    page.run()
    assert "もう一度ご本人の確認" in page.warning[0].value
    assert 'href="/signin/again?next=' in html(page)
    assert not page.dataframe


def test_a_button_pressed_after_idle_minutes_does_nothing(
    open_page: OpenPage, person: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _choose(open_page(), person("1002"))
    page = press(page, "利用を停止する")
    later = calendar.now() + timedelta(minutes=16)
    monkeypatch.setattr(calendar, "now", lambda: later)
    page = press(page, "停止する")
    assert "もう一度ご本人の確認" in page.warning[0].value
    assert person("1002").enabled


def test_a_role_removed_while_the_page_is_open_ends_its_actions(
    sign_in: SignIn, office: Assistant, person: Find
) -> None:
    office.accounts.grant("1002", RoleGrant("administrator"), by=OPERATOR_ACTOR)
    session = sign_in("1001")
    page = AppTest.from_file(PAGE, default_timeout=20)
    page.user = {"login": session.person_id, "sid": session.id}
    page = _choose(page.run(), person("1003"))
    office.accounts.revoke("1001", RoleGrant("administrator"), by=OPERATOR_ACTOR)
    page = press(page, "編集者（契約課）の役割を取り消す")
    assert REFUSED in refused(page)
    assert not page.dataframe
    assert person("1003").grants


def test_the_list_is_searched_and_filtered(open_page: OpenPage, office: Assistant) -> None:
    office.accounts.disable("1002", by=OPERATOR_ACTOR)
    page = open_page()
    assert _numbers(page) == ["1002", "1003", "1001", "1004"]
    row = page.dataframe[0].value.to_dict("records")[1]
    assert row == {
        "職員番号": "1003",
        "氏名": "佐藤 次郎",
        "所属": "契約課",
        "任用形態": "",
        "役割": "編集者（契約課）",
        "グループ": "",
        "状態": "利用中",
        "有効期間の末日": "なし",
    }
    fill(page, "職員番号・氏名・所属で探す", "契約　１００３")
    assert _numbers(page.run()) == ["1003"]
    fill(page, "職員番号・氏名・所属で探す", "")
    assert _numbers(page.selectbox(key="people-state").select("disabled").run()) == ["1002"]
    page.selectbox(key="people-state").select("")
    assert _numbers(page.selectbox(key="people-role").select("auditor").run()) == ["1004"]
    fill(page, "職員番号・氏名・所属で探す", "いない")
    assert _numbers(page.run()) == []
    assert "当てはまる職員はいません" in page.info[0].value


def test_the_list_of_a_later_day_shows_who_comes_then(
    open_page: OpenPage, office: Assistant, today: date
) -> None:
    page = open_page()
    office.accounts.add(
        "2001", name="春野 めぐみ", section="契約課", by=OPERATOR_ACTOR,
        valid_from=today + timedelta(days=30),
    )  # fmt: skip
    assert "2001" not in _numbers(page.run())
    fill(page, "基準日（空なら今日）", str(today + timedelta(days=30)))
    assert "2001" in _numbers(page.run())
    new = office.directory.member_by_number("2001", today=today + timedelta(days=30))
    page = _choose(page, new)
    assert "有効期間の外" in page.info[0].value
    assert not page.tabs
    fill(page, "基準日（空なら今日）", "来年")
    assert "基準日「来年」を読めません" in refused(page.run())


def test_a_name_is_changed(open_page: OpenPage, person: Find) -> None:
    page = _choose(open_page(), person("1002"))
    fill(page, "新しい氏名", "高橋  花子")
    page = press(page, "氏名を変更する")
    assert "「高橋 花子」に変更しました" in said(page)
    assert person("1002").name == "高橋 花子"
    assert page.subheader[0].value == "1002 高橋 花子"
    fill(page, "新しい氏名", " ")
    page = press(page, "氏名を変更する")
    assert "氏名を読めません" in refused(page)
    assert person("1002").name == "高橋 花子"


def test_a_transfer_takes_effect_on_its_day_and_names_the_roles_that_stay(
    open_page: OpenPage, office: Assistant, person: Find, today: date
) -> None:
    page = _choose(open_page(), person("1003"))
    form = f"transfer-{person('1003').person_id}-0"
    day = today + timedelta(days=10)
    page.selectbox(key=f"{form}-known").select("情報政策課")
    fill(page, "異動する日", day.isoformat())
    page = press(page, "異動を登録する")
    assert "「情報政策課」の所属になります" in said(page)
    assert "編集者（契約課）" in said(page)
    assert person("1003").section == "契約課"
    assert office.directory.member_by_number("1003", today=day).section == "情報政策課"


def test_a_transfer_that_cannot_be_is_refused_and_the_form_stays(
    open_page: OpenPage, person: Find
) -> None:
    page = _choose(open_page(), person("1002"))
    cases = (
        ("総務課", "来月", "異動する日「来月」を読めません"),
        ("総務課", "", "異動する日が空です"),
        ("総務課、契約課", "2027-04-01", "区切り"),
    )
    for section, day, words in cases:
        fill(page, "異動先の所属が一覧にないとき", section)
        fill(page, "異動する日", day)
        page = press(page, "異動を登録する")
        assert words in refused(page)
        kept = next(f for f in page.text_input if f.label == "異動先の所属が一覧にないとき")
        assert kept.value == section
    assert person("1002").section == "契約課"


def test_roles_are_given_for_a_section_and_taken_away(open_page: OpenPage, person: Find) -> None:
    page = _choose(open_page(), person("1002"))
    form = f"grant-{person('1002').person_id}-0"
    page.selectbox(key=f"{form}-role").select("leader")
    page.selectbox(key=f"{form}-known").select("情報政策課")
    page = press(page, "役割を付ける")
    assert "DX推進リーダー（情報政策課）の役割を付けました" in said(page)
    assert person("1002").grants == (RoleGrant("leader", "情報政策課"),)
    page = press(page, "DX推進リーダー（情報政策課）の役割を取り消す")
    assert "取り消しました" in said(page)
    assert person("1002").grants == ()


def test_an_editor_without_a_section_is_refused(open_page: OpenPage, person: Find) -> None:
    page = _choose(open_page(), person("1002"))
    page.selectbox(key=f"grant-{person('1002').person_id}-0-known").select("")
    page = press(page, "役割を付ける")
    assert "編集者の役割には課の名前が必要です" in refused(page)
    assert person("1002").grants == ()


def test_groups_are_joined_and_left(open_page: OpenPage, office: Assistant, person: Find) -> None:
    office.accounts.join("1003", "文書担当", by=OPERATOR_ACTOR)
    page = _choose(open_page(), person("1002"))
    page.selectbox(key=f"join-{person('1002').person_id}-0-known").select("文書担当")
    page = press(page, "グループに加える")
    assert person("1002").groups == ("文書担当",)
    fill(page, "新しいグループの名前", "防災本部")
    page = press(page, "グループに加える")
    assert person("1002").groups == ("文書担当", "防災本部")
    page = press(page, "グループ「文書担当」から外す")
    assert "外しました" in said(page)
    assert person("1002").groups == ("防災本部",)


def test_the_last_administrator_cannot_be_stopped_nor_lose_the_role(
    open_page: OpenPage, person: Find
) -> None:
    page = _choose(open_page(), person("1001"))
    page = press(press(page, "利用を停止する"), "停止する")
    assert "ただ一人の管理者です" in refused(page)
    assert person("1001").enabled
    page = press(press(page, "やめる"), "管理者の役割を取り消す")
    assert "この画面は使えなくなります" in page.warning[0].value
    page = press(page, "役割を取り消す")
    assert "ただ一人の管理者です" in refused(page)
    assert person("1001").grants == (RoleGrant("administrator"),)


def test_stopping_somebody_is_explained_first_and_ends_their_sessions(
    open_page: OpenPage, office: Assistant, sign_in: SignIn, person: Find
) -> None:
    theirs = sign_in("1002")
    page = press(_choose(open_page(), person("1002")), "利用を停止する")
    assert "2秒以内にサインイン画面に移り、作成中の回答は止まります" in page.warning[0].value
    assert person("1002").enabled
    page = press(page, "停止する")
    assert "鈴木 花子 さんの利用を停止しました" in said(page)
    assert office.sessions.get(theirs.id) is None
    assert "停止中" in html(page)
    page = press(press(page, "利用を再開する"), "再開する")
    assert "再開しました" in said(page)
    assert person("1002").enabled


def test_a_stop_that_is_dropped_changes_nothing(open_page: OpenPage, person: Find) -> None:
    page = press(_choose(open_page(), person("1002")), "利用を停止する")
    page = press(page, "やめる")
    assert not page.warning
    assert person("1002").enabled


def test_a_new_password_is_shown_once_and_works(
    open_page: OpenPage, office: Assistant, sign_in: SignIn, person: Find
) -> None:
    theirs = sign_in("1002")
    page = press(_choose(open_page(), person("1002")), "パスワードを再発行")
    password = page.code[0].value
    assert "いま一度だけ" in html(page)
    assert password not in repr(page.session_state.to_dict())
    assert office.sessions.get(theirs.id) is None
    page.run()
    assert not page.code
    assert password not in html(page)
    verdict = office.local_sign_in.attempt("1002", password)
    assert verdict.member == person("1002")
    assert verdict.must_change


def test_a_link_for_the_first_password_is_shown_once_and_works(
    open_page: OpenPage, office: Assistant, person: Find
) -> None:
    page = press(_choose(open_page(), person("1002")), "初期パスワードのリンク")
    match = re.fullmatch(r"/signin/first\?token=(\S+)", page.code[0].value)
    assert match is not None
    assert "アドレス（https://…）を付けて" in html(page)
    assert office.links.purpose_of(match[1]) == "first_password"
    page.run()
    assert not page.code
    member = office.links.set_first_password(match[1], "みどりの自転車と七つの鍵")
    assert member == person("1002")


def test_an_administrator_does_not_reset_the_own_password_here(
    open_page: OpenPage, person: Find
) -> None:
    page = _choose(open_page(), person("1001"))
    assert "パスワードを再発行" not in [b.label for b in page.button]
    assert "「自分の設定」の画面で変更してください" in html(page)


def test_one_session_of_somebody_is_ended(
    open_page: OpenPage, office: Assistant, sign_in: SignIn, person: Find
) -> None:
    first, second = sign_in("1002"), sign_in("1002")
    page = _choose(open_page(), person("1002"))
    page.button(key=f"end-{first.id}").click().run()
    assert "Windows の Edge" in said(page)
    assert office.sessions.get(first.id) is None
    assert office.sessions.get(second.id) is not None


def test_one_person_is_added_with_first_and_last_day(
    open_page: OpenPage, person: Find, today: date
) -> None:
    page = open_page()
    last = today + timedelta(days=100)
    fill(page, "職員番号（必須）", "Ａ２００１")
    fill(page, "氏名（必須）", "春野 めぐみ")
    page.selectbox(key="new-person-0-known").select("契約課")
    fill(page, "任用形態", "会計年度任用")
    fill(page, "有効期間の末日（空なら終わりなし）", last.isoformat())
    page = press(page, "職員を追加する")
    assert "a2001 春野 めぐみ さんを追加しました" in said(page)
    added = person("a2001")
    assert (added.name, added.section, added.employment, added.until, added.grants) == (
        "春野 めぐみ", "契約課", "会計年度任用", last, (),
    )  # fmt: skip
    assert next(f for f in page.text_input if f.label == "職員番号（必須）").value == ""


def test_another_administrator_is_added(open_page: OpenPage, person: Find) -> None:
    page = open_page()
    fill(page, "職員番号（必須）", "2002")
    fill(page, "氏名（必須）", "夏木 太陽")
    fill(page, "所属が一覧にないとき", "デジタル推進課")
    page.radio(key="new-person-0-admin").set_value("はい")
    page = press(page, "職員を追加する")
    assert "追加しました" in said(page)
    assert person("2002").grants == (RoleGrant("administrator"),)
    assert person("2002").section == "デジタル推進課"


def test_a_person_who_cannot_be_added_is_told_why_and_the_form_stays(
    open_page: OpenPage, office: Assistant, today: date
) -> None:
    page = open_page()
    right = {
        "職員番号（必須）": "2001",
        "氏名（必須）": "春野 めぐみ",
        "所属が一覧にないとき": "契約課",
        "有効期間の開始日（必須）": "令和8年4月1日",
        "有効期間の末日（空なら終わりなし）": "",
    }
    cases = (
        ("職員番号（必須）", "1002", "職員番号 1002 はすでに使われています"),
        ("職員番号（必須）", "番号", "職員番号「番号」を読めません"),
        ("氏名（必須）", "", "氏名を読めません"),
        ("有効期間の開始日（必須）", "昨日", "有効期間の開始日「昨日」を読めません"),
        ("有効期間の末日（空なら終わりなし）", "2000-01-01", "有効期間の終わりが始まりより前"),
        ("所属が一覧にないとき", "", "所属が選ばれていません"),
    )
    for label, wrong, words in cases:
        given = {**right, label: wrong}
        for name, value in given.items():
            fill(page, name, value)
        page = press(page, "職員を追加する")
        assert words in refused(page)
        assert len(office.directory.members(today=today)) == 4
        kept = {f.label: f.value for f in page.text_input if f.label in given}
        assert kept == given


def test_the_area_is_remembered_over_a_visit_to_another_page(open_page: OpenPage) -> None:
    page = open_page(area="共用端末")
    page = page.switch_page("app_pages/account.py").run()
    page = page.switch_page("app_pages/users.py").run()
    assert page.header[0].value == "共用端末"


def test_headings_come_in_order(open_page: OpenPage, person: Find) -> None:
    page = _choose(open_page(), person("1002"))
    assert page.title[0].value == "利用者"
    assert [h.value for h in page.header] == ["職員の一覧"]
    assert [h.value for h in page.subheader] == ["1002 鈴木 花子"]
