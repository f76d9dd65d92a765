"""Write a manual as the plain text file of an older office: Shift_JIS and CRLF."""

from __future__ import annotations

from pathlib import Path

from manual_blocks import Block, Heading, Item, ManualSource, Note, Paragraph, SourceError
from sample_mark import MARK, RUNNING_HEAD

ENCODING = "cp932"
# Dashes that cp932 lacks; 〜 and others that Windows writes differently it converts by itself.
SUBSTITUTES = {"—": "―", "–": "－"}


def write_text(source: ManualSource, target: Path) -> None:
    """Write the manual to target; raise SourceError for a character that Shift_JIS lacks."""
    _check_characters(source)
    front_matter = source.front_matter
    lines = [
        f"{RUNNING_HEAD}　{front_matter['題名']}",
        "",
        front_matter["題名"],
        front_matter.get("副題", ""),
        source.edition_line,
        front_matter.get("連絡先", ""),
        "",
        MARK,
        "",
    ]
    for block in source.blocks:
        lines += _lines(block)
    text = "\r\n".join([*lines, ""])
    target.write_bytes(text.encode(ENCODING))


def _check_characters(source: ManualSource) -> None:
    """Refuse a character that cannot be written, and name another one if there is one."""
    for number, line in enumerate(source.lines, start=1):
        try:
            line.encode(ENCODING)
        except UnicodeEncodeError as error:
            character = line[error.start]
            instead = SUBSTITUTES.get(character)
            advice = f"「{instead}」にしてください。" if instead else "別の文字にしてください。"
            raise SourceError(
                f"{source.name} {number}行目: Shift_JISに「{character}」"
                f"（U+{ord(character):04X}）がありません。{advice}"
            ) from error


def _lines(block: Block) -> list[str]:
    """Return the lines of one block, with an empty line above a heading."""
    match block:
        case Heading(level=1, text=text):
            return ["", "", f"■{text}"]
        case Heading(text=text):
            return ["", text]
        case Paragraph(text=text):
            return [f"　{text}"]
        case Item(label=label, text=text):
            return [f"{label}　{text}"]
        case Note(text=text):
            return ["", f"※{text}", ""]
    return [""]
