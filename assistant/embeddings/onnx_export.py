"""Writes the bundled model's layers as an ONNX graph with 8-bit weights, once, at set-up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.downloads import explained_file_errors, require_space, written_atomically
from assistant.embeddings.checkpoint import Checkpoint, Floats, read_checkpoint
from assistant.errors import ModelFilesUnavailable

EXPORT_VERSION = 1
"""Raised whenever the code below writes another graph: the file is then made anew."""

DISK_BYTES = 30_000_000
STEM = "e5-int8"
GRAPH, MANIFEST = f"{STEM}.onnx", f"{STEM}.json"
WORDS, TOKENS = "words", "tokens"
"""The graph's input (embedded words, 1 x tokens x dimension) and its output of the same shape."""

Change = Callable[[Checkpoint], Checkpoint]
_MICROSOFT = "com.microsoft"
# 7 of 8 bits: without VNNI the processor adds two products in 16 bits, which would overflow. The
# same weights everywhere give the same vectors everywhere.
_LARGEST = 64
_LEAST_SIZE = 1e-9  # a token of zeros is not divided by zero


def prepare_int8(
    checkpoint: Path,
    folder: Path,
    *,
    made_from: str,
    stem: str = STEM,
    change: Change | None = None,
) -> Path:
    """Write the 8-bit graph of `checkpoint` into `folder` unless it is there; return its path.

    `made_from` names what the graph is made of: the checkpoint's fingerprint, and that of what
    `change` does to it, if anything. The files are called `stem`. Raises ModelFilesUnavailable.
    """
    try:
        return verify_int8(folder, made_from=made_from, stem=stem)
    except ModelFilesUnavailable:
        given = read_checkpoint(checkpoint)
        content = _serialised(given if change is None else change(given))
    graph, manifest = _files(folder, stem)
    described = {"made_from": _origin(made_from), "sha256": hashlib.sha256(content).hexdigest()}
    with explained_file_errors(folder, needed=DISK_BYTES):
        require_space(folder, DISK_BYTES)
        with written_atomically(graph) as stream:
            stream.write(content)
        # Last: a graph without its hash does not count as prepared.
        with written_atomically(manifest) as stream:
            stream.write(json.dumps(described, indent=1).encode() + b"\n")
    return graph


def verify_int8(folder: Path, *, made_from: str, stem: str = STEM) -> Path:
    """Return the graph's path after comparing its hash; raises ModelFilesUnavailable."""
    graph, manifest = _files(folder, stem)
    try:
        described = json.loads(manifest.read_text("utf-8"))
        digest = hashlib.sha256(graph.read_bytes()).hexdigest()
        whole = described == {"made_from": _origin(made_from), "sha256": digest}
    except (OSError, ValueError) as error:
        raise _unusable(graph) from error
    if not whole:
        raise _unusable(graph)
    return graph


def _files(folder: Path, stem: str) -> tuple[Path, Path]:
    return folder / f"{stem}.onnx", folder / f"{stem}.json"


def _origin(made_from: str) -> str:
    return f"{made_from}:{EXPORT_VERSION}"


def _unusable(graph: Path) -> ModelFilesUnavailable:
    own = graph.name == GRAPH  # questions need their graph whatever the engine
    return ModelFilesUnavailable(
        f"検索モデルの高速版（{graph}）がないか、壊れています。"
        "「chonai prepare」（または `make run`）をもう一度実行してください（作り直します）。"
        + ("ASSISTANT_EMBEDDING_ENGINE=fp32 を設定すれば、元のモデルで動きます。" if own else "")
    )


def _serialised(checkpoint: Checkpoint) -> bytes:
    from onnx import TensorProto, helper

    graph = _Graph()
    current = graph.normalised("embedded", [WORDS], "embeddings.LayerNorm", checkpoint)
    for layer in range(checkpoint.layers):
        current = _layer(graph, checkpoint, f"encoder.layer.{layer}", current)
    graph.node("Identity", [current], TOKENS, domain="")
    dimension = checkpoint.word_vectors.shape[1]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "length", dimension])
        for name in (WORDS, TOKENS)
    ]
    made = helper.make_graph(graph.nodes, "encoder", ends[:1], ends[1:], graph.weights)
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)],
        ir_version=10,
    )
    content: bytes = model.SerializeToString()
    return content


def _layer(graph: _Graph, checkpoint: Checkpoint, name: str, given: str) -> str:
    """Add one transformer layer in onnxruntime's fused operators; return its output's name."""
    own = f"{name}.attention.self"
    parts = [f"{own}.{part}" for part in ("query", "key", "value")]
    merged = graph.product(own, given, parts, checkpoint, with_bias=False)
    thirds = [f"{part}.out" for part in parts]
    graph.node("Split", [merged], *thirds, domain="", axis=2, num_outputs=3)
    biases = np.concatenate([checkpoint.tensors[f"{part}.bias"] for part in parts])
    attended = graph.node(
        "MultiHeadAttention",
        [*thirds, graph.weight(f"{own}.bias", biases)],
        f"{own}.out",
        num_heads=checkpoint.heads,
    )
    dense = f"{name}.attention.output.dense"
    projected = graph.product(dense, attended, [dense], checkpoint)
    middle = graph.normalised(
        f"{name}.middle", [projected, given], f"{name}.attention.output.LayerNorm", checkpoint
    )
    wide = f"{name}.intermediate.dense"
    widened = graph.scaled_product(wide, middle, checkpoint)
    bias = graph.weight(f"{wide}.bias", checkpoint.tensors[f"{wide}.bias"])
    active = graph.node("BiasGelu", [widened, bias], f"{wide}.active")
    narrow = f"{name}.output.dense"
    narrowed = graph.scaled_product(narrow, active, checkpoint)
    return graph.normalised(
        f"{name}.end", [narrowed, middle], f"{name}.output.LayerNorm", checkpoint, bias=narrow
    )


@dataclass
class _Graph:
    """Collects nodes and weights; every method returns the name of what it added."""

    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)

    def node(
        self, kind: str, inputs: list[str], *outputs: str, domain: str = _MICROSOFT, **options: Any
    ) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **options))
        return outputs[0]

    def weight(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def product(
        self,
        name: str,
        given: str,
        parts: list[str],
        checkpoint: Checkpoint,
        *,
        with_bias: bool = True,
    ) -> str:
        """Add a matrix product with 8-bit weights; the input gets one scale for all its tokens."""
        tensors = checkpoint.tensors
        matrix = np.concatenate([tensors[f"{part}.weight"] for part in parts]).T
        integers, scales = _quantised(matrix)
        inputs = [given, self.weight(f"{name}.weight", integers)]
        inputs += [self.weight(f"{name}.scale", scales)]
        inputs += [self.weight(f"{name}.zero", np.zeros(len(scales), np.int8))]
        if with_bias:
            bias = np.concatenate([tensors[f"{part}.bias"] for part in parts])
            inputs += [self.weight(f"{name}.bias", bias)]
        return self.node("DynamicQuantizeMatMul", inputs, f"{name}.product")

    def scaled_product(self, name: str, given: str, checkpoint: Checkpoint) -> str:
        """Add a product without bias whose input gets a scale a token.

        A few tokens have values a hundred times the others' here: with one scale for all of them
        the cosine to fp32 was .9964 instead of .9991; the scales cost 1 to 13 % of the speed.
        """
        size = self.node("Abs", [given], f"{name}.size", domain="")
        axis = self.weight(f"{name}.axis", np.array([-1], np.int64))
        largest = self.node("ReduceMax", [size, axis], f"{name}.largest", domain="", keepdims=1)
        least = self.weight(f"{name}.least", np.array(_LEAST_SIZE, np.float32))
        scale = self.node("Max", [largest, least], f"{name}.scales", domain="")
        even = self.node("Div", [given, scale], f"{name}.even", domain="")
        product = self.product(name, even, [name], checkpoint, with_bias=False)
        return self.node("Mul", [product, scale], f"{name}.scaled", domain="")

    def normalised(
        self, name: str, given: list[str], norm: str, checkpoint: Checkpoint, *, bias: str = ""
    ) -> str:
        """Add a layer norm over the sum of one or two inputs and the bias of the layer `bias`."""
        factors = [
            self.weight(f"{norm}.{kind}", checkpoint.tensors[f"{norm}.{kind}"])
            for kind in ("weight", "bias")
        ]
        if bias:
            factors += [self.weight(f"{bias}.bias", checkpoint.tensors[f"{bias}.bias"])]
        kind, domain = "LayerNormalization", ""
        if len(given) == 2:
            kind, domain = "SkipLayerNormalization", _MICROSOFT
        return self.node(kind, given + factors, name, domain=domain, epsilon=checkpoint.epsilon)


def _quantised(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Return integers and one scale a column, so that integers * scales is about `matrix`."""
    largest = np.abs(matrix).max(axis=0)
    scales: Floats = np.where(largest > 0, largest / _LARGEST, 1).astype(np.float32)
    integers = np.clip(np.rint(matrix / scales), -_LARGEST, _LARGEST).astype(np.int8)
    return integers, scales
