"""The data directory: made and checked before anything is read from it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from assistant.errors import DataDirectoryError

_LEAST_FREE_BYTES = 50_000_000


def prepare_data_directory(folder: Path) -> None:
    """Make the data directory and check that it can be written; raises DataDirectoryError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"\0" * 4096)
            probe.flush()
            os.fsync(probe.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise DataDirectoryError(
            f"データフォルダ {folder} に書き込めません（{error.strerror}）。"
            "フォルダの権限と空き容量を確かめるか、ASSISTANT_DATA_DIR で別の場所を選んでください。"
        ) from error
    if free < _LEAST_FREE_BYTES:
        raise DataDirectoryError(
            f"データフォルダ {folder} のディスクの空きが {free // 1_000_000} MB しかありません。"
            f"少なくとも {_LEAST_FREE_BYTES // 1_000_000} MB の空きを作ってください。"
        )
