"""How the pages of a manual were read, in words for those who check what the AI was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.domain import Page

_OCR: Final = "画像から文字を読み取り（OCR）"
_NOTHING: Final = (
    "このページの文は取り込まれていません（白紙か図だけのページ、または文字化けのため）。"
    "必要な文があれば、元のソフトから PDF を作り直して取り込んでください。"
)
_MOST_NUMBERS: Final = 20


def page_reading(page: Page) -> str:
    """Return how one page was read, and what to do about it."""
    if not page.text.strip():
        return _NOTHING
    if page.method == "ocr":
        return f"読み方：{_OCR}。読み誤りがないか、画像と比べてください。"
    return "読み方：ファイルの文字"


def reading_lines(pages: Sequence[Page]) -> list[str]:
    """Return which pages of a manual were read by OCR or not at all; none where all is well."""
    pages = [page for page in pages if page.number is not None]
    empty = [page for page in pages if not page.text.strip()]
    scanned = [page for page in pages if page.method == "ocr" and page.text.strip()]
    lines = []
    if scanned:
        lines.append(f"{_OCR}したページ：{_numbers(scanned)}")
    if empty:
        lines.append(f"文を取り込んでいないページ：{_numbers(empty)}")
    return lines


def _numbers(pages: Sequence[Page]) -> str:
    shown = "、".join(f"{page.number}" for page in pages[:_MOST_NUMBERS])
    return f"{shown} ほか（全{len(pages)}ページ）" if len(pages) > _MOST_NUMBERS else shown
