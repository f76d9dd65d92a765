"""Reads text files in the encodings that Japanese offices use."""

from __future__ import annotations

import re

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.document import Block, ReadDocument

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ENCODINGS = ("utf-8", "cp932", "euc_jp")
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]")


def decode(content: bytes) -> str:
    """Return the text of a file; raises UnreadableManual when no encoding fits."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _decoded(content, encoding)
    candidates = [text for name in _ENCODINGS if (text := _try(content, name)) is not None]
    if not candidates or b"\x00" in content:
        raise UnreadableManual(
            "文字コードを判別できないか、テキストではないファイルです。"
            "メモ帳などで UTF-8 として保存し直してください。"
        )
    # Bytes of EUC-JP often decode as half-width katakana in CP932: the fewer of those the better.
    return min(candidates, key=lambda text: len(_HALF_WIDTH_KANA.findall(text)))


def read_plain_text(content: bytes) -> ReadDocument:
    """Read a text file: one block a line, one place without a page number."""
    text = readable(decode(content))
    blocks = [Block(line.strip()) for line in text.split("\n") if line.strip()]
    return ReadDocument([Page(None, None, text, "document")], blocks)


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decoded(content: bytes, encoding: str) -> str:
    text = _try(content, encoding)
    if text is None:
        raise UnreadableManual(
            "文字コードの印と中身が合いません。メモ帳などで UTF-8 として保存し直してください。"
        )
    return text
