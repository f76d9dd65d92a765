from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.domain import Page
from assistant.errors import UnreadableManual
from ingest.document import Block, ReadDocument
from ingest.process import reading_child
from ingest.process.reading_frames import Outcome, packed, unpacked
from ingest.process.reading_process import ReadingLimits, ReadingProcess

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
