"""Reads web pages (.html, .htm): what a browser shows, without menus; nothing is ever fetched."""

from __future__ import annotations

import re

from lxml import etree, html

from assistant.domain import Page
from assistant.errors import UnreadableManual
from assistant.japanese.normalize import readable
from ingest.document import ReadDocument, page_text
from ingest.readers.text.plain_text import decode
from ingest.readers.web.web_blocks import blocks_of

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""")
_HEAD = 4096
_AS_WINDOWS_DOES = {
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932",
    "ms_kanji": "cp932", "ms932": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "x-euc-jp": "euc_jp",
}  # fmt: skip
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Letters: an error page or a sign-in form says less; an error page without headings still less.
_SHORT, _SHORTEST = 200, 100
_ERROR = re.compile(
    r"\b(?:40[0-9]|50[0-9])\b|not found|forbidden|unauthorized|access denied|internal server error"
    r"|service unavailable|bad gateway|見つかりません|見つけられません|表示できません|存在しません"
    r"|アクセスが(?:拒否|許可)|アクセスできません|メンテナンス中|タイムアウト|有効期限が切れ",
    re.IGNORECASE,
)
_FIELDS = "//input[translate(@type,'PASWORD','pasword')='password']"


def read_web_page(content: bytes) -> ReadDocument:
    """Read a page in its declared or detected encoding.

    Raises UnreadableManual where there is no text, or only an error page or a sign-in form.
    """
    text, lost = _decoded(content)
    root = _parsed(text)
    if root is None:
        raise _without_text()
    asks_password = bool(root.xpath(_FIELDS))
    named = root.find(".//title")
    title = " ".join("".join(named.itertext()).split()) if named is not None else ""
    try:
        blocks = blocks_of(root)
    except RecursionError as error:
        raise UnreadableManual(
            "入れ子が深すぎて読めないウェブページです。"
            "ブラウザーの印刷から PDF に保存して登録してください。"
        ) from error
    said = page_text(blocks)
    letters = len("".join(said.split()))
    headings = "\n".join([title, *(block.text for block in blocks if block.level)])
    tells_error = _ERROR.search(headings + said if letters < _SHORTEST else headings)
    if letters < _SHORT and (asks_password or tells_error):
        raise UnreadableManual(
            "ウェブページの本文がなく、エラー画面かログイン画面のようです。"
            "ブラウザーで元のページを開いて、本文が出ている状態で保存し直してください。"
        )
    if not blocks:
        raise _without_text()
    title = readable(title) or next((block.text for block in blocks if block.level == 1), "")
    problems = [f"文字コードに合わない文字が {lost} か所あり、〓 で示しました。"] if lost else []
    return ReadDocument([Page(None, None, said, "document")], blocks, title, problems)


def _decoded(content: bytes) -> tuple[str, int]:
    """Return the text, and how many characters did not fit the encoding that the page declares."""
    declared = _DECLARED.search(content[:_HEAD])
    if content.startswith(_BOMS) or declared is None:
        return decode(content), 0
    name = declared[1].decode("ascii").lower()
    try:
        text = content.decode(_AS_WINDOWS_DOES.get(name, name), "replace")
    except LookupError:
        return decode(content), 0
    lost = text.count("\ufffd")
    if lost * 1000 > len(text):  # the declaration is wrong, rather than a few letters
        return decode(content), 0
    return text.replace("\ufffd", "〓"), lost


def _parsed(text: str) -> html.HtmlElement | None:
    # The text is decoded already: what the page says of its encoding no longer holds.
    parser = html.HTMLParser(
        # Without huge_tree all that stands more than 256 elements deep would be left out unsaid.
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _without_text() -> UnreadableManual:
    return UnreadableManual(
        "本文の文字がないウェブページです。ブラウザーで開いて本文が出るか確かめ、"
        "印刷から PDF に保存して登録してください。"
    )
