"""What teaches the bundled model which sentences answer a question: low-rank changes, shipped.

Only questions go through the changed model. The vectors of sentences stay as they are, so nothing
is embedded twice (docs/decisions/0025-question-adapter.md).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.embeddings.checkpoint import Checkpoint, Floats
from assistant.errors import ModelFilesUnavailable

ADAPTER = Path(__file__).with_name("question_adapter.safetensors")
DOWN, UP = ".down", ".up"


@dataclass(frozen=True)
class QuestionAdapter:
    """Changes of the checkpoint's matrices, by the name of the matrix.

    To a matrix of shape (out, in) belong `down` (rank, in) and `up` (out, rank): their product is
    added to it.
    """

    changes: dict[str, tuple[Floats, Floats]]
    sha256: str

    def applied(self, checkpoint: Checkpoint) -> Checkpoint:
        """Return the checkpoint with its matrices changed; what is not named stays."""
        tensors = dict(checkpoint.tensors)
        for name, (down, up) in self.changes.items():
            tensors[name] = tensors[name] + up @ down
        return replace(checkpoint, tensors=tensors)


def read_question_adapter(path: Path = ADAPTER) -> QuestionAdapter:
    """Read an adapter file; raises ModelFilesUnavailable."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        content = path.read_bytes()
        tensors = {name: np.asarray(v, np.float32) for name, v in load(content).items()}
        names = [name.removesuffix(DOWN) for name in tensors if name.endswith(DOWN)]
        return QuestionAdapter(
            changes={f"{n}.weight": (tensors[n + DOWN], tensors[n + UP]) for n in names},
            sha256=hashlib.sha256(content).hexdigest(),
        )
    except (OSError, KeyError, ValueError, SafetensorError) as error:
        raise ModelFilesUnavailable(
            f"検索モデルの差分ファイル（{path}）を読めません。`make setup` をもう一度実行して、"
            "プログラムを入れ直してください。"
        ) from error
