"""What each step of understanding a question is worth: place hit@5 with the step and without it.

`python -m eval.fitting.understanding [QUESTIONS] [--json]` asks the library of the data directory.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final, Literal

from assistant import calendar
from assistant.answers.quoting import choose_passages
from assistant.domain import Citation
from assistant.opening import Assistant, open_assistant
from assistant.search.retrieval import Retriever
from assistant.search.understood import STEPS, Step
from assistant.settings import read_settings
from assistant.understanding.glossary import Glossary
from assistant.understanding.parts import AskedPart, asked_parts
from eval.answers import EVALUATOR
from eval.metrics.place_metrics import on_place
from eval.metrics.ranking_metrics import mean
from eval.sets.question_set import Case, Place, read_question_set

QUESTIONS: Final = Path(__file__).parents[1] / "questions" / "understanding_development.jsonl"
Switch = Literal[Step, "parts", "follow_ups"]
SWITCHES: Final[tuple[Switch, ...]] = (*sorted(STEPS), "parts", "follow_ups")
_CUTOFF: Final = 5
_ALL: Final = "all"

Places = tuple[Place, ...]


@dataclass(frozen=True)
class Asked:
    """A case, what it is an example of, whether it was held out, and the places of its parts."""

    case: Case
    phenomenon: str
    held_out: bool
    parts: tuple[Places, ...]


def read_cases(path: Path) -> list[Asked]:
    """Return the cases of a set, each part of a question with its own places."""
    rows = {str(row["id"]): row for row in map(json.loads, path.read_text("utf-8").splitlines())}
    found = []
    for case in read_question_set(path):
        row = rows[case.id]
        each = row.get("places_of_parts")
        parts: tuple[Places, ...] = (case.places,)
        if each:
            parts = tuple(tuple(Place(p["file"], p["page"]) for p in part) for part in each)
        found.append(Asked(case, str(row["phenomenon"]), bool(row.get("held_out")), parts))
    return found


def hits(assistant: Assistant, asked: Sequence[Asked], on: Iterable[Switch]) -> dict[str, float]:
    """Return by case whether the places of all its parts are among the first five (1.0, 0.0)."""
    switched = frozenset(on)
    steps = STEPS & switched
    retriever = Retriever(assistant.library, Glossary(assistant.database), steps=steps)
    return {one.case.id: _hit(retriever, one, switched) for one in asked}


def _hit(retriever: Retriever, asked: Asked, on: frozenset[Switch]) -> float:
    case = asked.case
    turns = case.turns if "follow_ups" in on else ()
    parts = asked_parts(case.question, turns)
    if len(parts) > 1 and "parts" not in on:
        parts = [AskedPart(case.question, case.question)]
    rankings = [
        retriever.search(
            part.searched, reader=EVALUATOR, as_of=case.as_of or calendar.today(), limit=_CUTOFF
        )
        for part in parts
    ]
    shown = [hit for hit in chain(*zip_longest(*rankings)) if hit is not None][:_CUTOFF]
    return float(
        all(
            any(on_place(places, hit.source.file, hit.page) for hit in shown)
            for places in asked.parts
        )
    )


def quoted_parts(assistant: Assistant, asked: Sequence[Asked]) -> dict[str, float | None]:
    """Return the share of the parts that have a quotation from their place, told apart and whole.

    A text that is not told apart has three quotations for all that it asks.
    """
    apart, whole = [], []
    for one in (one for one in asked if len(one.parts) > 1):
        case = one.case
        answer = assistant.answering.answer(case.question, reader=EVALUATOR, as_of=case.as_of)
        apart += _quoted(one, answer.citations)
        day = case.as_of or calendar.today()
        found = assistant.retriever.search(case.question, reader=EVALUATOR, as_of=day)
        weighed = assistant.answering.weigh(case.question, found)
        passages = choose_passages(found, weighed.sentences)
        whole += _quoted(one, [passage.citation for passage in passages])
    return {"told_apart": mean(apart), "whole": mean(whole)}


def _quoted(asked: Asked, citations: Sequence[Citation]) -> list[float]:
    return [
        float(any(on_place(places, c.file, c.page) for c in citations)) for places in asked.parts
    ]


def measured(assistant: Assistant, asked: Sequence[Asked]) -> dict[str, Any]:
    """Return hit@5 by kind of question, with all steps, without each of them, and without any."""
    runs: dict[str, Mapping[str, float]] = {_ALL: hits(assistant, asked, SWITCHES)}
    for switch in SWITCHES:
        runs[f"-{switch}"] = hits(assistant, asked, [s for s in SWITCHES if s != switch])
    runs["none"] = hits(assistant, asked, ())
    return {
        "learned": _table([one for one in asked if not one.held_out], runs),
        "held_out": _table([one for one in asked if one.held_out], runs),
        "quoted_parts": quoted_parts(assistant, asked),
        "missed": [one.case.id for one in asked if not runs[_ALL][one.case.id]],
    }


def _table(
    asked: Sequence[Asked], runs: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float | None]]:
    kinds = list(dict.fromkeys(one.phenomenon for one in asked))
    table = {}
    for kind in [*kinds, _ALL]:
        ids = [one.case.id for one in asked if kind in (one.phenomenon, _ALL)]
        table[kind] = {name: mean([run[i] for i in ids]) for name, run in runs.items()}
        table[kind]["questions"] = float(len(ids))
    return table


def lines(found: Mapping[str, Any]) -> list[str]:
    """Return the figures as tables, side by side."""
    told = []
    for name in ("learned", "held_out"):
        table = found[name]
        heads = [head for head in next(iter(table.values())) if head != "questions"]
        told.append(f"{name:<12}{'n':>4}" + "".join(f"{head:>12}" for head in heads))
        for kind, row in table.items():
            cells = "".join(f"{row[head]:>12.3f}" for head in heads)
            told.append(f"{kind:<12}{row['questions']:>4.0f}{cells}")
    quoted = found["quoted_parts"]
    told.append(
        f"parts with a quotation: {quoted['told_apart']:.3f}, as one question {quoted['whole']:.3f}"
    )
    return told


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", nargs="?", type=Path, default=QUESTIONS)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with open_assistant(read_settings()) as assistant:
        found = measured(assistant, read_cases(arguments.questions))
    text = json.dumps(found, ensure_ascii=False) if arguments.json else "\n".join(lines(found))
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
