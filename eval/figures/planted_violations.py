"""Makes answers in which one figure is false, which the figure checker must find.

The edits are plain text edits that share no code with the checker.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from eval.figures.check_sentences import SENTENCES, CheckCase, western_years, yen_in_full

KINDS = (
    "digit",
    "unit",
    "year",
    "article",
    "period",
    "rate",
    "kanji",
    "invented",
    "era",
    "separator",
)
_INVENTED = (
    "なお、上限は{0}万円です。",
    "ただし、{0}日以内に届け出る必要があります。",
    "この場合は第{0}条が適用されます。",
    "違反したときは{0}%の加算金がかかります。",
    "手数料として{0}00円が必要です。",
    "令和{1}年度からは対象外です。",
)
_KANJI = "〇一二三四五六七八九"


def planted_violations(*, seed: int = 0, count: int = 100) -> Iterator[CheckCase]:
    """Yield `count` answers in each of which one figure is false, the ten kinds in turn."""
    chance = random.Random(seed)  # nosec B311
    for index in range(count):
        kind = KINDS[index % len(KINDS)]
        while True:
            sentence, other = chance.sample(SENTENCES, 2)
            planted = _plant(kind, sentence, chance)
            true = (
                sentence + other + western_years(sentence + other) + yen_in_full(sentence + other)
            )
            if planted and not set(_figures(planted)) <= set(_figures(true)):
                yield CheckCase(kind, planted.replace("。", "[1]。"), (sentence, other))
                break


def _figures(text: str) -> list[str]:
    return re.findall(
        rf"(?:令和|平成)?第?[0-9{_KANJI}十百千万,.]+(?:か月|週間|時間|年度|[^ぁ-ん、。])?", text
    )


def _replace_one(
    pattern: str, text: str, chance: random.Random, edit: Callable[[re.Match[str]], str]
) -> str | None:
    places = list(re.finditer(pattern, text))
    if not places:
        return None
    place = chance.choice(places)
    return text[: place.start()] + edit(place) + text[place.end() :]


def _plant(kind: str, text: str, chance: random.Random) -> str | None:
    def other_than(value: int, low: int, high: int) -> int:
        return chance.choice([number for number in range(low, high + 1) if number != value])

    def swap_article(place: re.Match[str]) -> str:
        first, second = place[1], place[3]
        if second and first != second:
            return f"第{second}条{place[2]}第{first}項"
        return f"第{int(first) + chance.randint(1, 9)}条{place[2]}"

    match kind:
        case "digit":
            return _replace_one(r"[1-9]", text, chance, lambda m: str(other_than(int(m[0]), 1, 9)))
        case "unit":
            swaps = {"万円": ("円", "千円", "億円"), "円": ("万円", "千円"), "人": ("件",)}
            swaps |= {"分とし": ("時間とし",), "MB": ("GB",), "キロメートル": ("メートル",)}
            return _replace_one(
                r"(?<=[0-9])(?:万円|円|人|分とし|MB|キロメートル)",
                text,
                chance,
                lambda m: chance.choice(swaps[m[0]]),
            )
        case "year":
            return _replace_one(
                r"20[0-9]{2}(?=年)",
                western_years(text),
                chance,
                lambda m: str(other_than(int(m[0]), int(m[0]) - 3, int(m[0]) + 3)),
            )
        case "article":
            return _replace_one(
                r"第([0-9]+)条((?:の[0-9]+)?)(?:第([0-9]+)項)?", text, chance, swap_article
            )
        case "period":
            longer = {"日": "か月", "か月": "年", "週間": "か月", "時間": "日", "年間": "か月"}
            return _replace_one(
                r"(?<=[0-9])(?:(?<!月[0-9])(?<!月[0-9]{2})日|か月|週間|時間|年間)",
                text,
                chance,
                lambda m: longer[m[0]],
            )
        case "rate":
            return _replace_one(
                r"(?<=100分の)[0-9]+|[0-9.]+(?=%)|[0-9](?=割)|(?<=[0-9三]分の)[1二]",
                text,
                chance,
                lambda m: str(chance.choice([3, 7, 15, 22, 60])),
            )
        case "kanji":
            return _replace_one(
                r"[二三五百](?=者以|通作|万円|年とす|枚|十万|分の|の範囲)",
                text,
                chance,
                lambda m: chance.choice([k for k in "四六七八" if k != m[0]]),
            )
        case "invented":
            invented = chance.choice(_INVENTED)
            return text + invented.format(
                chance.choice([11, 17, 21, 65, 77]), chance.randint(9, 12)
            )
        case "era":
            return _replace_one(
                r"(?<=令和|平成)[0-9]+",
                text,
                chance,
                lambda m: str(int(m[0]) + chance.choice([-1, 1])),
            )
        case _:
            return _replace_one(
                r"[0-9]{1,3}(?:,[0-9]{3})+",
                yen_in_full(text),
                chance,
                lambda m: chance.choice(_moved_separators(int(m[0].replace(",", "")))),
            )


def _moved_separators(amount: int) -> tuple[str, str, str]:
    digits = str(amount)
    return f"{amount * 10:,}", f"{amount // 10:,}", f"{digits[:-2]},{digits[-2:]}"
