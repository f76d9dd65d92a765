"""The hash over the rows of a week, up to a number of an event."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from assistant.usage.ledger import week_lines


def rows_hash(connection: Connection, week: str, *, up_to: int) -> str:
    """Return the SHA-256 over a week's rows up to a number.

    Each row is one line (see `week_lines`) in UTF-8 that ends with a line feed.
    """
    text = "".join(f"{line}\n" for line in week_lines(connection, week, up_to=up_to))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
