"""The parent's side of the program that is killed: one command, one death."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Life:
    """How a process lived: its exit status, and when (seconds of its clock) it was where."""

    status: int
    told: tuple[tuple[float, str], ...]

    @property
    def steps(self) -> list[str]:
        return [text.removeprefix("step ") for _, text in self.told if text.startswith("step ")]

    @property
    def last(self) -> str:
        """Where it was seen last."""
        last = self.told[-1][1] if self.told else "before it began"
        return last.removeprefix("step ").partition("#")[0]

    def seconds(self, begin: str, end: str) -> float:
        """Return the seconds between two things that it told."""
        times = {text: at for at, text in self.told}
        return times[end] - times[begin]


class Doomed:
    """Starts processes that work on a data directory, and has them killed."""

    def __init__(self, log: Path):
        kept = {n: v for n, v in os.environ.items() if not n.startswith("ASSISTANT_")}
        folders = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]
        self.log = log
        self._process = subprocess.Popen(
            [sys.executable, "-m", "doomed"],
            env={**kept, "PYTHONPATH": os.pathsep.join(folders)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log.open("w"),
            text=True,
        )
        assert self._until("ready")

    def live(
        self,
        folder: Path,
        *,
        kill_at: str = "",
        kill_after: float | None = None,
        once_open: bool = True,
        eager: bool = True,
    ) -> Life:
        """Have all waiting jobs of a directory done, unless death comes before.

        `eager`: Chroma writes its files after a few vectors, which takes long where it has many.
        """
        command = {
            "folder": str(folder),
            "kill_at": kill_at,
            "kill_after": kill_after,
            "once_open": once_open,
            "eager": eager,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        told = self._until("ended ")
        life = Life(int(told.pop()[1].removeprefix("ended ")), tuple(told))
        if life.status not in (0, KILLED):
            pytest.fail(f"the process failed by itself:\n{self.log.read_text('utf-8')[-4000:]}")
        return life

    def close(self) -> None:
        """End the program that starts the processes."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _until(self, wanted: str) -> list[tuple[float, str]]:
        told: list[tuple[float, str]] = []
        assert self._process.stdout is not None
        for line in self._process.stdout:
            at, _, text = line.rstrip("\n").partition(" ")
            told.append((float(at), text))
            if text.startswith(wanted):
                return told
        pytest.fail(f"the program has ended:\n{self.log.read_text('utf-8')[-4000:]}")
