from __future__ import annotations

import logging
import math
import secrets
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from fuzzer import fuzz
from originals import FORMATS

logger = logging.getLogger(__name__)
FILES = 150  # of each format; some 55 seconds of one core
_AT_ONCE = 2
_SEED = 20260401


def _fuzzed(seed: int, folder: Path, *, files: float = math.inf, seconds: float = math.inf) -> None:
    one = partial(fuzz, seed=seed, files=files, seconds=seconds, folder=folder)
    with ProcessPoolExecutor(_AT_ONCE, mp_context=get_context("spawn")) as pool:
        reports = list(pool.map(one, FORMATS))
    for report in reports:
        said = "%s: seed %d, %d files, %d of them read"
        logger.warning(said, report.suffix, seed, report.executions, report.read)
    assert [finding for report in reports for finding in report.findings] == []
    assert all(0 < report.read < report.executions for report in reports)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_changed_files_of_each_format_are_read_or_refused(tmp_path: Path) -> None:
    _fuzzed(_SEED, tmp_path, files=FILES)


@pytest.mark.full
@pytest.mark.timeout(7200)
def test_changed_files_of_each_format_are_read_or_refused_for_long(tmp_path: Path) -> None:
    _fuzzed(secrets.randbelow(1 << 32), tmp_path, seconds=600)
