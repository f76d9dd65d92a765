"""Make Word, Excel and PowerPoint files the same bytes for the same content."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from manual_blocks import ManualSource
from sample_mark import SUBJECT

FIXED_TIME = datetime(2026, 4, 1, tzinfo=UTC)
FIXED_ZIP_TIME = (2026, 4, 1, 0, 0, 0)
PROPERTIES = "docProps/core.xml"
SAVED_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def set_properties(properties: Any, source: ManualSource) -> None:
    """Set title and author in the properties of python-docx or python-pptx, and fixed dates."""
    properties.title = source.front_matter["題名"]
    properties.subject = SUBJECT
    properties.author = properties.last_modified_by = source.front_matter["発行"]
    properties.comments = ""
    properties.language = "ja-JP"
    properties.revision = 1
    properties.created = properties.modified = FIXED_TIME


def fix_times(path: Path) -> None:
    """Rewrite the file's zip container with one time for every part and for its saving."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    saved_at = FIXED_TIME.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    parts[PROPERTIES] = SAVED_AT.sub(rb"\g<1>" + saved_at, parts[PROPERTIES])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=FIXED_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
