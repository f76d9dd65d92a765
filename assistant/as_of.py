"""Which day's rules a question is about: the chosen day, the day it speaks of, or today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from assistant.domain import AsOfOrigin, Turn
from assistant.errors import UsageError
from assistant.japanese.days import read_day
from assistant.japanese.periods import Period, one_to_one, periods
from assistant.understanding.follow_ups import search_text

NEAR_DAYS: Final = 30
"""A change of a rule this near to a day matters to whoever asks for the rule of that day."""
_FIRST_CHOSEN: Final = date(1868, 1, 1)
_LAST_CHOSEN: Final = date(2200, 12, 31)
_MOST_YEARS_AGO: Final = 30
_MOST_YEARS_AHEAD: Final = 3

_COURTESY: Final = re.compile(r"(?:を|について)?(?:教え|おしえ|知りた)[^。?]*[。?!\s]*$|[\s。?!]+$")
_SENTENCE_END: Final = re.compile(r"[。?!\n]")
_WAS: Final = re.compile(
    r"た(?:の|ん)?(?:です|でしょう)?(?:か|かな|っけ|かしら)$|当時|その(?:時点|頃|ころ|ときは|時は)"
)
_DID_END: Final = re.compile(r"た(?:の|ん)?$")
_QUESTION: Final = re.compile(r"\?|いくら|いくつ|何|いつ|どこ|誰|だれ|どれ|どの|どう|なに")
# What is still to be done follows today's rules, whatever year the thing is of.
_NOW: Final = re.compile(
    r"今(?:から|なら|は|も|の|だと|すぐ|でも)|いま(?:から|は)|現行|これから|今後|もう|まだ"
    r"|たい(?=です|の|ん|けど|が|[。、?]|$)"
    r"|[てで]も?(?:いい|良い|よい|よろし|平気|大丈夫|構わ|かまわ)(?!の)"
    r"|どうす|どうし(?:たら|よう)|保存|保管|捨て|廃棄|処分|見つか|出てき"
)
_NOW_INSTEAD: Final = re.compile(r"今(?:は|の|だと|なら|も)|いま(?:は|の)|現在|現行|最新")

# Read from the end of a period on. Numbers of laws and years of birth are names.
_NAME: Final = re.compile(
    r"\s*(?:生まれ|生れ|産まれ|法律|政令|省令|府令|条例|告示|訓令"
    r"|[^\sはにをがでと、。]{0,14}第\s*[\d一二三四五六七八九十百〇○]+\s*号)"
)
_AROUND: Final = r"[)」]?\s*(?:中|頃|ごろ|ころ)?"
_BEFORE_OR_SINCE: Final = r"(?:から|まで|以前|以降|以後|より|と同じ|と比べ)"
_WORDS: Final = rf"(?:(?!{_BEFORE_OR_SINCE})[^、。?])"
_NOUNS: Final = rf"(?:(?!{_BEFORE_OR_SINCE})[^、。?をが])"
_SURE: Final = re.compile(
    rf"{_AROUND}の?(?:時点|現在|当時)(?!{_BEFORE_OR_SINCE})"
    rf"|{_AROUND}(?:の{_NOUNS}{{0,25}}?)?(?:では(?!な|あり)|においては|における|だと)|版"
)
_CHANGE: Final = re.compile(
    r"\s*から(?:[^。?]*(?:何が|なにが|何か|どう|どこが|どのよう)[^。?]*(?:変|改)"
    r"|[^。?]*(?:いくら|何\w{1,4})に(?:変|な))"
)
_NOT_THEN: Final = re.compile(
    rf"{_AROUND}(?:の?{_BEFORE_OR_SINCE}|と|や|付|施行|改正|以来|の?前(?![渡払受任])|の?後|末|初(?!任)"
    r"|の(?:よう|まま|とおり|通り)|に(?:引き)?続)"
)
_TOPIC: Final = re.compile(
    rf"{_AROUND}(?:(?:は|には|も|なら|だったら|での|のとき|の場合)(?!じめ)"
    rf"|の{_NOUNS}{{0,25}}?(?:は|で|って|なら|も|の場合|とき|際|について|に関し|、|\s*$))"
)
# A time to come has rules and events that are planned, not any matter of that year.
_PLANNED: Final = re.compile(
    r"規[則程定]|要[綱領]|基準|手引|マニュアル|ルール|制度|限度|上限|単価|[額料率]|日数|期限|手続"
)
_THING: Final = re.compile(
    r"\s*の\w{0,3}?(?:文書|書類|伝票|資料|請求書|領収|記録|データ|名簿|予算|決算|計画|備品(?!購入)|繰越|残)"
)
# What was made or bought then lasts, under the rules of today; an event has those of its day.
_DEED: Final = (
    r"(?:契約|工事|委託|業務|入札|随契|見積|出張|旅行|赴任|会議|研修|購入|購買|買入れ|発注|調達|支出|支払"
    r"|勤務|残業|宿直|日直|休暇|休職|育休|産休|年休|有休|異動|事業|補助|交付|貸付|旅費|手当|宿泊|謝礼|謝金)"
)
_DID: Final = (
    r"(?:[いきしちりみびえけげせてねべめれじっん出見得来着寝経][ただ]|だった)"
    r"(?![いらめりばくちがだ])"
)
_EVENT: Final = re.compile(
    rf"{_AROUND}に?(?![はもをがのと]){_WORDS}{{0,20}}?"
    rf"(?:{_DID}(?:場合|とき|時|際|[^、。?のをが]{{0,4}}?{_DEED})"
    rf"|{_DEED}を?(?:し|行い|行っ|に行き|に行っ)(?:まし)?た(?=[。、]|\s*$)"
    r"|[うくすつぬむるぶぐ](?:場合|とき|時は|際|なら)|[っしいきんれけえめみべ][ただ]ら(?!よ))"
)
_COMPARED: Final = re.compile(
    r"(?:の(?:(?!では|でも)[^、。?]){0,12}?)?(?:と|や|から|より|に比べ|及び|および|~|〜)の?|[、・]"
)


@dataclass(frozen=True)
class AsOf:
    """The day whose versions answer, where it comes from, and the words that say so.

    `first` and `last` are the period said (令和6年度), None where no question says one.
    """

    day: date
    origin: AsOfOrigin
    first: date | None = None
    last: date | None = None
    words: str = ""

    def is_near(self, change: date) -> bool:
        """Tell whether rules that change on a day change near this one or in the period said."""
        if abs((change - self.day).days) <= NEAR_DAYS:
            return True
        return self.first is not None and self.last is not None and self.first < change <= self.last


@dataclass(frozen=True)
class _Meant:
    """A period of a question with its day; `sure` where 時点, 現在, 当時, では or 版 marks it."""

    period: Period
    day: date
    sure: bool


def as_of_for(question: str, turns: Sequence[Turn], *, chosen: date | None, today: date) -> AsOf:
    """Return the day whose rules answer a question.

    A chosen day comes before what the question says. A question that leans on the turns before
    it (`search_text`) takes what the latest of them says that leads up to it.
    """
    if chosen is not None:
        return AsOf(chosen, "chosen")
    asked, before = question, list(turns)
    while (said := said_in(asked, today=today)) is None:
        if _NOW_INSTEAD.search(asked) or len(_times(_reached(asked, today))) > 1:
            break
        if search_text(asked, before) == asked:
            break
        asked = before.pop().question
    return said or AsOf(today, "today")


def begins_by(day: date, origin: AsOfOrigin) -> date | None:
    """Return until when a manual's first version may begin to be searched for a day all the same.

    Only a day that the question speaks of is that loose: what was done in March may be settled by
    the rules that came with April.
    """
    return day + timedelta(days=NEAR_DAYS) if origin == "question" else None


def read_chosen_day(text: str) -> date:
    """Return the day that a person chose, in any notation of `read_day`; raises UsageError."""
    try:
        day = read_day(text)
    except ValueError as error:
        raise UsageError(
            f"日付「{text}」を読めません。2026-04-01 か 令和8年4月1日 の形で指定してください。"
        ) from error
    if not _FIRST_CHOSEN <= day <= _LAST_CHOSEN:
        raise UsageError(
            f"日付「{text}」は使えません。"
            f"{_FIRST_CHOSEN.year}年から{_LAST_CHOSEN.year}年までの日を指定してください。"
        )
    return day


def said_in(text: str, *, today: date) -> AsOf | None:
    """Return the day of whose rules or events a question asks; None where it names none.

    Of a year or month that is over it is the last day, of one that runs today, of one to come
    the first. Deadlines, names of laws, years of birth and what only began then are none. Of
    different times in one question only one that 時点, 現在, 当時, では or 版 alone marks counts.
    """
    asked = one_to_one(text)
    found = _reached(asked, today)
    if not found or _compares(asked, found):
        return None
    ends = [*(period.start for period in found[1:]), len(asked)]
    meant = [
        meaning
        for period, end in zip(found, ends, strict=True)
        if (meaning := _meaning(asked, period, end, today))
    ]
    sure = [meaning for meaning in meant if meaning.sure]
    if len(_times([meaning.period for meaning in sure] or found)) != 1 or not meant:
        return None
    first = (sure or meant)[0]
    period = first.period
    words = text[period.start : period.end]
    return AsOf(first.day, "question", period.first, period.last, words)


def _times(found: Sequence[Period]) -> set[tuple[date, date]]:
    return {(period.first, period.last) for period in found}


def _reached(text: str, today: date) -> list[Period]:
    """Return the periods of a text that may be those of a rule: none of old, none far ahead."""
    asked = one_to_one(text)
    return [
        period
        for period in periods(asked, today=today)
        if _years_on(period.last, _MOST_YEARS_AGO) >= (today.year, today.month, today.day)
        and _years_on(period.first, -_MOST_YEARS_AHEAD) <= (today.year, today.month, today.day)
        and not _NAME.match(asked, period.end)
    ]


def _years_on(day: date, years: int) -> tuple[int, int, int]:
    return day.year + years, day.month, day.day


def _compares(asked: str, found: Sequence[Period]) -> bool:
    """Tell whether two times stand against each other, as in 昨年度と今年度で."""
    return any(
        _COMPARED.fullmatch(asked, one.end, other.start) and len(_times([one, other])) > 1
        for one, other in pairwise(found)
    )


def _meaning(asked: str, period: Period, end: int, today: date) -> _Meant | None:
    """Return the period as the time of what is asked; `end` is where the next one begins."""
    after = asked[period.end : end]
    if _CHANGE.match(after) and not (period.relative and period.last < today):
        return _Meant(period, period.first, sure=False)
    day = min(max(period.first, today), period.last)
    if _SURE.match(after):
        return _Meant(period, day, sure=True)
    if _NOT_THEN.match(after):
        return None
    plain = _COURTESY.sub("", asked)
    if _asks_of_then(plain, asked):
        return _Meant(period, day, sure=False) if period.first <= today else None
    if period.loose or _NOW.search(plain):
        return None
    after = plain[period.end : end]
    is_asked_last = not _SENTENCE_END.search(plain, period.end)
    topic = _TOPIC.match(after) if is_asked_last and not _THING.match(after) else None
    if topic and topic[0].lstrip().startswith("の") and period.first > today:
        topic = topic if _PLANNED.search(topic[0]) or re.search(_DEED, topic[0]) else None
    return _Meant(period, day, sure=False) if topic or _EVENT.match(after) else None


def _asks_of_then(plain: str, asked: str) -> bool:
    """Tell whether a question asks how it was: 何日だった, いくらでしたか, 当時."""
    last = _SENTENCE_END.split(plain)[-1] + asked.rstrip()[-1]
    return bool(_WAS.search(plain) or (_DID_END.search(plain) and _QUESTION.search(last)))
