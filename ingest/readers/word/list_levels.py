"""The lists that a Word file defines: formats and texts of their levels, where they begin."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError

from ingest.readers.old_office import is_from_libreoffice
from ingest.readers.word.number_formats import CUSTOM
from ingest.readers.word.styles import Styles, is_on, value

LEVELS = 9
_ARTICLE = re.compile(r"第\s*%[2-9]\s*条")


@dataclass(frozen=True)
class Level:
    """One level of a list; `restart` tells after which levels it begins anew.

    Up to that level, counted from 1; 0: never; None: after any above.
    """

    number_format: str = "decimal"
    picture: str = ""
    text: str = ""
    start: int = 0
    restart: int | None = None
    legal: bool = False
    hidden: bool = False
    style: str = ""


@dataclass(frozen=True)
class NumberedList:
    """A w:num: counters belong to its definition, which other lists may share."""

    definition: str
    levels: tuple[Level, ...]
    overridden: frozenset[int]


def lists_of(document: Any, styles: Styles) -> dict[str, NumberedList]:
    """Return the lists of a document by their number (w:numId)."""
    root = _numbering_root(document)
    if root is None:
        return {}
    definitions = {d.get(qn("w:abstractNumId")): d for d in root.iter(qn("w:abstractNum"))}
    numbers = {n.get(qn("w:numId")): n for n in root.iter(qn("w:num"))}
    converted = is_from_libreoffice(document.part.package.rels)
    found: dict[str, NumberedList] = {}
    for number_id, number in numbers.items():
        definition = _definition(number, definitions, numbers, styles)
        if number_id in (None, "0") or definition is None:
            continue
        levels = {lvl.get(qn("w:ilvl")): _level(lvl) for lvl in definition.iter(qn("w:lvl"))}
        if converted:
            levels = {at: _going_on(level) for at, level in levels.items()}
        overridden = set()
        for override in number.iter(qn("w:lvlOverride")):
            at = override.get(qn("w:ilvl"))
            if (own := override.find(qn("w:lvl"))) is not None:
                levels[at] = _level(own)
            start = value(override, "w:startOverride")
            if start is not None and at in map(str, range(LEVELS)):
                levels[at] = replace(levels.get(at, Level()), start=_count(start, 0))
                overridden.add(int(at))
        found[number_id] = NumberedList(
            definition.get(qn("w:abstractNumId")),
            tuple(levels.get(str(depth), Level()) for depth in range(LEVELS)),
            frozenset(overridden),
        )
    return found


def _numbering_root(document: Any) -> Any:
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/numbering") and not relation.is_external:
            try:
                return parse_xml(relation.target_part.blob)
            except XMLSyntaxError:
                return None
    return None


def _definition(number: Any, definitions: Any, numbers: Any, styles: Styles) -> Any:
    """Return the definition of a list; one that names a list style has that style's."""
    definition = definitions.get(value(number, "w:abstractNumId"))
    linked = value(definition, "w:numStyleLink") if definition is not None else None
    if linked is None:
        return definition
    target = numbers.get(styles.numbering(linked)[0])
    return definitions.get(value(target, "w:abstractNumId")) if target is not None else definition


def _level(element: Any) -> Level:
    formats = list(element.iter(qn("w:numFmt")))
    names = [f.get(qn("w:val")) or "decimal" for f in formats]
    own = names.index(CUSTOM) if CUSTOM in names else 0
    restart = value(element, "w:lvlRestart")
    return Level(
        number_format=names[own] if names else "decimal",
        picture=(formats[own].get(qn("w:format")) or "") if formats else "",
        text=value(element, "w:lvlText") or "",
        start=_count(value(element, "w:start"), 0),
        restart=None if restart is None else _count(restart, LEVELS),
        legal=is_on(element.find(qn("w:isLgl"))),
        hidden=is_on(element.find(f"{qn('w:rPr')}/{qn('w:vanish')}")),
        style=value(element, "w:pStyle") or "",
    )


def _going_on(level: Level) -> Level:
    """Let articles count on through the chapters, as those of regulations do.

    LibreOffice has no such list: what it converts from .doc says no more that Word counted on.
    """
    return replace(level, restart=0) if _ARTICLE.search(level.text) else level


def _count(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else otherwise
