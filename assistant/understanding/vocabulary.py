"""The words of all manuals and of the glossary, found by their sound or by one wrong letter.

The words are those of the keyword index, of all manuals: whoever looks a word up here asks next
whether the reader may read a manual that holds it.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from assistant.japanese.tokens import reading
from assistant.library.reading import ManualLibrary
from assistant.understanding.glossary import Glossary

_WORD: Final = re.compile(r"[a-z\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff々〆ヶ]{2,}")
_HIRAGANA: Final = re.compile(r"[\u3041-\u3096]")
_KANJI: Final = re.compile(r"[\u3400-\u9fff々]{2,4}")
_HALF: Final = 3  # letters
_KATAKANA: Final = "".join(chr(c) for c in range(0x30A1, 0x30F7)) + "ー"
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Words:
    """The words of one revision of the library; counts are chunks that hold the word.

    A word that only the glossary has counts 0.
    """

    revision: int
    terms: frozenset[str]
    counts: dict[str, int]
    by_reading: dict[str, list[str]]
    kanji: dict[int, list[str]]

    def read(self, sound: str) -> list[str]:
        """Return the words that sound so (katakana), the commonest first."""
        return self.by_reading.get(sound, [])

    def nearly_read(self, sound: str) -> list[str]:
        """Return the words whose sound differs by one letter left out, added, changed or moved."""
        return self._commonest(w for s in _one_off(sound, _KATAKANA) for w in self.read(s))

    def nearly_spelt(self, word: str) -> list[str]:
        """Return the words in katakana or Latin letters that differ by one letter."""
        letters = _LATIN if word.isascii() else _KATAKANA
        return self._commonest(w for w in _one_off(word, letters) if w in self.counts)

    def half_spelt(self, word: str) -> list[str]:
        """Return what the wrong half of a compound was to be: アルコール of アルコルチェック."""
        halves = ((word[:place], word[place:]) for place in range(_HALF, len(word) - _HALF + 1))
        found = (
            self.nearly_spelt(other)
            for pair in halves
            for half, other in (pair, pair[::-1])
            if half in self.counts and other not in self.counts
        )
        return next((words for words in found if words), [])

    def one_kanji_other(self, word: str) -> list[str]:
        """Return the words of two to four kanji with one other kanji of the same sound."""
        found = []
        for known in self.kanji.get(len(word), []):
            other = [pair for pair in zip(known, word, strict=True) if pair[0] != pair[1]]
            if len(other) == 1 and reading(other[0][0]) == reading(other[0][1]):
                found.append(known)
        return self._commonest(found)

    def _commonest(self, found: Iterable[str]) -> list[str]:
        return sorted(set(found), key=lambda word: (-self.counts[word], word))


class Vocabulary:
    """Keeps the words of the library as it is: read anew after each change of it."""

    def __init__(self, library: ManualLibrary, glossary: Glossary):
        self._library = library
        self._glossary = glossary
        self._readings: dict[str, str] = {}
        self._words: Words | None = None
        self._reading = threading.Lock()

    def words(self) -> Words:
        """Return the words: the first time in 20 ms a thousand words, after a change in 10 ms."""
        revision, terms = self._library.revision(), self._glossary.terms()
        with self._reading:
            if (
                self._words is None
                or self._words.revision != revision
                or self._words.terms != terms
            ):
                self._words = self._read(revision, terms)
            return self._words

    def readable(
        self, forms: Collection[str], known: Words, *, versions: Collection[str]
    ) -> set[str]:
        """Return those of some words that stand in some versions, or that the glossary explains."""
        explained = known.terms.intersection(forms)
        others = [form for form in forms if form not in explained]
        return self._library.keywords.present(others, versions=versions) | explained

    def _read(self, revision: int, terms: frozenset[str]) -> Words:
        # Terms with hiragana are ends of phrases (不要になっ): what sounds so is no word.
        nouns = [term for term in terms if not _HIRAGANA.search(term)]
        held = {**dict.fromkeys(nouns, 0), **self._library.keywords.terms()}
        counts = {word: count for word, count in held.items() if _WORD.fullmatch(word)}
        by_reading: dict[str, list[str]] = defaultdict(list)
        kanji: dict[int, list[str]] = defaultdict(list)
        for word in sorted(counts, key=lambda w: (-counts[w], w)):
            if word not in self._readings:
                self._readings[word] = reading(word)
            by_reading[self._readings[word]].append(word)
            if _KANJI.fullmatch(word):
                kanji[len(word)].append(word)
        return Words(revision, terms, counts, dict(by_reading), dict(kanji))


def _one_off(word: str, letters: str) -> Iterator[str]:
    """Yield what a word is with one letter left out, added, changed, or changed places with."""
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in letters:
            yield before + letter + after
            if after and letter != after[0]:
                yield before + letter + after[1:]
