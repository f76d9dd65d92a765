"""A package index of our own in a folder, so that real downloads need no network."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.downloads import PackagedFile

Publish = Callable[..., PackagedFile]


@pytest.fixture
def package_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that pip takes packages from instead of the network."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def publish(package_index: Path) -> Publish:
    """Put a wheel with one data file into the index and return what should be found there."""

    def publish_wheel(
        package: str, data: bytes, *, expected: bytes | None = None, tag: str = "py3-none-any"
    ) -> PackagedFile:
        module = package.replace("-", "_")
        wheel = package_index / f"{module}-1.0-{tag}.whl"
        info = f"{module}-1.0.dist-info"
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{module}/data.bin", data)
            archive.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
            )
            archive.writestr(
                f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"
            )
            archive.writestr(f"{info}/RECORD", "")
        wanted = data if expected is None else expected
        return PackagedFile(
            package=package,
            version="1.0",
            member=f"{module}/data.bin",
            size=len(wanted),
            sha256=hashlib.sha256(wanted).hexdigest(),
            wheel_bytes=wheel.stat().st_size,
            platform=None if tag.endswith("any") else "manylinux2014_x86_64",
        )

    return publish_wheel
