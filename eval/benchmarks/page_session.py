"""One open page without a browser: speaks Streamlit's protobuf messages over its websocket.

Only the few fields that a question and its answer need are written and read, by their numbers in
Streamlit's .proto files (BackMsg, ClientState, WidgetState, ForwardMsg, Delta, Element), so that
no Streamlit is imported and the measuring process stays light beside the server that it measures.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from assistant.errors import OperationError

Fields = dict[int, list[bytes | int]]
Place = tuple[int, ...]

_RERUN, _QUERY, _WIDGETS, _PAGE, _PAGE_NAME = (
    11,
    1,
    2,
    3,
    4,
)  # BackMsg.rerun_script; ClientState's fields
_WIDGET, _WIDGET_ID, _CHAT_VALUE, _TEXT = 1, 1, 15, 1
_METADATA, _DELTA_PATH = 2, 2
_NEW_SESSION, _DELTA, _FINISHED, _SENT_AWAY = 4, 5, 6, 24
_PAGE_HASH = 9
_NEW_ELEMENT = 3
_HTML, _ALERT, _EXCEPTION, _CHAT_INPUT = 54, 30, 8, 49
_FORMAT, _ERROR = 2, 1  # of an Alert
_SUCCESSFULLY, _FOR_RERUN = 0, 2  # ForwardMsg.ScriptFinishedStatus
_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5  # wire types
_OPENING_SECONDS: Final = 60.0


@dataclass
class PageSession:
    """A page that is open: the HTML on it by place, in the order in which it is shown."""

    socket: ClientConnection
    shown: dict[Place, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    name: str = ""
    _page: str = ""
    _chat_input: str = ""

    def run(self, question: str = "", *, seconds: float = 120.0) -> Iterator[None]:
        """Have the page drawn, with a question if one is given; yield after each change.

        Ends when the page has been drawn; raises OperationError if it takes longer, or fails.
        """
        ends = time.monotonic() + seconds
        self.problems.clear()
        self.socket.send(self._asked(question))
        while True:
            try:
                received = self.socket.recv(timeout=max(ends - time.monotonic(), 0.0))
            except TimeoutError as error:
                raise OperationError(f"画面が{seconds:.0f}秒で描かれませんでした。") from error
            message = read_fields(received if isinstance(received, bytes) else received.encode())
            if _SENT_AWAY in message:
                raise OperationError("サインインの画面に送られました。")
            if _NEW_SESSION in message:
                self._begin(_inner(message, _NEW_SESSION))
            elif _DELTA in message:
                self._draw(_path(message), _inner(message, _DELTA))
                yield
            elif _FINISHED in message and message[_FINISHED][-1] != _FOR_RERUN:
                if message[_FINISHED][-1] != _SUCCESSFULLY:
                    raise OperationError("画面を描けませんでした。")
                return

    def _asked(self, question: str) -> bytes:
        widgets = b""
        if question:
            value = _field(_CHAT_VALUE, _field(_TEXT, question.encode()))
            widget = _field(_WIDGET_ID, self._chat_input.encode()) + value
            widgets = _field(_WIDGETS, _field(_WIDGET, widget))
        state = _field(_QUERY, b"") + widgets + _field(_PAGE, self._page.encode())
        if not self._page and self.name:
            state += _field(_PAGE_NAME, self.name.encode())
        return _field(_RERUN, state)

    def _begin(self, new: Fields) -> None:
        self.shown.clear()
        self._page = _text(new, _PAGE_HASH) or self._page

    def _draw(self, path: Place, delta: Fields) -> None:
        for kept in [p for p in self.shown if p[: len(path)] == path]:
            del self.shown[kept]  # what is drawn in the place of something takes all of it away
        if _NEW_ELEMENT not in delta:
            return
        element = _inner(delta, _NEW_ELEMENT)
        if _HTML in element:
            self.shown[path] = _text(_inner(element, _HTML), 1)
        elif _CHAT_INPUT in element:
            self._chat_input = _text(_inner(element, _CHAT_INPUT), 1)
        elif _ALERT in element:
            alert = _inner(element, _ALERT)
            if alert.get(_FORMAT) == [_ERROR]:  # a warning is part of an answer: manuals disagree
                self.problems.append(_text(alert, 1))
        elif _EXCEPTION in element:
            self.problems.append(_text(_inner(element, _EXCEPTION), 2))


@contextmanager
def open_page(base: str, *, cookie: str, page: str = "") -> Iterator[PageSession]:
    """Give a page opened as by a browser that has this cookie; nothing is shown before `run`.

    `page` is its path (usage), "" for the first one.
    """
    with connect(
        base.replace("http", "ws", 1) + "/_stcore/stream",
        origin=Origin(base),
        additional_headers={"Cookie": cookie},
        subprotocols=[Subprotocol("streamlit"), Subprotocol("none")],
        open_timeout=_OPENING_SECONDS,
        ping_interval=None,
        max_size=None,
        compression=None,
        proxy=None,
    ) as socket:
        yield PageSession(socket, name=page)


def read_fields(message: bytes) -> Fields:
    """Return the values of a protobuf message by field number, unread where they are messages.

    Raises ValueError for a wire type that protobuf no longer has.
    """
    found: Fields = {}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        value: bytes | int
        if kind == _VARINT:
            value, at = _varint(message, at)
        elif kind == _LENGTH:
            length, at = _varint(message, at)
            value, at = message[at : at + length], at + length
        elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
            length = 8 if kind == _EIGHT_BYTES else 4
            value, at = message[at : at + length], at + length
        else:
            raise ValueError(f"wire type {kind} at byte {at}")
        found.setdefault(number, []).append(value)
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _field(number: int, content: bytes) -> bytes:
    return _as_varint(number << 3 | _LENGTH) + _as_varint(len(content)) + content


def _as_varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def _inner(message: Fields, number: int) -> Fields:
    content = message[number][-1]
    return read_fields(content) if isinstance(content, bytes) else {}


def _text(message: Fields, number: int) -> str:
    content = message.get(number, [b""])[-1]
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _path(message: Fields) -> Place:
    """Return the place of a delta; its numbers are packed."""
    metadata = _inner(message, _METADATA)
    path: list[int] = []
    for packed in metadata.get(_DELTA_PATH, []):
        if isinstance(packed, int):
            path.append(packed)
            continue
        at = 0
        while at < len(packed):
            number, at = _varint(packed, at)
            path.append(number)
    return tuple(path)
