"""Measures a real server while many signed-in people have the page open and ask now and then.

Usage: python -m eval.benchmarks.open_sessions [--sessions N] [--minutes M] [--chunks N]
       [--manuals DIR] [--data DIR] [--mode MODE]

Every session asks one question a minute, evenly spread, at most ten at a time. The server runs on
a throw-away library: the manuals (filled up with copies to --chunks), or a copy of --data.
"""

from __future__ import annotations

import argparse
import json
import logging
import secrets
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.opening import open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.settings import Settings, read_settings
from eval.apart import apart
from eval.benchmarks.copied_manuals import fill
from eval.benchmarks.large_library import development_questions
from eval.benchmarks.load import Load, signed_in, under_load
from eval.benchmarks.server_process import environment, served


def open_sessions(
    *,
    settings: Settings,
    sessions: int = 50,
    minutes: float = 10,
    chunks: int = 0,
    manuals: Path = Path("manuals"),
    data: Path | None = None,
    mode: str = "extractive",
    questions: Sequence[str] = (),
) -> dict[str, Any]:
    """Prepare a library and people, serve it, and return the figures of the load.

    `data` is a closed data directory that is copied in place of ingesting the manuals; without
    `questions` those to learn from are asked. Raises OperationError when the server does not
    start or does not let anybody in.
    """
    with tempfile.TemporaryDirectory(prefix="chonai-load-") as folder:
        directory = Path(folder) / "data"
        if data is not None:
            shutil.copytree(data, directory, ignore=shutil.ignore_patterns("models"))
        password, numbers = secrets.token_urlsafe(18), [f"8{n:05d}" for n in range(sessions)]
        held = _prepare(
            apart(settings, directory), numbers, password, manuals=manuals, chunks=chunks,
            is_filled=data is not None,
        )  # fmt: skip
        asked_of = environment(
            directory,
            settings,
            ASSISTANT_MODE=mode,
            ASSISTANT_EMBEDDING_ENGINE=settings.embedding_engine,
            ASSISTANT_ENDPOINT_URL=settings.endpoint_url,
            ASSISTANT_ENDPOINT_MODEL=settings.endpoint_model,
            ASSISTANT_ENDPOINT_API_KEY=settings.endpoint_api_key.get_secret_value(),
        )
        load = Load(sessions, minutes, questions or development_questions(400))
        with served(asked_of) as server:
            figures = under_load(server, load, signed_in(server, numbers, password))
    return {"sessions": sessions, "minutes": minutes, "chunks": held, "mode": mode, **figures}


def _prepare(
    settings: Settings,
    numbers: Sequence[str],
    password: str,
    *,
    manuals: Path,
    chunks: int,
    is_filled: bool,
) -> int:
    """Fill the library and add people who have a password; return the number of chunks."""
    with open_assistant(settings) as assistant:
        if not is_filled or chunks:
            fill(assistant, manuals=manuals, chunks=chunks)
        for number in numbers:
            assistant.accounts.add(number, name="計測", section="計測課", by=OPERATOR_ACTOR)
            member = assistant.accounts.member(number)
            assistant.local_sign_in.set_password(member, password, by=OPERATOR_ACTOR)
        return len(assistant.library.index_contents("bodies"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as one JSON document."""
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--chunks", type=int, default=0, help="fill the library up with copies")
    parser.add_argument("--manuals", type=Path, default=Path("manuals"))
    parser.add_argument("--data", type=Path, help="copy this closed data directory")
    parser.add_argument("--mode", default="extractive", choices=("extractive", "local", "endpoint"))
    given = parser.parse_args(arguments)
    figures_found = open_sessions(settings=read_settings(), **vars(given))
    sys.stdout.write(json.dumps(figures_found, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
