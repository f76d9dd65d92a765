"""Pixels of page pictures against the places of the letters: what is quoted is what is marked."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from ingest.pdf_pictures import PDFIUM, marked_page_png

MANUALS = Path(__file__).parents[3] / "manuals"
YELLOW = np.array((255, 235, 59))
_NEAR = 3  # pixels: the marker is a little wider than the letters


def _letters(path: Path, number: int, width: int) -> tuple[str, list[tuple[int, int, int, int]]]:
    """Return the letters of a page without white space, and the box of each in pixels."""
    with PDFIUM:
        document = pypdfium2.PdfDocument(path)
        page = document[number - 1]
        text_page = page.get_textpage()
        scale, height = width / page.get_width(), page.get_height()
        text, boxes = "", []
        for place in range(text_page.count_chars()):
            letter = text_page.get_text_range(place, 1)
            if not letter.strip() or len(letter) != 1:
                continue
            left, bottom, right, top = text_page.get_charbox(place)
            pixels = (
                left * scale,
                (height - top) * scale,
                right * scale,
                (height - bottom) * scale,
            )
            text += letter
            boxes.append(tuple(round(pixel) for pixel in pixels))
        text_page.close()
        document.close()
    return text, boxes


def _sentences(text: str) -> list[str]:
    """Return sentences of a page's letters that are long enough to stand there once."""
    found = re.findall(r"[^。]{15,80}。", text)
    return [sentence for sentence in found if text.count(sentence) == 1]


def _yellow(png: bytes) -> np.ndarray:
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    return np.abs(pixels - YELLOW).max(axis=2) < 25


@pytest.mark.parametrize("width", [1000, 1800])
@pytest.mark.parametrize(
    ("file", "number"), [("契約事務の手引き.pdf", 3), ("旅費事務の手引き.pdf", 4)]
)
def test_every_sentence_of_a_page_is_marked_on_its_letters_and_nowhere_else(
    file: str, number: int, width: int
) -> None:
    path = MANUALS / file
    text, boxes = _letters(path, number, width)
    sentences = _sentences(text)
    assert len(sentences) >= 3
    for sentence in sentences[:5]:
        start = text.index(sentence)
        own = boxes[start : start + len(sentence)]
        picture = marked_page_png(path, number, [unicodedata.normalize("NFKC", sentence)], width)
        assert picture.marked >= 1
        yellow = _yellow(picture.png)
        bare = [box for box in own if not yellow[box[1] : box[3] + 1, box[0] : box[2] + 1].any()]
        assert not bare, sentence
        left = yellow.copy()
        tall = max(box[3] - box[1] for box in own)
        for x0, y0, x1, y1 in own:  # as high as the line: 、 and 一 are low boxes
            middle = (y0 + y1) // 2
            left[max(middle - tall, 0) : middle + tall, max(x0 - tall, 0) : x1 + tall] = False
        assert not left.any(), sentence
        assert picture.first_mark is not None
        rows = np.flatnonzero(yellow.any(axis=1))
        assert picture.first_mark * len(yellow) == pytest.approx(rows[0], abs=_NEAR)
        assert picture.first_left is not None
        top = yellow[rows[0] : rows[0] + tall].any(axis=0)
        assert picture.first_left * yellow.shape[1] == pytest.approx(
            np.flatnonzero(top)[0], abs=_NEAR
        )


def test_a_page_without_the_words_has_no_yellow_pixel() -> None:
    picture = marked_page_png(
        MANUALS / "契約事務の手引き.pdf", 3, ["この文は、このページのどこにもありません。"]
    )
    assert (picture.marked, picture.first_mark, picture.first_left) == (0, None, None)
    assert not _yellow(picture.png).any()
