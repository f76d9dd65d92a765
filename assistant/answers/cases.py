"""The cases that most rules of an office tell apart: 工事 and 物品, 常勤 and 会計年度任用職員."""

from __future__ import annotations

import re
from typing import Final

from assistant.japanese.normalize import normalized

CASES: Final = tuple(
    tuple(line.split())
    for line in (
        "工事 物品 委託 修繕",
        "常勤 会計年度任用 再任用",
        "フルタイム パートタイム",
        "一般競争 指名競争 随意契約",
    )
)
_IN_WORD: Final = "[一-鿿々ァ-ヶー]*"


def cases_in(text: str, line: tuple[str, ...]) -> frozenset[str]:
    """Return which of the cases of one line a text names; 非常勤 is not 常勤."""
    plain = normalized(text).replace("非常勤", "")
    return frozenset(case for case in line if case in plain)


def case_words(text: str, case: str) -> str:
    """Return the whole word by which a text names a case: 会計年度任用職員."""
    found = re.search(_IN_WORD + case + _IN_WORD, normalized(text))
    return found[0] if found else case
