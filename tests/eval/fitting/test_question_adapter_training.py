"""The adapter learns from passages whose answers are told by their own sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from hashed_encoder import HashedEncoder

from eval.fitting.train_question_adapter import LowRank, read_examples

FOLDER = Path(__file__).parents[3] / "eval" / "answerability"
FILES = sorted(FOLDER.glob("*/*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_every_answer_stands_in_its_passage(path: Path) -> None:
    examples = read_examples([path], HashedEncoder())
    asked = [item for example in examples for item in example.asked]
    answerable = sum(any(item.answering) for item in asked)
    assert 0.45 < answerable / len(asked) < 0.55
    assert len({item.question for item in asked}) > 0.98 * len(asked)


def test_no_passage_is_both_learned_and_held_out() -> None:
    texts = [
        (path.parent.name == "held_out", json.loads(line)["text"])
        for path in FILES
        for line in path.read_text("utf-8").splitlines()
    ]
    learned = {text for held_out, text in texts if not held_out}
    assert not learned & {text for held_out, text in texts if held_out}


def test_a_sentence_that_is_not_in_the_passage_is_refused(tmp_path: Path) -> None:
    row = {
        "heading": ["旅費"],
        "text": "旅費は後払いとする。",
        "answerable": [{"q": "旅費はいつ出ますか", "sentence": "旅費は前払いとする。"}],
        "near": [],
    }
    path = tmp_path / "passages.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    with pytest.raises(ValueError, match="本文にありません"):
        read_examples([path], HashedEncoder())


def test_a_change_begins_as_none_and_can_be_learned() -> None:
    linear = torch.nn.Linear(6, 4)
    changed = LowRank(linear)
    given = torch.randn(3, 6)
    assert torch.equal(changed(given), linear(given))

    changed(given).sum().backward()

    assert changed.up.grad is not None
    assert changed.up.grad.abs().sum() > 0
