"""Reads words for the glossary (用語, マニュアルの言葉) from CSV or Excel, line by line."""

from __future__ import annotations

from typing import Final

from assistant.errors import UnusableList, UsageError
from assistant.understanding.glossary import Entry
from assistant.understanding.proposals import GLOSSARY_HEADS, MOST_ROWS, checked_entry
from ingest.list_file import ListColumn, read_list

_TERM, _MEANING = GLOSSARY_HEADS
COLUMNS: Final = (
    ListColumn("term", (_TERM, "職員の言葉", "term")),
    ListColumn("meaning", (_MEANING, "マニュアルでの言葉", "meaning")),
)


def read_glossary_sheet(content: bytes) -> list[Entry]:
    """Return the entries; raises UnusableList with every unfit line, and UnreadableManual."""
    lines = read_list(content, COLUMNS)
    problems = []
    if len(lines) > MOST_ROWS:
        problems.append(f"一度に取り込めるのは{MOST_ROWS:,}行までです。分けてください。")
    entries = []
    for line in lines:
        # An apostrophe keeps Excel from calculating; the export writes it.
        term, meaning = (line.values[name].lstrip("'") for name in ("term", "meaning"))
        try:
            entries.append(checked_entry(Entry(term, meaning)))
        except UsageError as error:
            problems.append(f"{line.number}行目: {error}")
    if problems:
        raise UnusableList("用語の一覧に直すところがあります。何も提案していません。", problems)
    return entries
