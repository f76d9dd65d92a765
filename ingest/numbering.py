"""The numbering of Japanese regulations and manuals: which lines look like headings, how deep."""

from __future__ import annotations

import re
import unicodedata

from assistant.japanese.normalize import readable

_COUNT = r"[0-9一二三四五六七八九十百]+"
COUNTERS = "時日月年人名円兆万千億者回階台分秒週か箇ヶ件枚項条号倍割歳級%％"
"""What figures count: 5時までに, 10人以上. A figure before one of these is no heading's number."""
# The same where no blank follows the figure; then units and more figures cannot be headings either.
_COUNTED = rf"[0-9,，{COUNTERS}部課社校パキメセミグ]"
_SPACED_UNIT = (
    r"(?:代(?:以|未|[\s　、・～~-]|$)|[ヶカか]国|[ヶかカ]所|"
    r"[ヶかカ]月|箇所|億|兆|万|円|[%％]|割|倍|歳|[、，])"
)
LONGEST_HEADING = 40
"""Characters of a heading that nothing but its number tells."""
ARTICLE = 4
"""The depth of 第5条."""
# Depth of each kind of number, outermost first.
NUMBERING: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"^第{_COUNT}(?:編|部|章)(?:[\s　]|$)")),
    (2, re.compile(rf"^第{_COUNT}節(?:[\s　]|$)")),
    (3, re.compile(rf"^第{_COUNT}款(?:[\s　]|$)")),
    (ARTICLE, re.compile(rf"^第{_COUNT}条(?:の{_COUNT})*(?:[\s　(（]|$)")),
    (
        5,
        re.compile(
            r"^(?:[0-9]{1,2}(?:[.．][0-9]{1,2})*[.．]?"
            rf"(?!{_COUNTED}|[\s　]?{_SPACED_UNIT}|[0-9.．])"
            r"|[IVX]{1,4}[.．]|[Ⅰ-Ⅻ])[\s　]*[^\s)）]"
        ),
    ),
    (6, re.compile(r"^[(（][0-9]{1,2}[)）][\s　]*\S")),
    (7, re.compile(r"^[ア-ン][\s　.．]\s*\S")),
    (8, re.compile(r"^[(（][ア-ン][)）][\s　]*\S")),
)
SPECIAL = re.compile(rf"^(?:別表|様式|別記|別紙|附\s*則|付\s*則)(?:第?{_COUNT}号?)?(?:[\s　(（]|$)")
MARK = re.compile(r"^[■◆][\s　]*\S")
QUESTION = re.compile(r"^(?:問|質問|Q)\s*[0-9]{0,3}[\s.:、]\s*\S")
ANSWER = re.compile(r"^(?:答え?|回答|A)\s*[0-9]{0,3}[\s.:、]\s*\S")
CAPTION = re.compile(r"^[(（][^()（）。]{1,30}[)）]$")
_TABLE_CAPTION = re.compile(rf"^(?:表|別表|図|様式)\s*第?{_COUNT}")
# An article of a vertical page, where no blank is left after its number: 第三条職員は… but not
# 第三条の規定により, 第三条第二項に, 第三条及び第四条.
_CLOSE_ARTICLE = re.compile(
    rf"^(第{_COUNT}条)(?!{_COUNT}|[のにとをがはでもへや、。，,・～〜)）」』]|か?から|まで|より|及び|又は|若しくは"
    r"|並びに|第[0-9一二三四五六七八九十]+[項号]|各号|各項|本文|ただし書|中|前段|後段|関係|以下)(?=[^\s(（])"
)
_ARTICLE_PARTS = re.compile(
    r"(第[^\s　(（条]+条(?:の[^\s　(（の]+)*\s*(?:[(（][^)）]{1,40}[)）])?)\s*(.*)"
)


def one_width(text: str) -> str:
    """Return a line in one width; the space after a number, which tells a heading, stays."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", readable(text))).strip()


def is_numbered(line: str) -> bool:
    """Tell whether a line in one width begins as a numbered heading or item does."""
    return MARK.match(line) is not None or any(p.match(line) for _, p in NUMBERING)


def is_table_caption(line: str) -> bool:
    """Tell whether a line names a table below it, or gives its unit: 表1 役割, （単位 円）."""
    return _TABLE_CAPTION.match(line) is not None or CAPTION.match(line) is not None


def is_close_article(line: str) -> bool:
    """Tell whether a line begins with the number of an article and, without a blank, its text."""
    return _CLOSE_ARTICLE.match(line) is not None


def article_heading(text: str) -> tuple[str, str] | None:
    """Split 「第5条（目的） 本文…」 into its number with title and its text; None without text."""
    close = _CLOSE_ARTICLE.match(text)
    if close:
        return close[1], text[close.end() :]
    match = _ARTICLE_PARTS.match(text)
    return (match[1].strip(), match[2]) if match and match[2] else None
