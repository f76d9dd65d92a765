"""New files that only their owner may read: what a command writes for whoever asked for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from assistant.errors import OperationError, UsageError


@contextmanager
def new_private_file(path: Path, *, unfinished: str = "") -> Iterator[BinaryIO]:
    """Give a new file to write; it goes again where the block fails.

    Raises UsageError for a place where none can be made, OperationError where it cannot be
    finished; `unfinished` is added to what that says.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{path} はすでにあります。上書きはしません。別の名前を指定してください。"
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path} に書き込めません（{error.strerror}）。フォルダがあるか、権限を確かめて"
            "ください。"
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except OSError as error:
        path.unlink(missing_ok=True)
        raise OperationError(
            f"{path} を書き終えられませんでした（{error.strerror}）。空き容量を確かめて、もう一度"
            f"書き出してください。{unfinished}"
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
