"""Completing a question that follows others: it takes over what the conversation is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.domain import Turn
from assistant.japanese.normalize import normalized
from assistant.japanese.tokens import Token, tokens

_REMEMBERED: Final = 4  # turns
_POINTS_BACK: Final = re.compile(
    r"(?:^|[、。\s])(?:それ(?!ぞれ)|その(?!他の?市)|そちら|そこ|これ|この(?!市)|あれ|さっき|先ほど|先程)"
    r"|^(?:ちなみに|同じく|ほかに|他に|なお|逆に|反対に)|上記|前述|上の(?:額|金額|話|件|期限|日数)"
)
_GOES_ON: Final = re.compile(r"^(?:では|じゃあ?|それでは|また|あと)[、,]?")
_LEAD: Final = re.compile(
    r"^(?:では|じゃあ?|それでは|また|あと|ちなみに|同じく|逆に|反対に|なら|で)[、,]?"
)
# パートだと？ 病気休暇は？ 係長が休みの日は？ : another case of what was asked before.
_CASE: Final = re.compile(
    r"^(?P<case>[^、。]{1,24}?)(?P<joint>だと|だったら|なら|の場合|のとき|のほう|の方|ときは?|ついて"
    r"|でも|[はも]|って)(?:は|には|も)?"
    r"(?:どう(?:ですか|なりますか|でしょうか|なる)?|同じ(?:ですか|でしょうか)?)?$"
)
_ASKS: Final = re.compile(r"[か][?？。]?$|何|いくら|いつ|どこ|誰|だれ|どう|なぜ|教えて|知りたい")
_ASKING_WORD: Final = re.compile(r"何|いくら|いつ|誰|だれ|どこ|どの|どれ|どんな|なぜ|どうして|なん")
_SUBJECT: Final = re.compile(r"[はがを]|って|について|に関し")
_HEAD: Final = re.compile(r"^(?P<topic>[^、。はがを]{2,30}?)(?P<rest>(?:には|では|は|が|を).{2,})$")
_EMPTY_WORD_LIST: Final = """
幾ら 何時 何処 誰 何 何れ 場合 時 方 事 物 他 其れ 此れ 其の 此の 理由 為 必要 期限 金額 費用 手続き
手続 書類 方法 様式 日数 期間 上限 限度 例外 提出 提出先 申請 届 後 前 以外 例 全部 詳しい
以内 以上 以下 未満 仕方 質問 人数 回数 割合 対象 条件 相手 担当 部署 窓口 場所 内容 注意
違い 関係 可否 先 額 書 話 日 年 月 円 者 社 人 名 回 件 時間 割 パーセント 何者
"""
_EMPTY_WORDS: Final = frozenset(_EMPTY_WORD_LIST.split())
_CASES: Final = frozenset({"場合", "時", "者", "人", "日", "以外", "相手", "名", "社"})
_ASKED_FOR: Final = _EMPTY_WORDS - _CASES
_LEAST_TOPIC: Final = 2
_SHORT: Final = 20


@dataclass(frozen=True)
class FollowUp:
    """A question as it is searched for; `sure` is False where the rules had to guess."""

    text: str
    sure: bool = True


def search_text(question: str, turns: Sequence[Turn]) -> str:
    """Return what to search for: a follow-up question is completed by what it follows."""
    return completed(question, turns).text


def completed(question: str, turns: Sequence[Turn]) -> FollowUp:
    """Return a question completed by what the turns before it were about.

    One that names only another case (パートだと？) is asked as the question before it was; one that
    points back (それは…) or names no topic of its own takes the topic words of the latest question
    that has some; any other question stands for itself. Where the turn before asked back, what
    only names a case completes the whole question.
    """
    if turns and turns[-1].asked_back and not _ASKS.search(normalized(question)):
        return FollowUp(f"{search_text(turns[-1].question, turns[:-1])} {question}")
    known: list[str] = []
    for turn in turns[-_REMEMBERED:]:
        known.append(_completed(turn.question, known).text)
    return _completed(question, known)


def _completed(question: str, known: Sequence[str]) -> FollowUp:
    before = next((text for text in reversed(known) if _topic(text)), None)
    if before is None:
        return FollowUp(question)
    plain = normalized(question).rstrip("?？。! ")
    own = _topic(question)
    case = _case_of(plain)
    if case:
        return FollowUp(_asked_again(case, before))
    if _POINTS_BACK.search(plain):
        alone = len(own) > _LEAST_TOPIC + 1
        return FollowUp(question if alone else _with_topic(before, question), sure=not alone)
    asks = _ASKING_WORD.search(plain) or plain.endswith("か")
    if len(own) >= _LEAST_TOPIC and _SUBJECT.search(plain):
        return FollowUp(question, sure=not _GOES_ON.search(plain) or bool(asks))
    if len(own) >= _LEAST_TOPIC and len(plain) > _SHORT:
        return FollowUp(question, sure=False)
    return FollowUp(_with_topic(before, question), sure=not own)


def _case_of(plain: str) -> re.Match[str] | None:
    """Return the case that a question without a predicate names, None where it is none.

    公用車の予約方法は？ names what it asks for, and its subject: it is a question of its own.
    """
    short = _LEAD.sub("", plain)
    match = _CASE.match(short)
    if match is None or _ASKING_WORD.search(match["case"]):
        return None
    found = [token for token in tokens(match["case"]) if token.is_noun]
    if not any(_names_topic(token) for token in found):
        return None
    asks_for = found[-1].form in _ASKED_FOR and match["case"].endswith(found[-1].form)
    return None if asks_for and match["joint"] in ("は", "って") else match


def _asked_again(case: re.Match[str], before: str) -> str:
    """Return the question before it, asked of another case.

    Of two things of one kind (年次有給休暇, 病気休暇) one takes the other's place.
    """
    plain = normalized(before).rstrip("?？。! ")
    head = _HEAD.match(plain)
    if head is not None and _same_kind(case["case"], head["topic"]):
        return case["case"] + head["rest"]
    return f"{case['case']}{case['joint']}、{before}"


def _same_kind(one: str, other: str) -> bool:
    kinds = [[token.form for token in tokens(text) if token.is_noun] for text in (one, other)]
    return all(len(words) > 1 for words in kinds) and kinds[0][-1] == kinds[1][-1]


def _with_topic(before: str, question: str) -> str:
    topic = [word for word in _topic(before) if word not in question]
    return " ".join([*topic, question])


def _topic(question: str) -> list[str]:
    """Return the words that name what a question is about; nouns side by side are one word."""
    return list(dict.fromkeys(token.form for token in tokens(question) if _names_topic(token)))


def _names_topic(token: Token) -> bool:
    one_kana = len(token.form) == 1 and not "\u3400" <= token.form <= "\u9fff"
    return token.is_noun and token.form not in _EMPTY_WORDS and not one_kana


def names_nothing(token: Token) -> bool:
    """Tell whether a noun says nothing of its own: 場合, 期限, 方法."""
    return token.form in _EMPTY_WORDS
