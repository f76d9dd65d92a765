"""What the reading child says of a file, as JSON: nothing that it sends is ever executed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.domain import Page
from ingest.document import Block, ReadDocument


@dataclass(frozen=True)
class Outcome:
    """One of: a document, a refusal for people, an unexpected error's name, why it was stopped."""

    document: ReadDocument | None = None
    refused: str = ""
    failed: str = ""
    stopped: Literal["", "time", "memory", "died"] = ""


def packed(outcome: Outcome) -> bytes:
    """Return an outcome as JSON in UTF-8."""
    return json.dumps(asdict(outcome)).encode()


def unpacked(frame: bytes) -> Outcome:
    """Return the outcome in a frame of `packed`."""
    given: dict[str, Any] = json.loads(frame)
    document = given.pop("document")
    return Outcome(_document(document) if document else None, **given)


def _document(given: dict[str, Any]) -> ReadDocument:
    pages = [Page(**page) for page in given["pages"]]
    blocks = [
        Block(**{**block, "rows": _rows(block["rows"]), "labels": tuple(block["labels"])})
        for block in given["blocks"]
    ]
    return ReadDocument(pages, blocks, title=given["title"], problems=given["problems"])


def _rows(given: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in given)
