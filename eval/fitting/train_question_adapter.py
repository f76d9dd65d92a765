"""Trains the question adapter on questions with and without an answer in a passage, and tries it.

Questions go through the bundled model with low-rank changes; sentences keep their vectors. A
question is drawn to the sentences that answer it (softmax over all sentences of a batch), and
whether a passage answers it is told by its nearest sentences (logistic loss; half of the
questions are near misses, which share the passage's subject and words). What makes some kinds of
questions find near sentences whether or not they are answered (`ease`) is learned beside, so that
the vectors need not tell it, and left out of what is written.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, normalize
from transformers import AutoModel, AutoTokenizer

from assistant.downloads import written_atomically
from assistant.embeddings.encoder import Encoder, Vectors
from assistant.embeddings.question_adapter import ADAPTER, DOWN, UP
from assistant.japanese.sentences import sentence_spans
from assistant.opening import load_encoder
from assistant.settings import read_settings

Encode = Callable[[Sequence[str]], Tensor]
_RANK = 8
_FIRST_LAYER = 4  # those below stay: a third less to compute, and nothing lost
_PASSAGES_AT_ONCE = 12
_HEADING_SHARE = 0.25  # as when sentences are compared: assistant/search/sentence_vectors.py
_RATE, _WARM_UP = 1.5e-3, 30
_SCALE, _OFFSET = 40.0, -35.0  # of a cosine, at the start; both are learned


@dataclass(frozen=True)
class Asked:
    """A question about a passage: which of its sentences answer it (none: a near miss)."""

    question: str
    answering: tuple[bool, ...]


@dataclass(frozen=True)
class Example:
    """A passage's sentences as vectors (sentences, dimension), and the questions about it.

    `heading` is the cosine of each question with the passage's headings, shape (questions,).
    """

    vectors: Tensor
    heading: Tensor
    asked: tuple[Asked, ...]


class LowRank(nn.Module):  # type: ignore[misc]
    """A frozen linear layer with a change of low rank, nothing at first."""

    def __init__(self, linear: nn.Linear):
        super().__init__()
        self.linear = linear
        self.down = nn.Parameter(torch.randn(_RANK, linear.in_features) / linear.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, _RANK))

    def forward(self, given: Tensor) -> Tensor:
        """Return the layer's output with the change's."""
        changed: Tensor = self.linear(given) + 2 * (given @ self.down.T @ self.up.T)
        return changed


class Questions(nn.Module):  # type: ignore[misc]
    """The bundled model with changes to be learned, and what its cosines tell of an answer."""

    def __init__(self, checkpoint: Path, prompt: str):
        super().__init__()
        self._prompt = prompt
        self._tokenizer: Any = AutoTokenizer.from_pretrained(checkpoint)  # nosec B615 - our folder
        self.model: Any = AutoModel.from_pretrained(  # nosec B615 - our folder
            checkpoint,
            add_pooling_layer=False,
            attention_probs_dropout_prob=0.0,
            hidden_dropout_prob=0.0,
        )
        self.model.requires_grad_(False)
        for layer in self.model.encoder.layer[_FIRST_LAYER:]:
            own = layer.attention.self
            own.query, own.key, own.value = map(LowRank, (own.query, own.key, own.value))
            for part in (layer.attention.output, layer.intermediate, layer.output):
                part.dense = LowRank(part.dense)
        self.scale = nn.Parameter(torch.tensor(_SCALE))
        self.offset = nn.Parameter(torch.tensor(_OFFSET))
        self.ease = nn.Parameter(torch.zeros(self.model.config.hidden_size))

    def forward(self, questions: Sequence[str]) -> Tensor:
        """Return one vector of length 1 a question, shape (questions, dimension)."""
        texts = [self._prompt + question for question in questions]
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        size = -(-len(order) // 4)  # four batches of like length: little padding
        rows: list[Tensor] = [torch.empty(0)] * len(texts)
        for start in range(0, len(order), size):
            places = order[start : start + size]
            given = self._tokenizer(
                [texts[place] for place in places],
                padding=True,
                truncation=True,
                max_length=512,
                return_tensors="pt",
            )
            with torch.autocast("cpu", torch.bfloat16):
                hidden = self.model(**given).last_hidden_state
            mask = given["attention_mask"][:, :, None]
            pooled = normalize((hidden.float() * mask).sum(1) / mask.sum(1), dim=-1)
            for place, row in zip(places, pooled, strict=True):
                rows[place] = row
        return torch.stack(rows)

    def learned(self) -> dict[str, Tensor]:
        """Return the adapter's tensors: the changes in half precision."""
        tensors: dict[str, Tensor] = {}
        for name, module in self.model.named_modules():
            if isinstance(module, LowRank):
                tensors[name + DOWN] = module.down.detach().half()
                tensors[name + UP] = (2 * module.up).detach().half()
        return tensors


def read_examples(paths: Sequence[Path], encoder: Encoder) -> list[Example]:
    """Read passages with their questions, one JSON object a line, and embed the passages."""
    examples = []
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            text = row["text"]
            spans = sentence_spans(text)
            asked = [
                Asked(item["q"], _answering(text, spans, item["sentence"]))
                for item in row["answerable"]
            ] + [Asked(item["q"], (False,) * len(spans)) for item in row["near"]]
            heading = encoder.encode_queries(["\n".join(row["heading"])])[0]
            questions = encoder.encode_queries([item.question for item in asked])
            vectors = encoder.encode_documents([text[start:end] for start, end in spans])
            examples.append(
                Example(torch.tensor(vectors), torch.tensor(questions @ heading), tuple(asked))
            )
    return examples


def _answering(text: str, spans: Sequence[tuple[int, int]], sentence: str) -> tuple[bool, ...]:
    """Tell of each sentence whether the words that answer lie in it; raises ValueError if none."""
    begin = text.find(sentence)
    end = begin + len(sentence)
    found = tuple(begin < stop and start < end for start, stop in spans)
    if begin < 0 or not any(found):
        raise ValueError(f"この文は本文にありません: {sentence}")
    return found


def batch_loss(questions: Questions, examples: Sequence[Example]) -> Tensor:
    """Return the loss of the questions about a few passages."""
    asked = [item for example in examples for item in example.asked]
    found = questions([item.question for item in asked])
    sentences = torch.cat([example.vectors for example in examples])
    starts = np.cumsum([0, *(len(example.vectors) for example in examples)])
    near = (1 - _HEADING_SHARE) * questions.scale * (found @ sentences.T)
    ranking, odds, labels = [], [], []
    row = 0
    for number, example in enumerate(examples):
        own = slice(int(starts[number]), int(starts[number + 1]))
        for item, heading in zip(example.asked, example.heading, strict=True):
            scores = near[row, own] + _HEADING_SHARE * questions.scale * heading
            held = torch.logsumexp(scores, 0)
            if any(item.answering):
                held = torch.logsumexp(near[row, own][torch.tensor(item.answering)], 0)
                ranking.append(torch.logsumexp(near[row], 0) - held)
                held = held + _HEADING_SHARE * questions.scale * heading
            odds.append(held + found[row] @ questions.ease + questions.offset)
            labels.append(float(any(item.answering)))
            row += 1
    told = binary_cross_entropy_with_logits(torch.stack(odds), torch.tensor(labels))
    return torch.stack(ranking).mean() + told


def figures(encode: Encode, examples: Sequence[Example]) -> dict[str, float]:
    """Return what questions' vectors tell: shares (0..1) and an area under the curve.

    `auc`: answerable questions against near misses, by the nearest sentence of the passage;
    `sentence`: how often that sentence is one that answers; `passage`: how often no sentence of
    another passage is nearer.
    """
    everything = torch.cat([example.vectors for example in examples])
    labels, told, right, own_first = [], [], [], []
    for example in examples:
        vectors = encode([item.question for item in example.asked])
        for vector, item, heading in zip(vectors, example.asked, example.heading, strict=True):
            near = example.vectors @ vector
            labels.append(any(item.answering))
            told.append(float((1 - _HEADING_SHARE) * near.max() + _HEADING_SHARE * heading))
            if any(item.answering):
                right.append(item.answering[int(near.argmax())])
                own_first.append(bool(near.max() >= (everything @ vector).max()))
    return {
        "auc": round(float(roc_auc_score(labels, told)), 3),
        "sentence": round(float(np.mean(right)), 3),
        "passage": round(float(np.mean(own_first)), 3),
    }


def train(
    questions: Questions, examples: Sequence[Example], *, epochs: int, seed: int
) -> Iterator[float]:
    """Train, yielding the mean loss of each epoch."""
    shuffled = list(examples)
    order = random.Random(seed)  # nosec B311 - no secret
    learned = [parameter for parameter in questions.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=_RATE, weight_decay=0.01)
    steps, total = 0, epochs * -(-len(shuffled) // _PASSAGES_AT_ONCE)
    for _ in range(epochs):
        order.shuffle(shuffled)
        losses = []
        for start in range(0, len(shuffled), _PASSAGES_AT_ONCE):
            for group in optimiser.param_groups:
                group["lr"] = _RATE * min(1, steps / _WARM_UP) * max(0.02, 1 - steps / total)
            loss = batch_loss(questions, shuffled[start : start + _PASSAGES_AT_ONCE])
            loss.backward()
            nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            optimiser.zero_grad()
            losses.append(loss.item())
            steps += 1
        yield float(np.mean(losses))


def main() -> None:
    """Print figures of the passages held out; with files to learn from, train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "learn", type=Path, nargs="*", help="passages to learn from; none: no training"
    )
    parser.add_argument("--check", type=Path, nargs="+", required=True, help="passages held out")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ADAPTER)
    given = parser.parse_args()
    settings = read_settings()
    encoder = load_encoder(settings.model_copy(update={"embedding_model": ""}))
    check = read_examples(given.check, encoder)
    shipped = figures(lambda texts: _stacked(encoder.encode_asking, texts), check)
    plain = figures(lambda texts: _stacked(encoder.encode_question, texts), check)
    _print({"without": plain, "as shipped": shipped})
    if not given.learn:
        return
    torch.manual_seed(given.seed)
    questions = Questions(settings.models_folder / "e5", settings.embedding_query_prompt)
    learn = read_examples(given.learn, encoder)
    for epoch, loss in enumerate(train(questions, learn, epochs=given.epochs, seed=given.seed), 1):
        with torch.no_grad():
            _print({"epoch": epoch, "loss": round(loss, 3)} | figures(questions, check))
        _write(questions.learned(), given.out)


def _stacked(encode: Callable[[str], Vectors], texts: Sequence[str]) -> Tensor:
    return torch.tensor(np.stack([encode(text) for text in texts]))


def _print(report: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _write(tensors: dict[str, Tensor], path: Path) -> None:
    from safetensors.torch import save

    with written_atomically(path) as stream:
        stream.write(save({name: tensor.contiguous() for name, tensor in tensors.items()}))


if __name__ == "__main__":
    main()
