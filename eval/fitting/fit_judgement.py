"""Fits the judgement of evidence on question sets and prints its coefficients.

Only learning sets belong here, never a set that checks the result.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answers.judgement import Features
from assistant.calendar import today
from assistant.opening import Assistant, open_assistant
from assistant.owner import owned
from assistant.people.access import OPERATOR
from assistant.settings import read_settings
from assistant.understanding.follow_ups import search_text
from eval.sets.question_set import Case, read_question_set

_REPEATS = 5
_FOLDS = 8
_FALSE_REFUSALS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)


def case_features(assistant: Assistant, cases: Sequence[Case]) -> list[tuple[Features, Case]]:
    """Return what the judgement sees for each case; a case that finds nothing is left out."""
    rows: list[tuple[Features, Case]] = []
    for case in cases:
        searched = search_text(case.question, case.turns)
        found = assistant.retriever.search(
            searched, reader=OPERATOR, as_of=case.as_of or today(), limit=10
        )
        seen = assistant.answering.weigh(searched, found).features
        if seen is not None:
            rows.append((seen, case))
    return rows


def cross_validated(matrix: NDArray[np.float64], labels: NDArray[np.int_]) -> NDArray[np.float64]:
    """Return each row's probability from models that have not seen it; mean of five splits."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    runs = [
        cross_val_predict(
            LogisticRegression(C=0.5, max_iter=1000),
            matrix,
            labels,
            cv=StratifiedKFold(_FOLDS, shuffle=True, random_state=seed),
            method="predict_proba",
        )[:, 1]
        for seed in range(_REPEATS)
    ]
    return np.asarray(np.mean(runs, axis=0))


def curve(scores: NDArray[np.float64], cases: Sequence[Case]) -> list[dict[str, float]]:
    """Return thresholds by the share of answerable questions refused, with what else is refused.

    Shares are 0..1, of all cases of a kind.
    """
    kinds = np.array(["answerable" if c.answerable else c.kind or "unanswerable" for c in cases])
    points = []
    for share in _FALSE_REFUSALS:
        threshold = float(np.quantile(scores[kinds == "answerable"], share))
        points.append(
            {"threshold": round(threshold, 3)}
            | {
                f"refused {kind}": round(float(np.mean(scores[kinds == kind] < threshold)), 3)
                for kind in sorted(set(kinds))
            }
        )
    return points


def main() -> None:
    """Print cross-validated figures, the best threshold, and the coefficients."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+", help="learning sets over the data directory")
    given = parser.parse_args()
    settings = read_settings()
    with (
        owned(settings.data_dir, progress=lambda _: None),
        open_assistant(settings.model_copy(update={"mode": "extractive"})) as assistant,
    ):
        cases = [case for path in given.sets for case in read_question_set(path)]
        rows = case_features(assistant, cases)
    raw = np.array([astuple(seen) for seen, _ in rows])
    labels = np.array([int(case.answerable) for _, case in rows])
    means, scales = raw.mean(0), raw.std(0) + 1e-9
    matrix = (raw - means) / scales
    scores = cross_validated(matrix, labels)
    accuracy, threshold = max((float(np.mean((scores > t) == labels)), float(t)) for t in scores)
    model = LogisticRegression(C=0.5, max_iter=1000).fit(matrix, labels)
    names = [field.name for field in fields(Features)]
    fitted = {
        name: [round(float(v), 4) for v in row]
        for name, row in zip(names, zip(means, scales, model.coef_[0], strict=True), strict=True)
    }
    report = {
        "questions": len(rows),
        "auc": round(float(roc_auc_score(labels, scores)), 3),
        "accuracy": round(accuracy, 3),
        "threshold": round(threshold, 3),
        "curve": curve(scores, [case for _, case in rows]),
        "mean_scale_weight": fitted,
        "bias": round(float(model.intercept_[0]), 4),
    }
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
