"""Which sentence of a passage answers a question best, by its words and what it asks for."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.domain import Chunk
from assistant.embeddings.encoder import Vectors
from assistant.japanese.figures import UNITS, common_unit, figures
from assistant.japanese.normalize import normalized
from assistant.japanese.tokens import search_forms
from assistant.search.told_kinds import told_kinds

# What a question word asks for, as units of figures or as patterns of the sentence.
_ASKS: tuple[tuple[str, frozenset[str], str], ...] = (
    (
        r"いくら|何円|何万|金額|額は|額が|限度|上限|時給|値段|料金",
        frozenset({"円", "%"}),
        "無料|分の",
    ),
    (
        r"いつ(?!も)|期限|期日|締切|締め切り|何月|何週|何日(?!間)",
        frozenset({"日", "開庁日", "月", "か月", "年", "週"}),
        "まで|以内|前|後|直ち|速やか|すぐ|同時|その都度|毎",
    ),
    (r"期間|どのくらい|どれくらい", frozenset({"日", "開庁日", "か月", "年", "週", "時間"}), ""),
    (r"割合|率(?:は|が)|何割", frozenset({"%"}), "分の"),
    (r"何者|何社|何人|何名", frozenset({"者", "人"}), ""),
    (r"何曜", frozenset(), "曜"),
    (r"何時(?!間)", frozenset({"時"}), "正午"),
)
# 何 with any other unit asks for a figure of that unit: 何歳, 何点, 何キロ.
_COUNTED = re.compile(rf"何[十百千]?[万億]?({UNITS})")
_FUNCTION_WORD_LIST = """
為る 有る 居る 成る 何 何れ 何処 誰 幾ら 何時 事 物 時 場合 良い 教える 知る 下さる 出来る 必要 方法
どう どの 如何 言う 其れ 此れ 其の 此の 私 今 者 方 等 要る 無い 行く 遣る 貰う 分かる 御 ください
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORD_LIST.split())
_WORDS = 0.1  # of a score by words, beside a cosine
_NAMED_CASE = re.compile(r"^([^。、]{2,40}?)の(?:場合|とき)[、はに]")
_BETWEEN_WORDS = re.compile(r"[\s:：、・|｜]")


class SentenceMatch:
    """Scores sentences against one question; higher is better, 0 is no word in common."""

    def __init__(self, forms: Sequence[str], rarity: Mapping[str, float], question: str):
        self.content = {f: rarity.get(f, 1.0) for f in forms if f not in _FUNCTION_WORDS}
        self._total = sum(self.content.values()) or 1.0
        plain = normalized(question)
        self._bigrams = _bigrams(plain)
        spoken = _spoken(plain)
        asked = [(units, pattern) for ask, units, pattern in _ASKS if re.search(ask, spoken)]
        counted = counted_units(question)
        self.counted = counted | {"開庁日"} if "日" in counted else counted
        self._units = (self.counted - {"時", "月"}).union(*(units for units, _ in asked))
        self.told_kinds = told_kinds(question)
        self._patterns = [re.compile(pattern) for _, pattern in asked if pattern]
        case = _NAMED_CASE.match(question)
        self._case = _letters(case[1]) if case else ""

    def coverage(self, text: str) -> float:
        """Return the share (0..1) of the question's words, weighted by rarity, in the text."""
        present = frozenset(_forms(text))
        return sum(w for form, w in self.content.items() if form in present) / self._total

    def names_case(self, sentence: str) -> bool:
        """Tell whether a sentence holds the case that the question begins with (…の場合、)."""
        return bool(self._case) and self._case in _letters(sentence)

    def holds_asked_kind(self, sentence: str) -> bool:
        """Tell whether a sentence holds the kind of fact asked for (True if none is named)."""
        if not self.asks_kind:
            return True
        return any(pattern.search(sentence) for pattern in self._patterns) or any(
            figure.unit in self._units for figure in figures(sentence)
        )

    @property
    def asks_kind(self) -> bool:
        """Whether the question names the kind of fact it asks for: an amount, a date, a count."""
        return bool(self._units or self._patterns)

    def score(self, sentence: str) -> float:
        """Return the match of one sentence by words, character pairs and the fact asked for."""
        pairs = len(self._bigrams & _bigrams(normalized(sentence))) / (len(self._bigrams) or 1)
        score = self.coverage(sentence) + 0.5 * pairs
        if self.asks_kind and self.holds_asked_kind(sentence):
            score += 0.25
        return score if len(sentence) >= 8 else score * 0.5

    def best(self, chunk: Chunk, cosines: Sequence[float] | Vectors | None = None) -> int:
        """Return the index of the best sentence or row of a chunk (0 if it has none).

        By words and the fact asked for; with the cosines of its sentences by meaning, too.
        """
        scores = [self.score(sentence) for sentence in chunk.sentences()]
        if cosines is not None and len(cosines) == len(scores):
            scores = [_WORDS * s + float(c) for s, c in zip(scores, cosines, strict=True)]
        return max(range(len(scores)), key=lambda i: (scores[i], -i)) if scores else 0


def counted_units(question: str) -> frozenset[str]:
    """Return the units of which a question asks how many, in one spelling each: 何ヶ月 is か月."""
    return frozenset(map(common_unit, _COUNTED.findall(_spoken(normalized(question)))))


def _spoken(plain: str) -> str:
    return plain.replace("なん", "何")


@lru_cache(maxsize=5_000)
def _forms(text: str) -> tuple[str, ...]:
    # As a set of words of its own, a sentence takes 2 kB; so .4 kB (0044).
    return tuple(map(sys.intern, dict.fromkeys(search_forms(text))))


def _letters(text: str) -> str:
    return _BETWEEN_WORDS.sub("", normalized(text))


def _bigrams(text: str) -> set[str]:
    kept = re.sub(r"[\s、。・「」（）()?？!]", "", text)
    return {kept[i : i + 2] for i in range(len(kept) - 1)}
