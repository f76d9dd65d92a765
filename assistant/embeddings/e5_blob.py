"""Reads the package file that holds multilingual-e5-small in 4-bit blocks (format "E5S1")."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Tensor = Callable[..., Floats]
"""Reads the tensor of a name in the blob; the other arguments are its dimensions."""


@dataclass(frozen=True)
class EncoderShape:
    """Sizes and special token numbers, in the order in which the blob's header holds them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    block: int
    pieces: int
    begin: int
    end: int
    padding: int
    unknown: int


class _Cursor:
    """Reads little-endian values one after another; the blob's hash is known to be right."""

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        self.position = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{layout}", self.blob, self.position)
        self.position += struct.calcsize(f"<{layout}")
        return found

    def array(self, kind: type[np.generic], count: int) -> NDArray[Any]:
        found = np.frombuffer(self.blob, kind, count, self.position)
        self.position += found.nbytes
        return found

    def skip(self, count: int) -> bytes:
        self.position += count
        return self.blob[self.position - count : self.position]


@dataclass(frozen=True)
class EncoderParts:
    """What a checkpoint is made of: `pieces` are (text, log probability) by token number."""

    shape: EncoderShape
    pieces: list[tuple[str, float]]
    weights: dict[str, Floats]


def read_encoder(blob: bytes) -> EncoderParts:
    """Return the encoder in the blob, in fp32; the blob's hash must have been checked."""
    cursor = _Cursor(blob)
    cursor.skip(8)  # "E5S1" and the format's version, both covered by the hash
    shape = EncoderShape(*cursor.values("7i"), *cursor.values("fi"), *cursor.values("5i"))
    pieces = _read_pieces(cursor, shape)
    _, normalisation_bytes = cursor.values("iI")
    cursor.skip(normalisation_bytes)  # NFKC as a table; the tokenizers library has it built in
    return EncoderParts(shape, pieces, _weights(blob, _read_directory(cursor), shape))


def _read_pieces(cursor: _Cursor, shape: EncoderShape) -> list[tuple[str, float]]:
    (text_bytes,) = cursor.values("Q")
    offsets = cursor.array(np.uint32, shape.pieces + 1).tolist()
    scores = cursor.array(np.float32, shape.pieces).tolist()
    text = cursor.skip(text_bytes)
    return [
        (text[start:end].decode(), score)
        for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    ]


def _read_directory(cursor: _Cursor) -> dict[str, tuple[int, int]]:
    """Return each tensor's first byte and number of bytes by its name in the blob."""
    (count,) = cursor.values("i")
    directory = {}
    for _ in range(count):
        (length,) = cursor.values("H")
        name = cursor.skip(length).decode()
        _kind, _values, start, size = cursor.values("BIQQ")
        directory[name] = (start, size)
    return directory


def _weights(
    blob: bytes, directory: dict[str, tuple[int, int]], shape: EncoderShape
) -> dict[str, Floats]:
    """Return all tensors of a BERT encoder under the names that transformers gives them."""

    def plain(name: str, *dimensions: int) -> Floats:
        start, size = directory[name]
        return np.frombuffer(blob, np.float32, size // 4, start).reshape(dimensions)

    def packed(name: str, *dimensions: int) -> Floats:
        start, _size = directory[name]
        return _unpack(blob, start, dimensions, shape.block)

    return _embedding_weights(plain, packed, shape) | _layer_weights(plain, packed, shape)


def _unpack(blob: bytes, start: int, dimensions: tuple[int, ...], block: int) -> Floats:
    """Undo ggml's Q4_0: per block a half-precision scale, then two 4-bit values a byte.

    The low halves are the first half of a block, the high halves the second; 8 stands for zero.
    """
    rows = int(np.prod(dimensions)) // block
    width = 2 + block // 2
    raw = np.frombuffer(blob, np.uint8, rows * width, start).reshape(rows, width)
    scale = raw[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scale).reshape(dimensions)


def _embedding_weights(plain: Tensor, packed: Tensor, shape: EncoderShape) -> dict[str, Floats]:
    hidden = shape.hidden
    return {
        "embeddings.word_embeddings.weight": packed("emb.word", shape.vocabulary, hidden),
        "embeddings.position_embeddings.weight": plain("emb.pos", shape.positions, hidden),
        "embeddings.token_type_embeddings.weight": plain("emb.type", shape.token_types, hidden),
        "embeddings.LayerNorm.weight": plain("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": plain("emb.ln.b", hidden),
        # The pooler is not used (mean pooling), but transformers fills a missing one at random.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }


def _layer_weights(plain: Tensor, packed: Tensor, shape: EncoderShape) -> dict[str, Floats]:
    hidden, wide = shape.hidden, shape.feed_forward
    matrices = {
        "q": ("attention.self.query", hidden, hidden),
        "k": ("attention.self.key", hidden, hidden),
        "v": ("attention.self.value", hidden, hidden),
        "ao": ("attention.output.dense", hidden, hidden),
        "fi": ("intermediate.dense", wide, hidden),
        "fo": ("output.dense", hidden, wide),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    weights = {}
    for layer in range(shape.layers):
        target = f"encoder.layer.{layer}"
        for short, (name, rows, columns) in matrices.items():
            weights[f"{target}.{name}.weight"] = packed(f"l{layer}.{short}.w", rows, columns)
            weights[f"{target}.{name}.bias"] = plain(f"l{layer}.{short}.b", rows)
        for short, name in norms.items():
            weights[f"{target}.{name}.weight"] = plain(f"l{layer}.{short}.w", hidden)
            weights[f"{target}.{name}.bias"] = plain(f"l{layer}.{short}.b", hidden)
    return weights
