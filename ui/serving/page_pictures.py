"""Pictures of manual pages with a citation's words marked, behind the reader's rights."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from assistant.domain import Reader
from assistant.errors import UnreadableManual
from assistant.library.shelf import Shelf
from assistant.opening import Assistant
from ingest.pdf_pictures import PageNumberError, PagePicture, marked_page_png
from ui import resources
from ui.keepers import shelf_of
from ui.serving.gate import USER_HEADER

ROUTE: Final = "/pages/{version}/{number:int}.png"
# 128 pictures of about 80 KB: a morning's citations of a whole office in 10 MB.
_KEPT: Final = 128
_NOT_FOUND: Final = "このページの画像はありません。"
_WIDTH, _LARGE_WIDTH = 1000, 1800  # pixels; the second for a page that is looked at enlarged


class PagePictures:
    """Draws pages, and keeps the latest pictures in memory; safe to use from any thread."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._pictures: OrderedDict[tuple[str, int, str, int], PagePicture] = OrderedDict()
        self._lock = threading.Lock()

    def picture(
        self, original: Path, sha256: str, number: int, words: str, *, width: int = _WIDTH
    ) -> PagePicture:
        """Return page `number` of the file with these words marked ("" marks nothing).

        Raises PageNumberError and UnreadableManual.
        """
        key = (sha256, number, words, width)
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
                return self._pictures[key]
        drawn = marked_page_png(original, number, [words] if words else [], width)
        with self._lock:
            self._pictures[key] = drawn
            while len(self._pictures) > self._kept:
                self._pictures.popitem(last=False)
        return drawn


_pictures = PagePictures()


def has_pages(file_name: str) -> bool:
    """Tell whether a manual's file is shown as page pictures rather than as text."""
    return Path(file_name).suffix.lower() == ".pdf"


def page_url(version_id: str, number: int, citation: str = "", *, large: bool = False) -> str:
    """Return the address of a page picture; `citation` is "<answer id>.<marker>"."""
    asked = [f"citation={quote(citation, safe='')}"] if citation else []
    asked += ["large=1"] if large else []
    query = f"?{'&'.join(asked)}" if asked else ""
    return f"/pages/{quote(version_id, safe='')}/{number}.png{query}"


def cited_words(assistant: Assistant, citation: str, version_id: str, reader: Reader) -> str:
    """Return the words of the reader's own citation, "" when there is none for this version."""
    answer_id, _, marker = citation.rpartition(".")
    record = assistant.desk.record(answer_id, reader=reader) if answer_id else None
    if record is None or record.answer is None:
        return ""
    words = (
        cited.quote
        for cited in record.answer.citations
        if str(cited.marker) == marker and cited.version_id == version_id
    )
    return next(words, "")


def find_picture(
    assistant: Assistant,
    *,
    reader: Reader,
    version_id: str,
    number: int,
    citation: str = "",
    large: bool = False,
    shelf: Shelf | None = None,
) -> PagePicture | None:
    """Return the picture, or None when the version may not be seen or has no such page.

    A reader sees what is or was published; the keepers of a manual, who have a `shelf`, all of its
    versions. Raises UnreadableManual.
    """
    listing = assistant.library.version(version_id, reader=reader)
    original = assistant.library.original(version_id, reader=reader)
    if listing is None and shelf is not None:
        listing, original = shelf.version(version_id), shelf.original(version_id)
    if listing is None or original is None or not has_pages(listing.version.file_name):
        return None
    words = cited_words(assistant, citation, version_id, reader) if citation else ""
    try:
        width = _LARGE_WIDTH if large else _WIDTH
        return _pictures.picture(original, listing.version.sha256, number, words, width=width)
    except PageNumberError:
        return None


async def page_picture(request: Request) -> Response:
    """Answer /pages/<version>/<number>.png?citation=<answer id>.<marker>&large=1."""
    member = await asyncio.to_thread(resources.member_of, request.headers[USER_HEADER])
    if member is None:
        return PlainTextResponse(_NOT_FOUND, status_code=404)
    try:
        found = await asyncio.to_thread(
            find_picture,
            resources.assistant(),
            reader=member.reader,
            version_id=request.path_params["version"],
            number=request.path_params["number"],
            citation=request.query_params.get("citation", ""),
            large=request.query_params.get("large") == "1",
            shelf=shelf_of(member),
        )
    except UnreadableManual as error:
        return PlainTextResponse(str(error), status_code=500)
    if found is None:
        return PlainTextResponse(_NOT_FOUND, status_code=404)
    # Shown again only after the rights have been looked at again: they may be gone by then.
    tag = f'"{hashlib.sha256(found.png).hexdigest()[:32]}"'
    headers = {
        "Cache-Control": "private, no-cache",
        "ETag": tag,
        "Content-Disposition": "inline",
        "X-Chonai-Marked": str(found.marked),
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(found.png, media_type="image/png", headers=headers)
