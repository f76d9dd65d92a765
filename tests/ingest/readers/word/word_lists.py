"""Word files with lists for the tests: definitions as short rows, paragraphs with their level."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
Level = tuple[str, str] | tuple[str, str, str]
"""numFmt, lvlText and more XML of one level."""


def levels_xml(levels: Sequence[Level]) -> str:
    return "".join(
        f'<w:lvl w:ilvl="{depth}">'
        + ("" if "<w:start " in "".join(level[2:]) else '<w:start w:val="1"/>')
        + f'<w:numFmt w:val="{level[0]}"/>{"".join(level[2:])}<w:lvlText w:val="{level[1]}"/>'
        "</w:lvl>"
        for depth, level in enumerate(levels)
    )


def with_lists(
    document: Any,
    definitions: Mapping[int, Sequence[Level]],
    numbers: Mapping[int, int | tuple[int, str]],
    *,
    more: str = "",
) -> None:
    """Give a document list definitions, and lists by their number: a definition, overrides."""
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{key}"><w:multiLevelType w:val="multilevel"/>'
        f"{levels_xml(levels)}</w:abstractNum>"
        for key, levels in definitions.items()
    )
    lists = ""
    for key, given in numbers.items():
        definition, overrides = (given, "") if isinstance(given, int) else given
        lists += (
            f'<w:num w:numId="{key}"><w:abstractNumId w:val="{definition}"/>{overrides}</w:num>'
        )
    for key, relation in list(document.part.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING:
            del document.part.rels[key]
    part = Part(
        PackURI("/word/numbering.xml"),
        CONTENT_TYPE.WML_NUMBERING,
        f"<w:numbering {W}>{abstract}{more}{lists}</w:numbering>".encode(),
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)


def numbered(holder: Any, text: str, number: int, level: int = 0, style: str | None = None) -> Any:
    """Add a paragraph of a list to a document or a cell."""
    paragraph = holder.add_paragraph(text, style=style)
    number_in(paragraph, number, level)
    return paragraph


def number_in(paragraph: Any, number: int, level: int = 0) -> None:
    """Make a paragraph one of a list."""
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )


def number_style(document: Any, name: str, number: int | None, level: int | None = None) -> None:
    """Make a style number its paragraphs."""
    properties = document.styles[name].element.get_or_add_pPr()
    for old in properties.findall(qn("w:numPr")):
        properties.remove(old)
    inner = "" if level is None else f'<w:ilvl w:val="{level}"/>'
    inner += "" if number is None else f'<w:numId w:val="{number}"/>'
    properties.append(parse_xml(f"<w:numPr {W}>{inner}</w:numPr>"))


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
