from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from build_manuals import MANUALS, SOURCES, main
from built_files import Build, all_text, part, squeezed
from manual_source import FORMATS, read_manual_source

Write = Callable[..., Path]
BODIES = {
    "excel": "表: 表1　額\n幅: 1 1\n| 区分【メモ: 架空。】 | 額 |\n| 宿直 | 6,200 |\n",
    "powerpoint": "- ・　連絡を待たない\nノート: 話すこと。\n",
    "text": "# 1　支払\n本文。\n",
    "pdf縦書き": "# 第一章　総則\n第一条　職員は、「服務」を守る。\n",
}
FULL_BODY = (
    "# 第1章　支払\n締切は正午です［脚注: 閉庁日を除く。］。\n"
    "表: 表1　額\n幅: 1 1\n| 区分 | 額 |\n| 宿直 | 6,200 |\n| ^ | 4,400 |\n"
)


def body_of(layout: str) -> str:
    return BODIES.get(layout, FULL_BODY)


@pytest.mark.parametrize("layout", FORMATS)
def test_the_same_source_gives_the_same_bytes(build: Build, layout: str) -> None:
    first = build(layout, body_of(layout), folder="first")
    second = build(layout, body_of(layout), folder="second")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("layout", ["word", "word様式なし", "excel", "powerpoint"])
def test_an_office_file_does_not_say_when_it_was_made(build: Build, layout: str) -> None:
    path = build(layout, body_of(layout))
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 4, 1, 0, 0, 0)}
    times = part(path, "docProps/core.xml").xpath("//*[starts-with(text(), '20')]/text()")
    assert times == ["2026-04-01T00:00:00Z"] * 2


@pytest.mark.parametrize("layout", [layout for layout in FORMATS if layout != "pdf走査"])
def test_the_mark_stands_on_every_file(build: Build, layout: str) -> None:
    text = squeezed(all_text(build(layout, body_of(layout))))
    assert (
        "【見本】架空のモデル市「青葉野市」の文書です。実在の市町村の規程ではありません。" in text
    )
    assert (
        "内線番号は架空のものです。実務では最新の法令と所属団体の規則を確認してください。" in text
    )
    assert squeezed("見本（架空のモデル市「青葉野市」）") in text


def test_the_mark_stands_in_the_properties_of_a_scan(build: Build) -> None:
    properties = pypdf.PdfReader(build("pdf走査", FULL_BODY)).metadata
    assert properties is not None
    assert properties.subject == "架空のモデル市「青葉野市」の見本"


def test_a_source_that_fails_is_named_and_the_others_are_built(
    write: Write, tmp_path: Path, font: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write("text", "1—2日。\n", name="悪い原稿")
    sources = write("text", "本文。\n", name="良い原稿")
    (tmp_path / "悪い原稿.txt").write_text("前の版", encoding="utf-8")
    assert main(["--sources", str(sources), "--output", str(tmp_path)]) == 1
    assert "作れません。悪い原稿.txt 9行目" in caplog.text
    assert (tmp_path / "良い原稿.txt").is_file()
    assert (tmp_path / "悪い原稿.txt").read_text(encoding="utf-8") == "前の版"


def test_only_the_named_sources_are_built(write: Write, tmp_path: Path, font: Path) -> None:
    write("text", "本文。\n", name="一")
    sources = write("text", "本文。\n", name="二")
    output = tmp_path / "out"
    assert main(["--sources", str(sources), "--output", str(output), "--only", "二"]) == 0
    assert [path.name for path in output.iterdir()] == ["二.txt"]


def test_a_name_without_source_is_said(
    write: Write, tmp_path: Path, font: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sources = write("text", "本文。\n")
    assert main(["--sources", str(sources), "--output", str(tmp_path), "--only", "三"]) == 1
    assert "原稿がありません: " in caplog.text


def test_a_file_may_stand_in_a_folder_of_its_own(write: Write, tmp_path: Path, font: Path) -> None:
    sources = write("text", "本文。\n", file="ひな形/手引き.txt")
    assert main(["--sources", str(sources), "--output", str(tmp_path / "out")]) == 0
    assert [path.name for path in (tmp_path / "out" / "ひな形").iterdir()] == ["手引き.txt"]


def test_two_sources_of_one_file_are_refused(
    write: Write, tmp_path: Path, font: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write("text", "本文。\n", name="一", file="同じ.txt")
    sources = write("text", "別の本文。\n", name="二", file="同じ.txt")
    assert main(["--sources", str(sources), "--output", str(tmp_path)]) == 1
    assert "二.txt: ファイルが「一.txt」と同じです。" in caplog.text


def test_what_cannot_be_laid_out_is_said(
    write: Write, tmp_path: Path, font: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table = "表: 表1　額\n幅: 1 9\n| 区分 | 額 |\n| " + "長い文。" * 1000 + " | 1 |\n"
    assert main(["--sources", str(write("pdf", table)), "--output", str(tmp_path)]) == 1
    assert "原稿.txt: 1ページに入らないものがあります。" in caplog.text


def test_without_the_font_nothing_is_built(
    write: Write, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    arguments = ["--sources", str(write("pdf", "本文。\n")), "--output", str(tmp_path / "out")]
    assert main([*arguments, "--font", str(tmp_path / "none.ttf")]) == 1
    assert "フォントが見つかりません" in caplog.text
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_manuals_are_what_their_sources_give(tmp_path: Path, font: Path) -> None:
    assert main(["--output", str(tmp_path)]) == 0
    with (MANUALS / "manuals.csv").open(encoding="utf-8", newline="") as sheet:
        listed = {row["file"] for row in csv.DictReader(sheet)}
    files = {read_manual_source(path).front_matter["ファイル"] for path in SOURCES.glob("*.txt")}
    assert files
    for file in sorted(files):
        assert (MANUALS / file).read_bytes() == (tmp_path / file).read_bytes(), file
    templates = {file for file in files if "/" in file}
    assert files - listed <= templates
