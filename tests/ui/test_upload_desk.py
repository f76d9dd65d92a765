"""Files at the upload desk: one at a time, outside the page, and gone from the disk afterwards."""

from __future__ import annotations

import io
import os
import platform
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
from ingest.jobs import INGEST
from ingest.manual_sheet import SheetRow
from ui.components.people.fields import optional_day
from ui.composition import Background
from ui.upload_desk import Upload, UploadDesk, safe_name

PASSWORD = "himitsu-Q7wZ"
TEXT = "契約書は2通作ります。".encode()


class HeldEncoder(HashedEncoder):
    """An encoder that waits while a test holds it."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go = threading.Event()
        self.may_go.set()

    def _encode(self, texts: Sequence[str], prompt: str, *, in_background: bool = False) -> Vectors:
        assert self.may_go.wait(60)
        return super()._encode(texts, prompt, in_background=in_background)


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
def background(opened: Assistant, encoder: HeldEncoder) -> Iterator[Background]:
    background = Background(opened)
    background.start()
    yield background
    encoder.may_go.set()
    background.close()


@pytest.fixture
def desk(background: Background) -> UploadDesk:
    return background.desk


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
    assert [ended["規則.jtd"].request.path] == _files(opened)  # kept for another try
    [listing] = opened.library.manuals(reader=reader, as_of=today)
    assert (listing.version.file_name, listing.version.uploaded_by) == (
        "契約.txt",
        editor.person_id,
    )
    give("契約.txt")
    assert _ended(desk)["契約.txt"].result.status == "unchanged"
    assert len(desk.uploads()) == 2
    desk.clear(by=editor)
    assert (desk.uploads(), _files(opened)) == ([], [])


def test_the_second_file_waits_for_the_first_and_a_stop_lets_that_one_finish(
    desk: UploadDesk,
    give: Callable[..., None],
    encoder: HeldEncoder,
    opened: Assistant,
    editor: Member,
) -> None:
    encoder.may_go.clear()
    give("a.txt")
    _wait(desk, lambda uploads: uploads["a.txt"].job.state == "running")
    give("b.txt")
    with pytest.raises(UsageError, match="同じ名前"):
        give("a.txt", b"another")
    uploads = {(u.name, u.job.state) for u in desk.uploads()}
    assert uploads == {("a.txt", "running"), ("b.txt", "waiting")}
    assert len(_files(opened)) == 2
    desk.stop(by=editor)
    encoder.may_go.set()
    ended = _ended(desk)
    assert (ended["a.txt"].result.status, ended["b.txt"].job.state) == ("indexed", "cancelled")
    assert _files(opened) == [ended["b.txt"].request.path]
    desk.clear(by=editor)
    assert (desk.uploads(), _files(opened)) == ([], [])


def test_a_file_that_was_stopped_can_be_taken_after_all(
    desk: UploadDesk,
    give: Callable[..., None],
    encoder: HeldEncoder,
    editor: Member,
) -> None:
    encoder.may_go.clear()
    give("a.txt")
    give("b.txt")
    _wait(desk, lambda uploads: uploads["a.txt"].job.state == "running")
    stopped = next(u for u in desk.uploads() if u.name == "b.txt")
    desk.cancel(stopped.id, by=editor)
    assert next(u for u in desk.uploads() if u.name == "b.txt").job.state == "cancelled"
    desk.retry(stopped.id, by=editor)
    encoder.may_go.set()
    assert _ended(desk)["b.txt"].result.status == "indexed"


def test_a_protected_file_waits_for_its_password_and_the_desk_forgets_it(
    desk: UploadDesk,
    give: Callable[..., None],
    background: Background,
    opened: Assistant,
    editor: Member,
) -> None:
    give("契約.docx", locked())
    waiting = _ended(desk)["契約.docx"]
    assert waiting.asks_password
    assert len(_files(opened)) == 1
    desk.retry(waiting.id, by=editor, password="chigau")
    wrong = _ended(desk)["契約.docx"]
    assert wrong.asks_password
    assert "パスワードが違います" in wrong.result.problems[0]
    desk.retry(waiting.id, by=editor, password=PASSWORD)
    assert _ended(desk)["契約.docx"].result.status == "indexed"
    assert _files(opened) == []
    assert PASSWORD not in str(vars(background.secrets))
    assert PASSWORD.encode() not in (opened.settings.data_dir / "chonai.db").read_bytes()


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


def test_what_closing_breaks_off_is_taken_up_again_at_the_next_start(
    opened: Assistant, encoder: HeldEncoder, reader: Reader, today: date, editor: Member
) -> None:
    background = Background(opened)
    background.start()
    encoder.may_go.clear()
    for name in ("a.txt", "b.txt"):
        background.desk.add(name, TEXT, row=SheetRow(), by=editor.actor)
    _wait(background.desk, lambda uploads: uploads["a.txt"].job.state == "running")
    threading.Timer(0.3, encoder.may_go.set).start()
    background.close()
    assert "running" not in [u.job.state for u in background.desk.uploads()]
    later = Background(opened)
    later.start()
    ended = _ended(later.desk)
    later.close()
    assert {u.job.state for u in ended.values()} == {"done"}
    assert _files(opened) == []
    names = {m.version.file_name for m in opened.library.manuals(reader=reader, as_of=today)}
    assert names == {"a.txt", "b.txt"}


def test_what_a_dead_process_held_is_taken_up_again(
    opened: Assistant, reader: Reader, today: date, editor: Member
) -> None:
    never_started = Background(opened)
    never_started.desk.add("a.txt", TEXT, row=SheetRow(), by=editor.actor)
    dead = f"{platform.node()}:{2**22 + 1}:0"  # no process has so high a number
    assert opened.jobs.claim(dead, [INGEST]) is not None
    background = Background(opened)
    background.start()
    ended = _ended(background.desk)
    background.close()
    assert ended["a.txt"].result.status == "indexed"
    assert ended["a.txt"].job.attempts == 2
    assert _files(opened) == []
    assert len(opened.library.manuals(reader=reader, as_of=today)) == 1


def test_old_files_that_nobody_wants_any_more_are_removed(
    desk: UploadDesk, give: Callable[..., None], opened: Assistant
) -> None:
    give("規則.jtd")
    kept = _ended(desk)["規則.jtd"].request.path
    strange = opened.settings.data_dir / "uploads" / "left"
    strange.write_bytes(b"x")
    assert desk.remove_old_files() == 0
    long_ago = time.time() - timedelta(days=8).total_seconds()
    for path in (kept, strange):
        os.utime(path, (long_ago, long_ago))
    assert desk.remove_old_files() == 1
    assert _files(opened) == [kept]


def test_an_editor_can_neither_stop_nor_retry_the_files_of_others(
    desk: UploadDesk, give: Callable[..., None], opened: Assistant, editor: Member
) -> None:
    opened.accounts.add("2002", name="佐藤 次郎", section="総務課", by=OPERATOR_ACTOR)
    opened.accounts.grant("2002", RoleGrant("editor", "総務課"), by=OPERATOR_ACTOR)
    other = opened.accounts.member("2002")
    give("規則.jtd")
    upload = _ended(desk)["規則.jtd"]
    assert desk.seen_by(other) == []
    desk.retry(upload.id, by=other)
    desk.clear(by=other)
    assert [(u.id, u.under_way) for u in desk.uploads()] == [(upload.id, False)]


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
    assert optional_day(text, "施行日") == date(2026, 4, 1)


@pytest.mark.parametrize(
    "text", ["来年", "8-4-1", "2026-13-01", "令和8年", "4月1日", "令和9999年1月1日"]
)
def test_a_day_that_cannot_be_read_says_how_to_write_it(text: str) -> None:
    with pytest.raises(UsageError, match=r"施行日.*の形で入力してください"):
        optional_day(text, "施行日")


def test_no_day_and_the_first_year_of_an_era() -> None:
    assert optional_day(" ", "施行日") is None
    assert optional_day("令和元年5月1日", "施行日") == date(2019, 5, 1)
