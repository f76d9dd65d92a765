"""The hash over the rows of a week, up to a number of an event."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from assistant.usage.ledger import week_text


def rows_hash(connection: Connection, week: str, *, up_to: int) -> str:
    """Return the SHA-256 over a week's rows up to a number.

    The text is that of `week_text` in UTF-8.
    """
    text = week_text(connection, week, up_to=up_to)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
