"""The Japanese font that is embedded in PDF reports: fetched once, or Debian's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from assistant.downloads import (
    PackagedFile,
    Progress,
    explained_file_errors,
    read_packaged_file,
    require_space,
    written_atomically,
)
from assistant.errors import ModelFilesUnavailable

FONT: Final = PackagedFile(
    package="japanize-matplotlib-jlite",
    version="0.1.5",
    member="japanize_matplotlib_jlite/fonts/ipaexg.ttf",
    size=6_041_284,
    sha256="6726fb3c804e3fbc3ff5f45eddfd2fb1a858c2b1e03d3f1d8619bbca8d0a0ccd",
    wheel_bytes=4_120_416,
)
"""IPAexゴシック 003.01 under the IPA Font License v1.0, as it lies in a published package."""
FILE_NAME: Final = "ipaexg.ttf"
_OF_DEBIAN: Final = Path("/usr/share/fonts/opentype/ipaexfont-gothic") / FILE_NAME


def report_font(folder: Path) -> Path:
    """Return the font's file in the folder of the models, or Debian's.

    Raises ModelFilesUnavailable where there is neither.
    """
    for path in (folder / FILE_NAME, _OF_DEBIAN):
        if path.is_file():
            return path
    raise ModelFilesUnavailable(
        "PDF に埋め込む日本語のフォントがありません。「chonai prepare」を実行するか、"
        "「sudo apt-get install fonts-ipaexfont-gothic」で入れてください。Excel と CSV の報告は"
        "そのまま作れます。"
    )


def prepare_report_font(folder: Path, *, progress: Progress) -> Path:
    """Have the font in the folder of the models, unless it is there or Debian's is.

    Raises ModelFilesUnavailable.
    """
    path = folder / FILE_NAME
    if _OF_DEBIAN.is_file() or (path.is_file() and path.stat().st_size == FONT.size):
        return path if path.is_file() else _OF_DEBIAN
    needed = FONT.size + FONT.wheel_bytes
    with explained_file_errors(folder, needed=needed):
        require_space(folder, needed)
        with written_atomically(path) as file:
            for block in read_packaged_file(FONT, scratch=folder):
                file.write(block)
    progress("報告書のフォント", FONT.size, FONT.size)
    return path
