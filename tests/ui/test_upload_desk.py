"""Files at the upload desk: one at a time, outside the page, and gone from the disk afterwards."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import docx
import pytest
from hashed_encoder import HashedEncoder
from msoffcrypto.format.ooxml import OOXMLFile

from assistant.domain import Reader
from assistant.embeddings.encoder import Vectors
from assistant.errors import DataDirectoryError, UsageError
from assistant.opening import Assistant, open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant
from assistant.settings import Settings
from ingest.manual_sheet import SheetRow
from ui.components.upload_form import day_of
from ui.upload_desk import Upload, UploadDesk, safe_name

PASSWORD = "himitsu-Q7wZ"
TEXT = "契約書は2通作ります。".encode()


class HeldEncoder(HashedEncoder):
    """An encoder that waits while a test holds it."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go = threading.Event()
        self.may_go.set()

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        assert self.may_go.wait(60)
        return super()._encode(texts, prompt)


@pytest.fixture
def encoder() -> HeldEncoder:
    return HeldEncoder()


@pytest.fixture
def opened(settings: Settings, encoder: HeldEncoder) -> Iterator[Assistant]:
    with open_assistant(settings, encoder=encoder) as assistant:
        yield assistant


@pytest.fixture
def editor(opened: Assistant) -> Member:
    """Somebody who may register every manual."""
    opened.accounts.add("1001", name="山田 花子", section="総務課", by=OPERATOR_ACTOR)
    opened.accounts.grant("1001", RoleGrant("administrator"), by=OPERATOR_ACTOR)
    return opened.accounts.member("1001")


@pytest.fixture
def desk(opened: Assistant, encoder: HeldEncoder) -> Iterator[UploadDesk]:
    desk = UploadDesk(opened)
    yield desk
    encoder.may_go.set()
    desk.close()


@pytest.fixture
def give(desk: UploadDesk, editor: Member) -> Callable[..., None]:
    def give(name: str, content: bytes = TEXT, row: SheetRow | None = None) -> None:
        desk.add(name, content, row=row or SheetRow(), by=editor.actor)

    return give


def locked() -> bytes:
    document, plain, buffer = docx.Document(), io.BytesIO(), io.BytesIO()
    document.add_paragraph("契約書は2通作ります。")
    document.save(plain)
    OOXMLFile(plain).encrypt(PASSWORD, buffer)
    return buffer.getvalue()


def _wait(desk: UploadDesk, holds: Callable[[dict[str, Upload]], bool]) -> dict[str, Upload]:
    for _ in range(1200):
        uploads = {upload.name: upload for upload in desk.uploads()}
        if holds(uploads):
            return uploads
        time.sleep(0.05)
    raise AssertionError(uploads)


def _ended(desk: UploadDesk) -> dict[str, Upload]:
    return _wait(desk, lambda uploads: not any(u.under_way for u in uploads.values()))


def _files(opened: Assistant) -> list[Path]:
    return list((opened.settings.data_dir / "uploads").glob("*"))


def test_files_are_ingested_under_their_names_and_leave_the_disk(
    desk: UploadDesk,
    give: Callable[..., None],
    opened: Assistant,
    editor: Member,
    reader: Reader,
    today: date,
) -> None:
    give("契約.txt")
    give("規則.jtd")
    ended = _ended(desk)
    assert list(ended) == ["規則.jtd", "契約.txt"]
    assert ended["契約.txt"].result.status == "indexed"
    assert "一太郎" in ended["規則.jtd"].result.problems[0]
    assert _files(opened) == []
    [listing] = opened.library.manuals(reader=reader, as_of=today)
    assert (listing.version.file_name, listing.version.uploaded_by) == (
        "契約.txt",
        editor.person_id,
    )
    give("契約.txt")
    assert _ended(desk)["契約.txt"].result.status == "unchanged"
    assert len(desk.uploads()) == 2


def test_the_second_file_waits_for_the_first_and_a_stop_lets_that_one_finish(
    desk: UploadDesk,
    give: Callable[..., None],
    encoder: HeldEncoder,
    opened: Assistant,
    editor: Member,
) -> None:
    encoder.may_go.clear()
    give("a.txt")
    _wait(desk, lambda uploads: uploads["a.txt"].state == "working")
    give("b.txt")
    give("a.txt", b"another")
    uploads = {(u.name, u.state) for u in desk.uploads()}
    assert uploads == {("a.txt", "working"), ("b.txt", "waiting"), ("a.txt", "ended")}
    assert "同じ名前" in desk.uploads()[0].result.problems[0]
    desk.stop(by=editor)
    encoder.may_go.set()
    ended = _ended(desk)
    assert (ended["a.txt"].result.status, ended["b.txt"].state) == ("indexed", "stopped")
    assert _files(opened) == []
    desk.clear(by=editor)
    assert desk.uploads() == []


def test_a_protected_file_waits_for_its_password_and_the_desk_forgets_it(
    desk: UploadDesk, give: Callable[..., None], opened: Assistant, editor: Member
) -> None:
    give("契約.docx", locked())
    waiting = _ended(desk)["契約.docx"]
    assert waiting.asks_password
    assert len(_files(opened)) == 1
    desk.retry(waiting.id, "chigau", by=editor)
    wrong = _ended(desk)["契約.docx"]
    assert wrong.asks_password
    assert "パスワードが違います" in wrong.result.problems[0]
    desk.retry(waiting.id, PASSWORD, by=editor)
    assert _ended(desk)["契約.docx"].result.status == "indexed"
    assert _files(opened) == []
    assert PASSWORD not in str(vars(desk))


def test_a_protected_file_is_dropped_with_the_list(
    desk: UploadDesk, give: Callable[..., None], opened: Assistant, editor: Member
) -> None:
    give("契約.docx", locked())
    _ended(desk)
    desk.clear(by=editor)
    assert (desk.uploads(), _files(opened)) == ([], [])


def test_empty_fields_leave_a_known_manual_as_it_is(
    desk: UploadDesk, give: Callable[..., None], opened: Assistant, reader: Reader, today: date
) -> None:
    row = SheetRow(title="契約の手引き", owner_section="契約課", owner_extension="2345")
    give("契約.txt", row=row)
    _ended(desk)
    give("契約.txt", "契約書は3通作ります。".encode(), row=SheetRow(category="契約"))
    _ended(desk)
    [listing] = opened.library.manuals(reader=reader, as_of=today)
    manual = listing.manual
    assert (manual.title, manual.owner_section, manual.category) == (
        "契約の手引き", "契約課", "契約"
    )  # fmt: skip
    later = SheetRow(owner_section="財政課", effective_from=today + timedelta(days=40))
    give("契約.txt", "契約書は4通作ります。".encode(), row=later)
    assert _ended(desk)["契約.txt"].result.version == 3
    [listing] = opened.library.manuals(reader=reader, as_of=today)
    assert listing.version.number == 2


def test_closing_breaks_off_the_work_and_removes_the_files(
    opened: Assistant, encoder: HeldEncoder, reader: Reader, today: date, editor: Member
) -> None:
    desk = UploadDesk(opened)
    encoder.may_go.clear()
    desk.add("a.txt", TEXT, row=SheetRow(), by=editor.actor)
    desk.add("b.txt", TEXT, row=SheetRow(), by=editor.actor)
    _wait(desk, lambda uploads: uploads["a.txt"].step.startswith("読んで"))
    threading.Timer(0.3, encoder.may_go.set).start()
    desk.close()
    assert _files(opened) == []
    assert opened.library.manuals(reader=reader, as_of=today) == []


def test_what_a_dead_process_left_is_removed(opened: Assistant) -> None:
    left = opened.settings.data_dir / "uploads" / "left"
    left.parent.mkdir()
    left.write_bytes(b"x")
    UploadDesk(opened).close()
    assert not left.exists()


def test_a_full_disk_or_a_missing_right_is_told(
    desk: UploadDesk, opened: Assistant, editor: Member
) -> None:
    (opened.settings.data_dir / "uploads").write_text("not a folder", "utf-8")
    with pytest.raises(DataDirectoryError, match=r"a\.txt を一時フォルダに置けません.*ください"):
        desk.add("a.txt", TEXT, row=SheetRow(), by=editor.actor)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("契約.txt", "契約.txt"),
        ("../../etc/契約.txt", "契約.txt"),
        ("C:\\文書\\契約.txt", "契約.txt"),
        ("か\u3099い\x00よう\u202e.txt", "がいよう.txt"),
        ("あ" * 300 + ".pdf", "あ" * 200 + ".pdf"),
        ("", "名前なし"),
    ],
)
def test_the_name_of_a_browser_is_made_safe(given: str, name: str) -> None:
    assert safe_name(given) == name


@pytest.mark.parametrize(
    "text",
    ["2026-04-01", "2026/4/1", "令和8年4月1日", "令和８年４月１日", "R8.4.1", "2026年4月1日"],
)
def test_a_day_is_read_as_offices_write_it(text: str) -> None:
    assert day_of(text) == date(2026, 4, 1)


@pytest.mark.parametrize(
    "text", ["来年", "8-4-1", "2026-13-01", "令和8年", "4月1日", "令和9999年1月1日"]
)
def test_a_day_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    with pytest.raises(UsageError, match=r"施行日.*の形で入力してください"):
        day_of(text)


def test_no_day_and_the_first_year_of_an_era() -> None:
    assert day_of(" ") is None
    assert day_of("令和元年5月1日") == date(2019, 5, 1)
