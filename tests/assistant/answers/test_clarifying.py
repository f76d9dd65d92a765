"""When an answer asks back, and when it would only cost a turn."""

from __future__ import annotations

import pytest
from found_passages import found_hit, scored_in_order, understood

from assistant.answers.clarifying import choices
from assistant.domain import Reader, RetrievedChunk
from assistant.opening import Assistant

ESTIMATES = found_hit(
    "表9　予定価格と見積書を徴する者の数",
    "予定価格：5万円以下 ｜ 者の数：1者 ｜ 記録：店頭価格の写しで代えられる",
    "予定価格：5万円を超え30万円以下 ｜ 者の数：2者以上 ｜ 記録：起案文書に添える",
    "予定価格：30万円を超えるもの ｜ 者の数：3者以上 ｜ 記録：比較表を作る",
    manual="契約事務の手引き",
    heading=("見積書を徴する者の数",),
    kind="table",
)
LIMITS = found_hit(
    "別表第1　随意契約の限度額",
    "契約の種類：1　工事の請負 ｜ 額：200万円",
    "契約の種類：2　物品の買入れ（メモ: 中古を含む） ｜ 額：120万円",
    "契約の種類：3　物品の借入れ ｜ 額：80万円",
    manual="契約事務の手引き",
    kind="table",
)
PERIODS = found_hit(
    "表4　公告期間",
    "区分：工事 予定価格500万円以上 ｜ 公告期間：14日以上",
    "区分：工事 予定価格500万円未満 ｜ 公告期間：7日以上",
    "区分：物品 ｜ 公告期間：10日以上",
    manual="契約事務の手引き",
    kind="table",
)


def _choices(question: str, *found: RetrievedChunk) -> tuple[str, ...]:
    scored = scored_in_order(found)
    quoted = {hit.chunk.version_id for hit in found}
    return choices(understood(question), scored, found, quoted=quoted)


@pytest.mark.parametrize(
    ("question", "table", "expected"),
    [
        pytest.param(
            "見積書は何者から取りますか",
            ESTIMATES,
            ("予定価格5万円以下", "予定価格5万円を超え30万円以下", "予定価格30万円を超えるもの"),
            id="an amount",
        ),
        pytest.param(
            "随意契約の限度額はいくらですか",
            LIMITS,
            ("工事の請負", "物品の買入れ", "物品の借入れ"),
            id="a kind",
        ),
        pytest.param(
            "物品の随意契約の限度額はいくらですか",
            LIMITS,
            ("物品の買入れ", "物品の借入れ"),
            id="a kind that is named in part",
        ),
        pytest.param(
            "工事の公告期間は何日ですか",
            PERIODS,
            ("工事 予定価格500万円以上", "工事 予定価格500万円未満"),
            id="the amount of a kind that is named",
        ),
    ],
)
def test_rows_that_differ_by_what_is_not_said_are_choices(
    question: str, table: RetrievedChunk, expected: tuple[str, ...]
) -> None:
    assert _choices(question, table) == expected


@pytest.mark.parametrize(
    ("question", "table"),
    [
        pytest.param("20万円の見積書は何者から取りますか", ESTIMATES, id="the amount is said"),
        pytest.param("20万の見積書は何者から取りますか", ESTIMATES, id="an amount without 円"),
        pytest.param("工事の随意契約の限度額はいくらですか", LIMITS, id="the kind is said"),
        pytest.param("契約保証金の限度額はいくらですか", LIMITS, id="of something else"),
        pytest.param("随意契約とは何ですか", LIMITS, id="no value is asked for"),
        pytest.param(
            "研修はいつありますか",
            found_hit("期日：4月1日 ｜ 研修：新任", "期日：5月1日 ｜ 研修：係長", kind="table"),
            id="a time table",
        ),
        pytest.param(
            "証明書は何日でもらえますか",
            found_hit("証明書：在職 ｜ 日数：3日", "証明書：退職 ｜ 日数：3日", kind="table"),
            id="the same in all rows",
        ),
        pytest.param(
            "見積書は何者から取りますか",
            found_hit("質問：見積書は ｜ 答え：2者", "質問：見積書が辞退なら ｜ 答え：3者", kind="table"),
            id="questions and answers",
        ),
    ],
)  # fmt: skip
def test_what_can_be_answered_is_not_asked_back(question: str, table: RetrievedChunk) -> None:
    assert _choices(question, table) == ()


def test_a_sentence_elsewhere_that_answers_needs_no_table() -> None:
    rule = found_hit("随意契約の限度額は、どの契約でも50万円です。", manual="契約の心得")
    question = "随意契約の限度額はいくらですか"
    assert _choices(question, rule, LIMITS) == ()
    assert _choices(question, LIMITS, rule) != ()


def test_sections_for_different_staff_are_choices() -> None:
    rule = "病気休暇は、1年度に{}日以内です。"
    regular = found_hit(rule.format(90), heading=("常勤の職員",))
    yearly = found_hit(rule.format(10), heading=("会計年度任用職員",))
    question = "病気休暇は何日までですか"
    assert _choices(question, regular, yearly) == ("常勤", "会計年度任用職員")
    assert _choices("会計年度任用職員の病気休暇は何日までですか", regular, yearly) == ()
    same = found_hit(rule.format(90), heading=("会計年度任用職員",))
    assert _choices(question, regular, same) == ()
    whole = found_hit("病気休暇は、常勤が90日、会計年度任用職員が10日です。", manual="一覧")
    assert _choices(question, regular, yearly, whole) == ()


def test_only_what_is_quoted_gives_choices() -> None:
    question = "随意契約の限度額はいくらですか"
    scored = scored_in_order([LIMITS])
    assert choices(understood(question), scored, [LIMITS], quoted=set()) == ()


@pytest.mark.parametrize(
    ("question", "choice"),
    [
        ("見積書は何者から取る必要がありますか", "予定価格5万円以下"),
        ("随意契約の限度額はいくらですか", "財産の買入れ"),
        ("契約の決裁は誰が行いますか", "物品の買入れ"),
        ("会計年度任用職員の時間額はいくらですか", "保育士"),
    ],
)
def test_the_sample_manuals_have_rules_that_depend_on_what_is_not_said(
    library_assistant: Assistant, reader: Reader, question: str, choice: str
) -> None:
    answer = library_assistant.answering.answer(question, reader=reader, as_of=None)
    assert answer.outcome == "clarify"
    assert choice in answer.choices
    assert answer.quotations
