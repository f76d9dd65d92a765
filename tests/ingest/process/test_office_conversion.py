"""Old Office files: recognised by their bytes, converted where LibreOffice is, refused elsewhere."""

from __future__ import annotations

import io
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import docx
import pptx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml

from assistant.errors import PasswordRequired, UnreadableManual
from assistant.opening import Assistant
from assistant.settings import Settings
from ingest.pipeline import ingest_paths
from ingest.process.office_conversion import converted, converter
from ingest.process.reading_frames import Outcome, packed, unpacked
from ingest.process.reading_process import read_under_limits
from ingest.readers import read_document
from ingest.readers.office_archive import OLE2
from ingest.readers.old_office import NeedsConversion

SaveAs = Callable[[bytes, str, str], bytes]
BODY = "契約書は二通作り、双方が記名押印して各一通を持ちます。"


def _old(*streams: str) -> bytes:
    """Return the beginnings of an OLE2 file whose directory names these streams."""
    names = b"".join(
        name.encode("utf-16-le").ljust(128, b"\x00") for name in ("Root Entry", *streams)
    )
    return OLE2 + b"\xa1\xb1\x1a\xe1" + b"\x00" * 504 + names


def _word() -> bytes:
    document, buffer = docx.Document(), io.BytesIO()
    document.core_properties.title = "契約の手引き"
    document.add_heading("第1章　契約", level=1)
    document.add_paragraph(BODY)
    document.add_paragraph("見積書を取る", style="List Number")
    document.add_paragraph("請書を取る", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("区分", "額", "工事", "200万円"), strict=True):
        cell.text = text
    document.add_paragraph("以上です。")  # LibreOffice loses a table at the end of its .doc
    document.save(buffer)
    return buffer.getvalue()


def _slides() -> bytes:
    deck, buffer = pptx.Presentation(), io.BytesIO()
    for title in ("契約の流れ", "支払の流れ"):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = BODY
        box = slide.shapes.add_table(3, 2, 914400, 4000000, 6000000, 900000)
        rows = ("区分", "額", "工事", "200万円", "物品", "80万円")
        for cell, text in zip(box.table.iter_cells(), rows, strict=True):
            cell.text = text
    deck.save(buffer)
    return buffer.getvalue()


WORD_PAGE = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><h1>契約</h1>'
    f"<p>{BODY}</p></body></html>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("手引き.doc", _word(), id="docx under doc"),
        pytest.param("手引き.rtf", _word(), id="docx under rtf"),
        pytest.param("手引き.ppt", _slides(), id="pptx under ppt"),
        pytest.param("手引き.ppsx", _slides(), id="slide show"),
        pytest.param("手引き.doc", WORD_PAGE.encode(), id="web page for Word under doc"),
        pytest.param("手引き.doc", WORD_PAGE.encode("utf-16"), id="the same in UTF-16"),
    ],
)
def test_a_file_is_read_as_what_it_is(name: str, content: bytes) -> None:
    assert BODY in read_document(content, name).pages[0].text


@pytest.mark.parametrize(
    ("name", "content", "target", "message"),
    [
        pytest.param("規則.doc", _old("WordDocument"), ".docx", "古い Word", id="doc"),
        pytest.param("規則.docx", _old("WordDocument"), ".docx", "古い Word", id="doc under docx"),
        pytest.param("規則.DOT", _old("WordDocument"), ".docx", "古い Word", id="dot"),
        pytest.param("規則.doc", b"{\\rtf1\\ansi }", ".docx", "リッチテキスト", id="rtf under doc"),
        pytest.param("研修.ppt", _old("PowerPoint Document"), ".pptx", "古い Power", id="ppt"),
        pytest.param("研修.pps", _old("PowerPoint Document"), ".pptx", "古い Power", id="pps"),
    ],
)
def test_an_old_format_asks_for_its_conversion(
    name: str, content: bytes, target: str, message: str
) -> None:
    with pytest.raises(NeedsConversion, match=rf"{message}.*LibreOffice.*してください") as needed:
        read_document(content, name)
    assert needed.value.target == target


@pytest.mark.parametrize("name", ["規則.doc", "規則.docx", "規則.ppt", "規則.jtd", "規則.JTTC"])
@pytest.mark.parametrize("stream", ["DocumentViewStyles", "JSCompDocument"])
def test_ichitaro_is_refused_whatever_its_name(name: str, stream: str) -> None:
    with pytest.raises(UnreadableManual, match="一太郎で「PDFとして保存」または Word 形式で"):
        read_document(_old(stream), name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(_old("Workbook"), "Word ファイルか", id="Excel"),
        pytest.param(b"MIME-Version: 1.0\r\n", "一つにまとめた形式", id="web archive"),
        pytest.param(b"\xdb\xa5-\x00 Word 2.0", "拡張子と中身が合わない", id="Word 2"),
        pytest.param(b"<html><title>404</title></html>", "HTML", id="error page"),
    ],
)
def test_what_is_no_word_file_is_refused_under_doc(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableManual, match=message) as refusal:
        read_document(content, "規則.doc")
    assert not isinstance(refusal.value, NeedsConversion)


def test_a_wish_for_conversion_comes_through_with_the_opened_bytes() -> None:
    wish = Outcome(refused="古い形式です。", convert_to=".docx", opened=b"a\nb\x00")
    assert unpacked(packed(wish)) == wish
    assert unpacked(packed(Outcome(refused="古い形式です。", convert_to=".docx"))).opened is None


def test_without_a_converter_an_old_file_is_refused_with_the_next_step(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableManual, match=r"Word で \.docx または PDF に保存し直してください"):
        read_under_limits(_old("WordDocument"), "規則.doc", settings)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """Write a program that stands in for LibreOffice: lines of a shell, $OUT being its result."""

    def write(lines: str) -> str:
        path = tmp_path / "soffice"
        path.write_text(f"#!/bin/sh\nmkdir result; OUT=result/source.docx\n{lines}\n", "utf-8")
        path.chmod(0o755)
        return str(path)

    return write


def test_the_converter_gets_the_file_and_an_environment_without_secrets(
    program: Callable[[str], str], temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_ENDPOINT_API_KEY", "himitsu")
    result = converted(b"old", ".docx", 20, 500, program("cat source > $OUT; env >> $OUT"))
    assert result.startswith(b"old")
    assert b"himitsu" not in result
    assert f"HOME={temporary}".encode() in result
    assert list(temporary.iterdir()) == []


def test_a_converter_that_takes_too_long_ends_with_all_that_it_started(
    program: Callable[[str], str], temporary: Path, tmp_path: Path
) -> None:
    lines = f"sleep 600 & echo $! > {tmp_path}/helper\nwait"
    with pytest.raises(UnreadableManual, match=r"1 秒で終わらない.*登録してください"):
        converted(b"old", ".docx", 1, 500, program(lines))
    helper = int((tmp_path / "helper").read_text())
    deadline = time.monotonic() + 10
    while _runs(helper) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(helper)
    assert list(temporary.iterdir()) == []


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("exit 0", id="no result"),
        pytest.param(": > $OUT", id="an empty result"),
        pytest.param("kill -SEGV $$", id="a crash"),
    ],
)
def test_a_file_that_cannot_be_converted_is_refused_with_the_next_step(
    lines: str, program: Callable[[str], str], temporary: Path
) -> None:
    with pytest.raises(UnreadableManual, match=r"変換できません.*Word で開けるか確かめ.*ください"):
        converted(b"old", ".docx", 20, 500, program(lines))
    assert list(temporary.iterdir()) == []


def test_the_converter_may_take_only_so_much_memory(
    program: Callable[[str], str], temporary: Path
) -> None:
    said = converted(b"old", ".docx", 20, 500, program("ulimit -v > $OUT; ulimit -c >> $OUT"))
    assert said.split() == [str(2_000_000_000 // 1024).encode(), b"0"]


@pytest.mark.full
@pytest.mark.parametrize("extension", [".doc", ".rtf"])
def test_an_old_word_file_reads_as_the_new_one(
    extension: str, save_as: SaveAs, settings: Settings, temporary: Path
) -> None:
    new = read_document(_word(), "手引き.docx")
    old = save_as(_word(), ".docx", extension)
    assert list(temporary.iterdir()) == []
    read = read_under_limits(old, f"手引き{extension}", settings)
    assert [(b.text, b.level, b.rows) for b in read.blocks] == [
        (b.text, b.level, b.rows) for b in new.blocks
    ]
    assert read.title == "契約の手引き"
    assert read.opened is None
    assert list(temporary.iterdir()) == []


@pytest.mark.full
def test_an_old_presentation_has_its_slides(save_as: SaveAs, settings: Settings) -> None:
    read = read_under_limits(save_as(_slides(), ".pptx", ".ppt"), "研修.ppt", settings)
    assert [page.number for page in read.pages] == [1, 2]
    assert [block.text for block in read.blocks if block.level] == ["契約の流れ", "支払の流れ"]
    assert BODY in read.pages[1].text
    new = read_document(_slides(), "研修.pptx")
    assert [b.rows for b in read.blocks if b.rows] == [b.rows for b in new.blocks if b.rows]


@pytest.mark.full
def test_an_old_word_file_is_ingested(
    save_as: SaveAs, quick_assistant: Assistant, tmp_path: Path
) -> None:
    path = tmp_path / "契約の手引き.doc"
    path.write_bytes(save_as(_word(), ".docx", ".doc"))
    [result] = ingest_paths(quick_assistant, [path])
    assert (result.status, result.manual, result.pages) == ("indexed", "契約の手引き", 0)
    [again] = ingest_paths(quick_assistant, [path])
    assert again.status == "unchanged"


@pytest.mark.full
@pytest.mark.parametrize("length", [600, 4000])
def test_a_cut_off_word_file_is_refused(save_as: SaveAs, settings: Settings, length: int) -> None:
    old = save_as(_word(), ".docx", ".doc")
    broken = old[:length] + _old("WordDocument")[512:]
    with pytest.raises(UnreadableManual, match=r"Word.*保存し直してください"):
        read_under_limits(broken, "手引き.doc", settings)


@pytest.mark.full
@pytest.mark.shared
def test_a_protected_old_word_file_is_opened_and_converted(
    save_as: SaveAs, settings: Settings, shared_data: Path
) -> None:
    content = (shared_data / "badfiles" / "poi_password_password_cryptoapi.doc").read_bytes()
    with pytest.raises(PasswordRequired):
        read_under_limits(content, "規則.doc", settings)
    read = read_under_limits(content, "規則.doc", settings, password="password")
    assert read.opened is not None
    assert read_under_limits(read.opened, "規則.doc", settings).blocks == read.blocks


class _Counter(ThreadingHTTPServer):
    """A server on loopback that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []


class _Answer(BaseHTTPRequestHandler):
    server: _Counter

    def _answer(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.send_response(404)
        self.end_headers()

    do_GET = do_HEAD = do_OPTIONS = do_PROPFIND = _answer  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def counter() -> Iterator[_Counter]:
    with _Counter() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _with_remote_picture(address: str) -> bytes:
    document, buffer = docx.Document(), io.BytesIO()
    paragraph = document.add_paragraph(BODY)
    key = document.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True)
    office = "http://schemas.openxmlformats.org"
    paragraph._p.append(
        parse_xml(
            f'<w:r xmlns:w="{office}/wordprocessingml/2006/main" xmlns:wp="{office}/drawingml/2006/'
            f'wordprocessingDrawing" xmlns:a="{office}/drawingml/2006/main" xmlns:r="{office}/'
            f'officeDocument/2006/relationships"><w:drawing><wp:inline><wp:extent cx="914400" '
            'cy="914400"/><wp:docPr id="1" name="p"/><a:graphic><a:graphicData '
            f'uri="{office}/drawingml/2006/picture"><pic:pic xmlns:pic="{office}/drawingml/2006/picture">'
            '<pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            f'<a:blip r:link="{key}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
            '<a:xfrm><a:off x="0" y="0"/><a:ext cx="914400" cy="914400"/></a:xfrm><a:prstGeom '
            'prst="rect"/></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
        )
    )
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.full
@pytest.mark.parametrize(
    "alone", [False, True], ids=["in a network of its own", "by settings alone"]
)
def test_a_remote_picture_causes_no_request(
    alone: bool, save_as: SaveAs, counter: _Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address = f"http://127.0.0.1:{counter.server_port}/picture.png"
    old = save_as(_with_remote_picture(address), ".docx", ".doc")
    assert counter.asked, "LibreOffice as it is installed asks for the picture"
    counter.asked.clear()
    if alone:
        launcher = Path(__file__).parents[3] / "ingest" / "process" / "office_launcher.py"
        without = tmp_path / "launcher.py"
        text = launcher.read_text("utf-8")
        assert "    _leave_network()\n" in text
        without.write_text(text.replace("    _leave_network()\n", ""), "utf-8")
        monkeypatch.setattr("ingest.process.office_conversion._LAUNCHER", without)
    program = converter()
    assert program is not None
    assert (
        BODY in read_document(converted(old, ".docx", 60, 1000, program), "a.docx").blocks[0].text
    )
    assert counter.asked == []


@pytest.mark.full
def test_a_file_of_this_machine_is_not_drawn_into_a_document(
    save_as: SaveAs, settings: Settings, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("HIMITSU", "utf-8")
    included = (
        '{\\rtf1\\ansi Body text here. {\\field{\\*\\fldinst INCLUDETEXT "'
        + secret.as_uri()
        + '"}{\\fldrslt before}}\\par}'
    )
    read = read_under_limits(included.encode(), "規則.rtf", settings)
    assert "HIMITSU" not in "".join(page.text for page in read.pages)
