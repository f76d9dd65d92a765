"""Writes the measurements as Markdown: `python -m eval.report` makes docs/measurements.md."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.owner import owned
from assistant.settings import read_settings
from eval.report.head import BEGIN, END, head_of, show_head
from eval.report.page import measurements, say


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page named by --out."""
    parser = argparse.ArgumentParser(prog="python -m eval.report", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/measurements.md"))
    parser.add_argument("--retrieval", type=Path, nargs="*", default=[])
    parser.add_argument("--questions", type=Path, nargs="*", default=[])
    parser.add_argument("--modes", nargs="*", default=["extractive"])
    parser.add_argument("--sample", type=int, default=0, help="questions of all sets for a model")
    parser.add_argument("--document-questions", type=Path, nargs="*", default=[])
    parser.add_argument("--leave-one-out", action="store_true", help="weights of the other sets")
    parser.add_argument("--peer-questions", type=Path, nargs="*", default=[])
    parser.add_argument("--peer-documents", type=Path, nargs="*", default=[])
    parser.add_argument("--peer-sample", type=int, default=0, help="questions written by a model")
    parser.add_argument("--no-speed", action="store_true", help="--documents only for questions")
    parser.add_argument("--readme", type=Path, help="the README that shows the head")
    parser.add_argument("--manuals", type=Path, default=Path("manuals"))
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--first-evidence", action="store_true")
    parser.add_argument("--people", action="store_true", help="the gate and the audit trail")
    parser.add_argument("--open-sessions", type=int, default=0, help="people at a real server")
    parser.add_argument("--minutes", type=float, default=10, help="of the open sessions")
    parser.add_argument("--chunks", type=int, default=20_000, help="of the open sessions")
    given = parser.parse_args(arguments)
    if given.document_questions and not given.documents:
        parser.error("--document-questions needs --documents")
    # LangChain gives a stream up that says nothing for 120 s, as while a long context is read.
    os.environ.setdefault("LANGCHAIN_OPENAI_STREAM_CHUNK_TIMEOUT_S", "600")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    settings = read_settings()
    with owned(settings.data_dir, progress=lambda _: None):
        page = measurements(given, settings)
    given.out.write_text(page, "utf-8")
    sys.stdout.write(f"{given.out}\n")
    if given.readme and not show_head(given.readme, head_of(page)):
        say(f"{given.readme} has no markers for the head: {BEGIN} … {END}")


if __name__ == "__main__":
    main()
