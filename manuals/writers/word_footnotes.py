"""Write real footnotes into a Word file, which python-docx cannot."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from manual_blocks import FOOTNOTE

PART_NAME = "/word/footnotes.xml"
SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0">'
    "<w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>"
)


class Footnotes:
    """The footnotes of one document, numbered in the order in which they are added."""

    def __init__(self, document: Any) -> None:
        """Add the two styles that footnotes use."""
        self.document = document
        self.texts: list[str] = []
        styles = document.styles
        self.text_style = styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
        self.text_style.base_style = styles["Normal"]
        self.text_style.font.size = Pt(9)
        self.mark_style = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
        self.mark_style.font.superscript = True

    def add_text(self, paragraph: Any, text: str, size: float | None = None) -> None:
        """Add text to paragraph, in size points if given, with its footnotes."""
        position = 0
        for match in FOOTNOTE.finditer(text):
            _add_run(paragraph, text[position : match.start()], size)
            self.texts.append(match[1].strip())
            reference = OxmlElement("w:footnoteReference")
            reference.set(qn("w:id"), str(len(self.texts)))
            run = paragraph.add_run()
            run.style = self.mark_style
            run._r.append(reference)
            position = match.end()
        _add_run(paragraph, text[position:], size)

    def save(self) -> None:
        """Put the footnotes into the document's package."""
        if not self.texts:
            return
        notes = "".join(self._note(number, text) for number, text in enumerate(self.texts, 1))
        xml = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f"<w:footnotes {nsdecls('w')}>{SEPARATORS}{notes}</w:footnotes>"
        )
        part = Part(
            PackURI(PART_NAME), CONTENT_TYPE.WML_FOOTNOTES, xml.encode(), self.document.part.package
        )
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    def _note(self, number: int, text: str) -> str:
        """Return the XML of one footnote."""
        return (
            f'<w:footnote w:id="{number}"><w:p>'
            f'<w:pPr><w:pStyle w:val="{self.text_style.style_id}"/></w:pPr>'
            f'<w:r><w:rPr><w:rStyle w:val="{self.mark_style.style_id}"/></w:rPr>'
            "<w:footnoteRef/></w:r>"
            f'<w:r><w:t xml:space="preserve">　{escape(text)}</w:t></w:r></w:p></w:footnote>'
        )


def _add_run(paragraph: Any, text: str, size: float | None) -> None:
    """Add a run of text unless it is empty."""
    if text:
        run = paragraph.add_run(text)
        if size:
            run.font.size = Pt(size)
