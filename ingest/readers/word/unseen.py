"""Takes out of a Word document what its reader does not see: deletions, hidden text, contents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ingest.readers.word.styles import Styles, is_on, value

_PARAGRAPH, _PROPERTIES, _RUN = qn("w:p"), qn("w:pPr"), qn("w:r")
_DELETED = (qn("w:del"), qn("w:moveFrom"))
_MARKED = (qn("w:rPr"), qn("w:trPr"))  # where w:del says that a mark or a row was deleted
_FIELD, _INSTRUCTION, _SIMPLE = qn("w:fldChar"), qn("w:instrText"), qn("w:fldSimple")
_WORDS = tuple(map(qn, ("w:t", "w:tab", "w:ptab", "w:br", "w:cr", "w:sym", "w:noBreakHyphen")))
_LISTS_PAGES = re.compile(r"\s*(?:TOC|INDEX|TOA)\b")
# Signs in a circle (㊞) and readings above kanji as Word 97 wrote them: EQ \o\ac(○,印),
# EQ \* jc2 \* "Font:ＭＳ 明朝" \* hps10 \o\ad(\s\up 9(きび),忌引).
_OVERSTRIKE = re.compile(r"\s*EQ\b.*?\\o.*[,、;]([^,、;()]*)\)\s*", re.IGNORECASE | re.DOTALL)


@dataclass
class _Field:
    instruction: str = ""
    shows: bool = False  # past the mark between its instruction and its result
    result: list[Any] = field(default_factory=list)
    inside: list[Any] = field(default_factory=list)  # of fields within the instruction

    def take(self, *words: Any) -> None:
        (self.result if self.shows else self.inside).extend(words)


def take_out_unseen(body: Any, styles: Styles) -> None:
    """Change a document's body into what Word shows once all changes are accepted."""
    _take_out_deletions(body)
    _take_out_hidden_words(body, styles)
    _take_out_placeholders(body)
    _resolve_fields(body)
    for paragraph in list(body.iter(_PARAGRAPH)):
        if _runs_on(paragraph):
            _join_to_next(paragraph)


def _take_out_deletions(body: Any) -> None:
    for row in list(body.iter(qn("w:tr"))):
        if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
            _remove(row)
    for deletion in list(body.iter(*_DELETED)):
        if deletion.getparent().tag not in _MARKED:
            _remove(deletion)


def _take_out_hidden_words(body: Any, styles: Styles) -> None:
    for run in body.iter(_RUN):
        if _is_hidden(run, styles):
            for word in [child for child in run if child.tag in _WORDS]:
                run.remove(word)


def _is_hidden(run: Any, styles: Styles) -> bool:
    """Tell whether a run is hidden by itself, by its own style or by its paragraph's."""
    properties = run.find(qn("w:rPr"))
    if properties is not None:
        own = properties.find(qn("w:vanish"))
        if own is not None:
            return is_on(own)
        if styles.hides(value(properties, "w:rStyle")):
            return True
    paragraph = next(run.iterancestors(_PARAGRAPH), None)
    return paragraph is not None and styles.hides(styles.of(paragraph))


def _take_out_placeholders(body: Any) -> None:
    """Empty content controls that only say what is to be filled in."""
    for control in body.iter(qn("w:sdt")):
        if is_on(control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")):
            for word in list(control.iter(*_WORDS)):
                _remove(word)


def _resolve_fields(body: Any) -> None:
    """Take out the lines of contents and indexes; write what a field shows without a result."""
    for simple in list(body.iter(_SIMPLE)):
        if _LISTS_PAGES.match(simple.get(qn("w:instr")) or ""):
            _remove(simple)
    open_fields: list[_Field] = []
    for element in list(body.iter(_FIELD, _INSTRUCTION, *_WORDS)):
        if element.tag == _INSTRUCTION:
            if open_fields and not open_fields[-1].shows:
                open_fields[-1].instruction += element.text or ""
        elif element.tag != _FIELD:
            if open_fields:
                open_fields[-1].take(element)
        elif (kind := element.get(qn("w:fldCharType"))) == "begin":
            open_fields.append(_Field())
        elif open_fields and kind == "separate":
            open_fields[-1].shows = True
        elif open_fields and kind == "end":
            closed = open_fields.pop()
            lists_pages = _LISTS_PAGES.match(closed.instruction) is not None
            for word in closed.inside + (closed.result if lists_pages else []):
                _remove(word)
            if open_fields and not lists_pages:
                open_fields[-1].take(*closed.result)
            if match := _OVERSTRIKE.fullmatch(closed.instruction):
                shown = OxmlElement("w:t")
                shown.text = match[1]
                element.addnext(shown)
                if open_fields:
                    open_fields[-1].take(shown)


def _runs_on(paragraph: Any) -> bool:
    """Tell whether the end of a paragraph is deleted or hidden: the next one goes on its line.

    Word's style separator hides the end of a heading on purpose; it stays a heading.
    """
    mark = paragraph.find(f"{_PROPERTIES}/{qn('w:rPr')}")
    if mark is None:
        return False
    hidden = is_on(mark.find(qn("w:vanish"))) and not is_on(mark.find(qn("w:specVanish")))
    return hidden or any(mark.find(tag) is not None for tag in _DELETED)


def _join_to_next(paragraph: Any) -> None:
    following = next(paragraph.itersiblings(_PARAGRAPH, qn("w:tbl"), qn("w:sdt")), None)
    if following is None or following.tag != _PARAGRAPH:
        if next(paragraph.iter(*_WORDS), None) is None and following is not None:
            _remove(paragraph)
        return
    place = 1 if following.find(_PROPERTIES) is not None else 0
    for child in reversed([child for child in paragraph if child.tag != _PROPERTIES]):
        following.insert(place, child)
    _remove(paragraph)


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
