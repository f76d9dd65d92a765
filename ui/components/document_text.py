"""The text of a manual without pages, for reading: with its headings and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt

from ui.components.text import as_html

# No HTML from the manual, and no pictures: their addresses could lead out of the office.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_DOWN: Final = 2  # the page and the manual already have their headings
_HEADING: Final = re.compile(r"(#{1,6}) (.+)")
_CELLS: Final = " | "
_PLAIN: Final = (".txt", ".pdf")


def document_html(text: str, file_name: str) -> str:
    """Return the text as HTML: Markdown as such, plain text as it is, else as readers wrote it."""
    suffix = Path(file_name).suffix.lower()
    if suffix in (".md", ".markdown"):
        body = _markdown_html(text)
    elif suffix in _PLAIN:
        return f'<div class="chonai-text">{as_html(text)}</div>'
    else:
        body = _read_html(text)
    return f'<div class="chonai-document">{body}</div>'


def _markdown_html(text: str) -> str:
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _heading_tag(int(token.tag[1]))
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _read_html(text: str) -> str:
    """Turn the lines of `page_text` into HTML: "## heading", "cell | cell", paragraphs."""
    parts: list[str] = []
    for is_table, lines in groupby(text.split("\n"), lambda line: _CELLS in line):
        block = list(lines)
        parts += [_table_html(block)] if is_table else map(_line_html, block)
    return "".join(parts)


def _line_html(line: str) -> str:
    match = _HEADING.fullmatch(line)
    if match is None:
        return f"<p>{as_html(line)}</p>" if line.strip() else ""
    tag = _heading_tag(len(match[1]))
    return f"<{tag}>{as_html(match[2])}</{tag}>"


def _table_html(lines: Iterable[str]) -> str:
    rows = ("".join(f"<td>{as_html(c)}</td>" for c in line.split(_CELLS)) for line in lines)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _heading_tag(level: int) -> str:
    return f"h{min(level + _DOWN, 6)}"
