"""Kinds of facts told in words rather than figures: who, where, may I, and what is needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.japanese.normalize import normalized


@dataclass(frozen=True)
class ToldKind:
    """A kind of fact: what asks for it, and what a sentence that tells it holds.

    Where it `chooses`, sentences that tell it are quoted rather than others; otherwise it only
    puts those chosen in order, because it pushed right ones out when it was measured.
    """

    name: str
    chooses: bool
    asks: re.Pattern[str]
    tells: re.Pattern[str]


_ASKS_OTHER: Final = re.compile(
    r"いくら|いつ|(?:何|なん)(?:[日月年時週回枚円]|で[?？]?$)|なぜ|どうして"
)
TOLD_KINDS: Final = (
    ToldKind(
        "who",
        False,
        re.compile(r"誰|だれ|どなた|決裁者|担当者は|どの(?:課|係|部署)|どこの(?:課|係|部署)|何課"),
        re.compile(
            r"市長|教育長|管理者|[部課係室局所館次]長|所属長|当直員|取扱員"
            r"|課(?![題税程])|(?<!関)係(?![るりわ員数])|委員会|本人"
        ),
    ),
    ToldKind(
        "where",
        False,
        re.compile(r"どこ(?=[にへでの]|が)(?!の(?:課|係|部署))|提出先|宛先|送り先|連絡先|場所は|何階"),
        re.compile(
            r"(?:課|係|センター|倉庫|書庫|庁舎|窓口|金庫|システム|ポータル|フォルダー?)"
            r"(?:[（(][^）)]*[）)])?(?:[にへで](?!は)|の窓口)|\d階|https?://"
        ),
    ),
    ToldKind(
        "may",
        True,
        re.compile(
            r"(?:て|で)も?(?:良|よ|い)い|できる(?:か|の|$|\?)|できますか|可能|だめ|駄目"
            r"|(?:必要|要る|いる|要り|いり)(?:か|ます|です|の|$|\?)|大丈夫|平気|ok|構わ|かまわ"
        ),
        re.compile(
            r"でき(?:る|ます|ない|ません)|必要(?:で|が|は|と)|要(?:る|りません|ります|しない)|不要"
            r"|な(?:らない|りません)|いけ(?:ない|ません)|認め|差し支え|足り"
        ),
    ),
    ToldKind(
        "needed",
        True,
        re.compile(
            r"必要な(?:書類|もの|物)|何(?:を|が)(?:添付|添え|付け|持|出|いる|要る|必要)|添付(?:書類|する)"
            r"|どの(?:紙|様式|書類|用紙)|書類は"
        ),
        re.compile(r"添え|添付|書類|写し|様式|証明|申請書|届|書を|持参|提示"),
    ),
)  # fmt: skip


def told_kinds(question: str) -> tuple[ToldKind, ...]:
    """Return the kinds that a question asks for; none where it asks for a figure or why."""
    plain = normalized(question)
    if _ASKS_OTHER.search(plain):
        return ()
    return tuple(kind for kind in TOLD_KINDS if kind.asks.search(plain))


def tells(sentence: str, kinds: Sequence[ToldKind]) -> bool:
    """Tell whether a sentence tells one of the kinds."""
    return any(kind.tells.search(sentence) for kind in kinds)
