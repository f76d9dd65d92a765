"""The page 質問する with a real assistant: conversations, verdicts, links, proposals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from signed_in import person
from signed_in_pages import opened_page, press
from small_manuals import publish_text
from streamlit.testing.v1 import AppTest

from assistant.opening import Assistant
from assistant.people.directory import Member
from ui import state
from ui.components.ask.link import longest_link

APP = Path(__file__).parents[3] / "ui" / "app.py"
QUESTION = "契約書は何通作りますか"
OTHER = "見積書は何者から取りますか"


@pytest.fixture
def member(running: Assistant) -> Member:
    publish_text(
        running, "契約書は2通作ります。", "見積書は3者から取ります。", "検査は10日以内にします。"
    )
    return person(running, "1001")


def _open(running: Assistant, number: str = "1001") -> AppTest:
    return opened_page(APP, running, number)


def _ask(page: AppTest, question: str) -> AppTest:
    page.chat_input[0].set_value(question).run()
    assert not page.exception
    return page


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def _list(page: AppTest) -> AppTest:
    """Open the list of earlier questions."""
    page.session_state[state.HISTORY_KEY] = True
    page.run()
    assert not page.exception
    return page


def _shown(page: AppTest) -> list[str]:
    """Return the questions of the conversation that is open."""
    return [m.html[0].value for m in page.chat_message if m.name == "user"]


def test_a_conversation_goes_on_after_a_reload_and_on_another_device(
    running: Assistant, member: Member
) -> None:
    _ask(_open(running), QUESTION)
    page = _open(running)  # a session of its own, as on another device
    assert len(_shown(page)) == 1
    _ask(page, OTHER)
    assert len(_shown(_open(running))) == 2


def test_an_earlier_conversation_is_opened_from_the_list_and_continued(
    running: Assistant, member: Member
) -> None:
    page = press(_ask(_open(running), QUESTION), "新しい質問をはじめる")
    assert _shown(page) == []
    _ask(page, OTHER)
    page = press(_list(page), QUESTION)
    [shown] = _shown(page)
    assert QUESTION in shown
    assert "言葉で探す（質問と回答から）" not in [field.label for field in page.text_input]
    _ask(page, "それは誰が作りますか")
    assert len(_shown(page)) == 2
    assert len(running.conversations.page(reader=member.reader).lines) == 2


def test_a_page_stays_with_its_conversation_while_another_is_opened_elsewhere(
    running: Assistant, member: Member
) -> None:
    page = _ask(_open(running), QUESTION)
    other = press(_open(running), "新しい質問をはじめる")
    _ask(other, OTHER)
    page.run()
    assert QUESTION in _shown(page)[0]


def test_the_list_is_searched(running: Assistant, member: Member) -> None:
    page = press(_ask(_open(running), QUESTION), "新しい質問をはじめる")
    page = _list(_ask(page, OTHER))
    assert OTHER in _shown(page)[0]
    for words, found in (("３者", [OTHER]), ("は 何", [OTHER, QUESTION]), ("宇宙旅行", [])):
        next(f for f in page.text_input if f.label.startswith("言葉で探す")).set_value(words).run()
        assert [label for label in _labels(page) if label in (QUESTION, OTHER)] == found
    assert "その言葉を含む質問は見つかりませんでした" in _html(page)


def test_a_conversation_is_named(running: Assistant, member: Member) -> None:
    page = _ask(_open(running), QUESTION)
    next(f for f in page.text_input if f.label.startswith("会話の名前")).set_value("部数のこと")
    page = press(page, "名前を付ける")
    assert page.success[0].value == "会話の名前を変えました。"
    assert "部数のこと" in _labels(_list(page))


def test_a_conversation_is_deleted_after_one_question(running: Assistant, member: Member) -> None:
    page = press(_ask(_open(running), QUESTION), "この会話を削除")
    assert "元に戻せません" in page.warning[0].value
    page = press(page, "やめる")
    assert len(_shown(page)) == 1
    page = press(press(page, "この会話を削除"), "削除する")
    assert page.success[0].value == "会話を削除しました。"
    assert _shown(page) == []
    assert _shown(_open(running)) == []
    assert running.conversations.page(reader=member.reader).found == 0


def test_a_verdict_is_explained_and_changed(running: Assistant, member: Member) -> None:
    page = press(_ask(_open(running), QUESTION), "しなかった")
    page.radio[0].set_value("outdated").run()
    assert "「解決しなかった」（古い）と記録しました。" in _html(page)
    remark = next(f for f in page.text_input if f.label.startswith("ひとこと"))
    remark.set_value("去年の話です").run()
    [record] = running.conversations.current(reader=member.reader)
    assert (record.helpful, record.reason, record.remark) == (False, "outdated", "去年の話です")
    again = _open(running)
    assert again.radio[0].value == "outdated"
    page = press(again, "解決した")
    assert not page.radio
    [record] = running.conversations.current(reader=member.reader)
    assert (record.helpful, record.reason, record.remark) == (True, "", "")


def test_a_question_is_put_right_or_asked_again(running: Assistant, member: Member) -> None:
    page = press(_ask(_open(running), QUESTION), "質問を直す")
    assert page.chat_input[0].proto.value == QUESTION
    assert len(_shown(page)) == 1
    page = press(_open(running), "もう一度質問する")
    assert len(_shown(page)) == 2


def _linked(running: Assistant, member: Member, question: str) -> AppTest:
    page = _open(running)
    page.query_params["q"] = question
    page.run()
    assert not page.exception
    return page


def test_a_link_fills_in_its_question_and_asks_nothing(running: Assistant, member: Member) -> None:
    page = _linked(running, member, QUESTION)
    assert page.chat_input[0].proto.value == QUESTION
    assert _shown(page) == []
    page.run()
    assert page.query_params["q"] == QUESTION  # a reload fills it in again


def test_a_question_of_a_link_that_was_asked_is_not_filled_in_again(
    running: Assistant, member: Member
) -> None:
    page = _ask(_linked(running, member, QUESTION), QUESTION)
    assert "q" not in page.query_params
    assert len(_shown(page)) == 1
    page.run()
    assert not page.chat_input[0].proto.value


def test_a_link_begins_a_conversation_of_its_own(running: Assistant, member: Member) -> None:
    _ask(_open(running), OTHER)
    page = _linked(running, member, QUESTION)
    assert _shown(page) == []
    _ask(page, QUESTION)
    assert len(running.conversations.page(reader=member.reader).lines) == 2


def test_a_link_with_too_long_a_question_says_so(running: Assistant, member: Member) -> None:
    most = longest_link(running.settings)
    page = _linked(running, member, "長" * (most + 1))
    assert "リンクに書かれた質問が長すぎます（1001文字）。1000文字まで" in page.error[0].value
    assert not page.chat_input[0].proto.value
    assert _linked(running, member, "長" * most).chat_input[0].proto.value == "長" * most


def test_a_question_that_was_too_long_to_be_kept_while_signing_in_is_told(
    running: Assistant, member: Member
) -> None:
    page = _open(running)
    page.query_params["too_long"] = "1"
    page.run()
    assert "リンクに書かれた質問が長すぎます。1000文字まで" in page.error[0].value
    _ask(page, QUESTION)
    assert not page.error
    assert "too_long" not in page.query_params


def test_an_answer_can_be_copied_with_its_source_and_as_a_basis(
    running: Assistant, member: Member
) -> None:
    page = _ask(_open(running), QUESTION)
    with_sources, basis = (code.value for code in page.code)
    assert "「契約書は2通作ります。」[1]" in with_sources
    assert "『契約事務の手引き』第1版" in with_sources
    assert basis.startswith("根拠（庁内アシスタントで確認）")
    assert "質問はこのサーバーの外に出ていません。" in _html(page)


def test_an_empty_page_offers_questions_of_the_own_section_and_new_manuals(
    running: Assistant, member: Member, monkeypatch: Any
) -> None:
    monkeypatch.setattr(
        running.proposed, "first", lambda **_: (QUESTION,)
    )  # headings of test manuals are numbers only
    page = _open(running)
    assert "新しく公開されたマニュアル" in _html(page)
    [link] = page.get("page_link")
    assert link.proto.label.startswith("『契約事務の手引き』第1版（")
    assert link.proto.page == "manuals"
    assert link.proto.query_string == "manual=contract"
    page = press(page, QUESTION)
    assert len(_shown(page)) == 1
    assert "新しく公開されたマニュアル" not in _html(page)


def test_a_manual_that_may_not_be_read_is_not_announced(running: Assistant, member: Member) -> None:
    publish_text(
        running, "内緒です。", manual_id="own", title="税務課の内規", audience="section:税務課"
    )
    page = _open(running)
    assert "税務課の内規" not in _html(page)
    assert "税務課の内規" not in "".join(link.proto.label for link in page.get("page_link"))


def test_what_to_ask_next_is_proposed_under_the_last_answer(
    running: Assistant, member: Member, monkeypatch: Any
) -> None:
    monkeypatch.setattr(
        "assistant.answers.next_questions.question_about", lambda path, _: f"{path[-1]}の質問"
    )
    page = _ask(_open(running), QUESTION)
    assert "続けて質問する" in _html(page)
    proposed = [label for label in _labels(page) if label.endswith("節の質問")]
    assert proposed
    page = press(page, proposed[0])
    assert len(_shown(page)) == 2
    assert proposed[0] not in [b.label for b in page.button if b.key.startswith("next-")]
