"""What the reading child says of a file, as JSON: nothing that it sends is ever executed.

A line of JSON, followed by the bytes of the file without its password where one protected it.
Before it come lines that tell how many pages are read.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from assistant.domain import Page
from ingest.document import Block, ReadDocument

# Halves of characters, which no database takes, and control codes beyond ASCII, which a terminal
# may obey.
_PAGE_LINE = re.compile(rb"pages (\d{1,10}) (\d{1,10})\n")
_UNPRINTABLE = re.compile(r"[\x80-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Outcome:
    """One of: a document, a refusal for people, an unexpected error's name, why it was stopped.

    `asks_password` tells that the refusal ends when the right password is given, `convert_to` that
    it ends when the file, `opened` where a password protected it, is converted to that format.
    """

    document: ReadDocument | None = None
    refused: str = ""
    asks_password: bool = False
    convert_to: str = ""
    opened: bytes | None = None
    failed: str = ""
    stopped: Literal["", "time", "memory", "died"] = ""


def page_line(done: int, total: int) -> bytes:
    """Return the line that says how many pages are read, and of how many."""
    return f"pages {done} {total}\n".encode()


def pages_said(line: bytes) -> tuple[int, int] | None:
    """Return what a line of `page_line` says, None for any other line."""
    found = _PAGE_LINE.fullmatch(line)
    return (int(found[1]), int(found[2])) if found else None


def packed(outcome: Outcome) -> bytes:
    """Return an outcome as JSON in UTF-8, and after a line end what was opened."""
    opened = outcome.document.opened if outcome.document else outcome.opened
    if outcome.document and opened is not None:
        outcome = replace(outcome, document=replace(outcome.document, opened=None))
    outcome = replace(outcome, opened=None)
    said = _UNPRINTABLE.sub("", json.dumps(asdict(outcome), ensure_ascii=False)).encode()
    return said if opened is None else said + b"\n" + opened


def unpacked(frame: bytes) -> Outcome:
    """Return the outcome in a frame of `packed`."""
    said, end, opened = frame.partition(b"\n")
    given: dict[str, Any] = json.loads(said)
    document = given.pop("document")
    given["opened"] = opened if end and not document else None
    return Outcome(_document(document, opened if end else None) if document else None, **given)


def _document(given: dict[str, Any], opened: bytes | None) -> ReadDocument:
    pages = [Page(**page) for page in given["pages"]]
    blocks = [
        Block(**{**block, "rows": _rows(block["rows"]), "labels": tuple(block["labels"])})
        for block in given["blocks"]
    ]
    title, problems = given["title"], given["problems"]
    return ReadDocument(pages, blocks, title=title, problems=problems, opened=opened)


def _rows(given: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in given)
