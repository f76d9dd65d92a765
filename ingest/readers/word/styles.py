"""What the styles of a Word document say of paragraphs: heading depth, list, hidden text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn

_HEADING = re.compile(r"^(?:heading|見出し)\s*(\d)$", re.IGNORECASE)
_PROPERTIES, _STYLE = qn("w:pPr"), f"{qn('w:pPr')}/{qn('w:pStyle')}"
_ON, _OFF = ("1", "true", "on"), ("0", "false", "off")
_DEEPEST = 9
_LONGEST_HEADING = 60


class Styles:
    """The styles of a document by their id, each with those that it is based on."""

    def __init__(self, root: Any) -> None:
        self._styles = {style.get(qn("w:styleId")): style for style in root.iter(qn("w:style"))}
        self._hidden: dict[str | None, bool] = {}
        self._default = next(
            (
                style.get(qn("w:styleId"))
                for style in self._styles.values()
                if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in _ON
            ),
            None,
        )

    def of(self, paragraph: Any) -> str | None:
        """Return the id of a paragraph's style, its default's where it names none."""
        named = paragraph.find(_STYLE)
        own = named.get(qn("w:val")) if named is not None else None
        return own if own in self._styles else self._default

    def name(self, style: str | None) -> str:
        """Return a style's name in lower case: "heading 1", "title", "toc 2"."""
        found = self._styles.get(style)
        return (value(found, "w:name") or "").lower() if found is not None else ""

    def heading_depth(self, paragraph: Any, text: str) -> int | None:
        """Return the depth of a heading from 1, None for text.

        A style that is based on a heading is one, and so is an outline level on a short line.
        """
        for style in self._based(self.of(paragraph)):
            match = _HEADING.match(value(style, "w:name") or "")
            if match:
                return int(match[1])
        if len(text) > _LONGEST_HEADING or text.endswith(("。", "、")):
            return None
        for holder in (paragraph, *self._based(self.of(paragraph))):
            properties = holder.find(_PROPERTIES)
            level = value(properties, "w:outlineLvl") if properties is not None else None
            if level is not None:
                return int(level) + 1 if level.isdecimal() and int(level) < _DEEPEST else None
        return None

    def numbering(self, style: str | None) -> tuple[str | None, str | None, frozenset[str]]:
        """Return the list that a style gives, its level there, and the styles it stands for.

        A level of the list may name one of these styles, which counts before the level given.
        """
        number_id, level = None, None
        named: set[str] = set()
        numbered = False
        for found in self._based(style):
            if not numbered:
                named.add(found.get(qn("w:styleId")))
            given = found.find(f"{_PROPERTIES}/{qn('w:numPr')}")
            if given is None:
                continue
            if not numbered:
                numbered, level = True, value(given, "w:ilvl")
            number_id = value(given, "w:numId")
            if number_id is not None:
                break
        return number_id, level, frozenset(named)

    def hides(self, style: str | None) -> bool:
        """Tell whether a style makes its text hidden."""
        if style not in self._hidden:
            self._hidden[style] = self._is_hidden(style)
        return self._hidden[style]

    def _is_hidden(self, style: str | None) -> bool:
        for found in self._based(style):
            hidden = found.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
            if hidden is not None:
                return is_on(hidden)
        return False

    def _based(self, style: str | None) -> Iterator[Any]:
        """Yield a style and those that it is based on, nearest first, each once."""
        seen: set[str | None] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            yield self._styles[style]
            style = value(self._styles[style], "w:basedOn")


def value(element: Any, name: str) -> str | None:
    """Return the w:val of an element's child, None where there is none."""
    child = element.find(qn(name))
    found: str | None = child.get(qn("w:val")) if child is not None else None
    return found


def is_on(element: Any) -> bool:
    """Tell whether a switch such as <w:vanish/> is there and not turned off."""
    return element is not None and element.get(qn("w:val"), "1") not in _OFF
