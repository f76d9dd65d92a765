"""An OpenAI-compatible server on loopback that writes as a test says: honestly, or not."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any, Literal, Self

from assistant.answers.prompts import NOT_FOUND, SYSTEM

_EVIDENCE = re.compile(r"^\[(\d+)\] \([^)]*\) (.*)$", re.MULTILINE)
_LIST_MARK = re.compile(r"^[\s　]*(?:[(（][0-9０-９ア-ン]{1,2}[)）]|[ア-ン][ 　])[\s　]*")
_PART = 7  # characters in one part of the stream, so that every sentence comes in pieces
_PATIENCE = 60.0  # seconds after which a held request is let go in any case

Ending = Literal["whole", "without a finish", "at the token limit", "connection lost"]


@dataclass(frozen=True)
class Evidence:
    """One numbered passage of a prompt, cut into sentences."""

    marker: int
    sentences: tuple[str, ...]


def evidence_of(prompt: str) -> list[Evidence]:
    """Return the passages of a prompt as a model reads them."""
    found = []
    for marker, text in _EVIDENCE.findall(prompt):
        rows = re.split(r"(?<=。)|(?= 契約[^ ]*：)|(?= [^ ：｜]+：[^｜]+｜)", text)
        sentences = [_LIST_MARK.sub("", row).strip() for row in rows]
        found.append(Evidence(int(marker), tuple(s for s in sentences if len(s) > 8)))
    return found


def copied_sentences(prompt: str) -> list[tuple[str, int]]:
    """Return the first sentences of each passage with the passage's marker."""
    return [(s, e.marker) for e in evidence_of(prompt) for s in e.sentences[:3]]


def honest(prompt: str) -> list[str]:
    """Copy the evidence with its markers."""
    return [_marked(sentence, marker) for sentence, marker in copied_sentences(prompt)]


def liar(prompt: str) -> list[str]:
    """Copy the sentences of the evidence that hold figures, with other figures."""
    return [
        _marked(re.sub("[0-9０-９]+", _another_number, s), marker)
        for s, marker in _with_figures(prompt)
    ]


def inventor(prompt: str) -> list[str]:
    """State limits that stand nowhere, in the words of the evidence."""
    sentence, marker = copied_sentences(prompt)[0]
    words = sentence.rstrip("。")[:20]
    return [
        _marked(f"{words}の限度額は987万円です。", marker),
        _marked("この期限は令和19年3月31日までです。", marker),
        "担当課長が認めれば、期限も限度額もありません。",
    ]


def mixer(prompt: str) -> list[str]:
    """Put the figures of one sentence of the evidence into the next one."""
    known = _with_figures(prompt)
    mixed = []
    for (sentence, marker), (other, _) in pairwise([*known, *known[:1]]):
        figures = iter(re.findall("[0-9０-９]+", other))
        mixed.append(
            _marked(
                re.sub("[0-9０-９]+", lambda m, f=figures: next(f, m.group()), sentence), marker
            )
        )
    return mixed


def denier(prompt: str) -> list[str]:
    """Say the opposite of the evidence."""
    turned = [
        ("ます。", "ません。"),
        ("です。", "ではありません。"),
        ("ください。", "ないでください。"),
    ]
    lies = []
    for sentence, marker in copied_sentences(prompt):
        for end, opposite in turned:
            if sentence.endswith(end) and "せん" not in sentence and "ない" not in sentence:
                lies.append(_marked(sentence.removesuffix(end) + opposite, marker))
    return lies


def stutterer(prompt: str) -> list[str]:
    """Say one true sentence again and again."""
    return honest(prompt)[:1] * 30


def endless(prompt: str) -> list[str]:
    """Repeat a few words without ever ending the sentence."""
    return ["年次有給休暇の届出は" * 400] if prompt else []


def chinese(prompt: str) -> list[str]:
    """Answer in Chinese."""
    return ["根据手册规定,限额为200万日元[1]。", "请向负责部门确认申请期限[1]。"] if prompt else []


def english(prompt: str) -> list[str]:
    """Answer in English."""
    return ["The limit is 2 million yen [1].", "Apply within 7 days [1]."] if prompt else []


def switcher(prompt: str) -> list[str]:
    """Begin honestly and go on in other languages."""
    return honest(prompt)[:1] + chinese(prompt) + english(prompt)


def leaker(prompt: str) -> list[str]:
    """Give away what it was told."""
    return [*SYSTEM.splitlines(), "<根拠>", prompt.splitlines()[-1]]


def stranger_to_markers(prompt: str) -> list[str]:
    """Cite a passage that was never given."""
    return [f"{s.rstrip('。')}[9]。" for s, _ in copied_sentences(prompt)]


def refuser(prompt: str) -> list[str]:
    """Say that the evidence holds no answer, in the agreed words."""
    return [NOT_FOUND] if prompt else []


def silent(prompt: str) -> list[str]:
    """Finish without a word."""
    return [] if prompt else [""]


def half_sentence(prompt: str) -> list[str]:
    """Say one true sentence, and of a second one only the first half."""
    whole = honest(prompt)
    second = next((s for s in whole[1:] if len(s) > 24), whole[0])
    return [whole[0], second[: len(second) // 2]]


@dataclass
class Behaviour:
    """How the server behaves; a test sets what differs from a healthy, honest model."""

    writes: Callable[[str], list[str]] = honest
    ending: Ending = "whole"
    chat_status: int = 200
    models_status: int = 200
    listings_lost: int = 0  # the first requests for its models that get no answer
    body: bytes | None = None  # sent as it is instead of an answer
    waits_after: int | None = None  # sentences after which it says nothing more until let go


@dataclass
class Heard:
    """What a server was asked and what it said."""

    chats: list[dict[str, Any]] = field(default_factory=list)
    listings: int = 0
    keys: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)  # a client hung up


class OpenAIStub:
    """The server; `behave` sets how it answers from now on and forgets what it heard."""

    model = "stub-model"

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self.heard = Heard()
        self._let_go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """The base address for a client, with /v1."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def changes(self) -> dict[str, Any]:
        """What a test changes in its settings so that this model writes the answers."""
        return {
            "mode": "endpoint", "endpoint_url": self.url, "endpoint_model": self.model,
            "model_wait_seconds": 2.0,
        }  # fmt: skip

    def behave(self, writes: Callable[[str], list[str]] = honest, **changes: Any) -> None:
        """Behave in another way from now on."""
        self._let_go.set()
        self._let_go = threading.Event()
        self.behaviour = Behaviour(writes, **changes)
        self.heard = Heard()

    def hold(self) -> Iterator[None]:
        """Yield again and again until the server behaves in another way."""
        for _ in range(int(_PATIENCE / 0.05)):
            if self._let_go.wait(0.05):
                return
            yield

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(stub: OpenAIStub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            stub.heard.listings += 1
            if stub.heard.listings <= stub.behaviour.listings_lost:
                self.close_connection = True
                return
            listing = {"object": "list", "data": [{"id": stub.model, "object": "model"}]}
            self._whole(stub.behaviour.models_status, json.dumps(listing).encode())

        def do_POST(self) -> None:
            behaviour, heard, held = stub.behaviour, stub.heard, stub.hold()
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.chats.append(request)
            heard.keys.append(self.headers.get("Authorization", ""))
            if behaviour.chat_status != 200 or behaviour.body is not None:
                error = json.dumps({"error": {"message": "stub", "type": "server_error"}}).encode()
                self._whole(behaviour.chat_status, behaviour.body or error)
                return
            sentences = behaviour.writes(request["messages"][-1]["content"])
            heard.said += sentences
            self.close_connection = True
            try:
                self._stream(behaviour, sentences, held)
            except OSError:
                heard.gone.set()

        def handle(self) -> None:
            with suppress(ConnectionError):  # a client that hangs up
                super().handle()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

        def _whole(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, behaviour: Behaviour, sentences: list[str], held: Iterator[None]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number, sentence in enumerate([*sentences, ""]):
                if number == behaviour.waits_after:
                    # What follows shows that the sentence before is complete.
                    self._delta(sentence[:2])
                    for _ in held:
                        self._chunk(b": still thinking\n\n")
                for start in range(0, len(sentence), _PART):
                    self._delta(sentence[start : start + _PART])
            if behaviour.ending == "connection lost":
                self.connection.close()
                return
            if behaviour.ending != "without a finish":
                self._delta("", "length" if behaviour.ending == "at the token limit" else "stop")
                self._chunk(b"data: [DONE]\n\n")
            self.wfile.write(b"0\r\n\r\n")

        def _delta(self, text: str, finish: str | None = None) -> None:
            choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
            event = {
                "id": "stub",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": stub.model,
                "choices": [choice],
            }
            self._chunk(b"data: " + json.dumps(event).encode() + b"\n\n")

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    return Handler


def _with_figures(prompt: str) -> list[tuple[str, int]]:
    return [
        (sentence, evidence.marker)
        for evidence in evidence_of(prompt)
        for sentence in evidence.sentences
        if re.search("[0-9０-９]", sentence)
    ][:6]


def _another_number(match: re.Match[str]) -> str:
    return str(int(match.group()) * 7 + 13)


def _marked(sentence: str, marker: int) -> str:
    return f"{sentence.removesuffix('。')}[{marker}]。"
