"""Complete sentences out of a stream of parts, each with the markers that follow it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_END = re.compile(r"[。！？!?](?:\s*[\[［【]\d{1,2}[\]］】])*|\n")
_LONGEST = 600


def complete_sentences(parts: Iterable[str]) -> Iterator[str]:
    """Yield sentences as soon as what follows shows that they are complete.

    A sentence ends with 。 and the markers behind it, or with a line break. Text that runs on
    without an end is cut off at 600 characters: endless repetition is not waited for.
    """
    buffer = ""
    for part in parts:
        buffer += part
        while (end := _complete_end(buffer)) is not None:
            sentence, buffer = buffer[:end].strip(), buffer[end:]
            if sentence:
                yield sentence
        if len(buffer) > _LONGEST:
            yield buffer.strip()
            return
    if buffer.strip():
        yield buffer.strip()


def _complete_end(buffer: str) -> int | None:
    """Return where the first sentence surely ends: something else than a marker follows."""
    match = _END.search(buffer)
    if match is None:
        return None
    rest = buffer[match.end() :]
    if match.group() == "\n":
        return match.end()
    if not rest.strip() or re.fullmatch(r"\s*[\[［【]\d{0,2}", rest):
        return None
    return match.end()
