"""Which titles in a file's properties name the document, and which only say how it was made."""

from __future__ import annotations

import re

# What programs write when nobody gave a title: untitled, 無題, Microsoft Word - 案.docx, PowerPoint
# プレゼンテーション, スライド 1, 平成28年度 (1).xlsx, C:\Users\…
_MADE_BY_PROGRAM = re.compile(
    r"^(?:untitled.*|無題.*|(?:名称未設定|タイトルなし|新規).*"
    r"|microsoft (?:word|excel|powerpoint).*|powerpoint (?:プレゼンテーション|presentation)"
    r"|(?:スライド|slide|page|book|sheet|document)\s*\d*"
    r"|.*\.(?:docx?|xlsx?|pptx?|jtdc?|pdf|indd|ai|txt|html?|tmp|csv)|[a-z]:\\.*|\\\\.*|.*://.*)$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2}")


def telling_title(title: str) -> str:
    """Return a title that names a document for people, "" for one that a program made up."""
    title = title.strip()
    return "" if _MADE_BY_PROGRAM.match(title) or not _WORD.search(title) else title
