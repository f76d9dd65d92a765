"""Protected files: opened with their password, refused without, and the password kept nowhere."""

from __future__ import annotations

import io
import logging
import struct
from collections.abc import Callable
from datetime import date
from hashlib import md5
from pathlib import Path

import docx
import msoffcrypto
import openpyxl
import pptx
import pypdf
import pytest
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from xlwt.CompoundDoc import XlsDoc

from assistant.domain import Reader
from assistant.errors import PasswordRequired, UnreadableManual
from assistant.opening import Assistant
from ingest import pipeline
from ingest.document import ReadDocument
from ingest.pdf_pictures import marked_page_png
from ingest.pipeline import ingest_paths
from ingest.process.reading_frames import Outcome, packed, unpacked
from ingest.process.reading_process import ReadingLimits, ReadingProcess
from ingest.protection import without_password
from ingest.readers import read_document

PASSWORD = "himitsu-Q7wZ"
BODY = "契約書は二通作り、双方が記名押印して各一通を持ちます。"
AMPLE = ReadingLimits(seconds=60, megabytes=1000)


def _pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setFont("HeiseiMin-W3", 12)
    canvas.drawString(60, 780, BODY)
    canvas.bookmarkPage("top")
    canvas.addOutlineEntry("第1章", "top", 0)
    canvas.save()
    return buffer.getvalue()


def _word() -> bytes:
    document, buffer = docx.Document(), io.BytesIO()
    document.add_paragraph(BODY)
    document.save(buffer)
    return buffer.getvalue()


def _excel() -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active.append([BODY])
    book.save(buffer)
    return buffer.getvalue()


def _slides() -> bytes:
    deck, buffer = pptx.Presentation(), io.BytesIO()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = BODY
    deck.save(buffer)
    return buffer.getvalue()


def _locked_pdf(content: bytes, user: str = PASSWORD, algorithm: str = "AES-256") -> bytes:
    writer, buffer = pypdf.PdfWriter(clone_from=io.BytesIO(content)), io.BytesIO()
    writer.encrypt(user_password=user, owner_password="of the owner", algorithm=algorithm)
    writer.write(buffer)
    return buffer.getvalue()


def _locked_office(content: bytes, password: str = PASSWORD) -> bytes:
    buffer = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, buffer)
    return buffer.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write_file(name: str, content: bytes) -> Path:
        path = tmp_path / "received" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    return write_file


def _text(document: ReadDocument) -> str:
    return "".join(page.text for page in document.pages)


@pytest.mark.parametrize("password", [PASSWORD, "ひみつ１２３"])
@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_pdf_is_opened_with_its_password(algorithm: str, password: str) -> None:
    locked = _locked_pdf(_pdf(), password, algorithm)
    opened = without_password(locked, "規則.pdf", password)
    reader = pypdf.PdfReader(io.BytesIO(opened))
    assert not reader.is_encrypted
    assert [entry.title for entry in reader.outline] == ["第1章"]
    assert BODY in _text(read_document(opened, "規則.pdf"))


@pytest.mark.parametrize(
    ("name", "make"), [("規則.docx", _word), ("規則.xlsx", _excel), ("規則.pptx", _slides)]
)
def test_an_office_file_is_opened_with_its_password(name: str, make: Callable[[], bytes]) -> None:
    plain = make()
    locked = _locked_office(plain)
    assert without_password(locked, name, PASSWORD) == plain
    assert BODY in _text(read_document(plain, name))


@pytest.mark.parametrize(
    ("name", "locked"),
    [("規則.pdf", _locked_pdf(_pdf())), ("規則.docx", _locked_office(_word()))],
    ids=["pdf", "docx"],
)
def test_no_password_and_a_wrong_one_are_told_apart(name: str, locked: bytes) -> None:
    with pytest.raises(PasswordRequired, match=r"保護されています。.*--password"):
        without_password(locked, name, None)
    with pytest.raises(PasswordRequired, match=r"パスワードが違います。.*もう一度") as wrong:
        without_password(locked, name, "chigau")
    assert "chigau" not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [("規則.pdf", _pdf()), ("規則.docx", _word()), ("規則.txt", b"text"), ("規則.xls", b"")],
)
@pytest.mark.parametrize("password", [None, PASSWORD])
def test_an_unprotected_file_stays_as_it_is(name: str, content: bytes, password: str) -> None:
    assert without_password(content, name, password) is content


def test_a_pdf_that_only_its_owner_may_change_needs_no_password() -> None:
    content = _locked_pdf(_pdf(), user="")
    assert without_password(content, "規則.pdf", None) is content
    assert without_password(content, "規則.pdf", "chigau") is content


def test_a_workbook_that_excel_opens_without_asking_needs_no_password() -> None:
    plain = _excel()
    locked = _locked_office(plain, "VelvetSweatshop")
    assert without_password(locked, "表.xlsx", None) == plain
    with pytest.raises(PasswordRequired):
        without_password(locked, "表.docx", None)


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("poi_bug53475-password-is-solrcell.docx", "solrcell", "This is password protected"),
        ("poi_protected_sha512.xlsx", "this is a test", ""),
        ("qpdf_enc-long-password.pdf", "asdf asdf asdf asdf asdf asdf qwer", "Potato 29"),
        ("pdfjs_print_protection.pdf", "1234", ""),
    ],
)
def test_files_of_other_programs_are_read(
    shared_data: Path, name: str, password: str, words: str
) -> None:
    content = (shared_data / "badfiles" / name).read_bytes()
    with pytest.raises(PasswordRequired):
        without_password(content, name, None)
    try:
        document = read_document(without_password(content, name, password), name)
    except UnreadableManual as refusal:  # opened, but it has no text
        assert not isinstance(refusal, PasswordRequired)
        assert words == ""
    else:
        assert words in _text(document)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("name", ["規則.pdf", "規則.docx"])
def test_a_protected_file_cut_off_is_refused_in_japanese(name: str, share: float) -> None:
    whole = _locked_pdf(_pdf()) if name.endswith("pdf") else _locked_office(_word())
    content = whole[: int(len(whole) * share)]
    with pytest.raises(UnreadableManual, match=r"[ぁ-ん]+.*ください"):
        read_document(without_password(content, name, PASSWORD), name)


def test_an_old_word_file_is_opened_where_no_file_may_be_written(shared_data: Path) -> None:
    name = "poi_password_password_cryptoapi.doc"
    content = (shared_data / "badfiles" / name).read_bytes()
    with pytest.raises(PasswordRequired):
        without_password(content, name, "chigau")
    opened = without_password(content, name, "password")
    assert not msoffcrypto.OfficeFile(io.BytesIO(opened)).is_encrypted()
    process = ReadingProcess()  # a disk that is full, or a limit, must not say it is damaged
    try:
        document = process.read(content, name, AMPLE, password="password")
    except UnreadableManual as refusal:
        assert "古い Word 形式" in str(refusal)
    else:
        assert _text(document)
    finally:
        process.close()


def _locked_xls(text: str, password: str) -> bytes:
    """Write a workbook of Excel 97 encrypted with RC4, as [MS-XLS] 2.2.10 tells."""
    book = xlwt.Workbook()
    book.add_sheet("表").write(0, 0, text)
    plain, salt = book.get_biff_data(), bytes(range(16))
    verifier = bytes(range(16, 32))
    check = DocumentRC4.decrypt(password, salt, io.BytesIO(verifier + md5(verifier).digest()))
    filepass = struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + salt + check.read()
    stream, clear, at = bytearray(), [], 0
    while at < len(plain):
        kind, size = struct.unpack_from("<HH", plain, at)
        record = bytearray(plain[at : at + 4 + size])
        open_bytes = 4 + size if kind in (0x809, 0xE1) else 4  # BOF and INTERFACEHDR stay open
        if kind == 0x85:  # BOUNDSHEET: where the sheet begins, which stays open too
            open_bytes = 8
            struct.pack_into("<I", record, 4, struct.unpack_from("<I", record, 4)[0] + 58)
        clear += [True] * open_bytes + [False] * (4 + size - open_bytes)
        stream += record
        if at == 0:
            stream += filepass
            clear += [True] * len(filepass)
        at += 4 + size
    hidden = DocumentRC4.decrypt(password, salt, io.BytesIO(stream), blocksize=1024).read()
    mixed = bytes(p if c else h for p, h, c in zip(stream, hidden, clear, strict=True))
    buffer = io.BytesIO()
    # xlwt fills the stream up with zeros: empty records of four bytes, if they begin at a fourth.
    odd = -len(mixed) % 4
    XlsDoc().save(buffer, mixed + struct.pack("<HH", 0, odd) + bytes(odd))
    return buffer.getvalue()


def test_an_old_workbook_is_opened_with_its_password() -> None:
    locked = _locked_xls(BODY, PASSWORD)
    with pytest.raises(PasswordRequired):
        without_password(locked, "表.xls", None)
    opened = without_password(locked, "表.xls", PASSWORD)
    assert BODY in _text(read_document(opened, "表.xls"))


def test_an_old_workbook_whose_structure_is_protected_needs_no_password() -> None:
    opened = without_password(_locked_xls(BODY, "VelvetSweatshop"), "表.xls", None)
    assert BODY in _text(read_document(opened, "表.xls"))


def test_what_was_opened_comes_through_the_frames() -> None:
    document = ReadDocument([], [], title="題", opened=b"%PDF\n\n\x00\xff\n")
    assert unpacked(packed(Outcome(document=document))).document == document
    refusal = Outcome(refused="パスワード", asks_password=True)
    assert unpacked(packed(refusal)) == refusal


def test_one_password_opens_the_protected_files_of_a_call(
    quick_assistant: Assistant, write: Callable[[str, bytes], Path], reader: Reader, today: date
) -> None:
    write("a.pdf", _locked_pdf(_pdf()))
    write("b.docx", _locked_office(_word()))
    write("c.docx", _locked_office(_word(), "another"))
    folder = write("d.txt", BODY.encode()).parent
    without = {r.file: r for r in ingest_paths(quick_assistant, [folder])}
    assert [(r.status, r.asks_password) for r in without.values()] == [
        ("rejected", True), ("rejected", True), ("rejected", True), ("indexed", False)
    ]  # fmt: skip
    given = {r.file: r for r in ingest_paths(quick_assistant, [folder], password=PASSWORD)}
    assert [r.status for r in given.values()] == ["indexed", "indexed", "rejected", "unchanged"]
    assert "パスワードが違います" in given["c.docx"].problems[0]
    found = quick_assistant.retriever.search("契約書は何通", reader=reader, as_of=today)
    assert {hit.source.file for hit in found} == {"a.pdf", "b.docx", "d.txt"}


def test_a_protected_file_is_unchanged_the_second_time_and_read_again_without_its_password(
    quick_assistant: Assistant,
    write: Callable[[str, bytes], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write("a.pdf", _locked_pdf(_pdf()))
    ingest_paths(quick_assistant, [path], password=PASSWORD)
    assert [r.status for r in ingest_paths(quick_assistant, [path])] == ["unchanged"]
    monkeypatch.setattr(pipeline, "READING", "of tomorrow")
    assert [r.status for r in ingest_paths(quick_assistant, [path])] == ["indexed"]
    other = path.rename(path.with_name("b.pdf"))
    [result] = ingest_paths(quick_assistant, [other])
    assert (result.status, result.asks_password) == ("rejected", True)


def test_the_library_keeps_a_copy_whose_pages_can_be_shown(
    quick_assistant: Assistant, write: Callable[[str, bytes], Path], reader: Reader, today: date
) -> None:
    path = write("a.pdf", _locked_pdf(_pdf()))
    ingest_paths(quick_assistant, [path], password=PASSWORD)
    [listing] = quick_assistant.library.manuals(reader=reader, as_of=today)
    kept = quick_assistant.library.original(listing.version.id, reader=reader)
    assert kept is not None
    assert marked_page_png(kept, 1, [BODY]).marked == 1


def test_the_password_is_kept_nowhere(
    quick_assistant: Assistant,
    write: Callable[[str, bytes], Path],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    paths = [
        write("a.pdf", _locked_pdf(_pdf())),
        write("b.docx", _locked_office(_word())),
        write("c.pptx", _locked_office(_slides(), "another")),
        write("d.pdf", _locked_pdf(_pdf(), "another")[:-40]),
    ]
    results = ingest_paths(quick_assistant, paths, password=PASSWORD, progress=told.append)
    assert [r.status for r in results] == ["indexed", "indexed", "rejected", "rejected"]
    quick_assistant.close()
    written = b"".join(
        path.read_bytes() for path in quick_assistant.settings.data_dir.rglob("*") if path.is_file()
    )
    said = "".join([*told, *map(str, results), caplog.text, *capfd.readouterr()])
    for form in (PASSWORD, PASSWORD.encode("utf-16-le").decode("latin-1")):
        assert form.encode("latin-1") not in written
        assert form not in said
    assert BODY.encode() in written
