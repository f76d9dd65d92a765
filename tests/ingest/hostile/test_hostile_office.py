from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bombs import (
    nested_zips,
    rezipped,
    with_bomb_part,
    with_overlapping_parts,
    with_understated_part,
)
from hostile_office import (
    BODY,
    SENTENCE,
    body_of,
    huge_sheet,
    nested_tables,
    sound_office,
    with_document_type,
    with_names_that_climb,
    with_outside_references,
    with_part_of_another_name,
)

from assistant.errors import UnreadableManual
from ingest.process.reading_process import ReadingLimits, ReadingProcess
from ingest.readers import read_document

_EXTERNAL = '<!DOCTYPE d [<!ENTITY x SYSTEM "{path}">]>'
_LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "LAUGH">'
    + "".join(
        f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + '<!ENTITY x "&i;">]>'
)
_MEBIBYTES = 1 << 20


@pytest.fixture(scope="module")
def process() -> Iterator[ReadingProcess]:
    process = ReadingProcess()
    yield process
    process.close()


def _text(content: bytes, name: str) -> str:
    return "".join(page.text for page in read_document(content, name).pages)


@pytest.mark.parametrize("name", BODY)
def test_a_part_of_a_gibibyte_is_refused_before_it_is_unpacked(name: str) -> None:
    for part in (BODY[name], "media/picture.png"):
        with pytest.raises(UnreadableManual, match=r"展開すると大きすぎる.*ください"):
            read_document(with_bomb_part(sound_office(name), part), name)


@pytest.mark.parametrize("name", BODY)
def test_a_part_that_understates_its_size_is_refused(name: str) -> None:
    with pytest.raises(UnreadableManual, match=r"壊れているか.*保存し直してください"):
        read_document(with_understated_part(sound_office(name), BODY[name]), name)


def test_parts_that_overlap_count_each_by_itself() -> None:
    with pytest.raises(UnreadableManual, match="展開すると大きすぎる"):
        read_document(with_overlapping_parts(sound_office("手引き.docx")), "手引き.docx")


def test_archives_inside_are_never_unpacked() -> None:
    inside = {"word/embeddings/archive.zip": nested_zips()}
    assert _text(rezipped(sound_office("手引き.docx"), added=inside), "手引き.docx") == SENTENCE


@pytest.mark.parametrize("declaration", [_EXTERNAL, _LAUGHS], ids=["external", "laughs"])
@pytest.mark.parametrize("name", BODY)
def test_entities_are_refused(tmp_path: Path, name: str, declaration: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密", "utf-8")
    content = with_document_type(name, declaration.format(path=secret.as_uri()))
    with pytest.raises(UnreadableManual, match=r"DTD.*保存し直してください"):
        read_document(content, name)


def test_entities_in_a_part_that_is_not_named_xml_are_refused_too() -> None:
    with pytest.raises(UnreadableManual, match="DTD"):
        read_document(with_part_of_another_name(_LAUGHS), "手引き.docx")


def test_nothing_outside_the_file_is_read() -> None:
    assert _text(with_outside_references(), "手引き.docx") == SENTENCE


def test_parts_whose_names_lead_outside_are_written_nowhere(tmp_path: Path) -> None:
    assert _text(with_names_that_climb(), "手引き.docx") == SENTENCE
    assert not Path("/tmp/climbed.txt").exists()


@pytest.mark.parametrize("depth", [30, 500, 5000])
def test_tables_in_tables_are_read_or_refused(process: ReadingProcess, depth: int) -> None:
    limits = ReadingLimits(seconds=60, megabytes=1000)
    if depth < 100:
        document = process.read(nested_tables(depth), "手引き.docx", limits)
        assert document.pages[0].text.count(SENTENCE) == 2
    else:
        with pytest.raises(UnreadableManual, match=r"Word.*保存し直してください"):
            process.read(nested_tables(depth), "手引き.docx", limits)


@pytest.mark.parametrize("merges", [1, 10_000])
def test_a_sheet_as_large_as_can_be_is_read_where_it_says_something(
    process: ReadingProcess, merges: int
) -> None:
    limits = ReadingLimits(seconds=60, megabytes=300)
    document = process.read(huge_sheet(merges), "手引き.xlsx", limits)
    assert SENTENCE in document.pages[0].text
    assert any("10,000行・300列まで" in problem for problem in document.problems)


@pytest.mark.slow
def test_elements_without_end_are_stopped_and_the_next_file_is_read(
    process: ReadingProcess,
) -> None:
    name = "手引き.docx"
    content = sound_office(name)
    body = body_of(content, name).replace("</w:body>", "<a/>" * 10_000_000 + "</w:body>")
    limits = ReadingLimits(seconds=120, megabytes=300)
    with pytest.raises(UnreadableManual, match=r"ください。$"):
        process.read(rezipped(content, {BODY[name]: body.encode()}), name, limits)
    with pytest.raises(UnreadableManual, match=r"ください。$"):
        process.read(with_bomb_part(content, BODY[name], 180 * _MEBIBYTES), name, limits)
    assert process.read(content, name, limits).pages[0].text == SENTENCE
