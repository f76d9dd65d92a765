"""Converts old Word and PowerPoint files to today's formats with LibreOffice, where installed."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess  # nosec B404 - a program found on PATH, no shell
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from assistant.errors import UnreadableManual
from ingest.readers.office_archive import LARGEST, POWERPOINT, WORD

logger = logging.getLogger(__name__)
_PROGRAMS = ("soffice", "libreoffice")
_LAUNCHER = Path(__file__).with_name("office_launcher.py")
_OWN_MEGABYTES = 1500  # of address space that LibreOffice takes for itself
_FORMATS = {
    ".docx": (WORD, "MS Word 2007 XML"),
    ".pptx": (POWERPOINT, "Impress MS PowerPoint 2007 XML"),
}
# Macros never run, links are never followed, no proxy of the machine is used. Trusted places, from
# which LibreOffice would allow both, are none.
_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("Inet/Settings", "ooInetFTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetFTPProxyPort", "9"),
    ("Inet/Settings", "ooInetNoProxy", ""),
)


def converter() -> str | None:
    """Return the path of LibreOffice's program, None where it is not installed."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


def converted(content: bytes, target: str, seconds: float, megabytes: int, program: str) -> bytes:
    """Return an Office file in the format of `target` (.docx, .pptx); raises UnreadableManual.

    `megabytes` are the memory beyond what LibreOffice needs for itself. It runs with a profile,
    a home and a temporary folder of its own, all gone afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="chonai-") as name:
        folder = Path(name)
        source, result = folder / "source", folder / "result" / f"source{target}"
        source.write_bytes(content)
        _write_profile(folder / "profile")
        status = _run(_command(program, folder, target), folder, seconds, megabytes)
        if status is None or -status in (signal.SIGXCPU, signal.SIGKILL):
            raise UnreadableManual(
                f"古い形式からの変換が {seconds:g} 秒で終わらないため中止しました。"
                "ファイルを分けるか、今の形式で保存し直してから、もう一度登録してください。"
            )
        if not result.is_file() or not 0 < result.stat().st_size <= LARGEST:
            office = _FORMATS[target][0]
            raise UnreadableManual(
                f"古い {office.program} 形式を変換できません（壊れているか、保護されています）。"
                f"{office.program} で開けるか確かめ、{office.extension} で保存し直してください。"
            )
        return result.read_bytes()


def _command(program: str, folder: Path, target: str) -> list[str]:
    return [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--nologo",
        "--nodefault",
        "--nolockcheck",
        "--convert-to",
        f"{target[1:]}:{_FORMATS[target][1]}",
        "--outdir",
        str(folder / "result"),
        str(folder / "source"),
    ]


def _run(command: list[str], folder: Path, seconds: float, megabytes: int) -> int | None:
    """Run the converter and return its exit status, None when its time was up.

    Whatever it started ends with it.
    """
    launch = [
        sys.executable,
        "-I",
        str(_LAUNCHER),
        str(_OWN_MEGABYTES + megabytes),
        str(int(seconds) + 1),
    ]
    with (folder / "messages").open("w+b") as messages:
        process = subprocess.Popen(  # nosec B603
            launch + command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=messages,
            stderr=messages,
            start_new_session=True,
        )
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end_group(process)
        messages.seek(0)
        said = messages.read(2000).decode("utf-8", "replace").strip()
        logger.info("conversion ended with %s: %s", status, said)
    return status


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):  # all of it has ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment that tells nothing of ours: no keys, no proxies, no home."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
    }


def _write_profile(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items'
        ' xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{items}</oor:items>\n',
        "utf-8",
    )
