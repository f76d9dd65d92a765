"""The words of a Word paragraph in order: text, symbols, check boxes and equations."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn

from ingest.readers.word.styles import is_on, value

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_TEXTS = (qn("w:t"), f"{_MATH}t")
_MARKS = {
    qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}  # fmt: skip
# Not part of the line: what was deleted or moved away, readings above kanji, settings, pictures.
_NOT_SAID = frozenset(
    qn(name)
    for name in (
        "w:del", "w:moveFrom", "w:rt", "w:pPr", "w:rPr", "w:sdtPr", "w:drawing", "w:pict",
        "w:object",
    )
)  # fmt: skip
# What the fonts of symbols show at their places; a sign not named here is no word.
_SYMBOLS = {
    "wingdings": {
        0x28: "☎", 0x2A: "✉", 0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x71: "□", 0x72: "□",
        0x75: "◆", 0x76: "◆", 0x9F: "・", 0xA1: "○", 0xA7: "■", 0xA8: "□", 0xAB: "★", 0xD8: "➢",
        0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "→", 0xF0: "→", 0xFB: "✗", 0xFC: "✓",
        0xFD: "☒", 0xFE: "☑",
        **{0x80 + n: sign for n, sign in enumerate("⓪①②③④⑤⑥⑦⑧⑨⑩")},
        **{0x8B + n: sign for n, sign in enumerate("⓿❶❷❸❹❺❻❼❽❾❿")},
    },
    "wingdings 2": {
        0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0xA2: "■",
        0xA3: "□",
    },
    "symbol": {
        0xA3: "≦", 0xB0: "°", 0xB1: "±", 0xB3: "≧", 0xB4: "×", 0xB7: "・", 0xB8: "÷", 0xB9: "≠",
        0xDE: "⇒", 0xAC: "←", 0xAE: "→",
    },
}  # fmt: skip


def said(element: Any) -> str:
    """Return the words of a paragraph, also of tracked insertions and content controls."""
    tag = element.tag
    if tag in _TEXTS:
        return element.text or ""
    if tag in _MARKS:
        return _MARKS[tag]
    if tag in _NOT_SAID or tag == _ALTERNATIVE:
        return ""
    if tag == qn("w:sym"):
        return _symbol(element)
    if tag == qn("w:checkBox"):
        return _check_box(element)
    if tag == qn("w:ddList"):
        return _chosen(element)
    if isinstance(tag, str) and tag.startswith(_MATH):
        return _equation(element)
    return _all(element)


def _all(element: Any) -> str:
    return "".join(said(child) for child in element)


def _symbol(element: Any) -> str:
    """Return the sign of a symbol font; Word may write its place in a private area (F0FE)."""
    code = element.get(qn("w:char")) or ""
    try:
        place = int(code, 16)
    except ValueError:
        return ""
    signs = _SYMBOLS.get((element.get(qn("w:font")) or "").lower())
    if signs is not None:
        return signs.get(place & 0xFF, "")
    is_character = 0x20 <= place < 0xD800 or 0xF900 <= place < 0xFFFE
    return chr(place) if is_character else ""


def _check_box(element: Any) -> str:
    """Return the box of an old form's check box field, which has no text of its own."""
    checked = element.find(qn("w:checked"))
    return "☑" if is_on(element.find(qn("w:default")) if checked is None else checked) else "□"


def _chosen(element: Any) -> str:
    """Return the entry that an old form's list shows."""
    entries = [entry.get(qn("w:val")) or "" for entry in element.findall(qn("w:listEntry"))]
    given = value(element, "w:result") or value(element, "w:default") or "0"
    return entries[int(given)] if given.isdecimal() and int(given) < len(entries) else ""


def _equation(element: Any) -> str:
    """Return an equation in one line: (売上-費用)/12, x^2, √(a+b)."""
    kind = element.tag.removeprefix(_MATH)
    part = {
        name: said(found)
        for name in ("e", "num", "den", "sup", "sub", "deg")
        if (found := element.find(f"{_MATH}{name}")) is not None
    }
    base, above, below = part.get("e", ""), part.get("sup", ""), part.get("sub", "")
    if kind == "f":
        return f"{_grouped(part.get('num', ''))}/{_grouped(part.get('den', ''))}"
    if kind in ("sSup", "sSub", "sSubSup"):
        return (
            base
            + (f"_{_grouped(below)}" if below else "")
            + (f"^{_grouped(above)}" if above else "")
        )
    if kind == "rad":
        return f"{part.get('deg', '')}√{_grouped(base)}"
    if kind == "d":
        between = _setting(element, "d", "sepChr", "|").join(
            said(inner) for inner in element.findall(f"{_MATH}e")
        )
        return (
            _setting(element, "d", "begChr", "(") + between + _setting(element, "d", "endChr", ")")
        )
    if kind == "nary":
        limits = (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")
        return _setting(element, "nary", "chr", "∫") + limits + " " + _grouped(base)
    return _all(element)


def _grouped(text: str) -> str:
    """Put brackets around what is more than one number or word."""
    return text if text.replace(".", "").isalnum() or _is_bracketed(text) else f"({text})"


def _is_bracketed(text: str) -> bool:
    return text.startswith("(") and text.find(")") == len(text) - 1


def _setting(element: Any, kind: str, name: str, otherwise: str) -> str:
    found = element.find(f"{_MATH}{kind}Pr/{_MATH}{name}")
    return otherwise if found is None else found.get(f"{_MATH}val", "")
