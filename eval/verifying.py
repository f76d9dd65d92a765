"""Shows what the verifier lets through: faithful sentences that it should, twisted ones not.

`python -m eval.verifying QUESTIONS…` prints three shares: rewordings of office sentences, the
answers that people wrote for learning questions beside the words that they rest on, and planted
violations.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from assistant.answers.evidence import Passage
from assistant.answers.grounding import verify_sentence
from assistant.domain import Citation
from assistant.japanese.sentences import sentences
from eval.figures.faithful_rewordings import faithful_rewordings
from eval.figures.planted_violations import planted_violations
from eval.sets.question_set import Case, read_question_set

_SEED = 0
_REWORDINGS, _VIOLATIONS = 420, 400


def accepted(text: str, evidence: str, *, question: str) -> bool:
    """Tell whether the verifier takes every sentence of a text for what the evidence says."""
    citation = Citation(1, "chunk", "version", "", "", 1, None, None, (), evidence, "")
    passages = [Passage(citation, evidence, 0.0)]
    return all(
        verify_sentence(sentence, passages, question=question).verdict == "supported"
        for sentence in sentences(text)
    )


def of_answers(cases: Iterable[Case]) -> list[bool]:
    """Tell of each answer that people wrote whether it is accepted beside its own words."""
    return [
        accepted(case.answer, case.answer_snippet, question=case.question)
        for case in cases
        if case.answerable and case.answer and case.answer_snippet
    ]


def main(arguments: list[str]) -> None:
    """Print the shares; the arguments are question sets to learn from."""
    ask = "教えてください"
    rows = {
        "rewordings accepted": [
            accepted(case.text, "\n".join(case.passages), question=ask)
            for case in faithful_rewordings(seed=_SEED, count=_REWORDINGS)
        ],
        "people's answers accepted": of_answers(
            case for path in arguments for case in read_question_set(Path(path))
        ),
        "violations accepted": [
            accepted(case.text, "\n".join(case.passages), question=ask)
            for case in planted_violations(seed=_SEED, count=_VIOLATIONS)
        ],
    }
    for name, verdicts in rows.items():
        share = sum(verdicts) / len(verdicts) if verdicts else 0.0
        sys.stdout.write(f"{name}: {sum(verdicts)}/{len(verdicts)} = {share:.3f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
