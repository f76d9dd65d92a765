"""What the machine's processor offers to the local language model."""

from __future__ import annotations

import os
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
MAX_THREADS = 8
NEEDED_FLAGS = ("avx2", "fma")


def missing_cpu_features(cpu_info: str, machine: str) -> list[str]:
    """Return what llama.cpp was compiled for and the processor lacks: running it would be fatal.

    `cpu_info` is the text of Linux's /proc/cpuinfo ("" where there is none), `machine` the
    architecture; the builds for other architectures than x86-64 need nothing special.
    """
    if machine not in ("x86_64", "AMD64") or not cpu_info:
        return []
    flags = next((line for line in cpu_info.splitlines() if line.startswith("flags")), "").split()
    return [flag.upper() for flag in NEEDED_FLAGS if flag not in flags]


def default_threads() -> int:
    """Return one thread a physical core that this process may use, at most 8."""
    if not hasattr(os, "sched_getaffinity"):
        return min(MAX_THREADS, max(1, (os.cpu_count() or 2) // 2))
    return min(MAX_THREADS, physical_cores(read_cpu_info(CPU_INFO), os.sched_getaffinity(0)))


def read_cpu_info(path: Path) -> str:
    """Return the text of Linux's processor list, "" on systems that have none."""
    return path.read_text("utf-8", errors="replace") if path.exists() else ""


def physical_cores(cpu_info: str, allowed: set[int]) -> int:
    """Count the physical cores behind the `allowed` processors of Linux's /proc/cpuinfo.

    A processor without a core number (ARM, some virtual machines) counts as a core.
    """
    cores = {}
    for block in cpu_info.split("\n\n"):
        fields = {}
        for line in block.splitlines():
            name, _, value = line.partition(":")
            fields[name.strip()] = value.strip()
        if "processor" in fields and "core id" in fields:
            place = (fields.get("physical id", "0"), fields["core id"])
            cores[int(fields["processor"])] = place
    return len({cores.get(processor, (str(processor), "alone")) for processor in allowed})
