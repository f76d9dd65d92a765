"""The `chonai` command as real processes: one command, or a server that runs until stopped."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from assistant.embeddings.engine_choice import CHOICE_FILE

ROOT = Path(__file__).parents[1]
_COMMAND = [sys.executable, "-m", "ui.cli"]
PASSWORD = "tanuki-ringo-hashigo-7"
_LONGEST = 240  # seconds for one command, model loading on a busy machine included


def _engine() -> str:
    """Return the engine that `chonai prepare` chose here: the default takes 4 s more to load."""
    chosen = ROOT / os.environ.get("ASSISTANT_DATA_DIR", "var") / CHOICE_FILE
    return str(json.loads(chosen.read_bytes())["engine"]) if chosen.is_file() else "auto"


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        assert self.out.endswith("\n"), self.err
        return json.loads(self.out)


@dataclass(frozen=True)
class Installation:
    """A data directory with its settings; the environment's own settings do not count."""

    data_dir: Path
    models_dir: Path
    mode: str = "extractive"
    more: tuple[tuple[str, str], ...] = ()  # other settings, by their names

    def environment(self, **changes: str) -> dict[str, str]:
        """Return the environment of a command."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith("ASSISTANT_")}
        paths = [str(ROOT), kept.get("PYTHONPATH", "")]
        return {
            **kept,
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
            "ASSISTANT_DATA_DIR": str(self.data_dir),
            "ASSISTANT_MODELS_DIR": str(self.models_dir),
            "ASSISTANT_MODE": self.mode,
            "ASSISTANT_EMBEDDING_ENGINE": _engine(),
            **dict(self.more),
            **changes,
        }

    def run(self, *arguments: str, given: str | None = None, **changes: str) -> Finished:
        """Run one command to its end, with something to read on standard input."""
        done = subprocess.run(
            [*_COMMAND, *arguments],
            cwd=ROOT,
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            input=given,
            timeout=_LONGEST,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def add_person(self, number: str, *roles: str, section: str = "総務課") -> None:
        """Add somebody who signs in with PASSWORD, and give them roles."""
        named = ("--name", f"職員 {number}", "--section", section, "--password", "-")
        done = self.run("users", "add", number, *named, given=PASSWORD + "\n")
        assert done.status == 0, done.err
        for role in roles:
            kind, _, of_section = role.partition(":")
            bound = ("--section", of_section) if of_section else ()
            assert self.run("users", "grant", number, kind, *bound).status == 0

    def serve(self, port: int = 0) -> Served:
        """Start a server on a port (0: a free one) and wait until its page can be opened."""
        return Served(self, port)


class Served:
    """A `chonai serve` that runs."""

    def __init__(self, installation: Installation, port: int = 0) -> None:
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [*_COMMAND, "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=installation.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._open = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._open.wait(_LONGEST) or self.process.poll() is not None:
            self.process.kill()
            raise AssertionError("chonai serve did not start:\n" + "".join(self.said))

    def sign_in(self, number: str, password: str = PASSWORD) -> str:
        """Sign in by the form and return the session's cookie as a header has it."""
        with httpx.Client(base_url=self.url, trust_env=False) as client:
            shown = client.get("/signin").text
            csrf = re.search(r'name="csrf" value="(\w+)"', shown)
            assert csrf is not None, shown
            fields = {"csrf": csrf[1], "number": number, "password": password}
            answer = client.post("/signin", data=fields, headers={"Origin": self.url})
            assert answer.status_code == 303, answer.text
            return f"chonai_session={client.cookies['chonai_session']}"

    def children(self) -> list[int]:
        """Return the process ids of the server's children."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return [
            int(child)
            for task in tasks.iterdir()
            for child in (task / "children").read_text("utf-8").split()
        ]

    def stop(self) -> int:
        """Ask the server to end as an operating system does, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self) -> None:
        """End the server without any warning."""
        self.process.kill()
        self.process.wait(60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if "画面を開きました" in line:
                self._open.set()
        self._open.set()  # it has ended: nobody need wait any longer


def alive(process_id: int) -> bool:
    """Tell whether a process still runs (a dead one that nobody has buried does not)."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
