"""A page of a manual as a picture of the size that the person has chosen, with its marks."""

from __future__ import annotations

import html
from typing import Final, Literal

import streamlit as st

from ingest.pdf_pictures import PagePicture
from ui.serving.page_pictures import page_url

Zoom = Literal["whole", "width", "150", "200"]
_WORDS: Final[dict[Zoom, str]] = {
    "whole": "全体",
    "width": "幅に合わせる",
    "150": "150 %",
    "200": "200 %",
}
_KEY: Final = "picture-zoom"


def choose_zoom(place: str) -> Zoom:
    """Ask for the size of page pictures; it stays as chosen for the whole session.

    `place` tells the field of a drawer from that of the page below it.
    """
    chosen: Zoom = st.segmented_control(
        "ページの大きさ",
        list(_WORDS),
        default="width",
        required=True,
        format_func=_WORDS.__getitem__,
        key=f"{_KEY}-{place}",
        persist_state="session",
    )
    return chosen


def page_html(
    version_id: str,
    number: int,
    words: str,
    picture: PagePicture,
    *,
    zoom: Zoom,
    citation: str = "",
) -> str:
    """Return the picture of a page with its description; our script scrolls to the first mark."""
    url = page_url(version_id, number, citation, large=zoom in ("150", "200"))
    marked = "" if picture.first_mark is None else "。引用の箇所に黄色の印があります"
    scroll = ""
    if picture.first_mark is not None:
        left = picture.first_left or 0.0
        scroll = f' data-chonai-mark="{picture.first_mark:.4f}" data-chonai-left="{left:.4f}"'
    image = f'<img src="{html.escape(url)}" alt="{html.escape(words)}の画像{marked}"{scroll}>'
    if zoom == "width":
        return f'<figure class="chonai-page">{image}</figure>'
    # Reached by the keyboard, which then scrolls it with its arrows.
    label = html.escape(f"{words}。矢印キーで動かせます")
    return (
        f'<figure class="chonai-page"><div class="chonai-zoom chonai-zoom-{zoom}" tabindex="0"'
        f' role="group" aria-label="{label}">{image}</div></figure>'
    )
