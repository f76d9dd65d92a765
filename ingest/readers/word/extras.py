"""What a Word file says beside its styles: footnotes, text boxes, bold lines as headings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError

from ingest.document import Block
from ingest.numbering import LONGEST_HEADING, is_numbered, one_width

_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_BOX, _PARAGRAPH, _DELETED = qn("w:txbxContent"), qn("w:p"), (qn("w:del"), qn("w:moveFrom"))
_REFERENCES = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}
Notes = dict[tuple[str, str], str]
"""Texts of notes by their kind (footnote, endnote) and number."""


def notes_of(document: Any, said: Callable[[Any], str]) -> Notes:
    """Return the notes of a Word document; `said` gives the words of a paragraph."""
    notes: Notes = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2].removesuffix("s")
        if kind not in _REFERENCES.values() or relation.is_external:
            continue
        try:
            root = parse_xml(relation.target_part.blob)
        except XMLSyntaxError:
            continue
        for note in root.iter(qn(f"w:{kind}")):
            text = "".join(said(paragraph) for paragraph in note.iter(_PARAGRAPH))
            notes[kind, note.get(qn("w:id")) or ""] = " ".join(text.split())
    return notes


def notes_below(element: Any, notes: Notes) -> list[Block]:
    """Return the notes to which a paragraph or table refers, each as a line to put below it."""
    keys = [
        (_REFERENCES[mark.tag], mark.get(qn("w:id")) or "")
        for mark in element.iter(*_REFERENCES)
        if not any(parent.tag in (*_DELETED, _BOX) for parent in mark.iterancestors())
    ]
    return [Block(f"（注：{notes[key]}）") for key in keys if notes.get(key)]


def text_boxes(element: Any) -> Iterator[Any]:
    """Yield the contents of the text boxes anchored in a paragraph or table, each once.

    Word writes a box twice, in its own form and for older programs.
    """
    for child in element:
        if child.tag == _BOX:
            yield child
        elif child.tag == _ALTERNATIVE:
            forms = [list(text_boxes(form)) for form in child]
            yield from next((boxes for boxes in forms if boxes), [])
        elif child.tag not in _DELETED:
            yield from text_boxes(child)


def is_bold(paragraph: Any) -> bool:
    """Tell whether all words of a paragraph are bold."""
    runs = [run for run in paragraph.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs)


def with_bold_headings(blocks: Sequence[Block], bold: Collection[int]) -> list[Block]:
    """Make the bold short lines headings where the file has neither styles nor numbers for them.

    `bold` holds the indices of the bold blocks. Such a line has text below it that is not bold.
    """
    lines = {index for index in bold if _may_name(blocks[index].text)}
    if any(b.level for b in blocks) or any(is_numbered(one_width(blocks[i].text)) for i in lines):
        return list(blocks)
    return [
        replace(block, level=2)
        if index in lines and index + 1 < len(blocks) and index + 1 not in bold
        else block
        for index, block in enumerate(blocks)
    ]


def _may_name(text: str) -> bool:
    marks = ("。", "、", ":", "：", "」", "）")
    return len(text) <= LONGEST_HEADING and not text.endswith(marks) and text[:1] not in "※【"
