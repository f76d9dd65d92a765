"""Tells stamps (見本, 写, 取扱注意) from the content of a manual."""

from __future__ import annotations

import re
import unicodedata

_WORDS = (
    "見本", "サンプル", "写し", "写", "案", "取扱注意", "取扱厳重注意", "部外秘", "社外秘",
    "庁外秘", "禁複製", "複製禁止", "禁複写", "複写禁止", "禁転載", "転載禁止", "無断転載禁止",
    "厳秘", "マル秘", "秘", "sample", "draft", "copy", "confidential",
)  # fmt: skip
_ONLY = re.compile(rf"(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})+")
_AROUND = re.compile(r"[\W_]+")
# OCR may take one of the two brackets for another.
_MARKED = re.compile(r"^\s*(?:【\s*見本\s*[】\])）］〕]|[\[(（［〔]\s*見本\s*】)")
# How sample manuals say on every page that their city does not exist.
_RUNNING_HEAD = re.compile(r"^\s*見本\s*[（(]\s*架空のモデル市")


def is_stamp(text: str) -> bool:
    """Tell whether a paragraph is a stamp: it stays on the page, but answers no question."""
    return is_stamp_line(text) or _MARKED.match(text) is not None


def is_stamp_line(line: str) -> bool:
    """Tell whether a line is a running head of samples, or nothing but stamp words.

    The words may be repeated and stand in any brackets; an item of a list is none (「・写し」).
    """
    if line.lstrip().startswith("・"):
        return False
    words = _AROUND.sub("", unicodedata.normalize("NFKC", line)).lower()
    return _ONLY.fullmatch(words) is not None or _RUNNING_HEAD.match(line) is not None
