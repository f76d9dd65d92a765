from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.as_of import AsOf, as_of_for, said_in
from assistant.domain import Turn

TODAY = date(2026, 11, 22)
FISCAL_2024 = (date(2024, 4, 1), date(2025, 3, 31))


def _said(question: str, today: date = TODAY) -> tuple[str, str] | None:
    said = said_in(question, today=today)
    return (str(said.day), said.words) if said else None


@pytest.mark.parametrize(
    ("question", "day", "words"),
    [
        pytest.param("令和6年度の契約では何者から見積もりを取りますか", "2025-03-31", "令和6年度", id="の…では"),
        pytest.param("令和6年4月1日時点の限度額は", "2024-04-01", "令和6年4月1日", id="時点"),
        pytest.param("令和6年4月1日現在の限度額を教えて", "2024-04-01", "令和6年4月1日", id="現在"),
        pytest.param("昨年度に契約した委託の部分払いは何回できますか", "2026-03-31", "昨年度", id="an event"),
        pytest.param("2024年10月の出張の宿泊料はいくら", "2024-10-31", "2024年10月", id="an event as a noun"),
        pytest.param("2024年10月に出張しました。宿泊料はいくらまでですか", "2024-10-31", "2024年10月", id="an event told first"),
        pytest.param("昨年度契約した工事の検査は", "2026-03-31", "昨年度", id="without に"),
        pytest.param("R7.4.1に契約した場合の限度額", "2025-04-01", "R7.4.1", id="a case"),
        pytest.param("2024年に契約したら印紙はいくら", "2024-12-31", "2024年", id="たら"),
        pytest.param("平成31年4月の限度額は", "2019-04-30", "平成31年4月", id="an older era"),
        pytest.param("令和六年度の限度額はいくらでしたか", "2025-03-31", "令和六年度", id="kanji"),
        pytest.param("２０２４年度の限度額は", "2025-03-31", "２０２４年度", id="full width stays as written"),
        pytest.param("令和6年度における限度額", "2025-03-31", "令和6年度", id="における"),
        pytest.param("令和5年度は？", "2024-03-31", "令和5年度", id="topic"),
        pytest.param("R6年度だと？", "2025-03-31", "R6年度", id="だと"),
        pytest.param("昨年の限度額を教えてください。", "2025-12-31", "昨年", id="please tell"),
        pytest.param("旅費の手引き（令和4年版）の宿泊料", "2022-12-31", "令和4年", id="an edition"),
        pytest.param("令和6年度版の手引きでは", "2025-03-31", "令和6年度", id="an edition of a fiscal year"),
        pytest.param("今年の2月、手当は月いくらだった？", "2026-02-28", "今年の2月", id="how it was"),
        pytest.param("令和7年7月に行った出張、精算は何日以内だった？", "2025-07-31", "令和7年7月", id="how it was for an event"),
        pytest.param("令和6年度に契約しました。当時の限度額は", "2025-03-31", "令和6年度", id="当時 further on"),
        pytest.param("前年度の契約では", "2026-03-31", "前年度", id="前年度 with では"),
        pytest.param("令和6年度当初の限度額は", "2024-04-01", "令和6年度当初", id="beginning"),
        pytest.param("令和6年度末時点の限度額は", "2025-03-31", "令和6年度末", id="end"),
    ],
)  # fmt: skip
def test_a_question_about_another_time_says_its_day(question: str, day: str, words: str) -> None:
    assert _said(question) == (day, words)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        pytest.param("昨年度の限度額は", "2026-03-31", id="over: last day"),
        pytest.param("今年度の限度額は", "2026-11-22", id="running: today"),
        pytest.param("来年度の限度額は", "2027-04-01", id="to come: first day"),
        pytest.param("先月の出張の日当は", "2026-10-31", id="last month"),
        pytest.param("今月の出張の日当は", "2026-11-22", id="this month"),
        pytest.param("来月の出張の日当は", "2026-12-01", id="next month"),
        pytest.param("2026年の限度額は", "2026-11-22", id="this year"),
        pytest.param("令和8年11月30日の限度額は", "2026-11-30", id="a day is the day"),
        pytest.param("令和8年度から何が変わりますか", "2026-04-01", id="a change: first day"),
        pytest.param("来年度から何が変わる？", "2027-04-01", id="a change to come"),
        pytest.param("来年度から宿泊料はいくらになりますか", "2027-04-01", id="an amount to come"),
        pytest.param(
            "先月の前渡金の精算は何日以内でしたか", "2026-10-31", id="前 is part of a word"
        ),
    ],
)
def test_the_day_of_a_period_depends_on_today(question: str, day: str) -> None:
    said = said_in(question, today=TODAY)
    assert said is not None
    assert str(said.day) == day


def test_the_period_said_is_kept_beside_the_day() -> None:
    said = said_in("令和6年度の契約では", today=TODAY)
    assert said == AsOf(date(2025, 3, 31), "question", *FISCAL_2024, "令和6年度")


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("有給休暇は何日ですか", id="no time"),
        pytest.param("令和6年度までに作成した文書の保存期間は", id="until then"),
        pytest.param("令和6年度に作成した文書の保存期間は", id="keeping old papers"),
        pytest.param("令和2年度の書類はもう捨てていいですか", id="throwing away old papers"),
        pytest.param("令和7年3月31日までに提出する書類は", id="a deadline"),
        pytest.param("平成20年生まれの子の扶養手当は", id="a year of birth"),
        pytest.param("昭和の文書は捨てていい？", id="an era"),
        pytest.param("第6年度の委託料は", id="a numbered year"),
        pytest.param("令和4年法律第12号の対象は", id="number of a law"),
        pytest.param("令和4年青葉野市条例第12号の対象は", id="number of a by-law"),
        pytest.param("令和7年4月1日施行の規則の対象は", id="a rule by its first day"),
        pytest.param("2020年以降の契約の書類は", id="since"),
        pytest.param("2024の限度額は", id="a number"),
        pytest.param("4月1日に採用された人の有休は", id="no year"),
        pytest.param("令和2年4月1日に採用された職員の有休は何日ですか", id="staff of that year"),
        pytest.param("余った分は来年に持ち越せますか", id="into next year"),
        pytest.param("翌年度に繰り越せますか", id="into the following year"),
        pytest.param("翌年度の支払いは", id="the following year is of no date"),
        pytest.param("来年度の予算要求はいつまで", id="this year's work for the next"),
        pytest.param("来年の成人式の会場はどこ", id="no rule of next year"),
        pytest.param("来年4月から家が変わります。通勤手当はいくらですか", id="another change"),
        pytest.param("来年2月の給料から入る口座を変えたい", id="a wish"),
        pytest.param("去年と同じところに頼みたい", id="as last year"),
        pytest.param("去年のように契約できるのは", id="like last year"),
        pytest.param("去年から使っているサービスの更新は", id="used since last year"),
        pytest.param("去年買った公用車の保険は", id="a thing bought then"),
        pytest.param("昨年度に備品を買ったが壊れた。", id="told, not asked"),
        pytest.param("令和7年度に払い忘れた請求書は今からどの予算で払う？", id="to be done now"),
        pytest.param("令和7年3月に回し始めた決裁がまだ下りない。作り直し？", id="not yet done"),
        pytest.param("先月できた要綱のことを聞いても出てこない", id="a rule made then"),
        pytest.param("令和6年能登半島地震の派遣の手当は", id="part of a name"),
        pytest.param("令和6年度ではなく今の限度額は", id="not then"),
        pytest.param("令和30年度の契約では", id="too far ahead"),
        pytest.param("平成8年4月の規則では", id="more than 30 years ago"),
        pytest.param("令和6年13月の契約では", id="no such month"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_date_that_is_not_the_time_of_the_rules_says_nothing(question: str) -> None:
    assert _said(question) is None


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("昨年度と今年度で何が変わりましたか", id="と"),
        pytest.param("昨年度と今年度では何が違う", id="と with では"),
        pytest.param("令和6年度の契約と令和7年度の契約では手続きが違いますか", id="nouns between"),
        pytest.param("令和6年度から令和8年度までの契約", id="a range"),
        pytest.param("令和6年度、令和7年度の限度額", id="a list"),
        pytest.param("令和6年度の限度額は。令和7年度の限度額は", id="two questions"),
        pytest.param("昨年度に契約した工事を今年度に変更する場合は", id="two events"),
        pytest.param("令和6年4月1日時点と令和7年4月1日時点の限度額", id="two marked times"),
    ],
)
def test_two_times_in_one_question_say_nothing(question: str) -> None:
    assert _said(question) is None


@pytest.mark.parametrize(
    ("question", "day"),
    [
        pytest.param("令和6年度の契約では、令和7年5月31日までに何を出す", "2025-03-31", id="では"),
        pytest.param("令和2年度に始めた事業の令和6年4月1日時点の単価", "2024-04-01", id="時点"),
        pytest.param("令和6年度（2024年度）の限度額は", "2025-03-31", id="the same time twice"),
    ],
)
def test_of_two_times_the_one_that_is_marked_counts(question: str, day: str) -> None:
    said = said_in(question, today=TODAY)
    assert said is not None
    assert str(said.day) == day


def test_thirty_years_and_three_years_are_within_reach() -> None:
    assert _said("平成8年11月22日の規則では") == ("1996-11-22", "平成8年11月22日")
    assert _said("平成8年11月21日の規則では") is None
    assert _said("令和11年11月22日の規則では") == ("2029-11-22", "令和11年11月22日")
    assert _said("令和11年11月23日の規則では") is None


NOW = "随意契約の限度額はいくらですか"
LAST = "昨年度の随意契約の限度額はいくらですか"
NEW_TOPIC = "年次有給休暇は年に何日ありますか"


def test_a_chosen_day_comes_before_the_question() -> None:
    chosen = date(2025, 7, 1)
    assert as_of_for(LAST, [], chosen=chosen, today=TODAY) == AsOf(chosen, "chosen")


def test_a_question_without_a_time_is_about_today() -> None:
    assert as_of_for(NOW, [], chosen=None, today=TODAY) == AsOf(TODAY, "today")


@pytest.mark.parametrize(
    ("question", "earlier", "day", "origin"),
    [
        pytest.param("工事の場合は？", [LAST], "2026-03-31", "question", id="leans on a time"),
        pytest.param("理由は？", [LAST, "工事の場合は？"], "2026-03-31", "question", id="over two turns"),
        pytest.param("令和5年度は？", [LAST], "2024-03-31", "question", id="names another time"),
        pytest.param("工事の場合は？", [LAST, "令和5年度は？"], "2024-03-31", "question", id="the latest time"),
        pytest.param(NEW_TOPIC, [LAST], "2026-11-22", "today", id="a new topic"),
        pytest.param("理由は？", [LAST, NEW_TOPIC], "2026-11-22", "today", id="after a new topic"),
        pytest.param("今はいくらですか", [LAST], "2026-11-22", "today", id="back to now"),
        pytest.param("昨年度と今年度の違いは？", [LAST], "2026-11-22", "today", id="compares"),
        pytest.param("工事の場合は？", [NOW], "2026-11-22", "today", id="leans on no time"),
        pytest.param("理由は？", [], "2026-11-22", "today", id="nothing to lean on"),
    ],
)  # fmt: skip
def test_a_follow_up_takes_the_time_of_what_it_leans_on(
    question: str, earlier: list[str], day: str, origin: str
) -> None:
    turns = [Turn(text) for text in earlier]
    said = as_of_for(question, turns, chosen=None, today=TODAY)
    assert (str(said.day), said.origin) == (day, origin)


@given(
    st.text(
        alphabet="令和平成R6昨年度の契約ではに出張した場合時点、。？（） 2024/10.1月日限額今たいか",
        max_size=40,
    )
)
def test_what_is_said_stands_in_the_question(question: str) -> None:
    said = said_in(question, today=TODAY)
    if said is not None:
        assert said.words
        assert said.words in question
        assert said.first is not None
        assert said.last is not None
        assert said.first <= said.day <= said.last
