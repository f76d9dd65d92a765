"""What the gate costs a request: a real server, a signed-in browser, and the gate's own clock.

`python -m eval.benchmarks.gate_cost [--requests N] [--sessions N]` serves an empty data directory,
signs somebody in by the form, and asks for a small page again and again. The gate tells those
inside how long it took (Server-Timing); beside it stand the whole response, and a response for
which no session is looked up.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import socket
import subprocess  # nosec B404 - starts our own command
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from assistant.settings import read_settings
from eval.ranking_metrics import percentile

_COMMAND = [sys.executable, "-m", "ui.cli"]
_INSIDE, _PUBLIC = "/_stcore/host-config", "/_stcore/health"
_LONGEST_START = 240.0


def main() -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--sessions", type=int, default=200, help="rows beside the one in use")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chonai-gate-") as folder:
        print(json.dumps(gate_cost(Path(folder), given.requests, given.sessions)))  # noqa: T201


def gate_cost(folder: Path, requests: int, sessions: int) -> dict[str, float | int]:
    """Return milliseconds: of the gate, of whole responses inside, of public ones."""
    password = secrets.token_urlsafe(18)
    models = str(read_settings().models_folder.resolve())
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("ASSISTANT_")},
        "ASSISTANT_DATA_DIR": str(folder / "data"),
        "ASSISTANT_MODELS_DIR": models,
        "ASSISTANT_MODE": "extractive",
    }
    added = ["users", "add", "1001", "--name", "計測", "--section", "計測課", "--password", "-"]
    subprocess.run(  # nosec B603
        [*_COMMAND, *added], env=environment, input=password + "\n", text=True, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with _served(environment) as base, httpx.Client(base_url=base, trust_env=False) as client:
        for _ in range(sessions):
            _sign_in(client, base, password)
        inside = [_timed(client, _INSIDE) for _ in range(requests)]
        public = [_timed(client, _PUBLIC)[0] for _ in range(requests)]
    gate = [spent for _, spent in inside]
    whole = [seconds for seconds, _ in inside]
    return {
        "requests": requests,
        "sessions": sessions,
        **_figures("gate_ms", gate),
        **_figures("response_ms", whole),
        **_figures("public_response_ms", public),
    }


def _figures(name: str, values: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_{word}": round(percentile(values, share) or 0.0, 3)
        for word, share in (("median", 0.5), ("p95", 0.95))
    }


def _timed(client: httpx.Client, path: str) -> tuple[float, float]:
    """Return the milliseconds of a response, and those that the gate says it took (0 outside)."""
    began = time.perf_counter()
    answer = client.get(path)
    spent = 1000 * (time.perf_counter() - began)
    answer.raise_for_status()
    told = re.search(r"gate;dur=([\d.]+)", answer.headers.get("server-timing", ""))
    return spent, float(told[1]) if told else 0.0


def _sign_in(client: httpx.Client, base: str, password: str) -> None:
    client.cookies.clear()
    csrf = re.search(r'name="csrf" value="(\w+)"', client.get("/signin").text)
    fields = {"csrf": csrf[1] if csrf else "", "number": "1001", "password": password}
    answer = client.post("/signin", data=fields, headers={"Origin": base})
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise RuntimeError(f"signing in failed: {answer.status_code}")


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(  # nosec B603
        [*_COMMAND, "serve", "--port", str(port)],
        env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    opened = threading.Event()

    def listen() -> None:
        for line in process.stderr or ():
            if "画面を開きました" in line:
                opened.set()
        opened.set()

    threading.Thread(target=listen, daemon=True).start()
    try:
        if not opened.wait(_LONGEST_START) or process.poll() is not None:
            raise RuntimeError("chonai serve did not start")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


if __name__ == "__main__":
    main()
