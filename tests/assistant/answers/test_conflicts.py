"""Two manuals that disagree: both are shown; what only looks like it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from found_passages import found_hit, scored_in_order, understood

from assistant.answers.conflict_words import conflict_words
from assistant.answers.conflicts import with_conflicts
from assistant.answers.quoting import choose_passages
from assistant.domain import (
    Answer,
    Conflict,
    ConflictSide,
    Reader,
    RetrievedChunk,
)
from assistant.opening import Assistant

AMOUNT_ASKED = "備品とする額はいくらからですか"
AMOUNT = "備品とは、1個の取得価格が{}で、1年を超えて使う品をいいます。"
TIME_ASKED = "事故に気付いたら何分以内に第一報を電話しますか"
TIME = "事故に気付いた職員は、気付いた時から{}、DX推進課に電話で第一報を行います。"
COUNT_ASKED = "見積合せは何者から徴しますか"
COUNT = "見積合せでは、{}の業者から見積りを徴し、比較表を作ります。"
FEE_ASKED = "職員証の再交付の手数料はいくらですか"
FEE = "職員証の再交付の手数料は{}で、納付書により金融機関に払います。"
HOUR_ASKED = "伝票の締切は何時ですか"
HOUR = "伝票の締切は、支払日の前日の{}で、審査班が受け取ります。"
YEARS_ASKED = "窓口で受けた伝票は何年保存しますか"
YEARS = "窓口で受けた伝票の保存は{}とし、年度の末に溶解します。"
DAYS_ASKED = "亡失の顛末書は何日以内に出しますか"
DAYS = "品を亡失した職員は、{}に顛末書を管財係に出します。"


def _answer(question: str, *found: RetrievedChunk, like: Sequence[RetrievedChunk] = ()) -> Answer:
    """Return an answer that quotes the best sentence, with the conflicts that are found."""
    hits, scored = list(found), scored_in_order(found)
    cited = tuple(passage.citation for passage in choose_passages(hits, scored[:1]))
    answer = Answer("a", question, "answered", date(2026, 4, 1), "extractive", citations=cited)
    answer = replace(answer, search_text=question)
    return with_conflicts(answer, understood(question), scored, hits, search=lambda _: like)


def _conflicts(question: str, *found: RetrievedChunk) -> tuple[Conflict, ...]:
    return _answer(question, *found).conflicts


def _figures(question: str, one: str, other: str) -> list[tuple[str, ...]]:
    answer = _answer(question, found_hit(one), found_hit(other, manual="品の管理の手引き"))
    return [tuple(side.figure for side in conflict.sides) for conflict in answer.conflicts]


@pytest.mark.parametrize(
    ("question", "sentence", "one", "other"),
    [
        pytest.param(AMOUNT_ASKED, AMOUNT, "税込2万円以上", "税込3万円以上", id="amounts"),
        pytest.param(AMOUNT_ASKED, AMOUNT, "二万円以上", "3万円以上", id="kanji digits"),
        pytest.param(AMOUNT_ASKED, AMOUNT, "2万5千円以上", "25,500円以上", id="万 and 千"),
        pytest.param(AMOUNT_ASKED, AMOUNT, "2万円を超え", "3万円以上", id="over and from"),
        pytest.param(TIME_ASKED, TIME, "1時間以内", "30分以内", id="hours and minutes"),
        pytest.param(TIME_ASKED, TIME, "1時間30分以内", "1時間以内", id="a time of two parts"),
        pytest.param(COUNT_ASKED, COUNT, "3者以上", "2者以上", id="counts"),
        pytest.param(FEE_ASKED, FEE, "500円", "千円", id="amounts that bound nothing"),
        pytest.param(HOUR_ASKED, HOUR, "15時まで", "16時30分まで", id="times of the day"),
        pytest.param(YEARS_ASKED, YEARS, "3年", "60か月", id="years and months"),
        pytest.param(DAYS_ASKED, DAYS, "2週間以内", "10日以内", id="weeks and days"),
        pytest.param(DAYS_ASKED, DAYS, "5開庁日以内", "3開庁日以内", id="working days"),
    ],
)  # fmt: skip
def test_different_figures_of_one_rule_are_a_conflict(
    question: str, sentence: str, one: str, other: str
) -> None:
    assert _figures(question, sentence.format(one), sentence.format(other)) == [(one, other)]


@pytest.mark.parametrize(
    ("question", "sentence", "one", "other"),
    [
        pytest.param(AMOUNT_ASKED, AMOUNT, "2万円以上", "二万円以上", id="kanji digits"),
        pytest.param(AMOUNT_ASKED, AMOUNT, "2万5千円以上", "２５，０００円以上", id="万 and 千"),
        pytest.param(TIME_ASKED, TIME, "1時間以内", "60分以内", id="hours and minutes"),
        pytest.param(TIME_ASKED, TIME, "1時間30分以内", "90分以内", id="a time of two parts"),
        pytest.param(TIME_ASKED, TIME, "1時間半以内", "90分以内", id="half an hour"),
        pytest.param(TIME_ASKED, TIME, "一時間三十分以内", "90分以内", id="two parts in kanji"),
        pytest.param(DAYS_ASKED, DAYS, "2週間以内", "14日以内", id="weeks and days"),
        pytest.param(HOUR_ASKED, HOUR, "午後5時15分まで", "17時15分まで", id="times of the day"),
        pytest.param(YEARS_ASKED, YEARS, "5年", "60か月", id="years and months"),
    ],
)
def test_one_figure_in_two_notations_is_no_conflict(
    question: str, sentence: str, one: str, other: str
) -> None:
    assert _figures(question, sentence.format(one), sentence.format(other)) == []


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        pytest.param(
            COUNT_ASKED,
            "工事の見積合せでは、3者以上の業者から見積りを徴し、比較表を作ります。",
            "物品の見積合せでは、2者以上の業者から見積りを徴し、比較表を作ります。",
            id="works and goods",
        ),
        pytest.param(
            COUNT_ASKED,
            COUNT.format("3者以上"),
            "修繕の見積合せでは、2者以上の業者から見積りを徴し、比較表を作ります。",
            id="a special case",
        ),
        pytest.param(
            "夏季休暇は何日ありますか",
            "夏季休暇は、7月から9月までに5日とし、庶務事務システムで届け出ます。",
            "年次休暇は、4月から3月までに20日とし、庶務事務システムで届け出ます。",
            id="another case than the question's",
        ),
        pytest.param(
            "休暇は何日ありますか",
            "リフレッシュ休暇は5日とし、庶務システムで総務係に届けます。",
            "ドナー休暇は7日とし、庶務システムで総務係に届けます。",
            id="two cases of what is asked",
        ),
        pytest.param(
            DAYS_ASKED,
            DAYS.format("7日以内"),
            "品を亡失した職員は、連休に当たる場合には、10日以内に顛末書を管財係に出します。",
            id="under a condition",
        ),
        pytest.param(
            DAYS_ASKED,
            DAYS.format("7日以内"),
            "品を亡失した職員が10日以内に顛末書を管財係に出すのは、連休に当たる場合だけです。",
            id="under a condition after the figure",
        ),
        pytest.param(
            AMOUNT_ASKED,
            AMOUNT.format("2万円以上"),
            "備品とは、1個が2万円以上、1組の取得価格が3万円以上で、1年を超えて使う品をいいます。",
            id="one figure in common",
        ),
        pytest.param(
            "事故の書面は何日以内に出しますか",
            "事故に気付いた職員は、1時間以内に電話し、3日以内に事故の書面を出します。",
            "事故に気付いた職員は、30分以内に電話し、3日以内に事故の書面を出します。",
            id="the figure asked for is the same",
        ),
        pytest.param(
            "事故に気付いたら電話と書面をどうしますか",
            "事故に気付いた職員は、1時間以内に電話し、3日以内に事故の書面を出します。",
            "事故に気付いた職員は、30分以内に電話し、5日以内に事故の書面を出します。",
            id="which of two figures is meant is not sure",
        ),
        pytest.param(
            "会議は何分ですか",
            "課の会議の時間は1時間半とし、議事録を総務班に送ります。",
            "課の会議の時間は90分とし、議事録を総務班に送ります。",
            id="half an hour that bounds nothing",
        ),
        pytest.param(
            "新任の研修は何回ありますか",
            "新任の研修の第2回は、庁舎の講堂で修了証を渡します。",
            "新任の研修の第3回は、庁舎の講堂で修了証を渡します。",
            id="ordinals",
        ),
        pytest.param(
            "当番は何分以内に電話しますか",
            "当番は、1時間以内に電話で応じます。",
            "当番は、30分以内に電話で応援を呼びます。",
            id="too few words in common",
        ),
        pytest.param(
            AMOUNT_ASKED, AMOUNT.format("2万円以上"), AMOUNT.format("3万円未満"), id="other bounds"
        ),
        pytest.param(
            AMOUNT_ASKED, AMOUNT.format("税抜2万円以上"), AMOUNT.format("税込2万2千円以上"),
            id="without and with tax",
        ),
        pytest.param(DAYS_ASKED, DAYS.format("5開庁日以内"), DAYS.format("7日以内"), id="days"),
        pytest.param(
            DAYS_ASKED, DAYS.format("令和8年4月1日まで"), DAYS.format("令和9年4月30日まで"),
            id="dates",
        ),
        pytest.param(
            DAYS_ASKED,
            DAYS.format("7日以内") + "この規則は公布の日から施行する",
            DAYS.format("10日以内"),
            id="when a rule begins",
        ),
        pytest.param(
            AMOUNT_ASKED,
            AMOUNT.format("2万円以上"),
            "例えば、備品で取得価格が3万円以上の品は、1年を超えて使います。",
            id="an example",
        ),
        pytest.param(
            FEE_ASKED,
            "職員証の再交付の手数料は、1枚につき500円に当たる額を納付書で払います。",
            "職員証の再交付の手数料は、2枚につき500円に当たる額を納付書で払います。",
            id="the basis of a figure",
        ),
        pytest.param(
            "事故に気付いたらどこに電話しますか", TIME.format("1時間以内"), TIME.format("30分以内"),
            id="something else is asked",
        ),
        pytest.param(
            "事故に気付いたら何日以内に書面を出しますか",
            TIME.format("1時間以内"), TIME.format("30分以内"),
            id="another kind of figure is asked",
        ),
        pytest.param(
            "工事の検査は何分で終わりますか", TIME.format("1時間以内"), TIME.format("30分以内"),
            id="no word of the question",
        ),
        pytest.param(
            "会議室の予約は何日前までですか",
            "予約は、使う日の7日前までに会議室の予約表に書き、総務係に出します。",
            "予約は、使う日の3日前までに公用車の予約表に書き、総務係に出します。",
            id="what is asked stands in one only",
        ),
    ],
)  # fmt: skip
def test_other_subjects_conditions_and_figures_are_no_conflict(
    question: str, one: str, other: str
) -> None:
    assert _figures(question, one, other) == []


def test_the_subject_of_a_short_rule_stands_in_its_heading() -> None:
    rule = "予約は、使う日の{}日前までに予約表に名を書き、総務係の押印を得ます。"
    question = "会議室の予約は何日前までですか"
    one = found_hit(rule.format(7), manual="会議室の手引き")
    other = found_hit(rule.format(3), manual="公用車の手引き")
    same = found_hit(rule.format(3), manual="庁舎の手引き", heading=("会議室",))
    assert _conflicts(question, one, other) == ()
    assert len(_conflicts(question, one, other, same)) == 1


def test_works_and_goods_in_the_headings_are_different_cases() -> None:
    one = found_hit(COUNT.format("3者以上"), heading=("第2章 工事", "見積合せ"))
    other = found_hit(
        COUNT.format("2者以上"), manual="調達の手引き", heading=("第3章 物品", "見積合せ")
    )
    assert _conflicts(COUNT_ASKED, one, other) == ()


def test_a_rule_for_all_and_one_for_some_are_a_conflict_where_the_first_names_these() -> None:
    leak = "個人情報の漏えいに気付いた職員は、気付いた時から30分以内に、DX推進課に電話で第一報を行います。"
    names = found_hit(
        TIME.format("1時間以内"), "個人情報の漏えいのときも同じです。", manual="事故の手順"
    )
    silent = found_hit(TIME.format("1時間以内"), manual="事故の手順")
    leaks = found_hit(leak, manual="個人情報の手引き")
    asked = "漏えいの第一報は何分以内ですか"
    assert len(_conflicts(asked, leaks, names)) == 1
    assert len(_conflicts("事故の第一報は何分以内ですか", names, leaks)) == 1
    assert _conflicts(asked, leaks, silent) == ()
    roster = leak.replace("個人情報", "名簿の個人情報")
    rosters = found_hit(roster, manual="個人情報の手引き")
    assert len(_conflicts(asked, rosters, names)) == 1
    assert _conflicts("名簿の漏えいの第一報は何分以内ですか", rosters, names) == ()
    assert _conflicts("ウイルスの感染の第一報は何分以内ですか", names, leaks) == ()


def test_two_sentences_of_one_manual_are_no_conflict() -> None:
    rows = found_hit(DAYS.format("7日以内"), DAYS.format("10日以内"))
    assert _conflicts(DAYS_ASKED, rows) == ()


def test_two_versions_of_one_manual_are_no_conflict() -> None:
    old = found_hit(DAYS.format("7日以内"), version=1)
    new = found_hit(DAYS.format("10日以内"), version=2)
    renamed = found_hit(
        DAYS.format("10日以内"), manual="新しい手引き", manual_id="会計事務の手引き"
    )
    entered_twice = found_hit(DAYS.format("10日以内"), manual_id="another", version=3)
    assert _conflicts(DAYS_ASKED, new, old) == ()
    assert _conflicts(DAYS_ASKED, old, renamed) == ()
    assert _conflicts(DAYS_ASKED, old, entered_twice) == ()


def test_an_amount_in_the_question_decides_whether_the_difference_matters() -> None:
    one = found_hit(AMOUNT.format("2万円以上"), manual="会計の手引き")
    other = found_hit(AMOUNT.format("3万円以上"), manual="品の手引き")
    assert len(_conflicts("2万5千円の椅子は備品ですか", one, other)) == 1
    for amount in ("1万円", "3万円", "5万円"):
        assert _conflicts(f"{amount}の椅子は備品ですか", one, other) == ()


def test_the_rule_beside_an_example_near_the_question_is_compared() -> None:
    one = found_hit("25,000円の椅子は10脚でも消耗品です。", AMOUNT.format("3万円以上"))
    other = found_hit(AMOUNT.format("2万円以上"), manual="品の手引き")
    assert len(_conflicts("2万5千円の椅子は備品ですか", one, other)) == 1


def test_a_sentence_far_from_the_question_answers_nothing() -> None:
    one = found_hit("備品の台帳は、管財係が管理します。", DAYS.format("7日以内"))
    other = found_hit(
        "備品の札は、管財係が配ります。", DAYS.format("10日以内"), manual="品の手引き"
    )
    assert _conflicts(DAYS_ASKED, one, other) == ()


def test_what_a_search_for_the_sentence_finds_is_compared_too() -> None:
    one = found_hit(DAYS.format("7日以内"))
    other = found_hit("札を配ります。", DAYS.format("10日以内"), manual="品の手引き")
    answer = _answer(DAYS_ASKED, one, like=[other])
    [conflict] = answer.conflicts
    assert conflict.sides == (ConflictSide(1, "7日以内"), ConflictSide(2, "10日以内"))


def test_each_side_is_cited_by_the_quotation_or_by_a_new_citation() -> None:
    one = found_hit(DAYS.format("7日以内"), "ほかの文は、ここには関係がありません。")
    other = found_hit(DAYS.format("10日以内"), manual="品の手引き", owner=("管財課", "2330"))
    answer = _answer(DAYS_ASKED, one, other)
    assert [c.found_words for c in answer.citations] == [
        DAYS.format("7日以内"),
        DAYS.format("10日以内"),
    ]
    theirs = answer.citations[1]
    assert (theirs.marker, theirs.manual, theirs.page) == (2, "品の手引き", 3)
    assert theirs.owner_section == "管財課"


def test_the_words_name_both_manuals_with_their_owners() -> None:
    one = found_hit(AMOUNT.format("税込2万円以上"))
    other = found_hit(
        AMOUNT.format("税込3万円以上"), manual="物品・備品管理の手引き", owner=("管財課", "")
    )
    unowned = found_hit(AMOUNT.format("税込4万円以上"), manual="覚え書き", owner=("", ""))
    answer = _answer(AMOUNT_ASKED, one, other, unowned)
    first, second, _ = answer.conflicts
    assert conflict_words(first, answer) == (
        "『会計事務の手引き』（担当：会計課、内線2410）は「税込2万円以上」、"
        "『物品・備品管理の手引き』（担当：管財課）は「税込3万円以上」としており、"
        "二つのマニュアルの記載が異なります。どちらによるかを担当課に確かめてください。"
    )
    assert "『覚え書き』は「税込4万円以上」" in conflict_words(second, answer)


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        (
            "契約：財産の買入れ ｜ 施行令の上限（万円）：150 ｜ 本市の額（万円）：120"
            " ｜ 6月30日までの本市の額（万円）：80",
            ("施行令の上限（万円）：150", "本市の額（万円）：120"),
        ),
        (
            "財産の買入れは、施行令の上限150万円より低い120万円としています。",
            ("施行令の上限150万円", "120万円"),
        ),
        (
            "財産の買入れの額は、国の基準が150万円で、市の規則では120万円です。",
            ("国の基準が150万円", "120万円"),
        ),
    ],
    ids=["row", "lower than the law", "the city's rule"],
)
def test_the_laws_ceiling_and_the_citys_rule_are_both_told(
    sentence: str, figures: tuple[str, str]
) -> None:
    answer = _answer("財産の買入れの限度額はいくらですか", found_hit(sentence))
    [conflict] = answer.conflicts
    assert tuple(side.figure for side in conflict.sides) == figures
    assert {side.marker for side in conflict.sides} == {1}
    assert "二つの定めがあります" in conflict_words(conflict, answer)


@pytest.mark.parametrize(
    "sentence",
    [
        "契約：工事の買入れ ｜ 施行令の上限・本市の額（万円）：200 ｜ 改正前の本市の額（万円）：130",
        "契約：物件の借入れ ｜ 施行令の上限（万円）：80 ｜ 本市の額（万円）：40",
        "施行令第5条により、買入れは14日以内、その他の検査は10日以内に行い、150万円まで払います。",
    ],
    ids=["the city follows the law", "another row", "no rule of the city's own"],
)
def test_where_one_layer_speaks_there_is_no_conflict(sentence: str) -> None:
    assert _conflicts("買入れの限度額はいくらですか", found_hit(sentence)) == ()


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        pytest.param("いくらから備品になりますか", {"税込2万円以上", "税込3万円以上"}, id="備品"),
        pytest.param(
            "2万5千円の椅子は備品ですか、消耗品ですか", {"税込2万円以上", "税込3万円以上"},
            id="an amount between",
        ),
        pytest.param(
            "個人情報の漏えいに気付いたら何分以内に連絡しますか", {"1時間以内", "30分以内"},
            id="漏えい",
        ),
        pytest.param("事故の第一報は何分以内ですか", {"1時間以内", "30分以内"}, id="第一報"),
    ],
)  # fmt: skip
def test_the_disagreements_of_the_sample_manuals_are_found(
    library_assistant: Assistant, reader: Reader, question: str, figures: set[str]
) -> None:
    answer = library_assistant.answering.answer(question, reader=reader, as_of=None)
    [conflict] = answer.conflicts
    assert {side.figure for side in conflict.sides} == figures
    assert {side.marker for side in conflict.sides} <= {c.marker for c in answer.citations}


@pytest.mark.parametrize(
    "question",
    [
        "委託の請求書をもらったら何日以内に支払いますか",
        "亡失の報告は何日以内ですか",
        "年次有給休暇は何日もらえますか",
        "見積書は何者から取りますか",
        "つり銭の限度額はいくらですか",
        "時間外勤務手当の割増率は何パーセントですか",
        "7万円の机は備品ですか",
        "ウイルスに感染したら何分以内に電話しますか",
    ],
)
def test_manuals_that_agree_are_left_in_peace(
    library_assistant: Assistant, reader: Reader, question: str
) -> None:
    answer = library_assistant.answering.answer(question, reader=reader, as_of=None)
    assert answer.conflicts == ()


def test_a_conflict_that_is_told_already_adds_no_citation() -> None:
    first = "財産の買入れは、施行令の上限150万円より低い120万円としています。"
    second = "財産の買入れの額は、国の基準が150万円で、市の規則では120万円です。"
    hits = [found_hit(first), found_hit(second)]
    answer = _answer("財産の買入れの限度額はいくらですか", *hits)
    told = {side.marker for conflict in answer.conflicts for side in conflict.sides}
    assert len(answer.conflicts) == 1
    assert {citation.marker for citation in answer.citations} == told
