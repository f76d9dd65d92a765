"""Reranking: the best results put in order by a model that reads question and passage together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from assistant.domain import RetrievedChunk
from assistant.errors import ModelFilesUnavailable
from assistant.settings import Settings

logger = logging.getLogger(__name__)

SIGNAL = "reranker"
Pair = tuple[str, str]
# Measured with a model of the size of e5-small on two cores: 20 passages of 88 to 434 tokens took
# 3.1 s in one batch, 2.0 s by fours, 1.8 s by twos. Small batches also let late work stop early.
_PAIRS_AT_ONCE = 2
# Alike in all but their words: a model whose vocabulary is missing, or has no Japanese, gives both
# the same score. And as long as a chunk gets: one that fails on long texts is told at the start.
_TRIAL: list[Pair] = [
    ("年次有給休暇は何日ですか", passage * 40)
    for passage in ("年次有給休暇は二十日です。", "公用車両鍵箱は地下室です。")
]
_LEAST_DIFFERENCE = 1e-6
_SCORING = "ForSequenceClassification"
# One for the process, so that never two threads compute at once, whatever is open beside.
_WORKER = ThreadPoolExecutor(1, "reranker")


class Reranker(Protocol):
    """Puts the first `most_hits` results of a search in a better order, if it can."""

    most_hits: int

    def reordered(self, question: str, hits: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
        """Return the same results, best first; the order given where there is no better one."""


class NoReranker:
    """Leaves the order as it is."""

    most_hits = 0

    def reordered(self, question: str, hits: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
        """Return the results as they are."""
        return list(hits)


class PairScorer(Protocol):
    """What is needed of a sentence_transformers.CrossEncoder."""

    def predict(self, pairs: list[Pair], /, *, batch_size: int, show_progress_bar: bool) -> Any:
        """Return one score a pair, larger is better."""


class CrossEncoderReranker:
    """Orders results by a cross-encoder, but never holds up a search for more than `seconds`.

    The model computes in a thread of its own. What is late or failed is dropped, and the order
    given stays; nothing is tried for `pause_seconds` then. A search that finds the model busy
    with others waits its turn within the same limit; that alone begins no pause.
    """

    def __init__(
        self,
        model: PairScorer,
        *,
        most_hits: int = 20,
        seconds: float = 2.0,
        pause_seconds: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._model = model
        self.most_hits = most_hits
        self._seconds = seconds
        self._pause_seconds = pause_seconds
        self._clock = clock
        self._paused_until = clock()
        self._late: Future[list[float] | None] | None = None

    def reordered(self, question: str, hits: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
        """Return the first `most_hits` ordered by the model, equals as given, then the others.

        Those that were read have the model's score, on its own scale, as signal `reranker`.
        """
        given = list(hits)
        read, others = given[: self.most_hits], given[self.most_hits :]
        if len(read) < 2 or self._rests():
            return given
        pairs = [(question, _passage(hit)) for hit in read]
        work = _WORKER.submit(self._scores, pairs, self._clock())
        wait([work], timeout=self._seconds)
        if not work.done():
            if not work.cancel():  # it has begun
                self._late = work
            return given
        scores = work.result()
        if scores is None:
            return given
        best = sorted(range(len(read)), key=lambda place: -scores[place])
        return [_with_signal(read[place], scores[place]) for place in best] + others

    def _rests(self) -> bool:
        late = self._late is not None and not self._late.done()
        return late or self._clock() < self._paused_until

    def _scores(self, pairs: Sequence[Pair], asked: float) -> list[float] | None:
        """Return each pair's score; None when it failed or nobody waits for it any longer.

        Runs in the worker's thread; `asked` is when the search began to wait.
        """
        began = self._clock()
        if began < self._paused_until:  # the one before it failed or was late
            return None
        scores = [0.0] * len(pairs)
        try:
            # Pairs of a length stand together, so that little of a batch is padding.
            by_length = sorted(range(len(pairs)), key=lambda place: len(pairs[place][1]))
            for start in range(0, len(by_length), _PAIRS_AT_ONCE):
                batch = by_length[start : start + _PAIRS_AT_ONCE]
                found = _scored(self._model, [pairs[place] for place in batch])
                for place, score in zip(batch, found, strict=True):
                    scores[place] = score
                if self._clock() > asked + self._seconds:
                    break
        except BaseException:  # a panic in the tokenizer's Rust is no Exception
            logger.exception("reranking failed: left out for %s s", self._pause_seconds)
            self._pause()
            return None
        ended = self._clock()
        if ended <= asked + self._seconds:
            return scores
        # What is late because it mostly waited its turn says nothing about the model.
        if ended - began > began - asked:
            logger.warning(
                "reranking takes more than %s s: left out for %s s",
                self._seconds,
                self._pause_seconds,
            )
            self._pause()
        return None

    def _pause(self) -> None:
        self._paused_until = self._clock() + self._pause_seconds


def open_reranker(settings: Settings) -> Reranker:
    """Load the reranker that the settings name; without one the order stays as it is.

    Nothing is fetched from the network. Raises ModelFilesUnavailable.
    """
    name = settings.reranker
    if not name:
        return NoReranker()
    try:
        from sentence_transformers import CrossEncoder

        model = CrossEncoder(name, device="cpu", local_files_only=True)
    except Exception as error:  # each library on the way has errors of its own
        raise ModelFilesUnavailable(
            f"並べ替えのモデルを読み込めません（{name}）。ネットワークからは取得しません。"
            "ASSISTANT_RERANKER に、モデルのファイルがそろったフォルダを指定するか、"
            "空にしてください（並べ替えずに動きます）。"
        ) from error
    try:
        _require_reranker(model)
    except Exception as error:
        raise ModelFilesUnavailable(
            f"このモデルでは並べ替えられません（{name}）。ASSISTANT_RERANKER に、日本語の質問と"
            "文の組に点数を一つ付けるモデル（sentence-transformers の CrossEncoder。語彙の"
            "ファイルも必要です）を指定するか、空にしてください（並べ替えずに動きます）。"
        ) from error
    return CrossEncoderReranker(model, seconds=settings.reranker_seconds)


def _require_reranker(model: Any) -> None:
    """Raise an error if the model's scores fail or are noise.

    An embedding model loads, too: with a random head for its scores.
    """
    architectures = model.config.architectures or []
    if len(model) == 1 and architectures and not architectures[0].endswith(_SCORING):
        raise ValueError(f"{architectures[0]} has no trained head for the scores of pairs")
    near, far = _scored(model, _TRIAL)
    if abs(near - far) < _LEAST_DIFFERENCE:
        raise ValueError(f"two passages of other words got the same score: {near}")


def _scored(model: PairScorer, pairs: list[Pair]) -> list[float]:
    """Return the model's score of each pair; raises ValueError for anything but one number each."""
    found = np.asarray(
        model.predict(pairs, batch_size=len(pairs), show_progress_bar=False), np.float64
    )
    if found.shape != (len(pairs),) or not np.isfinite(found).all():
        raise ValueError(f"{len(pairs)} pairs got scores of shape {found.shape}: {found}")
    return [float(score) for score in found]


def _passage(hit: RetrievedChunk) -> str:
    """Return what the model reads of a result: the headings, then the text."""
    chunk = hit.chunk
    return "\n".join(filter(None, [" ".join(chunk.heading_path), chunk.text]))


def _with_signal(hit: RetrievedChunk, score: float) -> RetrievedChunk:
    return replace(hit, signals={**hit.signals, SIGNAL: score})
