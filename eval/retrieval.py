"""Measures the production retriever on a judged retrieval set, in a throw-away index."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from assistant.calendar import today
from assistant.domain import Reader, RetrievedChunk
from assistant.embeddings.encoder import Encoder
from assistant.opening import Assistant, load_encoder, open_assistant
from assistant.settings import Settings
from eval.apart import apart
from eval.judged_corpus import JudgedCorpus, read_judged_corpus
from eval.metrics.ranking_metrics import (
    hit_at,
    mean,
    ndcg_at,
    percentile,
    recall_at,
    reciprocal_rank_at,
)
from ingest.pipeline import ingest_documents

Progress = Callable[[str], None]
SIGNALS: tuple[Literal["body", "heading", "keywords"], ...] = ("body", "heading", "keywords")
CUTOFF = 10
# A document scores as its best chunk: enough chunks that ten documents remain as a rule.
_CHUNKS = 50
_READER = Reader(person_id="evaluation")


@dataclass(frozen=True)
class RetrievalReport:
    """Means over all judged queries (0..1) and search times in milliseconds, warm."""

    ndcg: float | None
    recall: float | None
    hit_1: float | None
    hit_5: float | None
    mrr: float | None
    ms_p50: float | None
    ms_p95: float | None
    queries: int
    documents: int

    def document(self) -> dict[str, float | int | None]:
        """Return the report as `chonai eval retrieval --json` prints it."""
        return {
            "ndcg@10": _rounded(self.ndcg, 4),
            "recall@10": _rounded(self.recall, 4),
            "hit@1": _rounded(self.hit_1, 4),
            "hit@5": _rounded(self.hit_5, 4),
            "mrr@10": _rounded(self.mrr, 4),
            "ms_p50": _rounded(self.ms_p50, 1),
            "ms_p95": _rounded(self.ms_p95, 1),
            "queries": self.queries,
            "documents": self.documents,
        }


def evaluate_retrieval(
    folder: Path,
    *,
    settings: Settings,
    encoder: Encoder | None = None,
    progress: Progress = lambda _: None,
) -> RetrievalReport:
    """Index the folder's corpus apart from the office's manuals and run every judged query.

    `encoder` saves loading the embedding model again. Raises UsageError for a malformed set.
    """
    corpus = read_judged_corpus(folder)
    with _indexed(corpus, settings, encoder, progress) as assistant:
        rankings, seconds = _rankings(corpus, assistant.retriever.search, progress)
    return retrieval_report(corpus, rankings, seconds)


def evaluate_signals(
    folder: Path,
    *,
    settings: Settings,
    encoder: Encoder | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, RetrievalReport]:
    """Return a report for each signal alone and for their fusion, over one throw-away index."""
    corpus = read_judged_corpus(folder)
    reports: dict[str, RetrievalReport] = {}
    with _indexed(corpus, settings, encoder, progress) as assistant:
        retriever = assistant.retriever
        # First the fusion: afterwards the encoder remembers the questions' vectors.
        rankings, seconds = _rankings(corpus, retriever.search, progress)
        reports["fused"] = retrieval_report(corpus, rankings, seconds)
        for signal in SIGNALS:
            search = partial(retriever.search_signal, signal=signal)
            rankings, seconds = _rankings(corpus, search, progress)
            reports[signal] = retrieval_report(corpus, rankings, seconds)
    return reports


@contextmanager
def throwaway_assistant(
    settings: Settings, *, encoder: Encoder | None = None
) -> Iterator[Assistant]:
    """Open an empty extractive assistant in a temporary directory that is deleted afterwards."""
    encoder = encoder or load_encoder(settings)
    with (
        tempfile.TemporaryDirectory(prefix="chonai-eval-") as folder,
        open_assistant(apart(settings, Path(folder)), encoder=encoder) as assistant,
    ):
        yield assistant


@contextmanager
def _indexed(
    corpus: JudgedCorpus, settings: Settings, encoder: Encoder | None, progress: Progress
) -> Iterator[Assistant]:
    with throwaway_assistant(settings, encoder=encoder) as assistant:
        progress(f"{len(corpus.documents)} 件の文書を、評価だけの索引に入れています")
        ingest_documents(assistant, corpus.documents)
        yield assistant


def retrieval_report(
    corpus: JudgedCorpus, rankings: dict[str, list[str]], seconds: Sequence[float]
) -> RetrievalReport:
    """Return the metrics of rankings (document ids by query id) that took these seconds."""
    judged = [(rankings[query], grades) for query, grades in corpus.grades.items()]
    middle, slow = percentile(seconds, 0.5), percentile(seconds, 0.95)
    return RetrievalReport(
        ndcg=mean([ndcg_at(ranking, grades, CUTOFF) for ranking, grades in judged]),
        recall=mean([recall_at(ranking, grades, CUTOFF) for ranking, grades in judged]),
        hit_1=mean([hit_at(ranking, grades, 1) for ranking, grades in judged]),
        hit_5=mean([hit_at(ranking, grades, 5) for ranking, grades in judged]),
        mrr=mean([reciprocal_rank_at(ranking, grades, CUTOFF) for ranking, grades in judged]),
        ms_p50=None if middle is None else middle * 1000,
        ms_p95=None if slow is None else slow * 1000,
        queries=len(judged),
        documents=len(corpus.documents),
    )


def _rankings(
    corpus: JudgedCorpus, search: Callable[..., list[RetrievedChunk]], progress: Progress
) -> tuple[dict[str, list[str]], list[float]]:
    as_of = today()
    rankings: dict[str, list[str]] = {}
    seconds: list[float] = []
    for count, query in enumerate(corpus.grades, 1):
        began = time.perf_counter()
        limit = _CHUNKS
        while True:
            found = search(corpus.queries[query], reader=_READER, as_of=as_of, limit=limit)
            ranking = list(dict.fromkeys(chunk.source.file for chunk in found))
            if len(ranking) >= CUTOFF or len(found) < limit:
                break
            limit *= 2
        seconds.append(time.perf_counter() - began)
        rankings[query] = ranking
        if count % 100 == 0:
            progress(f"{count}/{len(corpus.grades)} 問を検索しました")
    return rankings, seconds


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
