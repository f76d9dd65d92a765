"""Sentences that give figures and questions that ask for them, as they are held side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from assistant.answers.evidence import TABLE_MARK
from assistant.domain import RetrievedChunk
from assistant.japanese.measures import Measure, measures, units_like
from assistant.japanese.normalize import normalized
from assistant.japanese.tokens import tokens
from assistant.search.sentence_match import SentenceMatch

_NOTE: Final = re.compile(r"\([^()]*\)")
_ASKS_OTHERWISE: Final = re.compile(
    r"どこ|何処|誰|だれ|どなた|どっち|どちら|どの|何課|何係|様式|なぜ|何故|なんで|どうして|理由"
)
# Words of any rule, which tell no subject.
_EMPTY_WORD_LIST: Final = """
何分 幾ら 時 物 事 場合 者 等 以上 以下 以内 未満 以外 前 後 円 日 年 月 分 時間 週 節 条 項 号
内線 額 金額 基準 限度 上限 定義 市 課 係 課長 職員 所属 翌日 開庁 日数 期限 期間 書 表 様式
手続 手続き 必要 為る 有る 成る 言う 行う 出来る 定める 決める 使う 使用 利用 申請 申し込む
申込み 届ける 届 報告 請求 承認 決裁 出す 提出 受ける 付ける 添える 知らせる 求める 始める 開始
終わる 終了 作る 作成 送る 駄目 大丈夫 平気 可能
"""
_EMPTY_WORDS: Final = frozenset(_EMPTY_WORD_LIST.split())


def content(text: str, *, nouns: bool = False) -> frozenset[str]:
    """Return the words that tell a subject; what stands in brackets is a note."""
    return frozenset(
        token.form
        for token in tokens(_NOTE.sub("", normalized(text)))
        if token.is_content
        and (token.part == "名詞" or not nouns)
        and token.detail != "数詞"
        and token.form not in _EMPTY_WORDS
    )


@dataclass(frozen=True)
class Statement:
    """A sentence of a chunk, with what tells its subject."""

    hit: RetrievedChunk
    position: int

    @cached_property
    def text(self) -> str:
        """The sentence as it stands."""
        span = self.hit.chunk.spans[self.position]
        return self.hit.chunk.text[span.start : span.end]

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """The figures that it gives."""
        return tuple(measures(self.text))

    @cached_property
    def content(self) -> frozenset[str]:
        """Its words."""
        return content(self.text)

    @cached_property
    def words_above(self) -> str:
        """Its normalized text under its manual's name and the headings above it."""
        return normalized(
            "\n".join((self.hit.source.manual, *self.hit.chunk.heading_path, self.text))
        )

    @cached_property
    def headed(self) -> frozenset[str]:
        """Its words with those of its manual's name and the headings above it."""
        return content(self.words_above)

    @cached_property
    def around(self) -> frozenset[str]:
        """Its words with those of the headings and of the passage; other rows are other cases."""
        if self.hit.chunk.kind == "table":
            return self.headed
        return self.headed | content(self.hit.chunk.text)

    def subject(self, measure: Measure) -> frozenset[str]:
        """Return what a figure is said of: the nouns before it and those that it bounds.

        In a table row these are all of its nouns.
        """
        row = TABLE_MARK in self.text
        return content(self.text if row else f"{measure.before}、{measure.bounds}", nouns=True)


def statements(hit: RetrievedChunk) -> Iterator[Statement]:
    """Give the sentences of a chunk."""
    return (Statement(hit, position) for position in range(len(hit.chunk.spans)))


@dataclass(frozen=True)
class AskedFigure:
    """What a question asks for, where that may be a figure."""

    text: str
    match: SentenceMatch

    @cached_property
    def content(self) -> frozenset[str]:
        """Its words but those that ask (何者)."""
        return frozenset(word for word in content(self.text) if not word.startswith("何"))

    @cached_property
    def nouns(self) -> frozenset[str]:
        """Its nouns but those that ask."""
        return self.content & content(self.text, nouns=True)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """The figures of the case that it is about."""
        return tuple(measures(self.text))

    def asks_for(self, measure: Measure) -> bool:
        """Tell whether it asks for a figure of this kind, or names neither a kind nor another fact.

        何分 asks for minutes, いつまで for any time, and 「2万5千円の椅子は備品か」 for an amount.
        """
        if self.match.counted:
            return not self.match.counted.isdisjoint(units_like(measure.unit))
        if self.match.asks_kind:
            return any(self.match.holds_asked_kind(words) for words in measure.asked_as)
        if self.measures:
            return any(own.unit == measure.unit for own in self.measures)
        return bool(measure.bound) and not _ASKS_OTHERWISE.search(normalized(self.text))

    def is_decided_by(self, one: Measure, other: Measure) -> bool:
        """Tell whether the amount of its case, if it has one, lies between two figures."""
        own = [measure.value for measure in self.measures if measure.unit == one.unit]
        low, high = sorted((one.value, other.value))
        if one.bound == "least":
            return not own or any(low <= value < high for value in own)
        return not own or any(low < value <= high for value in own)
