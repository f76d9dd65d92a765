"""Normal forms of Japanese text for search and comparison; the original stays for display."""

from __future__ import annotations

import re
import unicodedata

# NFKC maps Kangxi radicals (government PDFs use them) but leaves the CJK Radicals Supplement.
_RADICALS = str.maketrans(
    "⺠⻑⻄⻘⻝⻩⻭⻲⻫⻨⻤⻯⼾⺒⺓⻌⻖⻏⻆⻢⻥⻦⾃⾔⾒⾏",
    "民長西青食黄歯亀斉麦鬼竜戸巳幺辶阝阝角馬魚鳥自言見行",
)
# Vertical writing has marks of its own; NFKC would make ASCII brackets of some.
_VERTICAL_MARKS = str.maketrans(
    "︐︑︒︓︔︕︖︗︘︙︰︱︲︳︴︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈",
    "，、。：；！？〖〗…‥―–＿＿（）｛｝〔〕【】《》〈〉「」『』［］",
)
_DASHES = re.compile("[‐‑‒–—―−]")  # by pattern: translating asks a table for every letter
_WAVES = re.compile("[〜～∼]")
# Also what turns the direction of writing, and the tags that repeat ASCII unseen.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\U000e0000-\U000e007f]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What Word prints of the bullets of its symbol fonts, for which Unicode has no letters.
_BULLETS = re.compile("(?m)^([ \t]*)[\uf020-\uf0ff](?=\\s|\\w|[「（])")
_KANGXI = re.compile("[\u2f00-\u2fdf]")
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
# Everything that `readable` changes: most texts hold none of it.
_UNUSUAL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2e80-\u2fdf"
    "\ud800-\udfff\uf020-\uf0ff\ufe10-\ufe19\ufe30-\ufe4f\ufeff\ufffe\U000e0000-\U000e007f]"
)
_SPACES = re.compile(r"[ \t\u00a0\u3000]+")
_CJK = r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff々〆ヶ、。」』）】〕・ー]"
_SPACE_BETWEEN_CJK = re.compile(f"(?<={_CJK})[ \\u3000]+(?={_CJK})")


def readable(text: str) -> str:
    """Return text for display: radicals and upright marks restored, control characters removed."""
    if not _UNUSUAL.search(text):
        return text
    text = text.translate(_RADICALS).translate(_VERTICAL_MARKS)
    text = _BULLETS.sub(r"\1・", _CONTROL.sub("", _INVISIBLE.sub("", text)))
    text = _KANGXI.sub(lambda radical: unicodedata.normalize("NFKC", radical[0]), text)
    return _LINE_END.sub("\n", text)


def normalized(text: str) -> str:
    """Return text for search: NFKC, one kind of dash and wave, single spaces, lower case."""
    text = _SPACES.sub(" ", _plain(text))
    if " " in text:
        text = _SPACE_BETWEEN_CJK.sub("", text)
    return text.strip().lower()


def folded(text: str) -> str:
    """Return text for comparing quotations: normalized, without any white space."""
    return "".join(_plain(text).lower().split())


def _plain(text: str) -> str:
    return _WAVES.sub("~", _DASHES.sub("-", unicodedata.normalize("NFKC", readable(text))))


def has_japanese(text: str) -> bool:
    """Tell whether the text holds kana: Chinese and English answers do not."""
    return re.search(r"[\u3041-\u3096\u30a1-\u30fa]", text) is not None
