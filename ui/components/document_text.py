"""The text of a manual without pages, for reading: Markdown with its headings and tables."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

from ui.components.text import as_html

# No HTML from the manual, and no pictures: their addresses could lead out of the office.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_DOWN: Final = 2  # the page and the manual already have their headings


def document_html(text: str, file_name: str) -> str:
    """Return the text as HTML; only a Markdown file is taken for Markdown."""
    if Path(file_name).suffix.lower() not in (".md", ".markdown"):
        return f'<div class="chonai-text">{as_html(text)}</div>'
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + _DOWN, 6)}"
    rendered = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return f'<div class="chonai-document">{rendered}</div>'
