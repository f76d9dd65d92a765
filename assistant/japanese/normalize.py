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
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_WAVES = str.maketrans(dict.fromkeys("〜～∼", "~"))
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[ \t\u00a0\u3000]+")
_CJK = r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff々〆ヶ、。」』）】〕・ー]"
_SPACE_BETWEEN_CJK = re.compile(f"(?<={_CJK})[ \\u3000]+(?={_CJK})")


def readable(text: str) -> str:
    """Return text for display: radicals and upright marks restored, control characters removed."""
    text = text.translate(_RADICALS).translate(_VERTICAL_MARKS)
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    kangxi = "".join(
        unicodedata.normalize("NFKC", c) if "\u2f00" <= c <= "\u2fdf" else c for c in text
    )
    return kangxi.replace("\r\n", "\n").replace("\r", "\n")


def normalized(text: str) -> str:
    """Return text for search: NFKC, one kind of dash and wave, single spaces, lower case."""
    text = unicodedata.normalize("NFKC", readable(text)).translate(_DASHES).translate(_WAVES)
    return _SPACE_BETWEEN_CJK.sub("", _SPACES.sub(" ", text)).strip().lower()


def folded(text: str) -> str:
    """Return text for comparing quotations: normalized, without any white space."""
    return re.sub(r"\s+", "", normalized(text))


def has_japanese(text: str) -> bool:
    """Tell whether the text holds kana: Chinese and English answers do not."""
    return re.search(r"[\u3041-\u3096\u30a1-\u30fa]", text) is not None
