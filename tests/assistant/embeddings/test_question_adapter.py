"""Questions are drawn to the sentences that answer them, and sentences keep their vectors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hashed_encoder import HashedEncoder

from assistant.embeddings.checkpoint import Checkpoint
from assistant.embeddings.encoder import Encoder
from assistant.embeddings.question_adapter import ADAPTER, QuestionAdapter, read_question_adapter
from assistant.errors import ModelFilesUnavailable
from assistant.japanese.sentences import sentences

HELD_OUT = Path(__file__).parents[3] / "eval" / "answerability" / "held_out" / "mixed.jsonl"


def test_changes_are_added_to_their_matrices_and_nothing_else() -> None:
    tensors = {"a.weight": np.zeros((3, 2), np.float32), "b.weight": np.ones((1, 1), np.float32)}
    checkpoint = Checkpoint(1, 1, 1e-12, 8, tensors)
    down, up = np.array([[1, 2]], np.float32), np.array([[1], [0], [3]], np.float32)

    changed = QuestionAdapter({"a.weight": (down, up)}, "").applied(checkpoint)

    assert changed.tensors["a.weight"].tolist() == [[1, 2], [0, 0], [3, 6]]
    assert changed.tensors["b.weight"].tolist() == [[1]]
    assert not tensors["a.weight"].any()


def test_the_shipped_changes_fit_the_bundled_model(encoder: Encoder) -> None:
    adapter = read_question_adapter()
    assert len(adapter.changes) == 8 * 6  # layers, matrices of each
    for down, up in adapter.changes.values():
        assert down.shape[0] == up.shape[1]
        assert encoder.dimension in (down.shape[1], up.shape[0])


@pytest.mark.parametrize("damage", ["missing", "cut", "another file"])
def test_a_damaged_adapter_is_said_with_the_next_step(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "adapter.safetensors"
    if damage == "cut":
        path.write_bytes(ADAPTER.read_bytes()[:5000])
    if damage == "another file":
        shutil.copy(__file__, path)
    with pytest.raises(ModelFilesUnavailable, match="make setup"):
        read_question_adapter(path)


def test_another_model_has_no_adapter_and_compares_its_plain_vectors() -> None:
    encoder = HashedEncoder()
    plain = encoder.encode_question("旅費はいつ出ますか")
    assert encoder.encode_asking("旅費はいつ出ますか").tolist() == plain.tolist()


def test_near_misses_are_told_apart_better_than_by_plain_vectors(encoder: Encoder) -> None:
    from sklearn.metrics import roc_auc_score

    rows = [json.loads(line) for line in HELD_OUT.read_text("utf-8").splitlines()]
    labels: list[int] = []
    asking: list[float] = []
    plain: list[float] = []
    for row in rows[::2]:
        vectors = encoder.encode_documents(sentences(row["text"]))
        for kind in ("answerable", "near"):
            for item in row[kind]:
                labels.append(int(kind == "answerable"))
                asking.append(float((vectors @ encoder.encode_asking(item["q"])).max()))
                plain.append(float((vectors @ encoder.encode_question(item["q"])).max()))
    assert roc_auc_score(labels, asking) > roc_auc_score(labels, plain) + 0.04
