"""Search forms of many texts at once, found in a process of their own that gives way.

Run as `python -m assistant.japanese.joined_forms`: a JSON list of texts on standard input, the
list of their forms on standard output.
"""

from __future__ import annotations

import json
import logging
import subprocess  # nosec B404 - our own interpreter and module, no shell
import sys
from collections.abc import Sequence

from assistant.background import give_way_as_process
from assistant.japanese.tokens import search_forms

logger = logging.getLogger(__name__)
_FEW = 100  # texts: about as long as a process takes to start


def joined_forms(texts: Sequence[str]) -> list[str]:
    """Return the search forms of each text, parted by spaces.

    Sudachi lets no other thread compute in Python while it works: searches took 2.4 times as long
    beside it, so that more than a few texts are given to another process.
    """
    if len(texts) > _FEW:
        try:
            return _found_apart(texts)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            logger.warning("no process to find search forms (%s): found in this one", error)
    return _found_here(texts)


def _found_here(texts: Sequence[str]) -> list[str]:
    return [" ".join(search_forms(text)) for text in texts]


def _found_apart(texts: Sequence[str]) -> list[str]:
    finished = subprocess.run(  # nosec B603
        [sys.executable, "-m", __spec__.name],
        input=json.dumps(list(texts)).encode(),
        stdout=subprocess.PIPE,
        start_new_session=True,  # so that it can give way with its session
        check=True,
    )
    found: list[str] = json.loads(finished.stdout)
    if len(found) != len(texts):
        raise ValueError(f"{len(found)} answers for {len(texts)} texts")
    return found


def main() -> int:
    """Answer one list."""
    give_way_as_process()
    texts: list[str] = json.load(sys.stdin.buffer)
    sys.stdout.write(json.dumps(_found_here(texts)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
