"""Ranking metrics over one query: nDCG, recall, hit and reciprocal rank at a cut-off.

In all functions `ranking` holds document ids, best first, each once, and `grades` the judged
grade of each document of the query (0 = judged irrelevant, absent = not judged, counts as 0).
A query without a positive grade has no defined value: the functions return None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def ndcg_at(ranking: Sequence[str], grades: Mapping[str, float], cutoff: int = 10) -> float | None:
    """Return nDCG@cutoff in 0..1 with gain = grade and a log2 discount.

    DCG = sum of grade_i / log2(i + 1) over the ranks i from 1, divided by the DCG of the ideal
    ranking (Järvelin and Kekäläinen 2002, ACM TOIS 20(4), as computed by trec_eval).
    """
    ideal = _dcg(sorted(grades.values(), reverse=True)[:cutoff])
    if ideal <= 0:
        return None
    return _dcg([grades.get(document, 0.0) for document in ranking[:cutoff]]) / ideal


def recall_at(
    ranking: Sequence[str], grades: Mapping[str, float], cutoff: int = 10
) -> float | None:
    """Return the share in 0..1 of the best-graded documents that are among the first cutoff."""
    wanted = best_documents(grades)
    return len(wanted & set(ranking[:cutoff])) / len(wanted) if wanted else None


def hit_at(ranking: Sequence[str], grades: Mapping[str, float], cutoff: int) -> float | None:
    """Return 1.0 if a best-graded document is among the first cutoff, else 0.0."""
    wanted = best_documents(grades)
    return float(bool(wanted & set(ranking[:cutoff]))) if wanted else None


def reciprocal_rank_at(
    ranking: Sequence[str], grades: Mapping[str, float], cutoff: int = 10
) -> float | None:
    """Return 1 / rank of the first best-graded document, 0.0 beyond cutoff.

    The mean over queries is MRR@cutoff (Voorhees 1999, TREC-8 question answering track).
    """
    wanted = best_documents(grades)
    if not wanted:
        return None
    ranks = (rank for rank, document in enumerate(ranking[:cutoff], 1) if document in wanted)
    return 1 / rank if (rank := next(ranks, 0)) else 0.0


def best_documents(grades: Mapping[str, float]) -> set[str]:
    """Return the documents with the highest grade that the query has, none if it is not > 0."""
    highest = max(grades.values(), default=0.0)
    return {document for document, grade in grades.items() if grade == highest > 0}


def mean(values: Sequence[float | None]) -> float | None:
    """Return the mean of the defined values, None if there is none."""
    defined = [value for value in values if value is not None]
    return math.fsum(defined) / len(defined) if defined else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least `share` (0..1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
