"""Whether two sentences of different manuals are two rules for one case."""

from __future__ import annotations

import re
from typing import Final

from assistant.answers.cases import CASES, cases_in
from assistant.answers.statements import AskedFigure, Statement, content
from assistant.japanese.measures import Measure
from assistant.japanese.normalize import normalized

# Found on the sample manuals: see docs/decisions/0026-conflicts-and-clarifying.md.
_LEAST_SHARED: Final = 3  # words
_SHARED: Final = 0.3  # of the words of the shorter sentence
_COVERED: Final = 0.6  # of the words that one names more than the other
_NAMED_IN_ONE: Final = 1 / 3  # of the question's words that either knows
_NO_STATEMENT: Final = re.compile(r"施行(?!令|規則)|改正|附則|例えば|計算例|誤り|従前|旧|[?？]")
_CONDITION: Final = re.compile(r"とき|場合|に限|限り|を除|以外|例外|特例|特に|につい?ては")
_CLAUSES: Final = re.compile(r"[、。()|]")


def differing(
    one: Statement, other: Statement, asked: AskedFigure
) -> tuple[Measure, Measure] | None:
    """Return the two figures asked for in which two sentences differ, if these are the only two.

    A figure in common is agreement, whatever stands beside it.
    """
    pairs: list[tuple[Measure, Measure]] = []
    for unit in {measure.unit for measure in one.measures}:
        mine = [measure for measure in one.measures if measure.unit == unit]
        theirs = [measure for measure in other.measures if measure.unit == unit]
        if {m.value for m in mine} & {m.value for m in theirs}:
            continue
        alone = len(mine) == len(theirs) == 1
        pairs += [
            (a, b)
            for a in mine
            for b in theirs
            if a.differs_from(b)
            and (a.bound or alone)
            and asked.asks_for(a)
            and asked.is_decided_by(a, b)
        ]
    return pairs[0] if len(pairs) == 1 else None


def disagree(
    one: Statement, other: Statement, figures: tuple[Measure, Measure], asked: AskedFigure
) -> bool:
    """Tell whether two sentences whose figures differ give two rules for what is asked."""
    return (
        one.hit.source.manual != other.hit.source.manual
        and not any(_NO_STATEMENT.search(normalized(s.text)) for s in (one, other))
        and _share_words(one, other, asked)
        and _same_case(one, other)
        and _same_subject(one, other, figures, asked)
        and _same_conditions(one, other, asked)
        and _same_conditions(other, one, asked)
    )


def _share_words(one: Statement, other: Statement, asked: AskedFigure) -> bool:
    shared = one.content & other.content
    enough = _SHARED * min(len(one.content), len(other.content))
    return len(shared) >= max(_LEAST_SHARED, enough) and bool(shared & asked.content)


def _same_case(one: Statement, other: Statement) -> bool:
    """Tell whether no two headings or sentences name different ones of several cases."""
    for line in CASES:
        mine, theirs = (cases_in(statement.words_above, line) for statement in (one, other))
        if mine and theirs and not mine & theirs:
            return False
    return True


def _same_subject(
    one: Statement, other: Statement, figures: tuple[Measure, Measure], asked: AskedFigure
) -> bool:
    """Tell whether two rules are about one thing, or one about a part of the other's."""
    added = one.subject(figures[0]) - other.content
    added_too = other.subject(figures[1]) - one.content
    if _knows(one, added_too) and _knows(other, added):
        named = asked.content & (one.headed | other.headed)
        return len(named - (one.around & other.around)) <= _NAMED_IN_ONE * len(named)
    return _covers(one, added, other, added_too, asked) or _covers(
        other, added_too, one, added, asked
    )


def _knows(statement: Statement, added: frozenset[str]) -> bool:
    """Tell whether the passage of a rule speaks of most of what another rule is about."""
    return len(added & statement.around) >= _COVERED * len(added)


def _covers(
    wide: Statement,
    own: frozenset[str],
    narrow: Statement,
    added: frozenset[str],
    asked: AskedFigure,
) -> bool:
    """Tell whether a rule holds for the case of a narrower one: 事故, of which 漏えい are some.

    Its passage says so; beyond that it has one word of its own at most. The question is about
    the narrow case, or about none that the narrow rule does not know.
    """
    if len(own) > 1 or not added or not _knows(wide, added):
        return False
    if not asked.content & narrow.headed <= wide.around:
        return False
    return bool(asked.content & added) or asked.nouns <= wide.headed | narrow.around


def _same_conditions(one: Statement, other: Statement, asked: AskedFigure) -> bool:
    """Tell whether the conditions of one sentence are known to the other or the question."""
    known = other.headed | asked.content
    for clause in _CLAUSES.split(normalized(one.text)):
        words = content(clause) if _CONDITION.search(clause) else frozenset()
        if len(words - known) > len(words) / 2:
            return False
    return True
