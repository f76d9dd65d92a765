"""Tokens that open something: random, and kept here only as a hash."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """Return a token of 256 random bits for an address or a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is kept of a token: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
