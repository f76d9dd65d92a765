"""A reranker improves the order in time, or leaves it: it never fails or holds up a search."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.domain import Chunk, RetrievedChunk, Source, Span
from assistant.errors import ModelFilesUnavailable
from assistant.search.reranking import CrossEncoderReranker, NoReranker, Pair, open_reranker
from assistant.settings import Settings

QUESTION = "年次有給休暇は何日ですか"
TEXTS = ("契約書は2通作ります。", "休暇は20日です。", "検査は14日以内です。", "旅費は実費です。")
LIMIT = 0.3  # seconds for which a test waits in vain
LONG = 60.0  # seconds for which it never does


def _hit(text: str, *, headings: tuple[str, ...] = ("第2章 服務", "休暇")) -> RetrievedChunk:
    chunk = Chunk(
        f"id of {text}", "v", 0, headings, 1, 1, "text", text, "hash", (Span(0, len(text), 1),)
    )
    source = Source("m", "手引き", "", "総務課", "2111", "v", 1, "m.pdf", None)
    return RetrievedChunk(chunk, source, 0.5, {"body": 0.8}, 0)


HITS = [_hit(text) for text in TEXTS]


def _texts(hits: list[RetrievedChunk]) -> list[str]:
    return [hit.chunk.text for hit in hits]


class Clock:
    """The time, which a test can put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


class ByLength:
    """A model that likes short passages; it keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Pair] = []
        self.computing = 0
        self.most_at_once = 0

    def predict(
        self, pairs: list[Pair], /, *, batch_size: int, show_progress_bar: bool
    ) -> np.ndarray:
        self.computing += 1
        self.most_at_once = max(self.most_at_once, self.computing)
        try:
            self.asked += pairs
            return self._scores(pairs)
        finally:
            self.computing -= 1

    def _scores(self, pairs: list[Pair]) -> np.ndarray:
        return np.array([-len(passage) for _, passage in pairs], np.float32)


class Held(ByLength):
    """A model that computes until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()
        self.let_go = threading.Event()

    def _scores(self, pairs: list[Pair]) -> np.ndarray:
        self.began.set()
        self.let_go.wait(LONG)
        return super()._scores(pairs)


class Failing(ByLength):
    """A model that fails in one way or another."""

    def __init__(self, fail: Callable[[int], np.ndarray]) -> None:
        super().__init__()
        self._fail = fail

    def _scores(self, pairs: list[Pair]) -> np.ndarray:
        return self._fail(len(pairs))


BY_LENGTH = sorted(TEXTS, key=len)


@pytest.fixture
def held() -> Iterator[Held]:
    model = Held()
    yield model
    model.let_go.set()


def _let_finish(model: Held) -> None:
    """Let the model go, and come back when the process's one worker is free again."""
    model.let_go.set()
    CrossEncoderReranker(ByLength(), seconds=LONG).reordered(QUESTION, HITS)


def test_without_a_reranker_everything_stays_as_it_is() -> None:
    none = open_reranker(Settings(reranker=""))
    assert isinstance(none, NoReranker)
    assert none.reordered(QUESTION, HITS) == HITS


def test_the_model_decides_the_order_and_leaves_its_score() -> None:
    hits = CrossEncoderReranker(ByLength(), seconds=LONG).reordered(QUESTION, HITS)
    assert _texts(hits) == BY_LENGTH
    scores = [hit.signals["reranker"] for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert {type(score) for score in scores} == {float}
    assert [hit.signals["body"] for hit in hits] == [0.8] * len(HITS)
    assert all("reranker" not in hit.signals for hit in HITS)


def test_the_model_reads_the_question_the_headings_and_the_text() -> None:
    model = ByLength()
    hits = [_hit("20日です。"), _hit("見出しのない文です。", headings=())]
    CrossEncoderReranker(model, seconds=LONG).reordered(QUESTION, hits)
    assert sorted(model.asked) == sorted(
        [(QUESTION, "第2章 服務 休暇\n20日です。"), (QUESTION, "見出しのない文です。")]
    )


def test_equal_scores_keep_their_order() -> None:
    hits = [_hit(text) for text in ("三三三", "二二", "四四四", "五五", "六六六")]
    found = CrossEncoderReranker(ByLength(), seconds=LONG).reordered(QUESTION, hits)
    assert _texts(found) == ["二二", "五五", "三三三", "四四四", "六六六"]


def test_only_the_first_are_read_and_the_others_follow_as_they_are() -> None:
    model = ByLength()
    hits = [_hit(text) for text in ("四四四四", "三三三", "二二", "一")]
    found = CrossEncoderReranker(model, most_hits=3, seconds=LONG).reordered(QUESTION, hits)
    assert _texts(found) == ["二二", "三三三", "四四四四", "一"]
    assert found[3] == hits[3]
    assert len(model.asked) == 3


@pytest.mark.parametrize("count", [0, 1])
def test_what_needs_no_order_needs_no_model(count: int) -> None:
    model = ByLength()
    assert CrossEncoderReranker(model).reordered(QUESTION, HITS[:count]) == HITS[:count]
    assert model.asked == []


def test_a_slow_model_is_left_out_until_the_pause_is_over(held: Held) -> None:
    clock = Clock()
    reranker = CrossEncoderReranker(held, seconds=LIMIT, pause_seconds=300, clock=clock)
    assert reranker.reordered(QUESTION, HITS) == HITS
    assert held.began.is_set()
    _let_finish(held)
    asked = len(held.asked)
    assert asked < len(HITS)  # it stopped after its first batch

    for ahead in (0, 200):
        clock.ahead = ahead
        assert reranker.reordered(QUESTION, HITS) == HITS
    assert len(held.asked) == asked

    clock.ahead = 301
    assert _texts(reranker.reordered(QUESTION, HITS)) == BY_LENGTH


def test_nothing_waits_for_a_late_model_however_long_it_computes(held: Held) -> None:
    clock = Clock()
    reranker = CrossEncoderReranker(held, seconds=LIMIT, pause_seconds=300, clock=clock)
    reranker.reordered(QUESTION, HITS)
    asked = len(held.asked)
    clock.ahead = 10_000
    assert reranker.reordered(QUESTION, HITS) == HITS
    _let_finish(held)
    assert reranker.reordered(QUESTION, HITS) == HITS
    assert len(held.asked) == asked


class Panic(BaseException):
    """What Rust raises is no Exception."""


def _raise(_: int) -> np.ndarray:
    raise RuntimeError("out of memory")


def _panic(_: int) -> np.ndarray:
    raise Panic


@pytest.mark.parametrize(
    "fail",
    [
        pytest.param(_raise, id="raises"),
        pytest.param(_panic, id="panics"),
        pytest.param(lambda count: np.full(count, np.nan), id="no numbers"),
        pytest.param(lambda count: np.zeros((count, 2)), id="two numbers each"),
        pytest.param(lambda count: np.zeros(count - 1), id="too few"),
    ],
)
def test_a_failing_model_is_logged_and_left_out_until_the_pause_is_over(
    fail: Callable[[int], np.ndarray], caplog: pytest.LogCaptureFixture
) -> None:
    clock, model = Clock(), Failing(fail)
    reranker = CrossEncoderReranker(model, seconds=LONG, pause_seconds=300, clock=clock)
    with caplog.at_level(logging.ERROR, "assistant.search.reranking"):
        for _ in range(2):
            assert reranker.reordered(QUESTION, HITS) == HITS
    assert [record.exc_info is not None for record in caplog.records] == [True]
    asked = len(model.asked)
    clock.ahead = 301
    assert reranker.reordered(QUESTION, HITS) == HITS
    assert len(model.asked) > asked


def test_a_busy_model_is_not_waited_for_longer_than_the_limit(held: Held) -> None:
    patient = CrossEncoderReranker(held, seconds=LONG)
    other = ByLength()
    hurried = CrossEncoderReranker(other, seconds=LIMIT)
    with ThreadPoolExecutor(1) as people:
        first = people.submit(patient.reordered, QUESTION, HITS)
        assert held.began.wait(LONG)
        assert hurried.reordered(QUESTION, HITS) == HITS
        assert other.asked == []
        held.let_go.set()
        assert _texts(first.result()) == BY_LENGTH
    # Nothing was wrong with the model: the next search may use it at once.
    assert _texts(hurried.reordered(QUESTION, HITS)) == BY_LENGTH


def test_searches_take_their_turns(held: Held) -> None:
    reranker = CrossEncoderReranker(held, seconds=LONG)
    with ThreadPoolExecutor(4) as people:
        found = [people.submit(reranker.reordered, QUESTION, HITS) for _ in range(4)]
        assert held.began.wait(LONG)
        held.let_go.set()
        assert [_texts(hits.result()) for hits in found] == [BY_LENGTH] * 4
    assert held.most_at_once == 1


def _save_model(folder: Path, kind: str, *, labels: int = 1) -> Path:
    """Save a BERT of two tiny layers with random weights that knows the letters of these tests."""
    import torch
    import transformers

    folder.mkdir()
    letters = sorted(set("".join([QUESTION, *TEXTS, "第2章服務"])))
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]))
    tokenizer = transformers.BertTokenizerFast(str(vocabulary))
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        num_labels=labels,
        initializer_range=1.0,
    )
    torch.manual_seed(3)
    getattr(transformers, kind)(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def cross_encoder(tmp_path: Path) -> Path:
    return _save_model(tmp_path / "cross-encoder", "BertForSequenceClassification")


def test_a_real_cross_encoder_orders_by_its_own_scores(cross_encoder: Path) -> None:
    from sentence_transformers import CrossEncoder

    expected = {
        text: float(
            CrossEncoder(str(cross_encoder)).predict((QUESTION, f"第2章 服務 休暇\n{text}"))
        )
        for text in TEXTS
    }
    reranker = open_reranker(Settings(reranker=str(cross_encoder), reranker_seconds=60))
    found = reranker.reordered(QUESTION, HITS)
    assert _texts(found) == sorted(TEXTS, key=expected.__getitem__, reverse=True)
    assert _texts(found) != list(TEXTS)
    assert {hit.chunk.text: hit.signals["reranker"] for hit in found} == pytest.approx(
        expected, abs=1e-5
    )


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "no vocabulary"])
def test_a_folder_that_cannot_be_loaded_is_told_with_the_next_step(
    damage: str, cross_encoder: Path
) -> None:
    weights = cross_encoder / "model.safetensors"
    if damage == "cut":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif damage == "no vocabulary":
        for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
            (cross_encoder / name).unlink(missing_ok=True)
    else:
        for file in cross_encoder.iterdir():
            file.unlink()
        if damage == "missing":
            cross_encoder.rmdir()
    with pytest.raises(ModelFilesUnavailable, match=r"ASSISTANT_RERANKER.*空に") as refusal:
        open_reranker(Settings(reranker=str(cross_encoder)))
    assert str(cross_encoder) in str(refusal.value)


def test_a_name_that_is_not_on_this_machine_is_not_looked_for_elsewhere() -> None:
    with pytest.raises(ModelFilesUnavailable, match="ネットワークからは取得しません") as refusal:
        open_reranker(Settings(reranker="chonai-test/no-such-reranker"))
    assert not isinstance(refusal.value.__cause__, AssertionError)  # which a connection raises


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        pytest.param("BertModel", 1, id="an embedding model"),
        pytest.param("BertForSequenceClassification", 2, id="two scores"),
    ],
)
def test_a_model_that_gives_no_score_is_told_with_the_next_step(
    kind: str, labels: int, tmp_path: Path
) -> None:
    folder = _save_model(tmp_path / "model", kind, labels=labels)
    with pytest.raises(ModelFilesUnavailable, match=r"CrossEncoder.*空に"):
        open_reranker(Settings(reranker=str(folder)))
