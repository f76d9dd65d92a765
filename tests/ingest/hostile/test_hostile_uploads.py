"""Hostile files, names and places among sound ones in one upload."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import hostile_pdfs as pdfs
import pytest
from hashed_encoder import HashedEncoder
from hostile_office import BODY, with_document_type, with_names_that_climb

from assistant.errors import UnreadableManual, UsageError
from assistant.opening import Assistant, open_assistant
from assistant.settings import Settings
from ingest.incoming import FileResult
from ingest.pipeline import ingest_paths
from ingest.process.reading_process import ReadingLimits, ReadingProcess

_HEAD = "file,title,category,owner_section,extension,audience,effective_from\n"
_SOUND = "請書は10万円を超える契約で作ります。"
_SAYS_WHAT_TO_DO = re.compile(r"[ぁ-ん].*ください")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.fixture
def careful_assistant(tmp_path: Path) -> Iterator[Assistant]:
    """An assistant that lets a file take 20 seconds and 300 MB."""
    settings = Settings(
        data_dir=tmp_path / "data", mode="extractive", reading_seconds=20, reading_megabytes=300
    )
    with open_assistant(settings, encoder=HashedEncoder()) as opened:
        yield opened


@pytest.fixture
def received(tmp_path: Path) -> Path:
    folder = tmp_path / "received"
    folder.mkdir()
    for name in ("aaa.txt", "zzz.txt"):
        (folder / name).write_text(_SOUND + name, "utf-8")
    return folder


def _results(assistant: Assistant, folder: Path) -> dict[str, FileResult]:
    said: list[str] = []
    results = {r.file: r for r in ingest_paths(assistant, [folder], progress=said.append)}
    assert results["aaa.txt"].status == results["zzz.txt"].status == "indexed"
    for result in results.values():
        assert result.status == "indexed" or _SAYS_WHAT_TO_DO.search("".join(result.problems))
        assert "思わぬ失敗" not in "".join(result.problems)
        assert not _UNSEEN.search("".join([result.file, result.manual or "", *result.problems]))
    assert not any(_UNSEEN.search(line) for line in said)
    return results


def test_hostile_files_leave_the_others_of_an_upload_unharmed(
    careful_assistant: Assistant, received: Path
) -> None:
    before = {path for path in received.parent.rglob("*") if "data" not in path.parts}
    hostile = {
        "bomb.pdf": pdfs.chained_bomb(),
        "circle.pdf": pdfs.looping_tree(),
        "pages.pdf": pdfs.many_pages(),
        "climbing.docx": with_names_that_climb(),
        "deep.html": b"<div>" * 100_000,
        "empty.txt": bytes(100),
        "program.pdf": b"MZ" + bytes(200),
        **{f"entity-{name}": with_document_type(name, "<!DOCTYPE d>") for name in BODY},
    }
    for name, content in hostile.items():
        (received / name).write_bytes(content)
    results = _results(careful_assistant, received)
    assert results.keys() == {"aaa.txt", "zzz.txt", *hostile}
    assert {n for n in hostile if results[n].status == "indexed"} == {"climbing.docx"}
    after = {path for path in received.parent.rglob("*") if "data" not in path.parts}
    assert after - before == {received / name for name in hostile}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("改\n行.txt", id="a line break"),
        pytest.param("色\x1b[31m.txt", id="a code that colours a terminal"),
        pytest.param("裏\u202etxt.exe.txt", id="a mark that turns the direction"),
        pytest.param("\u2066孤立\u2069.txt", id="isolates"),
        pytest.param("空\u200b白.txt", id="a space without width"),
        pytest.param(os.fsdecode("契約.txt".encode("cp932")), id="bytes that are no UTF-8"),
    ],
)
def test_a_name_that_cannot_be_seen_is_refused_and_shown_plainly(
    careful_assistant: Assistant, received: Path, name: str
) -> None:
    (received / name).write_text(_SOUND, "utf-8")
    results = _results(careful_assistant, received)
    [refused] = [r for r in results.values() if r.status == "rejected"]
    assert "\ufffd" in refused.file
    assert "名前を付け直して" in refused.problems[0]


@pytest.mark.parametrize(
    "name", ["「引用」'\"`$(ls).txt", "全角　空白 葛\U000e0100城.txt", "が.txt"]
)
def test_a_name_that_can_be_seen_is_taken_as_it_is(
    careful_assistant: Assistant, received: Path, name: str
) -> None:
    (received / name).write_text(_SOUND, "utf-8")
    assert _results(careful_assistant, received)[name].status == "indexed"


def test_what_is_no_file_is_passed_over_in_a_folder(
    careful_assistant: Assistant, received: Path
) -> None:
    os.mkfifo(received / "pipe.txt")
    (received / "folder.pdf").mkdir()
    (received / "loop.txt").symlink_to(received / "loop.txt")
    (received / "zero.txt").symlink_to("/dev/zero")
    (received / "round").symlink_to(received)
    assert _results(careful_assistant, received).keys() == {"aaa.txt", "zzz.txt"}


def test_what_is_no_file_is_refused_where_a_sheet_names_it(
    careful_assistant: Assistant, received: Path
) -> None:
    os.mkfifo(received / "pipe.txt")
    (received / "folder.txt").mkdir()
    (received / "zero.txt").symlink_to("/dev/zero")
    (received / "loop.txt").symlink_to(received / "loop.txt")
    long = "長" * 300 + ".txt"
    names = ["pipe.txt", "folder.txt", "zero.txt", "loop.txt", long, '"改\n行.txt"']
    rows = [f"{name},,,,,,\n" for name in ["aaa.txt", *names, "zzz.txt"]]
    (received / "manuals.csv").write_text(_HEAD + "".join(rows), "utf-8")
    results = _results(careful_assistant, received)
    assert [r.status for r in results.values()].count("rejected") == len(names)
    for name in ("pipe.txt", "folder.txt", "zero.txt"):
        assert "ファイルではありません" in results[name].problems[0]


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "a/../../secret.txt"])
def test_a_sheet_names_nothing_outside_its_folder(
    careful_assistant: Assistant, received: Path, name: str
) -> None:
    (received.parent / "secret.txt").write_text(_SOUND, "utf-8")
    (received / "manuals.csv").write_text(f"{_HEAD}{name},,,,,,\n", "utf-8")
    with pytest.raises(UsageError, match=r"2 行目: .*フォルダの外.*書いてください"):
        ingest_paths(careful_assistant, [received])


def test_a_place_that_is_neither_file_nor_folder_is_told(
    careful_assistant: Assistant, received: Path
) -> None:
    os.mkfifo(received / "pipe.txt")
    with pytest.raises(UsageError, match="ファイルでもフォルダでもありません"):
        ingest_paths(careful_assistant, [received / "pipe.txt"])
    with pytest.raises(UsageError, match="見つかりません"):
        ingest_paths(careful_assistant, [received / ("長" * 300)])


def test_titles_and_labels_of_a_file_are_lines_that_can_be_printed() -> None:
    process = ReadingProcess()
    limits = ReadingLimits(seconds=60, megabytes=500)
    try:
        markdown = "# 題\u202e\u2066名\x1b[31m\x9b\n\n文です。\n".encode()
        assert process.read(markdown, "a.md", limits).title == "題名[31m"
        labels = pdfs.one_page(
            catalogue=b"/PageLabels<</Nums[0<</P(a\\012b\\015c)>>]>>",
        )
        assert process.read(labels, "a.pdf", limits).pages[0].label == "a b c"
        with pytest.raises(UnreadableManual) as refused:
            process.read(b"x", "a." + "x\n\u202e" * 500, limits)
        assert not _UNSEEN.search(str(refused.value))
        assert len(str(refused.value)) < 200
    finally:
        process.close()


def test_reading_ends_with_the_process_that_asked_for_it(tmp_path: Path) -> None:
    (tmp_path / "long.md").write_bytes(b"[" * 100_000)
    code = (
        "import threading, time\n"
        "from ingest.process.reading_process import READING_PROCESS as p, ReadingLimits\n"
        f"content = open({str(tmp_path / 'long.md')!r}, 'rb').read()\n"
        "read = lambda: p.read(content, 'long.md', ReadingLimits(300, 1000))\n"
        "threading.Thread(target=read, daemon=True).start()\n"
        "time.sleep(2)\n"
        "print(p._child.pid)\n"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    group = int(asked.stdout)
    assert any(_is_gone(group) or time.sleep(0.1) for _ in range(100))


def _is_gone(group: int) -> bool:
    """Tell whether no process of a group is left; a killed one takes a moment to be gone."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False
