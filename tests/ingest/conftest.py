from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from ingest.process.office_conversion import converter

SaveAs = Callable[[bytes, str, str], bytes]


@pytest.fixture(scope="session")
def save_as(tmp_path_factory: pytest.TempPathFactory) -> SaveAs:
    """Save a file (bytes, its extension) in the format of another extension, by LibreOffice."""
    program = converter()
    if program is None:
        pytest.skip("LibreOffice is not installed: libreoffice-writer-nogui, -impress-nogui")
    folder = tmp_path_factory.mktemp("office")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"

    def save(content: bytes, extension: str, target: str) -> bytes:
        source = folder / f"source{extension}"
        source.write_bytes(content)
        to = "txt:Text (encoded):UTF8" if target == ".txt" else target[1:]
        subprocess.run(
            [program, profile, "--headless", "--convert-to", to, "--outdir", str(folder / "out"),
             str(source)],
            capture_output=True, check=True, timeout=120,
        )  # fmt: skip
        return (folder / "out" / f"source{target}").read_bytes()

    return save
