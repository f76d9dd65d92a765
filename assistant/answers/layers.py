"""Two layers in one sentence or table row: the law's ceiling beside the rule of the city."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final, Literal

from assistant.answers.evidence import TABLE_MARK
from assistant.answers.statements import AskedFigure, Statement, content
from assistant.japanese.measures import Measure, measures

Layer = Literal["law", "city", "other"]
_LAW: Final = re.compile(r"法律|法令|施行令|政令|省令|国の|(?:自治|公務員|基準|会計|税)法")
_CITY: Final = re.compile(r"本[市町村県]|当市|[市町村県]の(?:規則|条例|額)|(?:規則|条例)で定め")
_OTHER_TIME: Final = re.compile(r"まで|改正前|従前|旧")
# A sentence leads to the law's figure with its bound, and from there to the city's own.
_LAWS_BOUND: Final = re.compile(
    r"(?:上限|下限|限度|基準|期限)(?:の?額)?(?:は|が|の|である)?[、「]?$"
)
_OWN: Final = re.compile(r"より(?:も)?(?:低|高|短|長|厳|少|多|早|遅)|" + _CITY.pattern)


@dataclass(frozen=True)
class _Said:
    """A figure, whose it is, and the words that say so."""

    measure: Measure
    layer: Layer
    words: str


def layers(statement: Statement, asked: AskedFigure) -> Iterator[tuple[str, str]]:
    """Give the law's figure and the city's where these two differ, in the words that tell them."""
    row = TABLE_MARK in statement.text
    first_cell = statement.text.split(TABLE_MARK)[0].partition("：")[2]
    about = content(first_cell) if row else statement.content
    if not about & asked.content:
        return
    said = list(_of_row(statement.text) if row else _of_sentence(statement))
    law, city = ([one for one in said if one.layer == layer] for layer in ("law", "city"))
    if len(law) == len(city) == 1:
        one, other = law[0].measure, city[0].measure
        if one.differs_from(other) and asked.asks_for(one) and asked.is_decided_by(one, other):
            yield law[0].words, city[0].words


def _of_row(text: str) -> Iterator[_Said]:
    for cell in text.split(TABLE_MARK):
        head = cell.partition("：")[0]
        own = list(measures(cell))
        if len(own) == 1 and not _OTHER_TIME.search(head):
            in_law, in_city = bool(_LAW.search(head)), bool(_CITY.search(head))
            if in_law != in_city:  # 施行令の額・本市の額：200 is one figure of both
                yield _Said(own[0], "law" if in_law else "city", cell)


def _of_sentence(statement: Statement) -> Iterator[_Said]:
    earlier = chain([""], (measure.before for measure in statement.measures))
    for measure, before in zip(statement.measures, earlier, strict=False):
        led = measure.before[len(before) :]
        law = _LAW.search(led)
        if law is not None and _LAWS_BOUND.search(led):
            yield _Said(measure, "law", led[law.start() :] + measure.words)
        elif _OWN.search(led):
            yield _Said(measure, "city", measure.words)
