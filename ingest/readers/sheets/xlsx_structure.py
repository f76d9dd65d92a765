"""What openpyxl's streaming reader leaves out of a worksheet: merges, what is hidden, notes."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from ingest.readers.sheets.sheet_cells import MOST_COLUMNS, MOST_ROWS

_RANGE = re.compile(r"^\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")
_TRUE = ("1", "true", "on")
_THREAD = re.compile(r"^\[[^\]]+\].*?(?:コメント|Comment)[:：]\s*", re.DOTALL)
_DEFAULT_WIDTH = 8.43


@dataclass
class Structure:
    """The parts of one worksheet that stand outside its cells; rows and columns count from 1."""

    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    widths: dict[int, float] = field(default_factory=dict)
    notes: dict[tuple[int, int], str] = field(default_factory=dict)
    shapes: list[tuple[int, str]] = field(default_factory=list)
    uncalculated: int = 0
    last_row: int = 0
    last_column: int = 0


def sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the path of each worksheet's part by the sheet's name."""
    package = _relations(archive, "")
    workbook = next(path for kind, path in package.values() if kind == "officeDocument")
    relations = _relations(archive, workbook)
    root = _parsed(archive, workbook)
    return {
        sheet.get("name"): relations[target][1]
        for sheet in root.iterfind("{*}sheets/{*}sheet")
        if (target := _relation_id(sheet)) in relations
    }


def read_structure(archive: zipfile.ZipFile, path: str) -> Structure:
    """Read a worksheet's part, its notes and the text of its drawings."""
    found = Structure()
    tags = ("row", "col", "mergeCell", "sheetFormatPr")
    with archive.open(path) as part:
        events = etree.iterparse(
            part, tag=[f"{{*}}{tag}" for tag in tags], resolve_entities=False, no_network=True
        )
        row = 0
        for _, element in events:
            tag = etree.QName(element).localname
            if tag == "row":
                row = _read_row(element, row + 1, found)
            elif tag == "mergeCell":
                found.merges += _range(element.get("ref", ""))
            elif tag == "sheetFormatPr":
                width = float(element.get("defaultColWidth") or _DEFAULT_WIDTH)
                found.widths = dict.fromkeys(range(1, MOST_COLUMNS + 1), width)
            else:
                _read_columns(element, found)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    for kind, target in _relations(archive, path).values():
        if kind == "comments" and target in archive.namelist():
            found.notes.update(_notes(_parsed(archive, target)))
        elif kind == "drawing" and target in archive.namelist():
            found.shapes += _shapes(_parsed(archive, target))
    return found


def _read_row(element: Any, number: int, found: Structure) -> int:
    number = int(element.get("r") or number)
    if element.get("hidden") in _TRUE or element.get("ht") == "0":
        found.hidden_rows.add(number)
    if number > MOST_ROWS:  # only that there is something
        if any(element.find(f".//{{*}}{value}") is not None for value in ("v", "is")):
            found.last_row = number
        return number
    last = ""
    for cell in element:
        values = {etree.QName(child).localname: child.text for child in cell}
        if values.get("v") or "is" in values:
            last = cell.get("r") or last
            found.last_row = number
        elif "f" in values:
            found.uncalculated += 1
    found.last_column = max(found.last_column, *(right for _, _, _, right in _range(last)), 0)
    return number


def _read_columns(element: Any, found: Structure) -> None:
    last = min(int(element.get("max", 0)), MOST_COLUMNS)
    width = float(element.get("width") or _DEFAULT_WIDTH)
    for column in range(int(element.get("min", 1)), last + 1):
        found.widths[column] = width
        if element.get("hidden") in _TRUE or width == 0:
            found.hidden_columns.add(column)


def _notes(root: Any) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the notes by place, without the name of the writer that the program puts first."""
    authors = ["".join(author.itertext()) for author in root.iterfind("{*}authors/{*}author")]
    for comment in root.iterfind("{*}commentList/{*}comment"):
        text = "".join(_texts(comment)).strip()
        number = comment.get("authorId", "")
        author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
        if author and re.match(rf"{re.escape(author)}[:：]\s*\n", text):
            text = text[len(author) + 1 :]
        text = " ".join(_THREAD.sub("", text).split())
        for top, left, _, _ in _range(comment.get("ref", "")):
            if text:
                yield (top, left), text


def _shapes(root: Any) -> list[tuple[int, str]]:
    """Return the text of each shape with the row that it begins in, from top to bottom."""
    found = []
    for anchor in root:
        place = [anchor.findtext(f"{{*}}from/{{*}}{name}") or "0" for name in ("row", "col")]
        for shape in anchor.iterfind(".//{*}sp/{*}txBody"):
            if any(parent.tag.endswith("}Fallback") for parent in shape.iterancestors()):
                continue
            lines = ("".join(_texts(line)).strip() for line in shape.iterfind("{*}p"))
            text = "\n".join(line for line in lines if line)
            if text:
                found.append((int(place[0]), int(place[1]), text))
    return [(row + 1, text) for row, _, text in sorted(found, key=lambda item: item[:2])]


def _texts(element: Any) -> Iterator[str]:
    """Yield the text of runs, without the readings above kanji."""
    for run in element.iterfind(".//{*}t"):
        if not any(parent.tag.endswith("}rPh") for parent in run.iterancestors()):
            yield run.text or ""


def _range(reference: str) -> list[tuple[int, int, int, int]]:
    """Return (top, left, bottom, right) of A1 or A1:C3 in a list, an empty one for others."""
    match = _RANGE.match(reference)
    if match is None:
        return []
    top, left = int(match[2]), _column(match[1])
    return [(top, left, int(match[4] or top), _column(match[3]) if match[3] else left)]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return kind and path of what a part refers to inside the file, by relation id."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.namelist():
        return {}
    return {
        element.get("Id", ""): (
            element.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))[1:],
        )
        for element in _parsed(archive, path)
        if element.get("TargetMode") != "External"
    }


def _relation_id(element: Any) -> str:
    return next((v for k, v in element.attrib.items() if k.endswith("}id")), "")


def _parsed(archive: zipfile.ZipFile, path: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(archive.read(path), parser)
