from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from assistant.domain import AnswerSentence, Conflict, ConflictSide, Owner, Page, Related

APP = Path(__file__).parents[2] / "ui" / "app.py"
QUESTION = "随意契約はいくらまでですか"


def _open() -> AppTest:
    page = AppTest.from_file(APP, default_timeout=20)
    page.user = {"login": "local", "sid": "session"}
    return page.run()


def _html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def _ask(written: Any, *snapshots: dict[str, object]) -> AppTest:
    written.desk.coming = [list(snapshots)]
    return _open().chat_input[0].set_value(QUESTION).run()


def _labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_the_page_opens_with_its_purpose(written: Any) -> None:
    page = _open()
    assert page.title[0].value == "質問する"
    assert page.chat_input[0].placeholder == "例：年次有給休暇は何日もらえますか"
    assert "出典" in _html(page)


def test_an_answer_shows_quotations_with_their_place(
    written: Any, an_answer: Any, two_lines: str
) -> None:
    page = _ask(
        written,
        {"answer": an_answer(finished=False)},
        {"state": "answered", "answer": an_answer(owner=Owner("契約課", "2345"))},
    )
    html = _html(page)
    assert [message.name for message in page.chat_message] == ["user", "assistant"]
    assert html.count(f'<blockquote class="chonai-quote">{two_lines}</blockquote>') == 1
    assert "マニュアルの記載の引用です" in html
    assert "『契約事務の手引き』 第3章 随意契約 3ページ（ファイルの1ページ目）" in html
    assert "回答のしかた：引用のみ" in html
    assert "担当：契約課（内線 2345）" in html
    assert "AIが作成" not in html
    assert "\\[1\\] 根拠を見る" in _labels(page)
    assert "停止" not in _labels(page)


@pytest.mark.parametrize(
    ("mode", "words"),
    [("local", "庁内のローカルモデル：model-x"), ("endpoint", "接続先のモデル：model-x")],
)
def test_model_text_is_labelled_and_marked(
    written: Any, mode: str, words: str, an_answer: Any
) -> None:
    summary = (AnswerSentence("130万円までです。", "written", (1,)),)
    answer = an_answer(mode=mode, model="model-x", summary=summary)
    html = _html(_ask(written, {"state": "answered", "answer": answer}))
    assert "AIが作成した回答です。必ず根拠を確認してください。" in html
    assert "まとめ（AI作成）" in html
    assert '130万円までです。</span><sup class="chonai-marker">[1]</sup>' in html
    assert f"回答のしかた：{words}" in html


def test_a_sum_is_shown_with_its_steps_and_its_rule(written: Any, an_answer: Any) -> None:
    steps = "500万円 × 10/100 = 50万円。契約金額の100分の10以上は、50万円以上です。"
    answer = an_answer(computed=(AnswerSentence(steps, "computed", (1,)),))
    html = _html(_ask(written, {"state": "answered", "answer": answer}))
    assert html.index("chonai-quote") < html.index("計算</") < html.index(steps)
    assert f'{steps}</span><sup class="chonai-marker">[1]</sup>' in html
    assert "AIが作成" not in html


def test_text_of_manuals_and_models_is_never_markup(
    written: Any, an_answer: Any, a_related: Any
) -> None:
    hostile = '<img src="https://evil.example/x"> $1$ *a* [b](https://evil.example) :tada:'
    sentence = AnswerSentence(hostile, "quoted", (1,))
    written_sentence = AnswerSentence(hostile, "written", (1,))
    answer = an_answer(
        mode="endpoint",
        quotations=(sentence,),
        sentences=(written_sentence,),
        notice=hostile,
        related=(a_related(hostile),),
        choices=(hostile,),
        conflicts=(Conflict((ConflictSide(1, hostile), ConflictSide(1, hostile))),),
    )
    page = _ask(written, {"state": "answered", "answer": answer})
    assert "<img" not in _html(page)
    assert not [item for item in page.markdown if "evil" in item.value]
    label = next(label for label in _labels(page) if "evil" in label)
    assert label.startswith("\\<img src\\=")


def test_a_refusal_shows_related_passages_and_the_owner(
    written: Any, an_answer: Any, a_related: Any
) -> None:
    refusal = AnswerSentence("マニュアルに記載が見つかりませんでした。", "written")
    answer = an_answer(
        outcome="refused",
        quotations=(),
        sentences=(refusal,),
        citations=(),
        related=(a_related("見積書は二人以上から徴する。"),),
        owner=Owner("契約課", "2345"),
    )
    page = _ask(written, {"state": "answered", "answer": answer})
    html = _html(page)
    assert "マニュアルに記載が見つかりませんでした。" in html
    assert "関連する記載" in html
    assert "見積書は二人以上から徴する。" in html
    assert "担当：契約課（内線 2345）" in html
    assert "マニュアルの記載の引用です" not in html


def test_a_related_slide_is_opened_as_text(written: Any, an_answer: Any) -> None:
    listing = written.library.listings[1]
    slides = replace(listing, version=replace(listing.version, file_name="研修.pptx"))
    written.library.listings[1] = slides
    written.library.texts["v2"] = [
        Page(1, None, "# スライド1　休暇", "slide"),
        Page(3, None, "# スライド3　旅費\n区分 | 日当\n課長 | 1,100円", "slide"),
    ]
    related = Related("使い方", "研修.pptx", "v2", ("旅費",), 3, None, "区分：課長")
    answer = an_answer(outcome="refused", quotations=(), citations=(), related=(related,))
    page = _ask(written, {"state": "answered", "answer": answer})
    assert "『使い方』 旅費 スライド3" in _html(page)
    page = next(b for b in page.button if b.label == "ページを見る").click().run()
    assert not page.warning
    assert "<td>1,100円</td>" in _html(page)


def test_while_running_the_page_offers_to_stop(written: Any, an_answer: Any) -> None:
    page = _ask(written, {"queue_position": 2}, {"answer": an_answer(finished=False)})
    assert "順番待ち：あと2件" in _html(page)
    assert "停止" in _labels(page)
    assert "まとめを待たない" in _labels(page)
    written.desk.coming = [[{"state": "stopped"}]]
    enough = next(button for button in page.button if button.label == "まとめを待たない")
    page = enough.click().run()
    assert written.desk.stopped == ["answer1"]
    assert page.info[0].value == "まとめを待たずに終えました。引用をご確認ください。"


def test_stopping_before_the_first_words_says_so(written: Any) -> None:
    page = _ask(written, {"queue_position": 1})
    assert "秒（順番待ち：あと1件）" in _html(page)
    written.desk.coming = [[{"state": "stopped"}]]
    page = next(button for button in page.button if button.label == "停止").click().run()
    assert written.desk.stopped == ["answer1"]
    assert "停止しました。" in page.info[0].value
    assert "もう一度質問する" in _labels(page)


def test_until_the_answer_has_stopped_the_page_says_that_it_is_stopping(
    written: Any, an_answer: Any
) -> None:
    page = _ask(written, {"answer": an_answer(finished=False)})
    written.desk.coming = [[{}]]
    page = next(button for button in page.button if button.label == "停止").click().run()
    assert "停止しています…" in _html(page)
    assert "停止" not in _labels(page)


def test_an_interrupted_answer_can_be_asked_again(written: Any, an_answer: Any) -> None:
    page = _ask(written, {"state": "interrupted"})
    assert page.warning[0].value == "途中で切れました。もう一度質問してください。"
    written.desk.coming = [[{"state": "answered", "answer": an_answer()}]]
    again = next(b for b in page.button if b.label == "もう一度質問する")
    again.click().run()
    assert written.desk.asked == [(QUESTION, None), (QUESTION, "conversation1")]


def test_a_failed_answer_shows_its_error_and_keeps_what_was_found(
    written: Any, an_answer: Any, two_lines: str
) -> None:
    answer = an_answer(outcome="failed", error="接続先が応答しません。ASSISTANT_ENDPOINT_URL を")
    page = _ask(written, {"state": "failed", "answer": answer})
    assert page.error[0].value == "接続先が応答しません。ASSISTANT\\_ENDPOINT\\_URL を"
    assert two_lines in _html(page)


def test_a_refused_question_goes_back_into_the_input(written: Any) -> None:
    long = "あ" * 41
    page = _open().chat_input[0].set_value(long).run()
    assert "短くして" in page.error[0].value
    assert page.chat_input[0].proto.value == long
    assert written.desk.records == []


def test_a_reload_finds_the_conversation_again(
    written: Any, an_answer: Any, two_lines: str
) -> None:
    _ask(written, {"state": "answered", "answer": an_answer()})
    page = _open()
    assert two_lines in _html(page)
    assert [message.name for message in page.chat_message] == ["user", "assistant"]


def test_a_reload_while_running_follows_on(written: Any, an_answer: Any) -> None:
    _ask(written, {"answer": an_answer(finished=False)})
    written.desk.coming = [[{"state": "answered", "answer": an_answer()}]]
    page = _open()
    assert "解決した" in _labels(page)


def test_the_next_question_stays_in_the_conversation_until_it_is_ended(
    written: Any, an_answer: Any
) -> None:
    done = {"state": "answered", "answer": an_answer()}
    page = _ask(written, done)
    written.desk.coming = [[done], [done]]
    page = page.chat_input[0].set_value("それはいつですか").run()
    page = next(b for b in page.button if b.label.startswith("新しい質問")).click().run()
    assert not page.chat_message
    page.chat_input[0].set_value("別の質問").run()
    assert [conversation for _, conversation in written.desk.asked] == [None, "conversation1", None]


def test_the_thumbs_are_recorded(written: Any, an_answer: Any) -> None:
    page = _ask(written, {"state": "answered", "answer": an_answer()})
    page = next(b for b in page.button if b.label == "しなかった").click().run()
    assert written.desk.records[0].helpful is False
    assert "「解決しなかった」と記録しました。" in _html(page)


def _look(page: AppTest) -> AppTest:
    return next(b for b in page.button if b.label.endswith("根拠を見る")).click().run()


def test_a_citation_opens_the_page_with_the_words_marked(written: Any, an_answer: Any) -> None:
    page = _look(_ask(written, {"state": "answered", "answer": an_answer()}))
    html = _html(page)
    assert '<img src="/pages/v1/1.png?citation=answer1.1"' in html
    assert "『契約事務の手引き』3ページ（ファイルの1ページ目）の画像。引用の箇所に" in html
    assert not page.warning
    page = next(b for b in page.button if b.label == "次のページ").click().run()
    assert '<img src="/pages/v1/2.png?citation=answer1.1"' in _html(page)


def test_words_that_are_not_found_are_said_not_to_be_marked(written: Any, an_answer: Any) -> None:
    answer = an_answer()
    lost = [
        type(c)(**{**c.__dict__, "quote": "どこにもない引用文です。"}) for c in answer.citations
    ]
    page = _look(_ask(written, {"state": "answered", "answer": an_answer(citations=tuple(lost))}))
    assert "印を付けていません" in page.warning[0].value


def test_a_format_without_pages_shows_the_section_with_the_words_marked(
    written: Any, an_answer: Any
) -> None:
    cited = an_answer().citations[0]
    changed = {"chunk_id": "c2", "version_id": "v2", "page": None, "label": None}
    citation = type(cited)(
        **{**cited.__dict__, **changed, "quote": "必ず* <b>根拠</b>を確かめます。"}
    )
    answer = an_answer(citations=(citation,))
    html = _html(_look(_ask(written, {"state": "answered", "answer": answer})))
    assert "<mark>必ず* &lt;b&gt;根拠&lt;/b&gt;を確かめます。</mark>" in html
    assert "<img" not in html


def test_an_answer_in_work_is_not_followed_while_a_page_is_looked_at(
    written: Any, an_answer: Any
) -> None:
    page = _ask(written, {"answer": an_answer(finished=False)})
    assert written.desk.coming == []  # following now would fail: nothing more is coming
    page = _look(page)
    assert "/pages/v1/1.png" in _html(page)


def test_a_withdrawn_manual_is_not_shown(written: Any, an_answer: Any) -> None:
    page = _ask(written, {"state": "answered", "answer": an_answer()})
    written.library.listings.clear()
    assert "取り下げられた" in _look(page).warning[0].value


def test_quotations_that_a_model_finds_no_answer_in_become_related_passages(
    written: Any, an_answer: Any, a_related: Any, two_lines: str
) -> None:
    refused = an_answer(
        outcome="refused",
        mode="endpoint",
        quotations=(),
        citations=(),
        sentences=(),
        related=(a_related(two_lines),),
    )
    page = _ask(
        written, {"answer": an_answer(finished=False)}, {"state": "answered", "answer": refused}
    )
    html = _html(page)
    assert "マニュアルの記載の引用です" not in html
    assert html.count(two_lines) == 1


def test_an_answer_that_ended_unwatched_is_shown_and_known_to_be_shown(
    written: Any, an_answer: Any, two_lines: str
) -> None:
    _ask(written, {"answer": None})
    written.desk._change("answer1", state="answered", answer=an_answer(), shown=False)
    page = _open()
    assert written.desk.records[0].shown
    assert _html(page).count(two_lines) == 1


def test_written_text_that_is_taken_back_leaves_the_screen(written: Any, an_answer: Any) -> None:
    sentence = AnswerSentence("取り消される文です。", "written", (1,))
    page = _ask(
        written,
        {"answer": an_answer(mode="endpoint", sentences=(sentence,), finished=False)},
        {"state": "answered", "answer": an_answer(notice="引用だけを示します。")},
    )
    assert "取り消される文です。" not in _html(page)
    assert "引用だけを示します。" in _html(page)
