from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.domain import Page
from assistant.errors import UnreadableManual
from ingest.document import Block, ReadDocument
from ingest.page_progress import say_pages_read
from ingest.process import reading_child, reading_process
from ingest.process.reading_frames import Outcome, packed, page_line, pages_said, unpacked
from ingest.process.reading_process import ReadingLimits, ReadingProcess

# A child whose reader takes a tenth of a second a page, a hundred pages for every file.
PATIENT_CHILD = """
import sys, time
from ingest.page_progress import say_pages_read
from ingest.process import reading_child
def read(content, name, read_document=reading_child.read_document):
    for page in range(1, 101):
        say_pages_read(page, 100)
        time.sleep(0.1)
    return read_document(content, name)
reading_child.read_document = read
sys.exit(reading_child.main())
"""
AMPLE = ReadingLimits(seconds=60, megabytes=1000)


@pytest.fixture(scope="module")
def process() -> Iterator[ReadingProcess]:
    process = ReadingProcess()
    yield process
    process.close()


def _table_of(rows: int) -> bytes:
    return ("|品目|額|\n|---|---|\n" + "|机|30,000円|\n" * rows).encode()


def test_a_file_is_read_as_in_this_process(process: ReadingProcess) -> None:
    document = process.read("# 契約\n\n契約書は2通作る。\n".encode(), "契約.md", AMPLE)
    assert document.title == "契約"
    assert [block.text for block in document.blocks] == ["契約", "契約書は2通作る。"]


def test_tables_pages_and_problems_come_through_unchanged() -> None:
    document = ReadDocument(
        [Page(3, "iii", "本文", "ocr"), Page(None, None, "全文", "document")],
        [Block("見出し", 3, level=2), Block("", 3, rows=(("品目", "額"), ("机", "3万円")))],
        title="題",
        problems=["読めないページがあります。"],
    )
    assert unpacked(packed(Outcome(document=document))).document == document


def test_a_refusal_is_told_in_its_own_words(process: ReadingProcess) -> None:
    with pytest.raises(UnreadableManual, match="一太郎のファイルです"):
        process.read(b"x", "規則.jtd", AMPLE)


def test_reading_that_lasts_too_long_is_stopped_and_says_which_setting(
    process: ReadingProcess,
) -> None:
    with pytest.raises(UnreadableManual, match="ASSISTANT_READING_SECONDS"):
        process.read(_table_of(60_000), "表.md", ReadingLimits(seconds=0.05, megabytes=1000))


def test_reading_that_wants_too_much_memory_is_stopped_and_says_which_setting(
    process: ReadingProcess,
) -> None:
    with pytest.raises(UnreadableManual, match="ASSISTANT_READING_MEGABYTES"):
        process.read(_table_of(200_000), "表.md", ReadingLimits(seconds=60, megabytes=30))


def test_the_next_file_is_read_after_one_that_was_stopped(process: ReadingProcess) -> None:
    with pytest.raises(UnreadableManual):
        process.read(_table_of(60_000), "表.md", ReadingLimits(seconds=0.05, megabytes=1000))
    assert process.read("次の文です。".encode(), "次.txt", AMPLE).blocks[0].text == "次の文です。"


def test_a_child_that_was_killed_is_started_again(process: ReadingProcess) -> None:
    process.read("文です。".encode(), "a.txt", AMPLE)
    child = process._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert process.read("文です。".encode(), "a.txt", AMPLE).blocks


def test_reading_may_not_write_files(tmp_path: Path) -> None:
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        reading_child._limit({"megabytes": 1000, "seconds": 10})
        try:
            (tmp_path / "written").write_bytes(b"x")
            os.write(sink, b"written")
        except OSError:
            os.write(sink, b"refused")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(source, 20) == b"refused"


@pytest.mark.parametrize("said", [(0, 1), (12, 1000), (2**32 - 1, 2**32 - 1)])
def test_a_line_tells_how_many_pages_are_read(said: tuple[int, int]) -> None:
    assert pages_said(page_line(*said)) == said


@pytest.mark.parametrize("line", [b"", b"12\n", b"pages 1\n", b"pages -1 2\n", b"pages 1 2"])
def test_another_line_tells_no_pages(line: bytes) -> None:
    assert pages_said(line) is None


def test_what_a_reader_says_of_its_pages_is_told_while_it_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(content: bytes, name: str) -> ReadDocument:
        for page in range(1, 31):
            say_pages_read(page, 30)
        return ReadDocument([Page(1, None, "本文", "text")], [])

    monkeypatch.setattr(reading_child, "read_document", read)
    heard: list[tuple[int, int]] = []
    request = {"name": "a.pdf", "seconds": 60, "megabytes": 1000, "password": None}
    answer = reading_child._answer(request, b"x", lambda *pages: heard.append(pages))
    assert unpacked(answer).document is not None
    assert heard == sorted(heard)
    assert {total for _, total in heard} == {30}


@pytest.fixture
def patient_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadingProcess]:
    """A process whose reader takes ten seconds for any file."""
    monkeypatch.setattr(reading_process, "_COMMAND", (sys.executable, "-c", PATIENT_CHILD))
    process = ReadingProcess()
    yield process
    process.close()


def _running_in(group: int) -> list[str]:
    """Return the processes of a group that still run."""
    found: list[str] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, own, *_ = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(own) == group and state != "Z":
            found.append(stat.parent.name)
    return found


class Cancelled(BaseException):
    """Raised by whoever wants no more of a file."""


def test_what_the_listener_raises_ends_the_reading(
    patient_process: ReadingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[int, int]] = []
    groups: list[int] = []

    def cancel(done: int, total: int) -> None:
        assert patient_process._child is not None
        groups.append(patient_process._child.pid)
        heard.append((done, total))
        raise Cancelled

    with pytest.raises(Cancelled):
        patient_process.read("文です。".encode(), "a.txt", AMPLE, progress=cancel)
    [(done, total)] = heard
    assert 0 < done < total == 100
    deadline = time.monotonic() + 10
    while _running_in(groups[0]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _running_in(groups[0]) == []
    monkeypatch.undo()
    assert patient_process.read("文です。".encode(), "a.txt", AMPLE).blocks


def test_a_reading_ends_when_another_thread_closes_the_process(
    patient_process: ReadingProcess,
) -> None:
    def close(done: int, total: int) -> None:
        if threading.active_count() == threads:
            threading.Thread(target=patient_process.close).start()

    threads = threading.active_count()
    with pytest.raises(UnreadableManual, match="異常終了"):
        patient_process.read("文です。".encode(), "a.txt", AMPLE, progress=close)


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are Linux's")
def test_reading_gives_way_to_everybody(process: ReadingProcess) -> None:
    process.read("文です。".encode(), "a.txt", AMPLE)
    child = process._child
    assert child is not None
    assert os.getpriority(os.PRIO_PROCESS, child.pid) >= 10
    group = Path(f"/proc/{child.pid}/autogroup")
    assert not group.exists() or group.read_text("utf-8").endswith("nice 10\n")
