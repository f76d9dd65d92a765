"""A `chonai serve` of its own for a benchmark, and signing in to it by its form."""

from __future__ import annotations

import os
import re
import socket
import subprocess  # nosec B404 - starts our own command
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from assistant.errors import OperationError
from assistant.settings import Settings

COMMAND: Final = (sys.executable, "-m", "ui.cli")
_LONGEST_START: Final = 240.0
_OPENED: Final = "画面を開きました"


@dataclass(frozen=True)
class ServerProcess:
    """A server that runs: its address and the id of its process."""

    base: str
    process_id: int


def environment(data_dir: Path, settings: Settings, **more: str) -> dict[str, str]:
    """Return the environment of a command on this data directory, with these models.

    Settings of the caller's own environment do not count.
    """
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")},
        "ASSISTANT_DATA_DIR": str(data_dir),
        "ASSISTANT_MODELS_DIR": str(settings.models_folder.resolve()),
        "ASSISTANT_MODE": "extractive",
        **more,
    }


@contextmanager
def served(given: dict[str, str]) -> Iterator[ServerProcess]:
    """Give a server on a free port whose page can be opened; raises OperationError."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(  # nosec B603
        [*COMMAND, "serve", "--port", str(port)],
        env=given, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    opened = threading.Event()

    def listen() -> None:
        for line in process.stderr or ():
            if _OPENED in line:
                opened.set()
        opened.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        if not opened.wait(_LONGEST_START) or process.poll() is not None:
            raise OperationError(
                "計測のためのサーバーが始まりませんでした。`chonai doctor` を実行してください。"
            )
        yield ServerProcess(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(60)


def sign_in(client: httpx.Client, base: str, *, number: str, password: str) -> None:
    """Fill in the form; the client keeps the session's cookie. Raises OperationError."""
    client.cookies.clear()
    csrf = re.search(r'name="csrf" value="(\w+)"', client.get(f"{base}/signin").text)
    fields = {"csrf": csrf[1] if csrf else "", "number": number, "password": password}
    answer = client.post(f"{base}/signin", data=fields, headers={"Origin": base})
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise OperationError(f"計測のためのサインインができませんでした（{answer.status_code}）。")
