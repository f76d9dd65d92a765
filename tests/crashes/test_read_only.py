"""A data directory that may not be written: every command says so, and touches nothing."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from chonai_process import ROOT, Installation
from poor_disk import CAN_MOUNT, mounted_read_only, without_permission
from publishing_jobs import open_directory
from small_manuals import publish_text

Way = Callable[[Path], AbstractContextManager[list[str]]]
WAYS = {"permission": without_permission, **({"mount": mounted_read_only} if CAN_MOUNT else {})}
COMMANDS = {
    "search": ("search", "契約書", "--json"),
    "ingest": ("ingest", "manuals", "--json"),
    "publish": ("manuals", "publish", "契約事務の手引き", "--json"),
    "jobs": ("jobs", "list", "--json"),
    "serve": ("serve", "--port", "1"),
}


def _contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_command_on_a_read_only_directory_says_what_to_do(
    data: Path, way: Way, arguments: tuple[str, ...], models_folder: Path
) -> None:
    with open_directory(data) as assistant:
        publish_text(assistant, "契約書は2通作ります。")
    before = _contents(data)
    with way(data) as prefix:
        ended = subprocess.run(
            [*prefix, sys.executable, "-m", "ui.cli", *arguments],
            cwd=ROOT,
            env=Installation(data, models_folder).environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert ended.returncode == 1, ended.stderr
    assert "書き込めません" in ended.stderr
    assert "権限と空き容量を確かめる" in ended.stderr
    if "--json" in arguments:
        assert set(json.loads(ended.stdout)) == {"error"}
    assert _contents(data) == before
