"""The names of manuals and laws before a number: 契約規則第5条, 「旅費の手引き」第4章."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.references.place_numbers import UNIT

_ENDING = (
    r"(?:法律|憲法|法|施行令|政令|省令|府令|令|施行規則|規則|条例|規程|要綱|要領|内規|細則|規約|約款|"
    r"手引き?|てびき|マニュアル|ガイドライン|ハンドブック|手順書?|指針|基準|方針|計画|書き方|使い方|"
    r"一覧|[QＱ][&＆][AＡ])"
)
_NO_NAME = re.compile(
    r"(?:方|手|寸|文|用|作|司|立|処|技|療|工|製|語|論|無)法$|(?:法|命|指|辞|司|号|発)令$"
)
_REMARK = r"(?:[（(][^（）()]{0,60}[）)])?"
_QUOTED = re.compile(rf"[「『](?P<name>[^「」『』]{{2,40}})[」』]{_REMARK}[\s　]*の?[\s　]*$")
_NAMED = re.compile(rf"{_ENDING}(?P<rest>{_REMARK}[\s　]*の?[\s　]*)$")
_OUTSIDE = re.compile(r"[\s　、。，．「」『』（）()｜：:]")
_WINDOW = 140
# Words that cannot stand inside a name; a law's long name may hold を, に and する as well.
_BREAK = re.compile(r".*(?:は|が(?!え)|も(?!の)|で|から|より|又は|若しくは)")
_JOINED = re.compile(rf".*?{_ENDING}(?:及び|並びに|又は|と|や|・)(?=.)")
_SHORT_BREAK = re.compile(r".*(?:を|に|する|した|って|及び|並びに|と(?=[一-龠ァ-ヴ]))")
_LEADING = re.compile(
    rf"^(?:{UNIT}|また|なお|なく|ただし|および|かつ|その他|その|詳しく|別に定める|市の)"
)
_DEFINED = re.compile(
    r"[（(](?:[^（）()]{0,40}?[。、])?以下(?:単に)?[「『](?P<short>[^」』]{1,20})[」』]"
)
_OWN = re.compile(rf"^(?:この|本|当){_ENDING}$")
_SAME = re.compile(rf"^(?:同|その|当該){_ENDING}$")


@dataclass(frozen=True)
class Named:
    """A name before a number: its words, spelt out; `start` is where they begin.

    `own` and `same` are この手引き and 同法: the passage's own manual, the one named last.
    """

    name: str
    start: int
    own: bool = False
    same: bool = False


def named_before(text: str, position: int, short_names: Mapping[str, str]) -> Named | None:
    """Return the manual or law whose name ends right before a position, or None."""
    begin = max(0, position - _WINDOW)
    left = text[begin:position]
    quoted = _QUOTED.search(left)
    if quoted:
        name = short_names.get(quoted["name"], quoted["name"])
        return Named(name, begin + quoted.start())
    found = _NAMED.search(left)
    if found is None:
        return None
    end = found.start("rest")
    words = _trimmed(_OUTSIDE.split(left[:end])[-1])
    start = begin + end - len(words)
    before = text[max(0, start - 2) : start]
    if _OWN.match(words) or (before.endswith("この") and re.fullmatch(_ENDING, words)):
        return Named(words, start, own=True)
    if _SAME.match(words):
        return Named(words, start, same=True)
    if words in short_names:
        return Named(short_names[words], start)
    return None if _NO_NAME.search(words) else Named(words, start)


def short_names(texts: Iterable[str]) -> dict[str, str]:
    """Return the abbreviations that a document defines: 地方自治法（以下「自治法」という。）."""
    found: dict[str, str] = {}
    for text in texts:
        for match in _DEFINED.finditer(text):
            named = named_before(text, match.start(), found)
            if named and not named.own and not named.same:
                found.setdefault(match["short"], named.name)
    return found


def _trimmed(words: str) -> str:
    """Take off what stands before the name itself: 給与は庶務事務の手引き."""
    joined = _JOINED.match(words)
    while joined:
        words = words[joined.end() :]
        joined = _JOINED.match(words)
    cut = _BREAK.match(words)
    words = words[cut.end() :] if cut else words
    if "に関する" not in words and "における" not in words:
        cut = _SHORT_BREAK.match(words)
        words = words[cut.end() :] if cut else words
    if words.startswith("この"):
        return words if re.fullmatch(_ENDING, words[2:]) else words[2:]
    return _LEADING.sub("", words)
