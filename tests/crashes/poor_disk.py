"""Folders that are full, or that may not be written: real ones, by whatever the machine allows."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

_MEGABYTES = 160  # of the small disk: 50 must be free at start
_NOBODY_MAY = ("-dac_override", "-dac_read_search")


class Disk(Protocol):
    """A folder with room for a while."""

    folder: Path

    def fill(self, left: int) -> None:
        """Leave so many bytes of room."""

    def make_room(self) -> None:
        """Have room again."""


class SmallDisk:
    """A file system of its own in memory, filled by a file."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, left: int) -> None:
        block = b"\0" * 65536
        with self._filler.open("wb", buffering=0) as file:
            try:
                while file.write(block):
                    pass
            except OSError:
                pass
            file.truncate(max(0, file.tell() - left))

    def make_room(self) -> None:
        self._filler.unlink(missing_ok=True)


class SizeLimit:
    """A limit to the size of files, of this whole process: what a machine without mounts allows."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()

    def fill(self, left: int) -> None:
        sizes = [path.stat().st_size for path in self.folder.rglob("*") if path.is_file()]
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (min(sizes) + left, most))

    def make_room(self) -> None:
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Give a disk that can be filled."""
    folder.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "chonai-test", str(folder))
    try:
        yield SmallDisk(folder)
    finally:
        _run("umount", "--lazy", str(folder))


@contextmanager
def size_limit(folder: Path) -> Iterator[Disk]:
    """Give a folder whose files cannot grow."""
    limited = SizeLimit(folder)
    try:
        yield limited
    finally:
        limited.make_room()


@contextmanager
def mounted_read_only(folder: Path) -> Iterator[list[str]]:
    """Make a folder one that nobody can write; gives what commands are to begin with."""
    _run("mount", "--bind", str(folder), str(folder))
    try:
        _run("mount", "-o", "remount,bind,ro", str(folder))
        yield []
    finally:
        _run("umount", "--lazy", str(folder))


@contextmanager
def without_permission(folder: Path) -> Iterator[list[str]]:
    """Take away the permission to write; gives what commands are to begin with, so that it bites.

    For root permissions do not hold, unless it gives up the right to pass them by.
    """
    paths = [folder, *folder.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield as_one_who_obeys_permissions()
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def as_one_who_obeys_permissions() -> list[str]:
    """Return what a command begins with, so that permissions hold for it: for root, too."""
    if os.geteuid() != 0:
        return []
    given_up = ",".join(_NOBODY_MAY)
    return ["setpriv", f"--bounding-set={given_up}", f"--inh-caps={given_up}"]


def _can_mount() -> bool:
    """Tell whether this process may mount; in most containers it may not."""
    with tempfile.TemporaryDirectory() as name:
        try:
            _run("mount", "-t", "tmpfs", "-o", "size=1m", "chonai-test", name)
        except (OSError, subprocess.CalledProcessError):
            return False
        _run("umount", name)
    return True


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


CAN_MOUNT: Final = _can_mount()
