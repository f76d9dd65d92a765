"""Takes rights away from its own process and becomes the converter.

Run as a file, outside the package, with the environment that the converter is to have:
`python -I office_launcher.py MEGABYTES SECONDS PROGRAM ARGUMENT…`.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from contextlib import suppress

_LARGEST_FILE = 512 << 20  # bytes, as much as an Office file may unpack to
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET


def main(arguments: list[str]) -> None:
    """Set the limits and replace this process."""
    megabytes, seconds, *command = arguments
    _give_way()
    _limit(resource.RLIMIT_AS, int(megabytes) * 1_000_000)
    _limit(resource.RLIMIT_CPU, int(seconds))
    _limit(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    _limit(resource.RLIMIT_CORE, 0)
    _leave_network()
    os.execv(command[0], command)  # nosec B606 - no shell, the caller's program


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _give_way() -> None:
    """Take a low priority (see assistant.background, which is not to be had here)."""
    os.nice(10)
    with suppress(OSError), open("/proc/self/autogroup", "w") as group:  # noqa: PTH123
        group.write("10")


def _leave_network() -> None:
    """Move into a network of its own that reaches nothing, where Linux lets this user do so.

    Elsewhere the converter's own settings are what keeps it from calling out.
    """
    user, group = os.getuid(), os.getgid()
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is None or unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return
    for name, line in (
        ("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1"),
    ):  # fmt: skip
        with open(f"/proc/self/{name}", "w") as settings:  # noqa: PTH123
            settings.write(line)


if __name__ == "__main__":
    main(sys.argv[1:])
