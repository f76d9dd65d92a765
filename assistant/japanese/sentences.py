"""Where sentences of Japanese text begin and end."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "「『（(〔【［[", "」』）)〕】］]"
_END = "。！？!?．"
_ITEM = re.compile(
    r"\s*(?:[・●○◎■□◆◇▶※＊*\-]|[（(][0-9０-９]{1,2}[）)]|[（(][ア-ンｱ-ﾝ一二三四五六七八九十][）)]"
    r"|[①-⑳]|[0-9０-９]{1,2}[.．、 　)）]|[ア-ン][ 　.．、)])"
)
# 「１．財政投融資」: the mark belongs to the number of the heading that follows.
_NUMBER_ONLY = re.compile(r"\s*[0-9０-９A-ZＡ-ＺⅠ-Ⅻア-ン]{1,3}．")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence, in characters, without surrounding white space.

    A sentence ends at a full stop outside brackets or at a line break. Brackets that never close
    do not swallow the rest of the text: a line break always ends a sentence.
    """
    spans: list[tuple[int, int]] = []
    start = depth = 0
    for position, character in enumerate(text):
        if character == "\n":
            depth = 0
            _add(text, start, position, spans)
            start = position + 1
        elif character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth = max(0, depth - 1)
        elif (
            character in _END
            and depth == 0
            and not _inside_number(text, position)
            and not _NUMBER_ONLY.fullmatch(text, start, position + 1)
        ):
            _add(text, start, position + 1, spans)
            start = position + 1
    _add(text, start, len(text), spans)
    return spans


def sentences(text: str) -> list[str]:
    """Return the sentences of the text in order."""
    return [text[start:end] for start, end in sentence_spans(text)]


def starts_item(line: str) -> bool:
    """Tell whether a line begins a list item or a numbered paragraph."""
    return _ITEM.match(line) is not None


def _inside_number(text: str, position: int) -> bool:
    """Tell whether the mark is a decimal point (１．５) or one of several marks."""
    return (
        text[position] == "．" and position + 1 < len(text) and text[position + 1].isdigit()
    ) or (text[position] in "!?" and position + 1 < len(text) and text[position + 1] in "!?」")


def _add(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        spans.append((start, end))
