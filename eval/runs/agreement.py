"""How far two evaluators agree, and where people and the automatic judgement do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from assistant.database import Database
from assistant.evaluations.model_verdicts import ModelVerdict, ModelVerdicts
from assistant.evaluations.runs import EvaluationRuns
from assistant.evaluations.verdicts import VERDICT_WORDS, HumanVerdict, Verdicts
from eval.metrics.intervals import interval_of
from eval.runs.case_result import CaseResult
from eval.runs.run_figures import wholly_right
from eval.runs.stored_runs import answered_cases

_WORDS: Final[tuple[str, ...]] = tuple(VERDICT_WORDS)


@dataclass(frozen=True)
class Agreement:
    """Cohen's kappa of two evaluators over the cases that both judged, with its 95 % interval.

    `kappa` is None where it is not defined: no such case, or both always said the same one word.
    """

    people: tuple[str, str]
    cases: int
    same: int
    kappa: float | None
    low: float | None
    high: float | None

    def document(self) -> dict[str, Any]:
        """Return the agreement as JSON."""
        return {
            "people": list(self.people), "cases": self.cases, "same": self.same,
            "kappa": self.kappa, "low": self.low, "high": self.high,
        }  # fmt: skip


@dataclass(frozen=True)
class Disagreement:
    """A case on which people disagree, or people with the automatic judgement.

    `doubt` says in Japanese what to look at: the answer, the verdicts, or the expected answer.
    """

    case_id: str
    question: str
    verdicts: tuple[tuple[str, str], ...]
    automatically_right: bool
    doubt: str


def agreements(verdicts: Sequence[HumanVerdict]) -> list[Agreement]:
    """Return the agreement of each two evaluators that judged a case both."""
    people = dict(sorted({one.person_id: one.person_name for one in verdicts}.items()))
    said = {
        person: {one.case_id: one.verdict for one in verdicts if one.person_id == person}
        for person in people
    }
    found = []
    for number, first in enumerate(people):
        for second in list(people)[number + 1 :]:
            shared = sorted(said[first].keys() & said[second].keys())
            pairs = [(said[first][key], said[second][key]) for key in shared]
            if pairs:
                found.append(_agreement((people[first], people[second]), pairs))
    return found


def agreements_with_models(
    verdicts: Sequence[HumanVerdict], judged: Sequence[ModelVerdict]
) -> list[Agreement]:
    """Return the agreement of each evaluator with each judge model; failures are not counted."""
    people = dict(sorted({one.person_id: one.person_name for one in verdicts}.items()))
    found = []
    for model in sorted({one.model for one in judged}):
        by_model = {o.case_id: o.verdict for o in judged if o.model == model and o.verdict}
        for person, name in people.items():
            pairs = [
                (one.verdict, by_model[one.case_id])
                for one in verdicts
                if one.person_id == person and one.case_id in by_model
            ]
            if pairs:
                found.append(_agreement((name, f"審査モデル {model}"), pairs))
    return found


def _agreement(people: tuple[str, str], pairs: Sequence[tuple[str, str]]) -> Agreement:
    places = np.array([[_WORDS.index(word) for word in pair] for pair in pairs])
    kappa = float(kappas(places, np.arange(len(pairs))[None, :])[0])
    same = int((places[:, 0] == places[:, 1]).sum())
    if np.isnan(kappa):
        return Agreement(people, len(pairs), same, None, None, None)
    low, high = interval_of(len(pairs), lambda drawn: kappas(places, drawn))
    return Agreement(people, len(pairs), same, kappa, low, high)


def kappas(places: np.ndarray[Any, Any], drawn: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return Cohen's kappa (1960) of each draw of cases; NaN where it is not defined.

    `places` has the words of the two evaluators as numbers, shape (cases, 2), `drawn` the cases of
    each draw, shape (draws, cases). (observed - chance) / (1 - chance), -1..1.
    """
    first, second = places[drawn, 0], places[drawn, 1]
    observed = (first == second).mean(axis=1)
    chance = sum(
        (first == word).mean(axis=1) * (second == word).mean(axis=1) for word in range(len(_WORDS))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray[Any, Any] = np.where(
            chance < 1, (observed - chance) / (1 - chance), np.nan
        )
    return found


def disagreements(
    verdicts: Sequence[HumanVerdict], results: Mapping[str, CaseResult]
) -> list[Disagreement]:
    """Return the cases to talk about: those where the expected answer may be wrong come first.

    People agree that an answer is right and the automatic judgement says wrong, or the reverse:
    then what the case expects is in doubt. They do not agree: then the verdicts are.
    """
    found = []
    for key in sorted({one.case_id for one in verdicts}):
        own, result = [one for one in verdicts if one.case_id == key], results.get(key)
        if result is None or not (doubt := _doubt(own, wholly_right(result))):
            continue
        words = tuple((one.person_name, VERDICT_WORDS[one.verdict]) for one in own)
        found.append(Disagreement(key, result.question, words, wholly_right(result), doubt))
    return sorted(found, key=lambda one: _DOUBTS.index(one.doubt))


_EXPECTATION: Final = "人は正しいとし、自動判定は誤りとした。質問集の正解を確かめてください。"
_JUDGEMENT: Final = "人は誤りとし、自動判定は正しいとした。質問集の正解と事実を確かめてください。"
_PEOPLE: Final = "評価者の判定が分かれた。話し合ってください。"
_DOUBTS: Final = (_EXPECTATION, _JUDGEMENT, _PEOPLE)


def _doubt(verdicts: Sequence[HumanVerdict], automatic: bool) -> str:
    words = {one.verdict for one in verdicts}
    if words == {"right"} and not automatic:
        return _EXPECTATION
    if words <= {"wrong", "harmful"} and automatic:
        return _JUDGEMENT
    return _PEOPLE if len(words) > 1 else ""


def agreement_document(database: Database, run_id: int) -> dict[str, Any]:
    """Return agreement and disagreements of a run as JSON; only cases that two or more judged."""
    verdicts = Verdicts(database).judged_by_all(run_id)
    every = Verdicts(database).judged_by_all(run_id, at_least=1)
    judged = ModelVerdicts(database).of(run_id)
    results = {kept.case_id: r for kept, r in answered_cases(EvaluationRuns(database), run_id)}
    return {
        "run": run_id,
        "agreements": [one.document() for one in agreements(verdicts)],
        "judge": [one.document() for one in agreements_with_models(every, judged)],
        "disagreements": [
            {
                "id": one.case_id, "question": one.question, "doubt": one.doubt,
                "verdicts": [list(pair) for pair in one.verdicts],
                "automatically_right": one.automatically_right,
            }
            for one in disagreements(verdicts, results)
        ],
    }  # fmt: skip
