"""Small sources of sample manuals, built by the command that builds the real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import build_manuals
import pytest
from built_files import Build
from manual_source import FORMATS

FRONT = """---
題名: {title}
ファイル: {file}
形式: {layout}
版: 令和8年4月版
施行: 令和8年4月1日
発行: 青葉野市 会計課
---
"""
FIRST = {"excel": "シート: 一覧\n", "powerpoint": "# 1　支払\n"}


@pytest.fixture(scope="session")
def font() -> Path:
    if not build_manuals.DEFAULT_FONT.is_file():
        pytest.skip("IPAexゴシックがありません（apt install fonts-ipaexfont-gothic）")
    return build_manuals.DEFAULT_FONT


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a source into a folder of its own, which is returned."""

    def written(layout: str, body: str, *, file: str = "", name: str = "原稿") -> Path:
        folder = tmp_path / "sources"
        folder.mkdir(exist_ok=True)
        front = FRONT.format(
            title="支払の手引き", layout=layout, file=file or f"{name}{FORMATS[layout].ending}"
        )
        (folder / f"{name}.txt").write_text(front + FIRST.get(layout, "") + body, encoding="utf-8")
        return folder

    return written


@pytest.fixture
def build(write: Callable[..., Path], tmp_path: Path, font: Path) -> Build:
    """Build one source and return its file."""

    def built(layout: str, body: str, *, folder: str = "out") -> Path:
        sources = write(layout, body)
        output = tmp_path / folder
        assert build_manuals.main(["--sources", str(sources), "--output", str(output)]) == 0
        return output / f"原稿{FORMATS[layout].ending}"

    return built
