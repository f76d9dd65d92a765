"""Search tokens of Japanese text by Sudachi: the only module that knows sudachipy."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.japanese.normalize import normalized

# Mode A, normalized forms, without these: the best keyword tokenizer measured (docs/measurements).
_DROPPED = frozenset({"助詞", "助動詞", "補助記号", "空白", "記号"})
_MOST_BYTES = 40_000  # Sudachi takes at most 49,149 bytes a call
_local = threading.local()


_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞"})


@dataclass(frozen=True)
class Token:
    """A token: its normalized form and the first two levels of its part of speech."""

    form: str
    part: str
    detail: str

    @property
    def is_noun(self) -> bool:
        """Whether the token names something (nouns, not numerals or suffixes of counting)."""
        return self.part == "名詞" and self.detail not in {"数詞", "非自立可能"}

    @property
    def is_content(self) -> bool:
        """Whether it says what a text is about: nouns, verbs and adjectives of their own."""
        return self.part in _CONTENT and self.detail != "非自立可能"


@dataclass(frozen=True)
class Word:
    """A word as it stands in a text, particles and marks too: its letters, its form, its sound.

    `reading` is in katakana; of what no dictionary has (`known` is False) it is the letters.
    `detail` and `use` are the second and third level of its part of speech.
    """

    surface: str
    form: str
    reading: str
    part: str
    detail: str
    use: str
    known: bool

    @property
    def is_function(self) -> bool:
        """Whether it is a particle, an auxiliary or a mark."""
        return self.part in _DROPPED


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    from sudachipy import Dictionary

    return Dictionary(dict="core")


def _tokenizer() -> Any:
    if not hasattr(_local, "tokenizer"):
        from sudachipy import SplitMode

        _local.tokenizer = _dictionary().tokenizer(mode=SplitMode.A)
    return _local.tokenizer


def tokens(text: str) -> list[Token]:
    """Return the content tokens of the text in order (no particles, auxiliaries, symbols)."""
    found: list[Token] = []
    for part in _parts(normalized(text)):
        for morpheme in _tokenizer().tokenize(part):
            speech = morpheme.part_of_speech()
            if speech[0] not in _DROPPED:
                form = normalized(morpheme.normalized_form()).replace(" ", "")
                if form:
                    found.append(Token(form, speech[0], speech[1]))
    return found


def search_forms(text: str) -> list[str]:
    """Return the normalized forms of the content tokens, as the keyword index stores them."""
    return [token.form for token in tokens(text)]


def words(text: str) -> list[Word]:
    """Return every word of the normalized text in order: for questions, not for whole manuals."""
    found = []
    for part in _parts(normalized(text)):
        for morpheme in _tokenizer().tokenize(part):
            speech = morpheme.part_of_speech()
            found.append(
                Word(
                    morpheme.surface(),
                    normalized(morpheme.normalized_form()).replace(" ", ""),
                    morpheme.reading_form(),
                    speech[0],
                    speech[1],
                    speech[2],
                    not morpheme.is_oov(),
                )
            )
    return found


@lru_cache(maxsize=5_000)
def content_forms(text: str) -> frozenset[str]:
    """Return the forms of the words that say what a text is about."""
    return frozenset(token.form for token in tokens(text) if token.is_content)


def reading(word: str) -> str:
    """Return how a word sounds, in katakana; letters that no dictionary has stay as they are."""
    return "".join(m.reading_form() for m in _tokenizer().tokenize(word))


def _parts(text: str) -> list[str]:
    """Split at line ends, else at full stops, so that no part exceeds Sudachi's limit."""
    if len(text.encode()) <= _MOST_BYTES:
        return [text] if text else []
    parts: list[str] = []
    current = ""
    for line in text.splitlines(keepends=True):
        while len(line.encode()) > _MOST_BYTES:
            most = _MOST_BYTES // 4
            cut = line.rfind("。", 0, most) + 1 or most
            parts += [current, line[:cut]]
            current, line = "", line[cut:]
        if len((current + line).encode()) > _MOST_BYTES:
            parts.append(current)
            current = ""
        current += line
    return [part for part in (*parts, current) if part]
