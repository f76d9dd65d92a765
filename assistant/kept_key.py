"""Keys that lie in the data directory: made once, read by their owner only, told nowhere."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from assistant.errors import DataDirectoryError


def kept_key(path: Path) -> bytes:
    """Return the key in a file, which is made where there is none; raises DataDirectoryError."""
    try:
        if not path.exists():
            partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
            partial.replace(path)
        return path.read_bytes()
    except OSError as error:
        raise DataDirectoryError(
            f"{path} を読み書きできません。データフォルダの権限と空き容量を確かめてください。"
        ) from error
