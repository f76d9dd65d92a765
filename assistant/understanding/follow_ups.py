"""Completing a question that follows others: it takes over the topic of the conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.domain import Turn
from assistant.japanese.normalize import normalized
from assistant.japanese.tokens import Token, tokens

_ANAPHOR = re.compile(
    r"(?:^|[、。\s])(?:それ|その|そちら|これ|この(?!市)|あれ|その場合|では|じゃあ|じゃ|ほかに|他に)"
    r"|^(?:また|あと|なお|逆に)|(?:の場合|だと|だったら|なら|についても|のほう|の方)(?:は|どう)?"
    r"(?:ですか|でしょうか|なりますか)?[?？。]?$"
)
_EMPTY_WORD_LIST = """
幾ら 何時 何処 誰 何 何れ 場合 時 方 事 物 他 其れ 此れ 其の 此の 理由 為 必要 期限 金額 費用 手続き
手続 書類 方法 様式 日数 期間 上限 限度 例外 提出 提出先 申請 届 後 前 以外 例 全部 詳しい
以内 以上 以下 未満 仕方 質問 人数 回数 割合 対象 条件 相手 担当 部署 窓口 場所 内容 注意
違い 関係 可否
"""
_EMPTY_WORDS = frozenset(_EMPTY_WORD_LIST.split())
_LEAST_TOPIC = 2


def search_text(question: str, turns: Sequence[Turn]) -> str:
    """Return what to search for: a follow-up question is completed by the topic before it.

    A question that refers back (それは…, …の場合は) or names no topic of its own takes the topic
    words of the latest question that has some; any other question stands for itself.
    """
    if not turns:
        return question
    own = _topic(question)
    refers = _ANAPHOR.search(normalized(question)) is not None
    if len(own) >= _LEAST_TOPIC and not (refers and len(own) <= _LEAST_TOPIC + 1):
        return question
    for turn in reversed(turns[-4:]):
        topic = [word for word in _topic(turn.question) if word not in question]
        if topic:
            return f"{' '.join(topic)} {question}"
    return question


def _topic(question: str) -> list[str]:
    """Return the words that name what a question is about; nouns side by side are one word."""
    words: list[str] = []
    for token in tokens(question):
        if _names_topic(token):
            words.append(token.form)
    return list(dict.fromkeys(words))


def _names_topic(token: Token) -> bool:
    return token.is_noun and token.form not in _EMPTY_WORDS and len(token.form) > 1
