"""One process owns a data directory; the others have their commands carried out by it."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.errors import (
    AssistantError,
    DataDirectoryError,
    DirectoryInUse,
    OperationError,
)

_ADDRESS_FILE = "owner.json"
_LOCK_FILE = "owner.lock"
_WAIT_SECONDS = 600.0
_LARGEST_REQUEST = 1_000_000
Progress = Callable[[str], None]
RunCommand = Callable[[str, dict[str, Any], Progress], "CommandResult"]


@dataclass(frozen=True)
class CommandResult:
    """What a command has to say: exit status, JSON document, and lines for people."""

    status: int
    document: Any
    lines: tuple[str, ...] = ()

    @classmethod
    def failed(cls, error: AssistantError) -> CommandResult:
        """Return the result that tells of an error."""
        return cls(error.exit_status, {"error": str(error)}, (str(error),))


@dataclass(frozen=True)
class OwnerAddress:
    """Where the serving process takes commands: loopback port and token."""

    port: int
    token: str
    url: str


@contextmanager
def owned(folder: Path, *, progress: Progress) -> Iterator[None]:
    """Hold the data directory; waits while another command (not a server) holds it."""
    lock = FileLock(folder / _LOCK_FILE, mode=0o600)
    deadline = time.monotonic() + _WAIT_SECONDS
    told = False
    while True:
        try:
            lock.acquire(timeout=0.5)
            break
        except Timeout as error:
            if serving(folder) is not None:
                raise DirectoryInUse(
                    "このデータフォルダは chonai serve が使い始めました。もう一度実行してください。"
                ) from error
            if time.monotonic() > deadline:
                raise OperationError(
                    "ほかの chonai の処理が終わりません。終わってからやり直してください。"
                ) from error
            if not told:
                progress("ほかの chonai の処理が終わるのを待っています")
                told = True
    try:
        yield
    finally:
        lock.release()


def serving(folder: Path) -> OwnerAddress | None:
    """Return where a live server takes commands for this directory, or None.

    Raises DataDirectoryError where that may not be read.
    """
    try:
        raw = json.loads((folder / _ADDRESS_FILE).read_text(encoding="utf-8"))
        address = OwnerAddress(int(raw["port"]), str(raw["token"]), str(raw["url"]))
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None
    except OSError as error:
        raise DataDirectoryError(
            f"{folder / _ADDRESS_FILE} を読めません（{error.strerror}）。"
            "データフォルダの権限を確かめてください。"
        ) from error
    try:
        connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=5)
        connection.request("GET", "/alive", headers=_authorization(address))
        alive = connection.getresponse().status == HTTPStatus.OK
        connection.close()
    except OSError:
        return None
    return address if alive else None


def carry_out(
    address: OwnerAddress, command: str, arguments: dict[str, Any], progress: Progress
) -> CommandResult:
    """Have the serving process carry out a command; raises OperationError if it goes away."""
    connection = http.client.HTTPConnection("127.0.0.1", address.port)
    body = json.dumps({"command": command, "arguments": arguments})
    try:
        connection.request("POST", "/command", body, _authorization(address))
        response = connection.getresponse()
        for line in response:
            message = json.loads(line)
            if "progress" in message:
                progress(message["progress"])
            else:
                return CommandResult(
                    message["status"], message["document"], tuple(message["lines"])
                )
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OperationError(
            "chonai serve との接続が切れました。サーバーが動いているか確かめ、"
            "もう一度実行してください。"
        ) from error
    finally:
        connection.close()
    raise OperationError("chonai serve が結果を返しませんでした。もう一度実行してください。")


class CommandServer:
    """Takes commands over loopback for the process that owns the directory."""

    def __init__(self, folder: Path, run: RunCommand, *, url: str):
        self._path = folder / _ADDRESS_FILE
        self._token = secrets.token_urlsafe(32)
        token = self._token

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._respond(HTTPStatus.OK if self._allowed() else HTTPStatus.FORBIDDEN)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                if not self._allowed() or length > _LARGEST_REQUEST:
                    self._respond(HTTPStatus.FORBIDDEN)
                    return
                request = json.loads(self.rfile.read(length))
                self._respond(HTTPStatus.OK)
                result = run(request["command"], request["arguments"], self._progress)
                self._send(
                    {"status": result.status, "document": result.document, "lines": result.lines}
                )

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Keep the terminal for what the server has to say."""

            def _allowed(self) -> bool:
                given = self.headers.get("Authorization", "")
                return secrets.compare_digest(given.encode(), f"Bearer {token}".encode())

            def _respond(self, status: HTTPStatus) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/x-ndjson")
                self.end_headers()

            def _progress(self, text: str) -> None:
                self._send({"progress": text})

            def _send(self, message: dict[str, Any]) -> None:
                try:
                    self.wfile.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
                    self.wfile.flush()
                except OSError:
                    return  # the caller has gone; the command is carried out all the same

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="commands", daemon=True
        )
        self._thread.start()
        self._write_address(url)

    def close(self) -> None:
        """Take no more commands."""
        self._path.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()

    def _write_address(self, url: str) -> None:
        content = {"port": self._server.server_address[1], "token": self._token, "url": url}
        partial = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file)
        partial.replace(self._path)


def _authorization(address: OwnerAddress) -> dict[str, str]:
    return {"Authorization": f"Bearer {address.token}"}
