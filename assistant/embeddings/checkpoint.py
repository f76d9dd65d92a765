"""Reads a checkpoint folder's tensors without loading them: they stay on disk until used."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelFilesUnavailable

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Checkpoint:
    """A BERT encoder's configuration and its tensors (fp32) by the names of transformers."""

    layers: int
    heads: int
    epsilon: float
    positions: int
    tensors: dict[str, Floats]

    @property
    def word_vectors(self) -> Floats:
        """The vector of each token number, shape (vocabulary, dimension); mapped from the file."""
        return self.tensors["embeddings.word_embeddings.weight"]


def read_checkpoint(folder: Path) -> Checkpoint:
    """Map the folder's model.safetensors and read its config.json; raises ModelFilesUnavailable."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        return Checkpoint(
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            epsilon=config["layer_norm_eps"],
            positions=config["max_position_embeddings"],
            tensors=_tensors(folder / "model.safetensors"),
        )
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise ModelFilesUnavailable(
            f"検索モデルのファイルを読めません（{folder}）。"
            "このフォルダを削除し、`make run` をもう一度実行してください（作り直します）。"
        ) from error


def _tensors(path: Path) -> dict[str, Floats]:
    """Return views on the mapped file (safetensors: length, header in JSON, then the numbers)."""
    raw = np.memmap(path, np.uint8, "r")
    (length,) = struct.unpack("<Q", raw[:8].tobytes())
    data = raw[8 + length :]
    header = json.loads(raw[8 : 8 + length].tobytes())
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"{name} is {entry['dtype']}, not F32")
        start, end = entry["data_offsets"]
        tensors[name] = data[start:end].view(np.float32).reshape(entry["shape"])
    return tensors
