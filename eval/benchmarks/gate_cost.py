"""What the gate costs a request: a real server, a signed-in browser, and the gate's own clock.

`python -m eval.benchmarks.gate_cost [--requests N] [--sessions N]` serves an empty data directory,
signs somebody in by the form, and asks for a small page again and again. The gate tells those
inside how long it took (Server-Timing); beside it stand the whole response, and a response for
which no session is looked up.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import subprocess  # nosec B404 - starts our own command
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from assistant.settings import read_settings
from eval.benchmarks.server_process import COMMAND, environment, served, sign_in
from eval.metrics.ranking_metrics import percentile

_INSIDE, _PUBLIC = "/_stcore/host-config", "/_stcore/health"


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
    given = environment(folder / "data", read_settings())
    added = ["users", "add", "1001", "--name", "計測", "--section", "計測課", "--password", "-"]
    subprocess.run(  # nosec B603
        [*COMMAND, *added], env=given, input=password + "\n", text=True, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with served(given) as server, httpx.Client(base_url=server.base, trust_env=False) as client:
        for _ in range(sessions):
            sign_in(client, server.base, number="1001", password=password)
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


if __name__ == "__main__":
    main()
