"""Sentences that read the indicator's charts and tables aloud, on the page and in reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from assistant.japanese.days import day_words
from assistant.usage.effects import GOAL_HOURS, LEAST_ANSWERS, Effects
from assistant.usage.figures import ClosedWeek, UsageFigures, weeks_until_end
from assistant.usage.forecast import LEAST_WEEKS
from assistant.usage.official import FINAL_TARGET, FINAL_YEAR
from assistant.usage.summaries import LATENCIES

NO_VALUE: Final = "－"
_DAYS: Final = "月火水木金土日"
MODE_WORDS: Final = {
    "extractive": "引用だけ",
    "local": "ローカルモデル",
    "endpoint": "接続先のモデル",
}


def people_words(number: float | None, *, digits: int = 0) -> str:
    """Return a number of people: 151人, 148.3人, － where there is none."""
    return NO_VALUE if number is None else f"{number:,.{digits}f}人"


def value_words(number: float | None) -> str:
    """Return an official value: with one decimal unless it is whole."""
    if number is None:
        return NO_VALUE
    return people_words(number, digits=0 if float(number).is_integer() else 1)


def official_sentence(figures: UsageFigures, fiscal_year: int) -> str:
    """Read the one official number, how many people short, and of what it is made."""
    found = figures.official(fiscal_year)
    if found.value is None or found.missing is None:
        return (
            f"{fiscal_year}年度の公式の値は、まだありません。週が確定する翌週の水曜日から"
            "計算します。"
        )
    goal = figures.target.people.get(fiscal_year)
    words = (
        f"{fiscal_year}年度の公式の値は {value_words(found.value)}"
        f"（{len(found.weeks)}週から計算。これらの週の除外は延べ {found.excluded}人）。"
        f"{FINAL_YEAR}年度の目標 {FINAL_TARGET}人まで、あと {found.missing}人です。"
    )
    if goal is not None:
        short = goal - found.value
        decided = " " if figures.target.entry else "（未決定の初期値）"
        words += f"{fiscal_year}年度の目安{decided}{goal}人" + (
            f"には {short:,.1f}人足りません。" if short > 0 else "に届いています。"
        )
    return words


def way_sentence(figures: UsageFigures) -> str:
    """Read the trend and where it leads, with its interval."""
    ahead = figures.forecast
    known = [week for week in figures.closed if week.value is not None]
    if ahead is None and known and not weeks_until_end(known[-1].start):
        return (
            f"{_last_week_words(known[-1])}{known[-1].value}人です。{FINAL_YEAR}年度の最後の週まで"
            "確定したため、その先の見通しは示しません。"
        )
    if ahead is None:
        return (
            f"確定した週は {len(known)} 週です。見通しは、{LEAST_WEEKS}週が確定してから示します。"
        )
    last, end = known[-1], ahead.points[-1]
    reached = next((p for p in ahead.points if p.expected >= FINAL_TARGET), None)
    words = (
        f"{_last_week_words(last)}{last.value}人です。"
        f"直近 {ahead.used} 週は、{_slope_words(ahead.slope)}"
        f"この傾きが続けば、{FINAL_YEAR}年度の終わりに {end.expected:.0f}人"
        f"（{end.low:.0f}〜{end.high:.0f}人）で、"
    )
    if (last.value or 0) >= FINAL_TARGET:
        return words + f"すでに {FINAL_TARGET}人に届いています。"
    if reached is None:
        return (
            words + f"{FINAL_TARGET}人には {max(FINAL_TARGET - end.expected, 0):.0f}人届きません。"
        )
    when = last.start + timedelta(days=7 * reached.ahead)
    return words + f"{when:%Y年%-m月}ごろ {FINAL_TARGET}人に届く見込みです。"


def _last_week_words(week: ClosedWeek) -> str:
    return f"最後に確定した週（{day_words(week.start)}の週）は "


def _slope_words(slope: float) -> str:
    people = f"{abs(slope):.1f}"
    if people == "0.0":
        return "ほぼ変わっていません。"
    return f"週に {people}人ずつ{'増えて' if slope > 0 else '減って'}います。"


def readings_sentence(figures: UsageFigures) -> str:
    """Read both readings of the last closed week."""
    if not figures.closed:
        return "確定した週はまだありません。"
    last = figures.closed[-1]
    words = (
        f"最後に確定した週（{day_words(last.start)}の週）に利用した人は {last.active}人"
        f"（ほかに除外 {last.excluded}人）です。"
    )
    if last.sustained is None:
        return words + "定着の数は、4週が確定してから示します。"
    return words + (
        f"直近4週のすべてで利用した人は {last.sustained}人、3週以上で利用した人は "
        f"{last.three_of_four}人です。"
    )


def movement_sentence(figures: UsageFigures) -> str:
    """Read who came, stayed, came back, and who has gone quiet."""
    if not figures.movements:
        return "確定した週はまだありません。"
    last = figures.movements[-1]
    words = (
        f"最後に確定した週は、新規 {last.new}人、継続 {last.continuing}人、"
        f"復帰 {last.returning}人。"
        f"前に使ったが直近4週に使っていない人（休眠）は {last.dormant}人"
    )
    if last.never is None:
        return words + "です。"
    return words + f"、まだ一度も使っていない職員は {last.never}人です。"


def cohort_sentence(figures: UsageFigures) -> str:
    """Read how many of those who began are still there after four and twelve weeks."""
    parts = []
    for after in (4, 12):
        known = [c for c in figures.cohorts if len(c.active) > after]
        began = sum(cohort.active[0] for cohort in known)
        if began:
            stayed = sum(cohort.active[after] for cohort in known)
            parts.append(f"{after}週後に {stayed / began:.0%}（{began}人のうち {stayed}人）")
    if not parts:
        return "始めてから4週たった人がまだいません。"
    return f"使い始めた人のうち、{'、'.join(parts)}が、その週にも利用していました。"


def hours_sentence(hours: Mapping[str, int]) -> str:
    """Read the busiest hour of the week."""
    if not hours:
        return "この期間の質問はありません。"
    busiest = max(sorted(hours), key=lambda item: hours[item])
    day, _, hour = busiest.partition("-")
    outside = sum(n for item, n in hours.items() if not _is_office(item))
    return (
        f"質問が最も多いのは{_DAYS[int(day) - 1]}曜日の{int(hour)}時台"
        f"（{hours[busiest]:,}件）です。"
        f"平日8時〜18時の外は {outside / sum(hours.values()):.0%} です。"
    )


def ranking_sentence(what: str, counts: Counter[str]) -> str:
    """Read the first three of a ranking."""
    if not counts:
        return f"この期間に{what}を根拠にした質問はありません。"
    total = sum(counts.values())
    first = [f"{name}（{number:,}件）" for name, number in counts.most_common(3)]
    return f"{what}を根拠にした質問 {total:,}件のうち、多いのは {'、'.join(first)}です。"


def mode_sentence(modes: Mapping[str, int], latency: Mapping[str, int]) -> str:
    """Read how answers were made and how long people waited for the first evidence."""
    total = sum(modes.values())
    if not total:
        return "この期間の質問はありません。"
    shares = "、".join(
        f"{MODE_WORDS.get(mode, mode)} {number / total:.0%}"
        for mode, number in sorted(modes.items())
    )
    timed = sum(latency.values())
    if not timed:
        return f"回答の作り方は、{shares}です。"
    quick = sum(latency.get(str(place), 0) for place in range(2))
    return (
        f"回答の作り方は、{shares}です。最初の表示までに {LATENCIES[1]:.0f}秒以内だったのは "
        f"{quick / timed:.0%}です。"
    )


def quotations_sentence(active: int, quotations_only: int) -> str:
    """Read how many people saw quotations only."""
    return (
        f"最後に確定した週に利用した {active}人のうち、AIの文が一度も表示されず、引用か"
        f"「見つからない」だけだった人は {quotations_only}人です。公式の値に含めるかどうかは、"
        "設定の決定によります。"
    )


def effect_words(effects: Effects) -> list[str]:
    """Read the effects: the resolved rate, the hours with their interval, the avoided enquiries."""
    rate = effects.resolved_rate
    words = [
        "解決した率を判定できる質問がありません。"
        if rate is None
        else f"解決した率は {rate:.0%}"
        f"（判定した {effects.judged:,}件のうち {effects.resolved:,}件）。"
    ]
    asked = f"時間の調査は {effects.offered:,}件に尋ね、{effects.replies:,}件の答えがありました"
    rates = "・".join(f"{rate:.0%}" for rate in effects.rates)
    asked += f"（抽出率 {rates}）。" if rates else "。"
    hours = effects.hours
    if hours is None:
        words.append(f"{asked}答えが{LEAST_ANSWERS}件に満たないため、削減時間は計算しません。")
    else:
        words.append(
            f"{asked}削減時間は年 {hours.expected:,.0f}時間（95%区間 {hours.low:,.0f}〜"
            f"{hours.high:,.0f}時間）、目標 {GOAL_HOURS:,}時間の {hours.share_of_goal:.1%}。"
        )
    if effects.avoided:
        first = [f"{name} {number:,}件" for name, number in effects.avoided.most_common(5)]
        words.append(f"問合せが減ったと見られる質問（担当課別）：{'、'.join(first)}。")
    return words


def latency_words(place: int) -> str:
    """Return a class of waiting: 1秒まで, 1〜2秒, 30秒超."""
    if place == 0:
        return f"{LATENCIES[0]:.0f}秒まで"
    if place == len(LATENCIES):
        return f"{LATENCIES[-1]:.0f}秒超"
    return f"{LATENCIES[place - 1]:.0f}〜{LATENCIES[place]:.0f}秒"


def day_names() -> Sequence[str]:
    """Return the days of the week, Monday first."""
    return tuple(_DAYS)


def _is_office(item: str) -> bool:
    day, _, hour = item.partition("-")
    return int(day) <= 5 and 8 <= int(hour) < 18
