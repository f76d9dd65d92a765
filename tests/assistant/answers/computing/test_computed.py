from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answers.computing.computed import computed_sentences
from assistant.answers.evidence import Passage
from eval.figures.figure_sums import unsupported_in_sum

BOND = (
    "契約の相手方は、契約を結ぶまでに契約金額の100分の10以上の契約保証金を納めます"
    "（自治法第234条の2第2項、施行令第167条の16）。"
)
BID = "入札に参加する者は、見積金額の100分の5以上の入札保証金を納めます（施行令第167条の7）。"
NIGHT = "宿泊手当は、旅行中の雑費に充てるもので、1夜につき2,200円です。"
CAR = "私有車の車賃は、1キロメートル当たり25円です。"
TAX = "消費税及び地方消費税の額は、税抜きの額の100分の10です。"
MOVED = "請求の期限は、住居を移した日の翌日から30日以内です。"
ACCEPTED = "申請は、受理した日から14日以内に処分します。"
STARTED = "申請は、受理した日から起算して14日以内に処分します。"
HIRED = "届は、採用の日から1か月以内に出します。"
WAIVED = "予定価格30万円以下の随意契約では、予定価格調書の作成を省略できます。"
LEASE = "事項：物件の借入れ ｜ 課長：50万円以下 ｜ 部長：50万円を超え200万円以下 ｜ 副市長：200万円を超え1,000万円以下"
SICK = "連続して七日を超えて休むときは、医師の診断書を添えます。"
CHILD = "子が1歳6か月未満のときに取れます。"

Compute = Callable[[str, str], str]


@pytest.fixture
def compute(passage: Callable[..., Passage]) -> Compute:
    """Work out a question with one quotation; the evaluation's own checker finds no fault."""

    def worked_out(question: str, rule: str) -> str:
        found = computed_sentences(question, [passage(rule, quote=rule)])
        for sentence in found:
            assert sentence.kind == "computed"
            assert sentence.citations == (1,)
            assert unsupported_in_sum(sentence.text, [rule], question=question) == []
        return "".join(sentence.text for sentence in found)

    return worked_out


@pytest.mark.parametrize(
    ("question", "rule", "step"),
    [
        pytest.param("500万円の契約だと契約保証金はいくら？", BOND, "500万円 × 10/100 = 50万円", id="rate"),
        pytest.param("契約金額が五百万円なら契約保証金は何円？", BOND, "500万円 × 10/100 = 50万円", id="kanji"),
        pytest.param("見積金額800万円の入札保証金はいくら", BID, "800万円 × 5/100 = 40万円", id="bid"),
        pytest.param("3泊4日の出張で宿泊手当は合計でいくら", NIGHT, "2,200円 × 3 = 6,600円", id="nights"),
        pytest.param("日当は3日でいくら", "区分：日当（1日につき） ｜ 額：2,200円", "2,200円 × 3 = 6,600円", id="row"),
        pytest.param("私有車で往復24キロ走ると車賃はいくら", CAR, "25円 × 24 = 600円", id="distance"),
        pytest.param("税抜き100万円だと消費税はいくら", TAX, "100万円 × 10/100 = 10万円", id="tax"),
        pytest.param("税抜き100万円、税込みの額はいくら", TAX, "100万円 + 10万円 = 110万円", id="with tax"),
    ],
)  # fmt: skip
def test_an_amount_is_worked_out_in_steps(
    compute: Compute, question: str, rule: str, step: str
) -> None:
    assert step in compute(question, rule)


def test_a_least_amount_stays_one(compute: Compute) -> None:
    assert compute("500万円の契約だと契約保証金はいくら？", BOND).endswith("50万円以上です。")


@pytest.mark.parametrize(
    ("question", "rule", "last"),
    [
        pytest.param("4月1日に受理したら期限はいつ", ACCEPTED, "4月15日", id="first day left out"),
        pytest.param("4月1日に受理したら期限はいつ", STARTED, "4月14日", id="起算して"),
        pytest.param("4月1日に住居を移した。請求の期限は", MOVED, "5月1日", id="翌日から"),
        pytest.param("令和8年4月1日に受理したら期限は", ACCEPTED, "2026年4月15日", id="with its year"),
        pytest.param("12月25日に受理したら期限はいつ", ACCEPTED, "翌年1月8日", id="over the year's end"),
        pytest.param("4月1日に採用された。届はいつまで", HIRED, "5月1日", id="a month"),
        pytest.param("令和8年1月30日に採用された。届はいつまで", HIRED, "2026年2月28日", id="民法143条"),
        pytest.param("4月20日に出発する。いつまでに出す？", "出発の10日前までに出す。", "4月10日", id="before"),
        pytest.param("4月1日に受理したら期限はいつ", "受理から二週間以内に処分する。", "4月15日", id="weeks"),
    ],
)  # fmt: skip
def test_a_last_day_is_counted(compute: Compute, question: str, rule: str, last: str) -> None:
    assert f"期限は{last}です。" in compute(question, rule)


def test_leaving_out_the_first_day_is_said_as_a_step(compute: Compute) -> None:
    said = compute("4月1日に受理したら期限はいつ", ACCEPTED)
    assert said.startswith("初日は数えません（民法第140条）。4月1日 + 14日 = 4月15日。")
    assert "民法" not in compute("4月1日に受理したら期限はいつ", STARTED)


@pytest.mark.parametrize(
    ("question", "rule", "said"),
    [
        pytest.param("35万円の随契で予定価格調書は省略できる？", WAIVED, "「30万円以下」に当たりません", id="over"),
        pytest.param("30万円の随契で予定価格調書は省略できる？", WAIVED, "「30万円以下」に当たります", id="just"),
        pytest.param("5年分の総額で150万円のリースは誰の決裁", LEASE, "「部長：50万円を超え200万円以下」", id="row"),
        pytest.param("足を折って7日休みます。診断書はいりますか", SICK, "に当たりません", id="exactly 7 days"),
        pytest.param("子が1歳8か月。部分休業は取れますか", CHILD, "1歳8か月 = 20か月", id="age in months"),
        pytest.param(
            "休暇を2か月と1年取った。合計で延長できる？",
            "休暇が通算して18か月を超えるときは延長できません。",
            "2か月 + 1年 = 14か月",
            id="sum of periods",
        ),
    ],
)  # fmt: skip
def test_a_figure_is_compared_with_the_limit(
    compute: Compute, question: str, rule: str, said: str
) -> None:
    assert said in compute(question, rule)


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        pytest.param("約500万円の契約だと契約保証金はいくら？", BOND, id="about"),
        pytest.param("500万円以上の契約だと契約保証金はいくら？", BOND, id="no exact figure"),
        pytest.param("予定価格500万円なら契約保証金はいくら？", BOND, id="share of another amount"),
        pytest.param("500万円の契約だと入札保証金はいくら？", BOND, id="another deposit"),
        pytest.param("300万円と500万円の契約だと契約保証金はいくら？", BOND, id="two amounts"),
        pytest.param("契約保証金はいくら？", BOND, id="no figure"),
        pytest.param("契約金額333円だと契約保証金はいくら？", BOND, id="part of a yen"),
        pytest.param("500万円の契約だと契約保証金はいくら？", BOND + BID, id="two rates"),
        pytest.param("2人で3泊、宿泊手当は合計でいくら", NIGHT, id="another factor"),
        pytest.param("3泊で宿泊費はいくら", "宿泊費は1夜につき甲地16,000円、乙地12,000円です。", id="two prices"),
        pytest.param("私有車で片道12キロ。車賃はいくら", CAR, id="one way of two"),
        pytest.param("3泊で宿泊手当はいくら", "食事が付くときは、宿泊手当は1夜につき734円です。", id="a condition"),
        pytest.param("4月1日に受理したら期限はいつ", "受理の日から3開庁日以内に送ります。", id="opening days"),
        pytest.param("4月20日に使う。いつまでに出す？", "使う日の10営業日前までに出す。", id="working days"),
        pytest.param("4月1日に届を出したら期限はいつ", ACCEPTED, id="another event"),
        pytest.param("4月1日に受理、5日に通知したら期限は6月1日？", ACCEPTED, id="two days"),
        pytest.param("4月1日に通知を受けた。検査はいつまで", "通知を受けた日から、工事は14日以内、その他は10日以内です。", id="two periods"),
        pytest.param("1月30日に採用された。届はいつまで", HIRED, id="hangs on the leap year"),
        pytest.param(
            "日持ち180日の食品を売る。計算例だと残り何日以上になる？",
            "計算例では、残り48日以上の食品を届けます。",
            id="a figure of the unit asked for",
        ),
        pytest.param(
            "育休は2か月。残りはなんヶ月？", "育休は残り3か月以下で申し出ます。", id="asked for in another spelling"
        ),
        pytest.param("2月30日に受理したら期限はいつ", ACCEPTED, id="no such day"),
        pytest.param("2,000万円の借入れは誰の決裁", LEASE, id="no cell of the row"),
        pytest.param("10日ほど休みます。診断書はいりますか", SICK, id="some days"),
        pytest.param("8日前に休みました。診断書はいりますか", SICK, id="days ago"),
        pytest.param("40万円の契約は", "10万円以上は請書、50万円以上は契約書を作る。", id="two limits"),
    ],
)  # fmt: skip
def test_nothing_is_worked_out_where_the_rule_is_not_unambiguous(
    compute: Compute, question: str, rule: str
) -> None:
    assert compute(question, rule) == ""


def test_an_exception_of_the_rule_is_pointed_out(compute: Compute) -> None:
    said = compute("4月1日に受理したら期限は", ACCEPTED + "ただし、急ぐときは別に定める。")
    assert said.endswith("引用に例外が書かれています。当たらないか確かめてください。")


def test_only_the_best_quotation_is_a_rule(passage: Callable[..., Passage]) -> None:
    passages = [passage(WAIVED), passage(BOND, marker=2)]
    question = "500万円の契約だと契約保証金はいくら？"
    assert all(s.citations == (1,) for s in computed_sentences(question, passages))
    assert computed_sentences(question, passages[1:])[0].citations == (2,)
    assert computed_sentences(question, []) == ()
