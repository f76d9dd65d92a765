"""Lists that offices keep (staff, sections) in CSV or Excel: lines by the names of columns."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.errors import UnusableList
from assistant.japanese.normalize import readable
from ingest.readers.office_archive import OLE2
from ingest.readers.sheets.xlsx_rows import ListSheet, list_sheets
from ingest.readers.text.plain_text import decode

MOST_LINES: Final = 50_000
_MOST_COLUMNS: Final = 100
_HEADS_WITHIN: Final = 20  # titles and dates may stand above the heads
_IN_BRACKETS: Final = re.compile(r"[(\[【].*?[)\]】]")
_UNUSABLE: Final = "一覧を読めません。次のところを直してください（何も登録していません）。"


@dataclass(frozen=True)
class ListColumn:
    """A column by its own name and its names in files, the first one in messages."""

    name: str
    heads: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class ListLine:
    """A line with its number as the program shows it; columns that the file lacks are not there."""

    number: int
    values: Mapping[str, str]


def read_list(content: bytes, columns: Sequence[ListColumn]) -> list[ListLine]:
    """Return the lines below the heads that say anything; raises UnusableList, UnreadableManual.

    CSV in UTF-8, CP932 or UTF-16, or .xlsx. The heads stand in the first 20 lines of one sheet.
    """
    sheets = [sheet for sheet in _sheets(content) if any(any(row) for row in sheet.rows)]
    if not sheets:
        raise UnusableList(
            _UNUSABLE, ["ファイルに何も書かれていません。正しいファイルか確かめてください。"]
        )
    found = [(sheet, place) for sheet in sheets if (place := _heads(sheet, columns)) is not None]
    if len(found) > 1:
        names = "、".join(f"「{sheet.name}」" for sheet, _ in found)
        problem = f"一覧のシートが2枚以上あります（{names}）。使う1枚だけにしてください。"
        raise UnusableList(_UNUSABLE, [problem])
    if not found:
        raise UnusableList(_UNUSABLE, [_missing(sheets, columns)])
    sheet, (row, places) = found[0]
    problems = _unfit(sheet, row, places, columns)
    lines = [
        ListLine(number, {name: _cell(cells, place[0]) for name, place in places.items()})
        for number, cells in enumerate(sheet.rows[row + 1 :], row + 2)
    ]
    lines = [line for line in lines if any(line.values.values())]
    if not lines:
        problems.append("見出しの下に行がありません。正しいファイルか確かめてください。")
    if problems:
        raise UnusableList(_UNUSABLE, problems)
    return lines


def _sheets(content: bytes) -> list[ListSheet]:
    most = MOST_LINES + _HEADS_WITHIN
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", OLE2)):
        return list_sheets(content, most_rows=most + 1, most_columns=_MOST_COLUMNS)
    text = readable(decode(content))
    first = next((line for line in text.split("\n") if line.strip()), "")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(",\t;", key=lambda mark: first.count(mark))
    )
    try:
        rows = [
            tuple(cell.strip() for cell in row[:_MOST_COLUMNS])
            for row, _ in zip(reader, range(most + 1), strict=False)
        ]
    except csv.Error as error:
        raise UnusableList(
            _UNUSABLE,
            [
                f"{reader.line_num}行目: 区切り記号や引用符が乱れています。"
                "Excel で開いて確かめ、保存し直してください。"
            ],
        ) from error
    return [ListSheet("", rows)]


def _heads(
    sheet: ListSheet, columns: Sequence[ListColumn]
) -> tuple[int, dict[str, list[int]]] | None:
    """Return the row of the heads and the places of each column, or None if there are none."""
    for row, cells in enumerate(sheet.rows[:_HEADS_WITHIN]):
        places = _places(cells, columns)
        if all(column.name in places for column in columns if column.required):
            return row, places
    return None


def _places(cells: Sequence[str], columns: Sequence[ListColumn]) -> dict[str, list[int]]:
    heads = [_folded(cell) for cell in cells]
    wanted = {column.name: {_folded(head) for head in column.heads} for column in columns}
    places = {name: [i for i, head in enumerate(heads) if head in wanted[name]] for name in wanted}
    return {name: found for name, found in places.items() if found}


def _missing(sheets: Sequence[ListSheet], columns: Sequence[ListColumn]) -> str:
    rows = [cells for sheet in sheets for cells in sheet.rows[:_HEADS_WITHIN]]
    nearest = max((_places(cells, columns) for cells in rows), key=len)
    lacking = "、".join(c.heads[0] for c in columns if c.required and c.name not in nearest)
    known = "、".join(c.heads[0] + ("" if c.required else "（任意）") for c in columns)
    return f"見出しの列が足りません（{lacking}）。見出しの行を {known} にしてください。"


def _unfit(
    sheet: ListSheet, row: int, places: dict[str, list[int]], columns: Sequence[ListColumn]
) -> list[str]:
    """Return what makes the whole list doubtful: two columns for one, what is hidden, its size."""
    problems = []
    for column in columns:
        if len(places.get(column.name, ())) > 1:
            twice = "」と「".join(sheet.rows[row][place] for place in places[column.name])
            problems.append(
                f"{row + 1}行目: 見出し「{twice}」がどちらも{column.heads[0]}の列に見えます。"
                "使う1列だけにしてください。"
            )
    shown = {place[0] + 1 for place in places.values()}
    if shown & sheet.hidden_columns:
        problems.append("非表示の列があります。再表示してから保存し直してください。")
    said = {number for number, cells in enumerate(sheet.rows, 1) if any(cells)}
    hidden = {number for number in said & sheet.hidden_rows if number > row + 1}
    if hidden:
        problems.append(
            f"非表示の行が {len(hidden)} 行あります（{min(hidden)}行目など）。"
            "フィルターを解除するか再表示してから保存し直してください。"
        )
    if sum(number > row + 1 for number in said) > MOST_LINES:
        problems.append(f"{MOST_LINES:,}行を超えています。分けてください。")
    return problems


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _folded(head: str) -> str:
    """Return a head without width, case, spaces and what stands in brackets (（必須）)."""
    plain = _IN_BRACKETS.sub("", unicodedata.normalize("NFKC", head))
    return re.sub(r"\s+", "", plain).rstrip("※*").lower()
