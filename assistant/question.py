"""What a question is: checked for use, and completed by the turns before it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from assistant.domain import Turn
from assistant.errors import InvalidQuestion
from assistant.japanese.normalize import normalized
from assistant.japanese.tokens import Token, tokens

_ANAPHOR = re.compile(
    r"(?:^|[、。\s])(?:それ|その|そちら|これ|この(?!市)|あれ|その場合|では|じゃあ|じゃ|ほかに|他に)"
    r"|^(?:また|あと|なお|逆に)|(?:の場合|だと|だったら|なら|についても|のほう|の方)(?:は|どう)?"
    r"(?:ですか|でしょうか|なりますか)?[?？。]?$"
)
_ASKS = re.compile(r"[か][?？。]?$|何|いくら|いつ|どこ|誰|だれ|どう|なぜ|教えて|知りたい")
_EMPTY_WORD_LIST = """
幾ら 何時 何処 誰 何 何れ 場合 時 方 事 物 他 其れ 此れ 其の 此の 理由 為 必要 期限 金額 費用 手続き
手続 書類 方法 様式 日数 期間 上限 限度 例外 提出 提出先 申請 届 後 前 以外 例 全部 詳しい
"""
_EMPTY_WORDS = frozenset(_EMPTY_WORD_LIST.split())
_LEAST_TOPIC = 2


def checked_question(text: str, *, most_characters: int) -> str:
    """Return the question without surrounding space; raises InvalidQuestion with what to do."""
    question = text.strip()
    if not question:
        raise InvalidQuestion("質問が空です。知りたいことを文で入力してください。")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n\t\r" for c in question):
        raise InvalidQuestion(
            "質問に使えない文字（制御文字）が含まれています。文字を入力し直してください。"
        )
    if len(question) > most_characters:
        raise InvalidQuestion(
            f"質問が長すぎます（{len(question):,} 文字）。{most_characters:,} 文字以内に"
            "短くしてください。"
        )
    if not re.search(r"\w", question):
        raise InvalidQuestion("質問の言葉が読み取れません。知りたいことを文で入力してください。")
    return question


def search_text(question: str, turns: Sequence[Turn]) -> str:
    """Return what to search for: a follow-up question is completed by the topic before it.

    A question that refers back (それは…, …の場合は) or names no topic of its own takes the topic
    words of the latest question that has some; any other question stands for itself. Where the
    turn before asked back, what only names a case completes the whole question.
    """
    if not turns:
        return question
    if turns[-1].asked_back and not _ASKS.search(normalized(question)):
        return f"{search_text(turns[-1].question, turns[:-1])} {question}"
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
