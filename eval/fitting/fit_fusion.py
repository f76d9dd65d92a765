"""Fits the weights of the fusion on several sets, and says what each set gets from the others.

Usage: python -m eval.fitting.fit_fusion --retrieval DIR... --questions FILE... [--manuals DIR]

Only learning sets belong here, never a set that checks the result. Every combination of a grid is
measured on every set; the weights for a set that is left out are the best on the others.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np

from assistant.calendar import today
from assistant.domain import Reader
from assistant.embeddings.encoder import Encoder
from assistant.opening import Assistant, load_encoder
from assistant.people.access import OPERATOR
from assistant.search.fusion import FITTED, SIGNALS, Floats, FusionWeights, fused_rows, signal_rows
from assistant.settings import Settings, read_settings
from assistant.understanding.follow_ups import search_text
from eval.judged_corpus import read_judged_corpus
from eval.metrics.place_metrics import on_place
from eval.metrics.ranking_metrics import ndcg_at
from eval.retrieval import throwaway_assistant
from eval.sets.question_set import read_question_set
from ingest.pipeline import ingest_documents, ingest_paths

GRID: Final = tuple(
    FusionWeights(*values)
    for values in product(
        (0.35, 0.5, 0.7), (0.15, 0.25, 0.35), (0.15, 0.25, 0.4), (0.15, 0.2, 0.25, 0.3),
        (0.05, 0.1, 0.125, 0.15, 0.2), (12, 24),
    )
)  # fmt: skip
_CUTOFF = 10
_RESAMPLES = 2000
_SEED = 7


@dataclass(frozen=True)
class Asked:
    """One question's candidates: signals (n, 5), letters of headings (n,), documents, grades.

    `documents` names what each candidate counts for; `grades` are those of the right ones.
    """

    rows: Floats
    heading_lengths: Floats
    documents: tuple[str, ...]
    grades: dict[str, float]

    def ndcg(self, scores: Floats) -> float:
        """Return nDCG@10 of the candidates in the order of their scores."""
        order = np.argsort(-scores, kind="stable")
        ranking = list(dict.fromkeys(self.documents[index] for index in order))
        return ndcg_at(ranking, self.grades, _CUTOFF) or 0.0


def judged(folder: Path, settings: Settings, encoder: Encoder) -> list[Asked]:
    """Return the judged questions of a retrieval set with their candidates."""
    corpus = read_judged_corpus(folder)
    with throwaway_assistant(settings, encoder=encoder) as assistant:
        ingest_documents(assistant, corpus.documents)
        reader = Reader(person_id="evaluation")
        return [
            _asked(assistant, corpus.queries[query], reader, lambda file, _page: file, grades)
            for query, grades in corpus.grades.items()
        ]


def placed(paths: Sequence[Path], manuals: Path, settings: Settings, encoder: Encoder) -> Any:
    """Yield for each question set the answerable questions; a place is right or not."""
    with throwaway_assistant(settings, encoder=encoder) as assistant:
        ingest_paths(assistant, [manuals])
        for path in paths:
            found = []
            for case in read_question_set(path):
                if case.answerable:
                    right = _right_or_own(partial(on_place, case.places))
                    text = search_text(case.question, case.turns)
                    found.append(_asked(assistant, text, OPERATOR, right, {"right": 1.0}))
            yield path.stem, found


def _right_or_own(right: Callable[[str, int | None], bool]) -> Callable[[str, int | None], str]:
    count = iter(range(1 << 30))
    return lambda file, page: "right" if right(file, page) else f"other {next(count)}"


def _asked(
    assistant: Assistant,
    question: str,
    reader: Reader,
    document: Callable[[str, int | None], str],
    grades: dict[str, float],
) -> Asked:
    retriever, day = assistant.retriever, today()
    sources = assistant.library.sources(reader=reader, as_of=day)
    understood = retriever.understanding.understand(question)
    found = retriever.candidates.find(understood, sources=sources, as_of=day)
    chunks = assistant.library.chunks(list(found))
    documents = []
    for key, candidate in found.items():
        chunk = chunks[key]
        best = understood.match.best(chunk)
        page = chunk.spans[best].page if chunk.spans else chunk.first_page
        documents.append(document(sources[candidate.version_id].file, page))
    return Asked(
        signal_rows([candidate.signals for candidate in found.values()]),
        np.array([candidate.heading_length for candidate in found.values()], float),
        tuple(documents),
        grades,
    )


def figures(sets: dict[str, list[Asked]]) -> dict[str, Any]:
    """Return what each signal, the fitted weights and the weights of the other sets give."""
    table = {
        weights: {name: _mean(questions, weights) for name, questions in sets.items()}
        for weights in (*GRID, FITTED)
    }
    held_out: dict[str, list[float]] = {}
    report: dict[str, Any] = {"sets": {}}
    for name, questions in sets.items():
        others = [other for other in sets if other != name]
        best = max(GRID, key=lambda w: sum(table[w][other] for other in others))
        held_out[name] = [asked.ndcg(_scores(asked, best)) for asked in questions]
        alone = {
            signal: round(float(np.mean([q.ndcg(q.rows[:, i]) for q in questions])), 4)
            for i, signal in enumerate(SIGNALS)
        }
        report["sets"][name] = {
            "questions": len(questions),
            "alone": alone,
            "fitted": round(table[FITTED][name], 4),
            "left_out": round(float(np.mean(held_out[name])), 4),
            "left_out_interval": _interval([held_out[name]]),
            "left_out_weights": asdict(best),
        }
    overall = max(GRID, key=lambda w: sum(table[w].values()))
    report["mean"] = {
        "fitted": round(float(np.mean(list(table[FITTED].values()))), 4),
        "left_out": round(float(np.mean([np.mean(v) for v in held_out.values()])), 4),
        "left_out_interval": _interval(list(held_out.values())),
        "best_on_all": round(float(np.mean(list(table[overall].values()))), 4),
        "best_weights": asdict(overall),
    }
    return report


def _scores(asked: Asked, weights: FusionWeights) -> Floats:
    return fused_rows(asked.rows, asked.heading_lengths, weights)


def _mean(questions: Sequence[Asked], weights: FusionWeights) -> float:
    return float(np.mean([asked.ndcg(_scores(asked, weights)) for asked in questions]))


def _interval(sets: Sequence[Sequence[float]]) -> list[float]:
    """Return the 95% bootstrap interval of the mean of the sets' means."""
    chance = np.random.default_rng(_SEED)
    means = [
        np.mean([np.mean(chance.choice(values, len(values))) for values in sets])
        for _ in range(_RESAMPLES)
    ]
    return [round(float(bound), 4) for bound in np.percentile(means, (2.5, 97.5))]


def _sets(given: argparse.Namespace) -> Iterator[tuple[str, list[Asked]]]:
    settings = read_settings()
    encoder = load_encoder(settings)
    for folder in given.retrieval:
        yield folder.name, judged(folder, settings, encoder)
    if given.questions:
        yield from placed(given.questions, given.manuals, settings, encoder)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as one JSON document."""
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--retrieval", type=Path, nargs="*", default=[])
    parser.add_argument("--questions", type=Path, nargs="*", default=[])
    parser.add_argument("--manuals", type=Path, default=Path("manuals"))
    given = parser.parse_args(arguments)
    sets = dict(_sets(given))
    if len(sets) < 2:
        parser.error("one set is left out in turn: give two or more")
    sys.stdout.write(json.dumps(figures(sets), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
