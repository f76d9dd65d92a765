"""Set footnotes at the foot of the column in which their marks stand."""

from __future__ import annotations

from typing import Any

from japanese_text import JapaneseText, japanese_text
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Frame

GAP_ABOVE_RULE = 5.0  # points, as the next
GAP_BELOW_RULE = 3.0
RULE_WIDTH = 70.0


class FootnoteFrame(Frame):  # type: ignore[misc]
    """A column that keeps room at its foot for the footnotes of what stands in it.

    A flowable with footnotes carries them as `footnotes`, a dict from the mark to the text. The
    document calls draw_footnotes when the page ends.
    """

    def __init__(self, *arguments: Any, footnote_style: ParagraphStyle, **options: Any) -> None:
        """Take what Frame takes, and the style of the footnotes."""
        self.footnote_style = footnote_style
        self.shown_footnotes: dict[str, str] = {}
        super().__init__(*arguments, **options)

    def _reset(self) -> None:
        """Start the column anew, without footnotes."""
        self.shown_footnotes = {}
        self._geom()
        super()._reset()

    def _add(self, flowable: Flowable, canvas: Any, trySplit: int = 0) -> int:  # noqa: N803
        """Add flowable if it fits together with its footnotes."""
        before = self.shown_footnotes
        self._make_room_for(flowable)
        added: int = super()._add(flowable, canvas, trySplit)
        if not added:
            self._set_footnotes(before)
        return added

    add = _add

    def split(self, flowable: Flowable, canvas: Any) -> list[Flowable]:
        """Split flowable so that its first part fits with all its footnotes."""
        before = self.shown_footnotes
        self._make_room_for(flowable)
        parts: list[Flowable] = super().split(flowable, canvas)
        self._set_footnotes(before)
        return parts

    def draw_footnotes(self, canvas: Any) -> None:
        """Draw the footnotes under a short rule, at the foot of the column."""
        paragraphs = self._paragraphs(self.shown_footnotes)
        if not paragraphs:
            return
        y = self._y1 + sum(height for _, height in paragraphs) + GAP_BELOW_RULE
        canvas.saveState()
        canvas.setLineWidth(0.4)
        canvas.line(self._x1, y, self._x1 + RULE_WIDTH, y)
        canvas.restoreState()
        y -= GAP_BELOW_RULE
        for paragraph, height in paragraphs:
            y -= height
            paragraph.drawOn(canvas, self._x1, y)

    def _make_room_for(self, flowable: Flowable) -> None:
        """Raise the foot of the column for the footnotes of flowable."""
        footnotes = getattr(flowable, "footnotes", None)
        if footnotes:
            self._set_footnotes(self.shown_footnotes | footnotes)

    def _set_footnotes(self, footnotes: dict[str, str]) -> None:
        """Keep room for exactly these footnotes."""
        self.shown_footnotes = footnotes
        self._geom()
        if footnotes:
            height = sum(height for _, height in self._paragraphs(footnotes))
            self._y1p += height + GAP_ABOVE_RULE + GAP_BELOW_RULE

    def _paragraphs(self, footnotes: dict[str, str]) -> list[tuple[JapaneseText, float]]:
        """Return each footnote as a paragraph with its height in points."""
        paragraphs = []
        for mark, text in footnotes.items():
            paragraph = japanese_text(f"{mark}　{text}", self.footnote_style)
            paragraphs.append((paragraph, paragraph.wrap(self._width, self._height)[1]))
        return paragraphs


def footnotes_in(footnotes: dict[str, str], text: str) -> dict[str, str]:
    """Return the footnotes whose marks stand in text."""
    return {mark: note for mark, note in footnotes.items() if mark in text}
