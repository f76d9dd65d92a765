"""Words that the manuals do not know lead to those that were meant, and only to readable ones."""

from __future__ import annotations

from datetime import date

import pytest
from small_manuals import publish_text

from assistant.domain import Reader
from assistant.opening import Assistant
from assistant.understanding.spelling import Respelt

TEXT = (
    "休暇の申請は申込書で行い、申し込みの期限は3日前です。",
    "テレワークの承認は課長が行います。アルコールのチェックは公用車に乗る前に行います。",
    "契約の決裁は部長です。出張の旅費の精算は7日以内です。見積もりは3者から取ります。",
    "青葉の会場の照明と東山の担当へ連絡します。プロポーザルの審査を行います。代替の品を渡します。",
)
SOMEBODY = Reader("somebody", section="市民課")


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, *TEXT)
    return quick_assistant


def _respelt(
    assistant: Assistant, question: str, today: date, reader: Reader = SOMEBODY
) -> list[Respelt]:
    return list(
        assistant.retriever.understanding.understand(question, reader=reader, as_of=today).respelt
    )


@pytest.mark.parametrize(
    ("question", "typed", "meant"),
    [
        pytest.param("もうしこみの期限は", "もうしこみ", "申し込み", id="cut in pieces"),
        pytest.param("けいやくは誰が決めますか", "けいやく", "契約", id="names of people"),
        pytest.param("しんせいしょを出す先は", "しんせいしょ", "申請", id="a compound"),
        pytest.param("みつもりは何者からですか", "みつもり", "見積もり", id="okurigana"),
        pytest.param("旅費のせいさん期限", "せいさん", "精算", id="another word of the dictionary"),
        pytest.param("ざんぎょうは何時間まで", "ざんぎょう", "残業", id="of the glossary"),
    ],
)
def test_kana_are_looked_for_as_the_manuals_write_them(
    assistant: Assistant, today: date, question: str, typed: str, meant: str
) -> None:
    assert _respelt(assistant, question, today) == [Respelt(typed, (meant,), told=False)]


def test_kana_that_may_be_two_words_are_looked_for_as_both_and_that_is_told(
    assistant: Assistant, today: date
) -> None:
    publish_text(assistant, "検収の記録", "研修の記録", manual_id="more", title="記録")
    [respelt] = _respelt(assistant, "けんしゅうはいつですか", today)
    assert (set(respelt.meant), respelt.told) == ({"検収", "研修"}, True)


@pytest.mark.parametrize(
    ("question", "typed", "meant"),
    [
        pytest.param("テレワーグの承認は", "テレワーグ", "テレワーク", id="a wrong letter"),
        pytest.param("テレーワクの承認", "テレーワク", "テレワーク", id="letters moved"),
        pytest.param("プロポーサルの審査", "プロポーサル", "プロポーザル", id="a mark left out"),
        pytest.param(
            "アルコルチェックはいつ", "アルコルチェック", "アルコール", id="half a compound"
        ),
        pytest.param("契役の決め方", "契役", "契約", id="a wrong kanji of the same sound"),
        pytest.param("公要車に乗る", "公要", "公用", id="single kanji"),
        pytest.param("しゅっちょの旅費", "しゅっちょ", "出張", id="kana with one left out"),
    ],
)
def test_a_typing_error_leads_to_the_word_of_the_manuals(
    assistant: Assistant, today: date, question: str, typed: str, meant: str
) -> None:
    assert _respelt(assistant, question, today) == [Respelt(typed, (meant,), told=True)]


def test_a_word_often_taken_for_another_is_looked_for_as_well(
    assistant: Assistant, today: date, reader: Reader
) -> None:
    assert _respelt(assistant, "契約の決済は誰ですか", today) == [
        Respelt("決済", ("決裁",), told=True, also=True)
    ]
    answer = assistant.answering.answer("契約の決済は誰ですか", reader=reader, as_of=today)
    assert answer.question_notice == "「決済」は「決裁」でも探しました。"


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("決裁と申請と照明", id="words of the manuals"),
        pytest.param("証明の手数料", id="a word that only sounds like one of theirs"),
        pytest.param("東川さんに連絡する", id="a person"),
        pytest.param("青場市の条例", id="a place"),
        pytest.param("スズキ課長はどこですか", id="a person in katakana"),
        pytest.param("8日前と30万円と三十日", id="figures"),
        pytest.param("だれがいつまでにどこへしらせればいいですか", id="kana without a term"),
        pytest.param("だいたい何円ですか", id="a word written in kana as a rule"),
        pytest.param("🚗のこと", id="a picture"),
    ],
)
def test_what_is_known_a_name_or_a_figure_stays_untouched(
    assistant: Assistant, today: date, question: str
) -> None:
    assert _respelt(assistant, question, today) == []


def test_a_word_of_a_manual_that_the_reader_may_not_read_is_never_named(
    assistant: Assistant, today: date, reader: Reader
) -> None:
    publish_text(
        assistant,
        "ハラスメントの相談は人事課の稲荷室で受けます。収賄の通報も同じです。",
        manual_id="secret",
        title="相談の記録",
        audience="section:人事課",
    )
    for question in ("ハラスメソトの相談", "しゅうわいの通報"):
        assert _respelt(assistant, question, today) == []
        assert len(_respelt(assistant, question, today, reader)) == 1


def test_a_word_known_only_from_unreadable_manuals_is_unknown_to_the_reader(
    assistant: Assistant, today: date
) -> None:
    publish_text(
        assistant,
        "テレワーグという誤記のある文書です。",
        manual_id="secret",
        audience="section:人事課",
    )
    assert _respelt(assistant, "テレワーグの承認は", today)[0].meant == ("テレワーク",)


def test_a_new_manual_brings_its_words_at_once(assistant: Assistant, today: date) -> None:
    question = "オリエンテーシンの実施"
    assert _respelt(assistant, question, today) == []
    publish_text(assistant, "オリエンテーションは年1回です。", manual_id="health", title="健康管理")
    assert _respelt(assistant, question, today)[0].told


def test_the_answer_says_what_was_searched_for(
    assistant: Assistant, today: date, reader: Reader
) -> None:
    answer = assistant.answering.answer("テレワーグの承認は誰ですか", reader=reader, as_of=today)
    assert answer.question_notice == "「テレワーグ」は「テレワーク」として探しました。"


def test_what_was_typed_is_searched_for_too(assistant: Assistant, today: date) -> None:
    asked = assistant.retriever.understanding.understand(
        "テレワーグの承認", reader=SOMEBODY, as_of=today
    )
    assert {"テレワーグ", "テレワーク"} <= set(asked.counts)
