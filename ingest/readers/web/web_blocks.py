"""The blocks of a web page: headings, paragraphs, lists and tables in the order of its source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from assistant.japanese.normalize import readable
from assistant.japanese.sentences import starts_item
from ingest.document import Block
from ingest.readers.web.web_tables import is_for_layout, web_table
from ingest.readers.web.web_text import flowing, joined_wraps

_NOT_SHOWN = {
    "script", "style", "template", "noscript", "nav", "head", "title", "select", "option",
    "textarea", "input", "svg", "canvas", "iframe", "object", "embed", "audio", "video", "map",
    "datalist", "dialog", "rt", "rp", "rtc",
}  # fmt: skip
_MENUS = {
    "navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "dialog",
}  # fmt: skip
_FRAME = {"header", "footer", "aside"}  # of the page; inside an article they are its own
_ARTICLE = {"article", "main", "section"}
_HEADING = re.compile(r"h([1-6])$")
_OPENS = {"h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt"}  # by a button in it
_ENDS_LINE = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
    "hgroup", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "html", "legend", "li", "main", "menu",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WHOLE_PAGE = 0.5  # of the page's letters: a form that holds so many is the page


@dataclass
class _Writer:
    """Collects the text of a page as blocks; `mark` waits for the first line of an item."""

    blocks: list[Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    mark: str = ""

    def end_line(self, level: int | None = None) -> None:
        text = readable(joined_wraps("".join(self.words)))
        self.words.clear()
        lines = [line for part in text.split("\n") if (line := part.strip())]
        if level is not None and lines:
            lines = [" ".join(lines)]
        for line in lines:
            has_own = self.mark.endswith(("・", " ")) and starts_item(line)
            self.blocks.append(Block(line if has_own else self.mark + line, level=level))
            self.mark = ""

    def begin(self, mark: str) -> None:
        """Let the next line carry a mark; a term that still waits for one stands by itself."""
        if self.mark.endswith("："):
            self.blocks.append(Block(self.mark))
        self.mark = mark


def blocks_of(root: Any) -> list[Block]:
    """Return what a page shows as blocks, without its menus, forms and hidden parts."""
    letters = _letters(root)
    for element in list(root.iter("*")):
        if _is_left_out(element, letters):
            element.drop_tree()
    writer = _Writer()
    _walk(root, writer)
    writer.end_line()
    return writer.blocks


def _is_left_out(element: Any, letters: int) -> bool:
    """Tell whether a browser hides an element, or it belongs to the site, not to the page."""
    tag = element.tag
    if element.getparent() is None or tag == "body":
        return False
    if tag in _NOT_SHOWN or (element.get("role") or "").lower() in _MENUS:
        return True
    if tag in _FRAME:
        if not any(parent.tag in _ARTICLE for parent in element.iterancestors()):
            return True
        return tag == "aside" and _is_mostly_links(element)
    if tag == "form":
        return _letters(element) < _WHOLE_PAGE * letters
    if tag == "button":
        return not any(parent.tag in _OPENS for parent in element.iterancestors())
    return (
        element.get("hidden") is not None
        or (element.get("aria-hidden") or "").lower() == "true"
        or _HIDDEN.search(element.get("style") or "") is not None
    )


def _is_mostly_links(element: Any) -> bool:
    return 2 * sum(_letters(link) for link in element.iter("a")) > _letters(element)


def _letters(element: Any) -> int:
    return sum(len("".join(text.split())) for text in element.itertext())


def _walk(element: Any, writer: _Writer) -> None:
    """Say an element with all that stands in it."""
    tag = element.tag
    if tag == "br":
        writer.words.append("\n")
        return
    if tag not in _ENDS_LINE:
        _walk_children(element, writer)
        return
    writer.end_line()
    if tag == "pre":
        writer.words.append("".join(element.itertext()))
    elif tag == "table" and not is_for_layout(element):
        writer.begin("")
        for caption in element.iterchildren("caption"):
            _walk(caption, writer)
        writer.blocks += web_table(element, _cell_text)
    elif tag in ("ul", "ol", "menu", "dir"):
        _list(element, writer)
    elif tag == "dl":
        _definitions(element, writer)
    else:
        _walk_children(element, writer)
    heading = _HEADING.match(tag)
    writer.end_line(int(heading[1]) if heading else None)


def _walk_children(element: Any, writer: _Writer) -> None:
    writer.words.append(flowing(element.text))
    for child in element:
        _walk(child, writer)
        writer.words.append(flowing(child.tail))


def _cell_text(cell: Any) -> str:
    writer = _Writer()
    _walk_children(cell, writer)
    writer.end_line()
    return "\n".join(block.text for block in writer.blocks)


def _list(element: Any, writer: _Writer) -> None:
    """Say each item behind its mark or number."""
    number = _integer(element.get("start"), 1)
    for child in element:
        if child.tag == "li":
            number = _integer(child.get("value"), number)
            writer.begin(f"{number}. " if element.tag == "ol" else "・")
            number += 1
        _walk(child, writer)
        writer.mark = ""


def _definitions(element: Any, writer: _Writer) -> None:
    """Say each definition behind its terms: 「用語：説明」."""
    terms: list[str] = []
    for child in element.iter("dt", "dd"):
        if next(child.iterancestors("dl", "dt", "dd")) is not element:  # an unclosed one's own
            continue
        if child.tag == "dt":
            terms.append(" ".join(_cell_text(child).split()))
            continue
        writer.begin("・".join(terms) + "：" if terms else "")
        terms = []
        _walk(child, writer)
        writer.mark = ""
    if terms:
        writer.blocks.append(Block("・".join(terms)))


def _integer(text: str | None, otherwise: int) -> int:
    value = (text or "").strip()
    return int(value) if value.isascii() and value.isdigit() else otherwise
