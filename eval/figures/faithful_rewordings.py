"""Makes faithful rewordings of sentences, which the figure checker must not complain about."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from eval.figures.check_sentences import SENTENCES, CheckCase, western_years, yen_in_full

_KANJI = "〇一二三四五六七八九"


def faithful_rewordings(*, seed: int = 0, count: int = 120) -> Iterator[CheckCase]:
    """Yield `count` answers that state the same figures in other notations."""
    chance = random.Random(seed)  # nosec B311
    made = 0
    while made < count:
        sentence = chance.choice(SENTENCES)
        kind = list(_REWORDINGS)[made % len(_REWORDINGS)]
        reworded = _REWORDINGS[kind](sentence)
        if reworded != sentence:
            made += 1
            list_number = chance.choice(("", "", "1. ", "① ", "(2) "))
            yield CheckCase(kind, list_number + reworded.replace("。", "[1]。"), (sentence,))


def _in_kanji(number: int) -> str:
    text = ""
    for size, name in ((1000, "千"), (100, "百"), (10, "十")):
        digit, number = divmod(number, size)
        text += ("" if digit == 1 else _KANJI[digit]) + name if digit else ""
    return text + (_KANJI[number] if number else "")


def _kanji_numerals(text: str) -> str:
    return re.sub(
        r"(?<![0-9,.])([1-9][0-9]{0,3})(?=万円|日以内|か月|年間|人|回|条|項|号|月|割|分の)",
        lambda m: _in_kanji(int(m[1])),
        text,
    )


def _written_dates(text: str) -> str:
    text = re.sub(r"令和([0-9]+)年([0-9]+)月([0-9]+)日", r"R\1.\2.\3", text)
    return re.sub(r"(20[0-9]{2})年([0-9]+)月([0-9]+)日", r"\1/\2/\3", text)


_AFTERNOON = re.compile(r"午後([0-9]+)時")
_REWORDINGS: dict[str, Callable[[str], str]] = {
    "western year": western_years,
    "Japanese era": lambda t: re.sub(r"20([0-9]{2})(?=年)", lambda m: f"令和{int(m[1]) - 18}", t),
    "yen in full": yen_in_full,
    "ten thousands": lambda t: re.sub(
        r"([0-9]{1,3}),?([0-9]*)0,000円", lambda m: f"{m[1]}{m[2]}万円".replace(",", ""), t
    ),
    "full width": lambda t: t.translate(
        str.maketrans("0123456789,%.", "０１２３４５６７８９，％．")
    ),
    "kanji numerals": _kanji_numerals,
    "arabic numerals": lambda t: re.sub(
        r"(?<!第)[二三五](?=者|通|枚|年と|分の[二三])|(?<=第)五|(?<=分の)二|百二十(?=万)",
        lambda m: "120" if len(m[0]) > 1 else str(_KANJI.index(m[0])),
        t,
    ),
    "months": lambda t: re.sub("か月", "ヶ月", t),
    "months in old style": lambda t: re.sub("か月", "箇月", t),
    "percent": lambda t: re.sub(r"100分の([0-9]+)", r"\1パーセント", t).replace("%", "パーセント"),
    "tenths": lambda t: re.sub("4割", "40%", t).replace("100分の10以上", "1割以上"),
    "24 hours": lambda t: _AFTERNOON.sub(lambda m: f"{int(m[1]) + 12}時", t),
    "clock": lambda t: re.sub(r"([0-9]+)時([0-9]+)分", r"\1:\2", t).replace("午前", ""),
    "no separator": lambda t: re.sub(r"(?<=[0-9]),(?=[0-9])", "", t),
    "short date": _written_dates,
    "spaced date": lambda t: re.sub(r"([0-9]+)(?=[年月日])", r" \1 ", t),
    "month only": lambda t: re.sub(r"(年[0-9]+月)[0-9]+日", r"\1", t),
    "companies": lambda t: re.sub("三者以上", "3社以上", t).replace("二者以上", "2社以上"),
    "whole article": lambda t: re.sub(r"(条(?:の[0-9]+)?)第[0-9]+項(?:第[0-9]+号)?", r"\1", t),
    "weeks in days": lambda t: re.sub(r"([0-9]+)週間", lambda m: f"{int(m[1]) * 7}日間", t),
    "half year": lambda t: t.replace("半年", "6か月"),
}
