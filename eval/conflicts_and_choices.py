"""Counts on question sets where conflicts are shown and where answers ask back, right or wrong."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answers.asking_back import asking_back, completed
from assistant.domain import Answer, Turn
from assistant.japanese.normalize import folded
from assistant.opening import Assistant, open_assistant
from assistant.owner import owned
from assistant.settings import read_settings
from eval.answers import EVALUATOR
from eval.figures.figure_facts import states_fact
from eval.sets.question_set import Case, read_question_set


@dataclass(frozen=True)
class Asked:
    """A case with its answer, and what came of each choice where the answer asked back.

    `chosen` says of each choice whether it was answered by a quotation that names it: once where
    the choice alone was asked in the next turn, once where it completed the question.
    """

    case: Case
    answer: Answer
    chosen: tuple[bool, ...] = ()

    @property
    def shows_conflict(self) -> bool:
        """Whether a conflict is shown whose figures state every key fact."""
        said = [" ".join(side.figure for side in c.sides) for c in self.answer.conflicts]
        return any(all(states_fact(one, fact) for fact in self.case.key_facts) for one in said)

    @property
    def is_told_by_best(self) -> bool:
        """Whether the best quotation states every key fact: no reason to ask back."""
        facts, best = self.case.key_facts, self.answer.quotations[:1]
        return bool(facts and best) and all(states_fact(best[0].text, fact) for fact in facts)


def ask_all(assistant: Assistant, cases: Sequence[Case]) -> list[Asked]:
    """Answer every case, and each choice of those that ask back."""
    asked: list[Asked] = []
    for case in cases:
        answer = assistant.answering.answer(
            case.question, reader=EVALUATOR, as_of=case.as_of, turns=case.turns
        )
        asked.append(Asked(case, answer, tuple(_chosen(assistant, case, answer))))
    return asked


def _chosen(assistant: Assistant, case: Case, answer: Answer) -> list[bool]:
    turn = Turn(case.question, asking_back(answer, ()).text, asked_back=True)
    results: list[bool] = []
    for choice in answer.choices:
        for question in (choice, completed(case.question, choice)):
            then = assistant.answering.answer(
                question, reader=EVALUATOR, as_of=case.as_of, turns=(*case.turns, turn)
            )
            quoted = folded(" ".join(sentence.text for sentence in then.quotations))
            # A choice begins with the head of its column where its cell begins with a figure.
            named = any(folded(choice)[cut:] in quoted for cut in range(min(8, len(choice))))
            results.append(then.outcome == "answered" and named)
    return results


def counted(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return the counts, and the ids of the cases that went wrong."""
    conflicts = [one for one in asked if one.case.kind == "conflict"]
    others = [one for one in asked if one.case.kind != "conflict"]
    to_clarify = [one for one in asked if one.case.kind == "clarify"]
    told = [one for one in asked if one.is_told_by_best and one.case.kind != "clarify"]
    back = [one for one in asked if one.answer.outcome == "clarify"]
    wrongly = [one for one in back if one.case.kind != "clarify"]
    chosen = [result for one in back for result in one.chosen]
    return {
        "questions": len(asked),
        "conflicts": {
            "to_show": len(conflicts),
            "shown": sum(one.shows_conflict for one in conflicts),
            "missed": [one.case.id for one in conflicts if not one.shows_conflict],
            "others": len(others),
            "shown_in_others": [one.case.id for one in others if one.answer.conflicts],
        },
        "asking_back": {
            "to_ask": len(to_clarify),
            "asked": sum(one.answer.outcome == "clarify" for one in to_clarify),
            "missed": [one.case.id for one in to_clarify if one.answer.outcome != "clarify"],
            "wrongly_asked": [one.case.id for one in wrongly],
            "told_by_the_best_quotation": len(told),
            "asked_though_told": sum(one in told for one in wrongly),
            "choices": len(chosen),
            "choices_answered": sum(chosen),
        },
    }


def main() -> None:
    """Print the counts over the given learning sets as JSON."""
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+", help="learning sets over the data directory")
    given = parser.parse_args()
    cases = [case for path in given.sets for case in read_question_set(path)]
    settings = read_settings()
    with (
        owned(settings.data_dir, progress=lambda _: None),
        open_assistant(settings.model_copy(update={"mode": "extractive"})) as assistant,
    ):
        report = counted(ask_all(assistant, cases))
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
