"""Text of manuals and models made safe to show, and the words for a place in a manual."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from assistant.calendar import TOKYO
from assistant.domain import AnswerSentence
from assistant.japanese.days import day_words

_MARKDOWN: Final = re.compile(r"([!-/:-@\[-`{-~])")
_IN_FULL_WIDTH: Final = {ord(c): ord(c) + 0xFEE0 for c in "!#$*:<>[\\]`~"}


def as_html(text: str) -> str:
    """Return text for st.html: nothing in it is markup, line ends are kept."""
    return html.escape(text).replace("\n", "<br>")


def as_markdown(text: str) -> str:
    """Return text for labels and st.error: no ASCII punctuation acts as Markdown."""
    return _MARKDOWN.sub(r"\\\1", text)


def as_label(text: str) -> str:
    """Return text for a field's label, which screen readers hear as it is written.

    Backslashes would be heard too, so what acts as Markdown is shown in full width.
    """
    return text.translate(_IN_FULL_WIDTH)


def is_slides(file_name: str) -> bool:
    """Tell whether a file's pages are slides: numbered, but shown as text."""
    return Path(file_name).suffix.lower() in (".pptx", ".pptm")


def page_words(page: int | None, label: str | None, file_name: str = "") -> str:
    """Return the printed page and, where it differs, the page of the file.

    A slide is named by its number, a row of a sheet by its label; "" without either.
    """
    if page is None:
        return label or ""
    if is_slides(file_name):
        return f"スライド{page}"
    if label is None or label.strip() == str(page):
        return f"{page}ページ"
    return f"{label.strip()}ページ（ファイルの{page}ページ目）"


def place_words(
    manual: str,
    heading_path: Sequence[str],
    page: int | None,
    label: str | None,
    file_name: str = "",
) -> str:
    """Return 『manual』 heading › heading 12ページ（ファイルの14ページ目）."""
    where = page_words(page, label, file_name)
    if page is None and heading_path:  # a sheet's name stands in the headings already
        where = where.removeprefix(f"{heading_path[0]} ")
    parts = [f"『{manual}』", " › ".join(heading_path), where]
    return " ".join(part for part in parts if part)


def date_words(day: date | None) -> str:
    """Return 2026年4月1日, or "" for no date."""
    return day_words(day)


def clock_words(instant: datetime | None) -> str:
    """Return an instant in UTC, with or without a time zone, as 11月27日 14:05 in Tokyo."""
    if instant is None:
        return ""
    there = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(TOKYO)
    return f"{there.month}月{there.day}日 {there:%H:%M}"


def instant_words(instant: str | None) -> str:
    """Return an instant as the library keeps it as 2026年11月27日 14:05 in Tokyo, or ""."""
    if not instant:
        return ""
    there = datetime.fromisoformat(instant)
    year = (there if there.tzinfo else there.replace(tzinfo=UTC)).astimezone(TOKYO).year
    return f"{year}年{clock_words(there)}"


def sentences_html(sentences: Iterable[AnswerSentence]) -> str:
    """Return sentences as HTML, each followed by the markers of what supports it."""
    return "".join(_sentence_html(sentence) for sentence in sentences)


def _sentence_html(sentence: AnswerSentence) -> str:
    markers = "".join(f"[{marker}]" for marker in sentence.citations)
    return f'<span class="chonai-{sentence.kind}">{as_html(sentence.text)}</span>' + (
        f'<sup class="chonai-marker">{markers}</sup>' if markers else ""
    )
