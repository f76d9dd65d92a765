"""Measures what each kind of fact told in words (who, where, may I, what is needed) is worth.

`python -m eval.fitting.told_kinds QUESTIONS…` answers learning questions by quotations from the
library of the data directory: without these kinds, with each alone, with all; prints a table.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.answers.evidence import ScoredSentence, in_order
from assistant.answers.quoting import choose_passages
from assistant.calendar import today
from assistant.domain import RetrievedChunk
from assistant.opening import Assistant, open_assistant
from assistant.owner import owned
from assistant.people.access import OPERATOR
from assistant.search.told_kinds import TOLD_KINDS, ToldKind, tells, told_kinds
from assistant.settings import read_settings
from assistant.understanding.follow_ups import search_text
from eval.figures.figure_facts import states_fact
from eval.metrics.place_metrics import on_place
from eval.metrics.ranking_metrics import mean
from eval.sets.question_set import Case, read_question_set


@dataclass(frozen=True)
class Weighed:
    """A case, what was found for it and its sentences without any told kind."""

    case: Case
    found: Sequence[RetrievedChunk]
    sentences: tuple[ScoredSentence, ...]
    asked: tuple[ToldKind, ...]


@dataclass(frozen=True)
class Row:
    """A line of the table: shares in 0..1 over all cases and over those that ask for the kind."""

    kinds: str
    cases: int
    facts: float | None
    citation: float | None
    first_citation: float | None


def weighed(assistant: Assistant, cases: Sequence[Case]) -> list[Weighed]:
    """Return every answerable case whose place is in the library, its sentences scored once."""
    known = {s.file for s in assistant.library.sources(reader=OPERATOR, as_of=today()).values()}
    rows = []
    for case in cases:
        if not case.answerable or not any(place.file in known for place in case.places):
            continue
        searched = search_text(case.question, case.turns)
        found = assistant.retriever.search(
            searched, reader=OPERATOR, as_of=case.as_of or today(), limit=10
        )
        scored = assistant.answering.weigh(searched, found).sentences
        bare = tuple(replace(sentence, tells_kind=False, leads=False) for sentence in scored)
        rows.append(Weighed(case, found, bare, told_kinds(searched)))
    return rows


def measured(rows: Sequence[Weighed], kinds: Sequence[ToldKind], *, name: str) -> Row:
    """Return key facts and citations of the quotations, chosen with some kinds."""
    facts: list[float | None] = []
    citations: list[float] = []
    firsts: list[float] = []
    for row in rows:
        passages = choose_passages(row.found, _with_kinds(row, kinds))
        text = "\n".join(passage.citation.quote for passage in passages)
        facts.append(mean([float(states_fact(text, fact)) for fact in row.case.key_facts]))
        places = [on_place(row.case.places, p.citation.file, p.citation.page) for p in passages]
        citations.append(float(any(places)))
        firsts.append(float(bool(places) and places[0]))
    return Row(name, len(rows), mean(facts), mean(citations), mean(firsts))


def _with_kinds(row: Weighed, kinds: Sequence[ToldKind]) -> list[ScoredSentence]:
    asked = tuple(kind for kind in row.asked if kind in kinds)
    told = []
    for scored in row.sentences:
        sentence = row.found[scored.rank].chunk.sentences()[scored.position]
        chooses = tells(sentence, [kind for kind in asked if kind.chooses])
        leads = tells(sentence, [kind for kind in asked if not kind.chooses])
        told.append(replace(scored, tells_kind=chooses, leads=leads))
    return in_order(told)


def table(rows: Sequence[Weighed]) -> list[Row]:
    """Return one line without the kinds, with all, and for each kind one over its own questions."""
    lines = [measured(rows, (), name="none"), measured(rows, TOLD_KINDS, name="all")]
    for kind in TOLD_KINDS:
        own = [row for row in rows if kind in row.asked]
        lines.append(measured(own, (), name=f"{kind.name}: without"))
        lines.append(measured(own, (kind,), name=f"{kind.name}: with"))
    return lines


def main(arguments: Sequence[str]) -> None:
    """Print the table; the arguments are question sets to learn from."""
    settings = read_settings().model_copy(update={"mode": "extractive"})
    with owned(settings.data_dir, progress=lambda _: None), open_assistant(settings) as assistant:
        cases = [case for path in arguments for case in read_question_set(Path(path))]
        lines = table(weighed(assistant, cases))
    out = ["| kinds | questions | key facts | citation right | first quotation right |"]
    out.append("|---|---|---|---|---|")
    for line in lines:
        shares = (line.facts, line.citation, line.first_citation)
        said = " | ".join("" if share is None else f"{share:.3f}" for share in shares)
        out.append(f"| {line.kinds} | {line.cases} | {said} |")
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
