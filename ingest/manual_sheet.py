"""The sheet (manuals.csv) that names a folder's manuals: title, owner, audience, 施行日."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

from assistant.errors import UsageError
from ingest.readers.text.plain_text import decode

SHEET_NAME = "manuals.csv"
_COLUMNS = ("file", "title", "category", "owner_section", "extension", "audience", "effective_from")
_EDITION_OF = "edition_of"  # a column that may be missing


@dataclass(frozen=True)
class SheetRow:
    """What the sheet says of one file.

    `edition_of` names the file by which the manual is known, where this one is another version of
    it (last year's, or next year's). An audience that is not said is everyone's, or what it was.
    """

    title: str = ""
    category: str = ""
    owner_section: str = ""
    owner_extension: str = ""
    audience: str = ""
    effective_from: date | None = None
    edition_of: str = ""


def read_sheet(path: Path) -> dict[str, SheetRow]:
    """Return rows by file name; raises UsageError naming the line that cannot be used."""
    reader = csv.DictReader(io.StringIO(decode(path.read_bytes())))
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise UsageError(
            f"{path}: 見出しの列が足りません（{'、'.join(missing)}）。"
            f"1行目を {','.join(_COLUMNS)} にしてください。"
        )
    rows: dict[str, SheetRow] = {}
    for number, row in enumerate(reader, 2):
        name = (row["file"] or "").strip()
        if not name:
            continue
        if PurePath(name).is_absolute() or ".." in PurePath(name).parts:
            raise UsageError(
                f"{path} の {number} 行目: ファイル名がこのフォルダの外を指しています。"
                "フォルダの中のファイル名を書いてください。"
            )
        rows[name] = SheetRow(
            title=(row["title"] or "").strip(),
            category=(row["category"] or "").strip(),
            owner_section=(row["owner_section"] or "").strip(),
            owner_extension=(row["extension"] or "").strip(),
            audience=(row["audience"] or "").strip(),
            effective_from=_date(row["effective_from"], path, number),
            edition_of=(row.get(_EDITION_OF) or "").strip(),
        )
    return rows


def _date(text: str | None, path: Path, number: int) -> date | None:
    if not (text or "").strip():
        return None
    try:
        # Excel writes 2026/4/1 when it saves a sheet.
        year, month, day = (text or "").strip().replace("/", "-").split("-")
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise UsageError(
            f"{path} の {number} 行目: 施行日「{text}」を読めません。"
            "2026-04-01 の形で書いてください。"
        ) from error
