"""What charts, diagrams and pictures of a slide say in words."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from assistant.japanese.normalize import readable
from ingest.document import Block
from ingest.readers.sheets.number_format import GENERAL, displayed
from ingest.readers.spanned_table import text_lines

# What programs write for pictures that nobody described: a notice, or the name of a file.
_UNDESCRIBED = re.compile(
    r"自動的に生成|AI によって生成|generated|^\S+\.(?:png|jpe?g|gif|bmp|emf|wmf|svg|tiff?)$",
    re.IGNORECASE,
)
_NODES = (None, "node", "asst")


def chart_blocks(chart_space: Any, page: int) -> list[Block]:
    """Return a chart's title and its data as a table: a row a category, a column a series."""
    title = _joined(chart_space.find("{*}chart/{*}title"), "{*}t")
    blocks = text_lines(f"（グラフ）{title}", page=page) if title else []
    series = list(chart_space.iterfind(".//{*}ser"))
    names = [_joined(one.find("{*}tx"), "{*}v") for one in series]
    columns = [_values(one) for one in series]
    categories: dict[int, str] = {}
    for one in series:
        categories = {**_categories(one), **categories}
    points = sorted({*categories, *(index for column in columns for index in column)})
    rows = [
        (categories.get(index, ""), *(column.get(index, "") for column in columns))
        for index in points
    ]
    if rows:
        blocks.append(Block("", page, rows=(("", *names), *rows)))
    return blocks


def diagram_lines(data: bytes) -> list[str]:
    """Return the text of a SmartArt diagram from its data part, a line a box."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    boxes = (p for p in root.iterfind(".//{*}pt") if p.get("type") in _NODES)
    return [text for box in boxes if (text := _joined(box, "{*}t"))]


def description(shape: Any) -> str:
    """Return the words that somebody wrote for a picture, "" where nobody did."""
    properties = shape._element.find(".//{*}cNvPr")
    text = "" if properties is None else properties.get("descr") or ""
    text = " ".join(readable(text).split())
    return "" if _UNDESCRIBED.search(text) else text


def _categories(series: Any) -> dict[int, str]:
    axis = next((a for n in ("cat", "xVal") for a in series.iterfind(f"{{*}}{n}")), None)
    found: dict[int, str] = {}
    for point in axis.iterfind(".//{*}pt") if axis is not None else ():
        index = int(point.get("idx", "0"))
        text = _joined(point, "{*}v")
        found[index] = f"{text} {found[index]}" if index in found else text
    return found


def _values(series: Any) -> dict[int, str]:
    axis = next((a for n in ("val", "yVal") for a in series.iterfind(f"{{*}}{n}")), None)
    if axis is None:
        return {}
    code = axis.findtext(".//{*}formatCode") or GENERAL
    return {
        int(point.get("idx", "0")): _number(point.findtext("{*}v") or "", code)
        for point in axis.iterfind(".//{*}pt")
    }


def _number(text: str, code: str) -> str:
    try:
        return displayed(float(text), code)
    except ValueError:
        return text


def _joined(element: Any, tag: str) -> str:
    """Return the text of all elements of this tag, as one line."""
    if element is None:
        return ""
    words = "".join(part.text or "" for part in element.iterfind(f".//{tag}"))
    return " ".join(readable(words).split())
