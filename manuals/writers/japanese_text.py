"""Break plain Japanese text into lines without 句読点 at a line's start or cut numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph

CANNOT_START = frozenset(
    "、。，．・：；！？）］｝」』】〕〉》ーァィゥェォッャュョヮヵヶ々,.:;!?)]}%％"
)
FEWEST_LINES = 2  # of a paragraph, at the foot of one column and at the head of the next
CANNOT_END = frozenset("（［｛「『【〔〈《([{")


class JapaneseText(Paragraph):  # type: ignore[misc]
    """A paragraph of one style.

    reportlab's own breaking hangs a single mark in the margin but lets the second of two (）。)
    start a line, lets an opening bracket end one, and turns U+3000 into an ASCII space.
    """

    footnotes: Mapping[str, str] = MappingProxyType({})

    def breakLinesCJK(self, maxWidths: Any) -> Any:  # noqa: N802, N803 - reportlab's names
        """Return the lines that reportlab draws, each with the points of space left in it."""
        fragment = self.frags[0]
        size = fragment.fontSize
        lines = _break_lines(fragment.text, list(maxWidths), fragment.fontName, size)
        return fragment.clone(
            kind=0,
            lines=[(space, [line]) for space, line in lines],
            ascent=size,
            descent=-0.2 * size,
        )

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803
        """Split so that two lines or more stand on each side.

        Each footnote goes with the part in which its mark stands.
        """
        self.wrap(availWidth, availHeight)
        lines = [words[0] for _, words in self.blPara.lines]
        fitting = int(availHeight / self.style.leading + 1e-6)
        if fitting >= len(lines):
            return [self]
        fitting = min(fitting, len(lines) - FEWEST_LINES)
        if fitting < FEWEST_LINES:
            return []
        upper = japanese_text("".join(lines[:fitting]), self.style)
        later = ParagraphStyle(f"{self.style.name}-later", parent=self.style, firstLineIndent=0)
        lower = japanese_text("".join(lines[fitting:]), later)
        for mark, note in self.footnotes.items():
            part = upper if mark in upper.frags[0].text else lower
            part.footnotes = {**part.footnotes, mark: note}
        return [upper, lower]


def japanese_text(text: str, style: ParagraphStyle) -> JapaneseText:
    """Return a paragraph that shows text as it is, without markup and with its U+3000."""
    paragraph = JapaneseText("-", style)
    paragraph.frags[0].text = text
    return paragraph


def _break_lines(
    text: str, max_widths: list[float], font: str, size: float
) -> list[tuple[float, str]]:
    """Return (space left in points, line) for text; the last width holds for later lines."""
    lines: list[tuple[float, str]] = []
    start = 0
    while start < len(text):
        available = max_widths[min(len(lines), len(max_widths) - 1)]
        end = _fitting_end(text, start, available, font, size)
        line = text[start:end]
        lines.append((available - stringWidth(line, font, size), line))
        start = end
    return lines


def _fitting_end(text: str, start: int, available: float, font: str, size: float) -> int:
    """Return where the line that begins at start ends, at least one character on."""
    end = start
    width = 0.0
    while end < len(text):
        width += stringWidth(text[end], font, size)
        if width > available + 0.01:
            break
        end += 1
    if end == len(text):
        return end
    allowed = end
    while allowed > start + 1 and not _may_break(text, allowed):
        allowed -= 1
    return allowed if allowed > start + 1 else max(end, start + 1)


def _may_break(text: str, position: int) -> bool:
    """Say whether a line may end before position."""
    before, after = text[position - 1], text[position]
    inside_number = before in "0123456789.," and after in "0123456789.,"
    inside_word = before.isascii() and after.isascii() and before.isalpha() and after.isalpha()
    inside_mark = before == "注" and after.isdecimal()
    forbidden = after in CANNOT_START or before in CANNOT_END
    return not (forbidden or inside_number or inside_word or inside_mark)
