"""A program that publishes until it is killed, forked each time from one that has imported all.

It reads one JSON document a line: `folder`, `kill_at` (a step) or `kill_after` (seconds after it
began, or after the directory was `opened`), `eager`. It tells of the steps and of the end, a line each.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from kill_points import KillPoints, arm
from publishing_jobs import do_open_jobs, open_directory

from assistant.japanese.tokens import search_forms


def main() -> None:
    """Carry out one command after the other until there are no more."""
    search_forms("辞書を先に読む")
    _tell("ready")
    for line in sys.stdin:
        command = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _die_working(command, writing)
        os.close(writing)
        if command["kill_after"] is not None:
            _kill_later(child, command, reading)
        _, status = os.waitpid(child, 0)
        os.close(reading)
        _tell(f"ended {os.waitstatus_to_exitcode(status)}")


def _kill_later(child: int, command: dict[str, Any], opened: int) -> None:
    """Kill the child, which nobody has buried yet, after a while that it may not live to see."""
    if command["once_open"]:
        select.select([opened], [], [])  # readable, too, when the child has ended
    time.sleep(command["kill_after"])
    os.kill(child, signal.SIGKILL)


def _die_working(command: dict[str, Any], opened: int) -> None:
    status = 1
    try:
        _tell("begun")
        arm(KillPoints(command["kill_at"], _tell), eager=command["eager"])
        assistant = open_directory(Path(command["folder"]))
        os.write(opened, b"\0")
        _tell("opened")
        do_open_jobs(assistant)
        _tell("finished")
        assistant.close()
        _tell("closed")
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _tell(text: str) -> None:
    os.write(sys.stdout.fileno(), f"{time.monotonic():.4f} {text}\n".encode())


if __name__ == "__main__":
    main()
