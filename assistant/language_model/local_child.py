"""The process that runs the local language model and dies with the process that started it.

Started as `python -m assistant.language_model.local_child` by `local_server`. It reads one line of
JSON parameters from standard input, prints one line of JSON, either {"address", "key"} or
{"error", "detail"}, and then serves until standard input closes.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import secrets
import select
import signal
import sys
from pathlib import Path
from typing import Any

from assistant.language_model.processor import missing_cpu_features, read_cpu_info

PARENT_CHECK_SECONDS = 1.0
LOG_WARNINGS = 2  # llama.cpp's own levels; 3 adds a dozen lines a question
SET_PARENT_DEATH_SIGNAL = 1
# llama.cpp looks for a cancelled request only between batches: with its own 2048 a prompt that
# nobody waits for any more kept the next question waiting four times as long as with 256.
BATCH_TOKENS = 256


def serve(parameters: dict[str, Any], output: int) -> int:
    """Load the model, report the address on the descriptor `output`, return at the parent's end."""
    parent = int(parameters["parent"])
    _die_with_parent(signal.SIGKILL)
    missing = missing_cpu_features(read_cpu_info(Path(parameters["cpu_info"])), platform.machine())
    if missing:
        _report(output, {"error": "cpu", "detail": "、".join(missing)})
        return 1
    try:
        server, key = _open_server(parameters)
    except ImportError as error:
        _report(output, {"error": "import", "detail": str(error)})
        return 1
    except RuntimeError as error:
        _report(output, {"error": "load", "detail": str(error)})
        return 1
    # The kernel's signal comes when the *thread* that started us ends. While the model loads (and
    # holds the interpreter, so that nothing else here could run) that thread waits for our line;
    # afterwards it may end in peace, and the loop below takes over.
    _die_with_parent(0)
    _report(output, {"address": f"{server.listening_address}/v1", "key": key})
    _wait_for_end_of(parent)
    return 0


def _open_server(parameters: dict[str, Any]) -> tuple[Any, str]:
    import xllamacpp

    key = secrets.token_urlsafe(32)
    common = xllamacpp.CommonParams()
    common.model.path = parameters["model"]
    common.n_ctx = parameters["context_tokens"]
    common.n_parallel = 1
    common.n_batch = BATCH_TOKENS
    common.n_ubatch = BATCH_TOKENS
    common.cpuparams.n_threads = parameters["threads"]
    common.cpuparams_batch.n_threads = parameters["threads"]
    common.hostnames = ["127.0.0.1"]
    common.port = 0
    common.api_keys = [key]
    common.ui = False
    common.endpoint_slots = False
    # The slot keeps the last prompt's cache, so a common beginning is not computed again. The
    # second cache, in memory, is off: it may grow to 8 GB.
    common.cache_prompt = True
    common.cache_ram_mib = 0
    common.cache_idle_slots = False
    common.verbosity = LOG_WARNINGS
    return xllamacpp.Server(common), key


def _report(output: int, message: dict[str, str]) -> None:
    os.write(output, (json.dumps(message) + "\n").encode())


def _die_with_parent(signal_number: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal_number, 0, 0, 0)


def _wait_for_end_of(parent: int) -> None:
    """Return when standard input closes or the parent is another process.

    The second matters when a process forked off the parent keeps the pipe open.
    """
    while os.getppid() == parent:
        readable, _, _ = select.select([sys.stdin], [], [], PARENT_CHECK_SECONDS)
        if readable and not os.read(sys.stdin.fileno(), 4096):
            return


def main() -> None:
    """Run the child; llama.cpp's own lines go to standard error, which is the log file."""
    output = os.dup(1)
    os.dup2(2, 1)
    parameters = json.loads(sys.stdin.readline())
    status = serve(parameters, output)
    if status:
        # llama.cpp writes its log in a thread of its own: the last lines, which say why nothing
        # could be loaded, are lost without the clean-up (12 of 25 times on busy cores).
        sys.exit(status)
    # Without the interpreter's clean-up: it would wait for llama.cpp's running generation.
    os._exit(status)


if __name__ == "__main__":
    main()
