"""Which sentence of a passage answers a question best, by its words and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from assistant.domain import Chunk
from assistant.japanese.figures import figures
from assistant.japanese.normalize import normalized
from assistant.japanese.tokens import search_forms

# What a question word asks for, as units of figures or as patterns of the sentence.
_ASKS: tuple[tuple[str, frozenset[str], str], ...] = (
    (r"いくら|何円|金額|費用|額は|額が|限度|上限", frozenset({"円", "%"}), ""),
    (r"何日|日数|何日間", frozenset({"日"}), ""),
    (
        r"いつ|期限|期日|何日まで|締切|締め切り",
        frozenset({"日", "月", "か月", "年"}),
        "まで|以内|前",
    ),
    (r"期間|どのくらい|どれくらい|何か月|何年", frozenset({"日", "か月", "年", "週", "時間"}), ""),
    (r"何時", frozenset({"時"}), ""),
    (r"何者|何社|何人|何名", frozenset({"者", "人"}), ""),
    (r"割合|何%|何パーセント|率", frozenset({"%", ""}), "分の"),
    (r"何回", frozenset({"回"}), ""),
    (
        r"誰|だれ|どこ|どの課|決裁|専決|提出先|問合せ|問い合わせ",
        frozenset(),
        "課|部|長|係|窓口|市長",
    ),
    (r"様式|書類|何が必要|何を出|用紙|届|申請書", frozenset(), "様式|書|届|票"),
)
_FUNCTION_WORD_LIST = """
為る 有る 居る 成る 何 何れ 何処 誰 幾ら 何時 事 物 時 場合 良い 教える 知る 下さる 出来る 必要 方法
どう どの 如何 言う 其れ 此れ 其の 此の 私 今 者 方 等 要る 無い 行く 遣る 貰う 分かる 御 ください
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORD_LIST.split())


class SentenceMatch:
    """Scores sentences against one question; higher is better, 0 is no word in common."""

    def __init__(self, forms: Sequence[str], rarity: Mapping[str, float], question: str):
        self.content = {f: rarity.get(f, 1.0) for f in forms if f not in _FUNCTION_WORDS}
        self._total = sum(self.content.values()) or 1.0
        plain = normalized(question)
        self._bigrams = _bigrams(plain)
        asked = [(units, pattern) for ask, units, pattern in _ASKS if re.search(ask, plain)]
        self._units = frozenset().union(*(units for units, _ in asked)) if asked else frozenset()
        self._patterns = [re.compile(pattern) for _, pattern in asked if pattern]

    def coverage(self, text: str) -> float:
        """Return the share (0..1) of the question's words, weighted by rarity, in the text."""
        present = _forms(text)
        return sum(w for form, w in self.content.items() if form in present) / self._total

    def missing_share(self, text: str) -> float:
        """Return the weight of the rarest question word absent from the text, of the rarest."""
        present = _forms(text)
        rarest = max(self.content.values(), default=1.0)
        return max((w for f, w in self.content.items() if f not in present), default=0.0) / rarest

    def holds_asked_kind(self, sentence: str) -> bool:
        """Tell whether a sentence holds the kind of fact asked for (True if none is named)."""
        if self._units:
            return any(f.unit in self._units for f in figures(sentence))
        if self._patterns:
            return any(pattern.search(sentence) for pattern in self._patterns)
        return True

    def score(self, sentence: str, heading: str = "") -> float:
        """Return the match of one sentence: words, character pairs, and the kind of fact asked."""
        words = self.coverage(sentence)
        pairs = len(self._bigrams & _bigrams(normalized(sentence))) / (len(self._bigrams) or 1)
        score = words + 0.5 * pairs + 0.3 * (self.coverage(heading) if heading else 0.0)
        if self._units and any(f.unit in self._units for f in figures(sentence)):
            score += 0.25
        if any(pattern.search(sentence) for pattern in self._patterns):
            score += 0.1
        return score if len(sentence) >= 8 else score * 0.5

    def best(self, chunk: Chunk) -> int:
        """Return the index of the best sentence or row of a chunk (0 if it has none)."""
        scores = [self.score(sentence) for sentence in chunk.sentences()]
        return max(range(len(scores)), key=lambda i: (scores[i], -i)) if scores else 0


@lru_cache(maxsize=20_000)
def _forms(text: str) -> frozenset[str]:
    return frozenset(search_forms(text))


def _bigrams(text: str) -> set[str]:
    kept = re.sub(r"[\s、。・「」（）()?？!]", "", text)
    return {kept[i : i + 2] for i in range(len(kept) - 1)}
