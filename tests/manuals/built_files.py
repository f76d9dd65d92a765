"""Read what the writers of sample manuals made, without their help."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pypdf
from lxml import etree

Build = Callable[..., Path]


def squeezed(text: str) -> str:
    """Return text without spaces, in one form of each character."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def part(path: Path, name: str) -> etree._Element:
    """Return the root of one XML part of an Office file."""
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read(name))


def parts(path: Path, pattern: str) -> list[str]:
    """Return the names of the parts of an Office file that match pattern."""
    with zipfile.ZipFile(path) as archive:
        return sorted(name for name in archive.namelist() if re.fullmatch(pattern, name))


def all_text(path: Path) -> str:
    """Return every word of a file that its own format shows, read without the writers' help."""
    match path.suffix:
        case ".pdf":
            return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
        case ".docx" | ".xlsx" | ".pptx":
            names = parts(path, r"(word|xl|ppt)/.*\.xml")
            return "\n".join("".join(part(path, name).itertext()) for name in names)
        case ".html":
            return str(lxml.html.fromstring(path.read_bytes()).text_content())
        case ".txt":
            return path.read_bytes().decode("cp932")
    return path.read_text(encoding="utf-8")


def words(element: etree._Element) -> str:
    """Return the text inside an XML element."""
    return "".join(element.itertext())
