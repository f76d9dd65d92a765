"""Passwords and PINs: hashed with argon2id, a few at a time; weak ones are refused."""

from __future__ import annotations

import itertools
import re
import secrets
import threading
import unicodedata
from collections.abc import Sequence
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type
from zxcvbn import zxcvbn

from assistant.errors import UsageError

SHORTEST: Final = 10
LONGEST: Final = 200
PIN_DIGITS: Final = 6
_LEAST_SCORE: Final = 3  # of 0 to 4; zxcvbn's own advice for passwords without a second factor
_LOOKED_AT: Final = 72  # zxcvbn's time grows with the square of the length

# OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
# Each computation takes 19 MiB and a core: a morning's rush must not take the machine.
_AT_ONCE: Final = threading.BoundedSemaphore(4)
_NOBODYS: Final = _HASHER.hash(secrets.token_hex(16))
_COMMON: Final = ("kanoya", "chonai", "assistant", "shiyakusho", "yakusho", "password", "市役所")
# Letters without l and o, digits without 0 and 1: what is printed on a slip is typed right.
_READABLE: Final = "abcdefghijkmnpqrstuvwxyz23456789"


def hashed(secret: str) -> str:
    """Return the argon2id hash of a password or PIN, with its parameters and salt."""
    with _AT_ONCE:
        return _HASHER.hash(_canonical(secret))


def matches(stored: str | None, secret: str) -> bool:
    """Tell whether a secret is the stored one; without a stored one it takes as long to say no."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored or _NOBODYS, _canonical(secret)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_new_hash(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def checked_password(password: str, *, about: Sequence[str] = ()) -> str:
    """Return a password that is hard to guess; raises UsageError saying what to change.

    `about` are words an attacker would try first: number, name, section.
    """
    if any(unicodedata.category(c) in ("Cc", "Cs", "Cn") for c in password):
        raise UsageError("パスワードに使えない文字があります。別の文字にしてください。")
    if len(password) < SHORTEST:
        raise UsageError(
            f"パスワードは{SHORTEST}文字以上にしてください。長い語句でもかまいません。"
        )
    if len(password) > LONGEST:
        raise UsageError(f"パスワードは{LONGEST}文字までにしてください。")
    plain = _canonical(password).lower()
    words = [word.lower() for word in about if len(word) >= 3]
    if any(word in plain for word in words):
        raise UsageError(
            "パスワードに職員番号・氏名・課名が含まれています。関係のない語句にしてください。"
        )
    verdict = zxcvbn(_canonical(password)[:_LOOKED_AT], user_inputs=[*words, *_COMMON])
    if verdict["score"] < _LEAST_SCORE:
        raise UsageError(
            "推測されやすいパスワードです。よくある語や並び（123、qwerty、地名、日付）を避け、"
            "関係のない語をいくつかつないで長くしてください。"
        )
    return password


def checked_pin(pin: str) -> str:
    """Return a PIN of six digits that is not an obvious one; raises UsageError."""
    digits = unicodedata.normalize("NFKC", pin).strip()
    if not re.fullmatch(rf"[0-9]{{{PIN_DIGITS}}}", digits):
        raise UsageError(f"暗証番号は{PIN_DIGITS}桁の数字にしてください。")
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(digits)}
    repeated = any(digits == digits[:n] * (PIN_DIGITS // n) for n in (1, 2, 3))
    if repeated or steps in ({1}, {9}):
        raise UsageError(
            "推測されやすい暗証番号です（同じ数字や連続した数字）。別の数字にしてください。"
        )
    return digits


def initial_password() -> str:
    """Return a random password for a slip of paper: 12 characters, 60 bits."""
    letters = "".join(secrets.choice(_READABLE) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def _canonical(secret: str) -> str:
    """Return a secret in one spelling: Japanese input methods write full-width characters too."""
    return unicodedata.normalize("NFKC", secret)
