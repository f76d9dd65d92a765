"""Every damaged, protected or foreign file of the shared collection, through the real readers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from assistant.domain import Reader
from assistant.errors import UnreadableManual
from assistant.opening import Assistant
from ingest.pipeline import ingest_paths
from ingest.readers import read_document

pytestmark = pytest.mark.shared
_BAD = Path(__file__).parents[4] / "shared" / "data" / "badfiles"
_NAMES = sorted(p.name for p in _BAD.iterdir() if p.suffix != ".tsv") if _BAD.is_dir() else []
_PROTECTED = {
    "qpdf_enc-long-password.pdf",
    "qpdf_encrypted-40-bit-R3.pdf",
    "pdfjs_print_protection.pdf",
    "poi_bug53475-password-is-solrcell.docx",
    "poi_protected_sha512.xlsx",
}


@pytest.mark.parametrize("name", _NAMES)
def test_a_bad_file_is_read_or_refused_in_japanese(shared_data: Path, name: str) -> None:
    content = (shared_data / "badfiles" / name).read_bytes()
    try:
        document = read_document(content, name)
    except UnreadableManual as refusal:
        assert re.search(r"[ぁ-ん].*(?:ください|でした)", str(refusal))
    else:
        assert "".join(page.text for page in document.pages).strip()


@pytest.mark.parametrize("name", sorted(_PROTECTED))
def test_a_protected_file_is_refused_as_protected(shared_data: Path, name: str) -> None:
    content = (shared_data / "badfiles" / name).read_bytes()
    with pytest.raises(UnreadableManual, match="保護"):
        read_document(content, name)


def test_an_old_format_is_named_with_the_next_step(shared_data: Path) -> None:
    for path in (shared_data / "badfiles").glob("*.doc"):
        with pytest.raises(UnreadableManual, match=r"Word.*保存し直してください"):
            read_document(path.read_bytes(), path.name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("poi_SquareMacro.xls", "1 | 1 | 1 | 1\n4 | 4 | 16 | 4"),
        ("poi_workbookProtection-workbook_password-2013.xlsx", "testcontent"),
        ("poi_sheetProtection_not_protected.xlsx", "locked cell"),
    ],
)
def test_a_workbook_that_can_be_opened_without_a_password_is_read(
    shared_data: Path, name: str, text: str
) -> None:
    document = read_document((shared_data / "badfiles" / name).read_bytes(), name)
    assert text in document.pages[0].text


def test_good_files_among_bad_ones_are_ingested(
    quick_assistant: Assistant, reader: Reader, tmp_path: Path, shared_data: Path
) -> None:
    folder = tmp_path / "received"
    folder.mkdir()
    (folder / "aaa.txt").write_text("請書は10万円を超える契約で作ります。", "utf-8")
    (folder / "zzz.md").write_text("# 休暇\n年次有給休暇は20日です。\n", "utf-8")
    for path in (shared_data / "badfiles").iterdir():
        shutil.copyfile(path, folder / path.name)
    results = {result.file: result for result in ingest_paths(quick_assistant, [folder])}
    assert results["aaa.txt"].status == results["zzz.md"].status == "indexed"
    assert len(results) == len(list(folder.iterdir()))
    for result in results.values():
        assert result.status == "indexed" or re.search(r"[ぁ-ん]", "".join(result.problems))
        assert "思わぬ失敗" not in "".join(result.problems), result
