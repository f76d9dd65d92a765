"""A quotation as it is shown: text as it stands, a table row as its cells under one another."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answers.evidence import TABLE_MARK
from ui.components.text import as_html


def quotation_html(text: str, core: str = "") -> str:
    """Return a quotation as HTML, its `core` set apart where more stands around it.

    Each row of a table is a list of its heads and cells; a head of several levels
    (一般客/宿泊費/2019年比) says only what the cell before has not said.
    """
    before, found, after = text.partition(core) if core and core != text else (text, "", "")
    middle = _lines_html(found)
    if found:
        tag = "div" if "<dl" in middle else "strong"
        middle = f'<{tag} class="chonai-core">{middle}</{tag}>'
    return (
        f'<blockquote class="chonai-quote">{_lines_html(before)}{middle}'
        f"{_lines_html(after)}</blockquote>"
    )


def _lines_html(text: str) -> str:
    parts: list[str] = []
    for line in text.split("\n"):
        if TABLE_MARK in line:
            parts.append(_row_html(line.split(TABLE_MARK)))
        elif parts and not parts[-1].endswith("</dl>"):
            parts[-1] += f"<br>{as_html(line)}"
        else:
            parts.append(as_html(line))
    return "".join(parts)


def _row_html(cells: Sequence[str]) -> str:
    before: list[str] = []
    said: list[str] = []
    for cell in cells:
        head, colon, value = cell.partition("：")
        if not colon:
            before = []
            said.append(f"<div><dd>{as_html(cell)}</dd></div>")
            continue
        levels = head.split("/")
        shared = _shared(before, levels)
        own = "/".join(levels[shared:])
        place = ' class="chonai-sub"' if shared else ""
        said.append(f"<div{place}><dt>{as_html(own)}</dt><dd>{as_html(value)}</dd></div>")
        before = levels
    return f'<dl class="chonai-row">{"".join(said)}</dl>'


def _shared(before: Sequence[str], levels: Sequence[str]) -> int:
    """Return how many levels a head has in common with the one before, its last one kept."""
    shared = 0
    while shared < min(len(before), len(levels) - 1) and before[shared] == levels[shared]:
        shared += 1
    return shared
