"""Original files of manuals as attachments, behind the reader's rights; each is recorded."""

from __future__ import annotations

import asyncio
import mimetypes
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from ui import resources
from ui.components.text import as_html
from ui.keepers import shelf_of
from ui.serving.gate import USER_HEADER

ROUTE: Final = "/originals/{version}"
_NOT_FOUND: Final = "この原本はありません。"


def original_url(version_id: str) -> str:
    """Return the address of a version's original file."""
    return f"/originals/{quote(version_id, safe='')}"


def original_link(version_id: str, file_name: str) -> str:
    """Return a link that saves the original file."""
    return (
        f'<p class="chonai-place"><a class="chonai-link" href="{original_url(version_id)}"'
        f' target="_self" download>{as_html(f"原本を保存する（{file_name}）")}</a></p>'
    )


async def original(request: Request) -> Response:
    """Answer /originals/<version>: the file as it was given, never shown in the browser itself."""
    return await asyncio.to_thread(
        _original, request.headers[USER_HEADER], request.path_params["version"]
    )


def _original(person_id: str, version_id: str) -> Response:
    running = resources.assistant()
    member = resources.member_of(person_id)
    if member is None:
        return PlainTextResponse(_NOT_FOUND, status_code=404)
    listing = running.library.version(version_id, reader=member.reader)
    path = running.library.original(version_id, reader=member.reader)
    shelf = shelf_of(member)
    if listing is None and shelf is not None:  # a keeper opens drafts and withdrawn ones too
        listing, path = shelf.version(version_id), shelf.original(version_id)
    if listing is None or path is None:  # the same for hidden, withdrawn and never there
        return PlainTextResponse(_NOT_FOUND, status_code=404)
    version = listing.version
    running.audit.record(
        member.actor,
        "original.open",
        listing.manual.title,
        {"version": version.id, "file": version.file_name, "sha256": version.sha256},
    )
    kind = mimetypes.guess_type(version.file_name)[0] or "application/octet-stream"
    return FileResponse(
        path,
        media_type=kind,
        filename=version.file_name,
        headers={"Cache-Control": "private, no-store"},
    )
