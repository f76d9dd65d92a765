"""Whether to ask back: rules that differ by a condition that the question does not name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Final

from assistant.answers.cases import CASES, case_words, cases_in
from assistant.answers.evidence import ScoredSentence, near_best
from assistant.answers.statements import AskedFigure, Statement
from assistant.answers.table_choices import knows, table_choices
from assistant.domain import RetrievedChunk
from assistant.search.understood import Understood

# Chosen on the learning questions: see docs/decisions/0026-conflicts-and-clarifying.md.
_NEAR: Final = 0.08  # below the best sentence's score
_COVERED: Final = 0.75  # of the question's words, weighted by their rarity


def choices(
    understood: Understood,
    scored: Sequence[ScoredSentence],
    found: Sequence[RetrievedChunk],
    *,
    quoted: Set[str],
) -> tuple[str, ...]:
    """Return the conditions to choose from, 2 to 6, where the answer depends on one not named.

    `scored` are the sentences of the first of `found`, best first. Only the versions `quoted`
    give choices: whoever may read the quotations later may know the choices too. () where the
    question can be answered as it is: asking back without need costs the person a turn.
    """
    asked = AskedFigure(understood.question, understood.match)
    near = near_best(scored, _NEAR)
    said = [Statement(found[sentence.rank], sentence.position) for sentence in near]
    return _of_tables(asked, said, quoted) or _of_sections(asked, said, quoted)


def _of_tables(asked: AskedFigure, said: Sequence[Statement], quoted: Set[str]) -> tuple[str, ...]:
    """Return the rows to choose from of the first table that knows what the question names."""
    tables = {s.hit.chunk.id: s.hit for s in said if s.hit.chunk.kind == "table"}
    for chunk_id, table in tables.items():
        first = next(i for i, one in enumerate(said) if one.hit.chunk.id == chunk_id)
        elsewhere = (one for one in said[:first] if _place(one.hit) != _place(table))
        if any(_answers(asked, one) for one in elsewhere):
            return ()
        is_fit = table.chunk.version_id in quoted and knows(table, asked)
        if is_fit and (told := table_choices(table, asked)):
            return told
    return ()


def _place(hit: RetrievedChunk) -> tuple[str, ...]:
    return (hit.chunk.version_id, *hit.chunk.heading_path)


def _answers(asked: AskedFigure, text: Statement) -> bool:
    """Tell whether a sentence or row gives what is asked of just that."""
    return (
        any(asked.asks_for(measure) for measure in text.measures)
        and asked.nouns <= text.headed
        and asked.match.coverage(text.words_above) >= _COVERED
    )


def _of_sections(
    asked: AskedFigure, said: Sequence[Statement], quoted: Set[str]
) -> tuple[str, ...]:
    """Return the cases that sentences under different headings give different figures for."""
    if not asked.match.asks_kind:
        return ()
    answers = [one for one in said if _answers(asked, one)]
    for line in CASES:
        named = [cases_in(one.words_above, line) for one in answers]
        if cases_in(asked.text, line) or not all(len(cases) == 1 for cases in named):
            continue
        if not quoted >= {one.hit.chunk.version_id for one in answers}:
            continue
        cases = dict.fromkeys(case for some in named for case in some)
        values = {case: frozenset(_values(asked, answers, named, case)) for case in cases}
        if len(cases) > 1 and len(set(values.values())) > 1:
            return tuple(_words(answers, case) for case in cases)
    return ()


def _values(
    asked: AskedFigure,
    answers: Sequence[Statement],
    named: Sequence[frozenset[str]],
    case: str,
) -> Iterator[tuple[object, ...]]:
    for one, cases in zip(answers, named, strict=True):
        if case in cases:
            yield from ((m.value, m.unit) for m in one.measures if asked.asks_for(m))


def _words(answers: Sequence[Statement], case: str) -> str:
    return next(case_words(one.words_above, case) for one in answers if case in one.words_above)
