"""A file on a disk that is full, for tests of what writes to an open file."""

from __future__ import annotations

import errno
import io
from typing import Any


class FullDisk(io.BytesIO):
    """Cannot be written at first; what tidies up after that is not told again."""

    full = True

    def write(self, content: Any) -> int:
        if self.full:
            self.full = False
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content)
