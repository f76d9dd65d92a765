"""The engines agree with each other, and what is damaged is told with the next step."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from assistant.embeddings.bundled import verify_bundled_e5
from assistant.embeddings.encoder import Encoder
from assistant.embeddings.engine_choice import CHOICE_FILE, SAMPLE
from assistant.embeddings.engines import QUESTIONS
from assistant.embeddings.onnx_engine import OnnxEngine
from assistant.embeddings.onnx_export import GRAPH, MANIFEST, prepare_int8, verify_int8
from assistant.embeddings.torch_engine import TorchEngine
from assistant.errors import ModelFilesUnavailable
from assistant.opening import load_encoder
from assistant.settings import Settings


@pytest.fixture(scope="module")
def exact(models_folder: Path) -> Encoder:
    return _loaded(models_folder, "fp32")


@pytest.fixture(scope="module")
def quantised(models_folder: Path) -> Encoder:
    return _loaded(models_folder, "int8")


def _loaded(models_folder: Path, engine: str) -> Encoder:
    try:
        return load_encoder(Settings(models_dir=models_folder, embedding_engine=engine))
    except ModelFilesUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def copied_models(models_folder: Path, tmp_path: Path) -> Path:
    """A models folder of the test's own, the checkpoint a link."""
    if not (models_folder / GRAPH).is_file():
        pytest.skip("the models are not prepared: chonai prepare")
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "e5").symlink_to((models_folder / "e5").absolute(), target_is_directory=True)
    for name in (GRAPH, MANIFEST, f"{QUESTIONS}.onnx", f"{QUESTIONS}.json"):
        shutil.copy(models_folder / name, folder / name)
    return folder


def test_eight_bits_give_nearly_the_vectors_of_fp32(exact: Encoder, quantised: Encoder) -> None:
    texts = [*SAMPLE, "休暇", ""]
    cosines = (exact.encode_documents(texts) * quantised.encode_documents(texts)).sum(axis=1)
    assert len(texts) >= 12
    assert cosines.min() >= 0.99
    assert quantised.fingerprint == exact.fingerprint


def test_the_background_gives_the_same_vectors(exact: Encoder, quantised: Encoder) -> None:
    for encoder in (exact, quantised):
        behind = encoder.encode_documents(SAMPLE, in_background=True)
        assert np.abs(behind - encoder.encode_documents(SAMPLE)).max() < 1e-5


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are Linux's")
def test_the_background_leaves_the_questions_threads_their_priority(quantised: Encoder) -> None:
    quantised.encode_documents(SAMPLE, in_background=True)
    quantised.encode_documents(SAMPLE)
    engine = quantised._engine
    assert isinstance(engine, OnnxEngine)
    own, behind = (
        {os.getpriority(os.PRIO_PROCESS, thread.native_id or 0) for thread in pool._threads}
        for pool in (engine._threads, engine._background)
    )
    assert own == {os.getpriority(os.PRIO_PROCESS, threading.get_native_id())}
    assert behind == {19}


def test_a_text_longer_than_the_model_takes_is_cut_alike(
    exact: Encoder, quantised: Encoder
) -> None:
    text = "".join(SAMPLE) * 3
    assert exact.token_counts([text]) == quantised.token_counts([text])
    assert exact.token_counts([text])[0] > exact.most_tokens
    (one,), (other,) = exact.encode_documents([text]), quantised.encode_documents([text])
    assert one @ other >= 0.99


def test_neighbours_do_not_change_a_vector(exact: Encoder, quantised: Encoder) -> None:
    together = quantised.encode_documents(list(SAMPLE))
    assert np.array_equal(together[0], quantised.encode_documents([SAMPLE[0]])[0])
    together = exact.encode_documents(list(SAMPLE))
    apart = np.concatenate([exact.encode_documents([text]) for text in SAMPLE])
    assert np.abs(together - apart).max() < 1e-5


@pytest.mark.slow
def test_bf16_gives_nearly_the_vectors_of_fp32(exact: Encoder, models_folder: Path) -> None:
    vectors = TorchEngine(str(models_folder / "e5"), brief=True).encode(SAMPLE[:3], "passage: ")
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert (vectors * exact.encode_documents(SAMPLE[:3])).sum(axis=1).min() >= 0.99


def test_no_texts_are_answered(exact: Encoder, quantised: Encoder) -> None:
    for encoder in (exact, quantised):
        assert encoder.encode_documents([]).shape == (0, encoder.dimension)
        assert encoder.token_counts([]) == []


def test_eight_bits_need_no_pytorch(quantised: Encoder, models_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from assistant.opening import load_encoder; from assistant.settings import Settings\n"
        "settings = Settings(models_dir=Path(sys.argv[1]), embedding_engine='int8')\n"
        "load_encoder(settings).encode_question('休暇')\n"
        "print([n for n in ('torch', 'sentence_transformers', 'onnx') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(models_folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_a_graph_is_made_once_and_anew_for_another_model(copied_models: Path) -> None:
    fingerprint = verify_bundled_e5(copied_models / "e5")
    made = copied_models / GRAPH
    inode = made.stat().st_ino
    prepare_int8(copied_models / "e5", copied_models, made_from=fingerprint)
    assert made.stat().st_ino == inode

    prepare_int8(copied_models / "e5", copied_models, made_from="another")

    assert made.stat().st_ino != inode
    assert verify_int8(copied_models, made_from="another") == made
    with pytest.raises(ModelFilesUnavailable):
        verify_int8(copied_models, made_from=fingerprint)


@pytest.mark.parametrize("damage", ["cut", "missing", "no manifest"])
def test_a_damaged_graph_is_told_with_the_next_step(copied_models: Path, damage: str) -> None:
    graph = copied_models / GRAPH
    if damage == "cut":
        graph.write_bytes(graph.read_bytes()[:-100])
    else:
        (graph if damage == "missing" else copied_models / MANIFEST).unlink()
    settings = Settings(models_dir=copied_models, embedding_engine="int8")
    with pytest.raises(ModelFilesUnavailable, match=r"chonai prepare.*ASSISTANT_EMBEDDING_ENGINE"):
        load_encoder(settings)


def test_a_graph_that_onnxruntime_refuses_is_told_with_the_next_step(copied_models: Path) -> None:
    graph = copied_models / GRAPH
    graph.write_bytes(b"something else")
    with pytest.raises(ModelFilesUnavailable, match=r"chonai prepare.*ASSISTANT_EMBEDDING_ENGINE"):
        OnnxEngine(copied_models / "e5", graph)


def test_the_chosen_engine_is_loaded_and_a_setting_overrides_it(
    copied_models: Path, tmp_path: Path
) -> None:
    choice = {
        "engine": "int8",
        "tokens_per_second": {"fp32": 1, "int8": 2},
        "model": verify_bundled_e5(copied_models / "e5"),
        "processor": "",
    }
    (tmp_path / CHOICE_FILE).write_text(json.dumps(choice), "utf-8")
    settings = Settings(data_dir=tmp_path, models_dir=copied_models)
    chosen, named = (
        load_encoder(settings.model_copy(update={"embedding_engine": engine}))
        for engine in ("auto", "fp32")
    )
    vectors = [e.encode_documents([SAMPLE[0]]).tobytes() for e in (chosen, named)]
    assert hashlib.sha256(vectors[0]).digest() != hashlib.sha256(vectors[1]).digest()
    graph = copied_models / GRAPH
    graph.unlink()
    load_encoder(settings.model_copy(update={"embedding_engine": "fp32"}))
    with pytest.raises(ModelFilesUnavailable, match="chonai prepare"):
        load_encoder(settings)
