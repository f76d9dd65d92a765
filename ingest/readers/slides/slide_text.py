"""The paragraphs of a shape on a slide, with the bullets that its layout gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pptx.oxml.ns import qn

from assistant.japanese.normalize import readable
from assistant.japanese.sentences import starts_item

_RUN, _BREAK, _FIELD, _TEXT = qn("a:r"), qn("a:br"), qn("a:fld"), qn("a:t")
_NO_BULLET, _CHARACTER, _NUMBER = qn("a:buNone"), qn("a:buChar"), qn("a:buAutoNum")
_BULLETS = (_NO_BULLET, _CHARACTER, _NUMBER, qn("a:buBlip"))
_INDENT = "　"


def shape_lines(shape: Any, slide: Any) -> list[str]:
    """Return the lines of a shape, each item with its mark and indented by its level."""
    lines: list[str] = []
    counts: dict[int, int] = {}
    for paragraph in shape.text_frame.paragraphs:
        level = paragraph.level
        said = paragraph_text(paragraph).split("\n")
        words = [line.strip() for line in said if line.strip()]
        if not words:
            continue
        kind = _bullet(paragraph, level, shape, slide)
        counts = {deep: n for deep, n in counts.items() if deep <= level}
        counts[level] = counts.get(level, 0) + 1 if kind == _NUMBER else 0
        mark = f"{counts[level]}. " if kind == _NUMBER else "・"
        if kind in (None, _NO_BULLET) or starts_item(words[0]):
            mark = ""
        lines.append(_INDENT * level * bool(mark) + mark + words[0])
        lines += words[1:]
    return lines


def paragraph_text(paragraph: Any) -> str:
    """Return the words of a paragraph; fields such as the slide's number are no words."""
    return readable("".join(_words(paragraph._p)))


def _words(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == _BREAK:
            yield "\n"
        elif child.tag == _RUN or (
            child.tag == _FIELD
            and not (child.get("type") or "").startswith(("slidenum", "datetime"))
        ):
            yield (child.findtext(_TEXT) or "").replace("\v", "\n")


def _bullet(paragraph: Any, level: int, shape: Any, slide: Any) -> str | None:
    """Return the kind of bullet of a paragraph: its own, or the nearest that it inherits."""
    for properties in _inherited(paragraph, level, shape, slide):
        for child in properties if properties is not None else ():
            if child.tag in _BULLETS:
                return str(child.tag)
    return None


def _inherited(paragraph: Any, level: int, shape: Any, slide: Any) -> Iterator[Any]:
    """Yield paragraph properties: own, of the shape, its layout, its master, the master's style."""
    name = qn(f"a:lvl{level + 1}pPr")
    yield paragraph._p.pPr
    yield shape._element.find(f".//{qn('a:lstStyle')}/{name}")
    if not shape.is_placeholder:
        return
    own = shape.placeholder_format
    layout = slide.slide_layout
    parents = [p for p in layout.placeholders if p.placeholder_format.idx == own.idx]
    kinds = [parent.placeholder_format.type for parent in parents] or [own.type]
    parents += [p for p in layout.slide_master.placeholders if p.placeholder_format.type in kinds]
    for parent in parents:
        yield parent._element.find(f".//{qn('a:lstStyle')}/{name}")
    if own.type.name in ("BODY", "OBJECT", "VERTICAL_BODY", "VERTICAL_OBJECT"):
        styles = layout.slide_master._element.find(f"{qn('p:txStyles')}/{qn('p:bodyStyle')}")
        yield styles.find(name) if styles is not None else None
