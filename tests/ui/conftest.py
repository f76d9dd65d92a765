"""A hand-made assistant for the pages: a real desk's behaviour over answers that a test writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser_sites import chromium, quoting_site, writing_model, writing_site
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from assistant.answer_desk import AnswerRecord
from assistant.database import Database
from assistant.domain import (
    Answer,
    AnswerSentence,
    Chunk,
    Citation,
    Manual,
    ManualVersion,
    Page,
    Reader,
    ReferredChunk,
    Related,
    Source,
)
from assistant.errors import InvalidQuestion
from assistant.library import ChunkDraft
from assistant.library.in_force import Term
from assistant.opening import Assistant
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant
from assistant.settings import Settings
from ui import resources

__all__ = ["chromium", "quoting_site", "writing_model", "writing_site"]  # fixtures


@pytest.fixture
def running(quick_assistant: Assistant) -> Iterator[Assistant]:
    """A real assistant, empty and quick to open, given to pages and routes."""
    resources.set_assistant(quick_assistant)
    yield quick_assistant
    resources.set_assistant(None)


LINES = (
    "第３章　随意契約",
    "予定価格が１３０万円を超えない工事の請負は、随意契約によること",
    "ができる。",
    "見積書は、二人以上の者から徴する。",
)
TWO_LINES = "予定価格が130万円を超えない工事の請負は、随意契約によることができる。"
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Listing:
    manual: Manual
    version: ManualVersion
    pages: int
    chunks: int
    in_force: bool = True


@dataclass
class WrittenLibrary:
    """Two manuals of a test, readable by everybody but the person called stranger."""

    listings: list[Listing]
    texts: dict[str, list[Page]]
    files: dict[str, Path]
    found_chunks: dict[str, Chunk]
    database: Database

    def manuals(self, *, reader: Reader, as_of: date) -> list[Listing]:
        return [] if reader.person_id == "stranger" else self.listings

    def version(self, version_id: str, *, reader: Reader) -> Listing | None:
        found = [item for item in self.listings if item.version.id == version_id]
        return None if reader.person_id == "stranger" or not found else found[0]

    def sources(self, *, reader: Reader, as_of: date) -> dict[str, Source]:
        return {item.version.id: _source(item) for item in self.listings if item.in_force}

    def pages(self, version_id: str, *, reader: Reader) -> list[Page]:
        return self.texts[version_id] if self.version(version_id, reader=reader) else []

    def page_labels(self, version_ids: list[str]) -> dict[tuple[str, int], str]:
        return {
            (version_id, page.number): page.label
            for version_id in version_ids
            for page in self.texts[version_id]
            if page.number and page.label
        }

    def original(self, version_id: str, *, reader: Reader) -> Path | None:
        return self.files.get(version_id) if self.version(version_id, reader=reader) else None

    def chunks(self, ids: list[str]) -> dict[str, Chunk]:
        return {key: self.found_chunks[key] for key in ids if key in self.found_chunks}

    def text(self, version_id: str, *, reader: Reader) -> list[Chunk]:
        readable = self.version(version_id, reader=reader) is not None
        own = [c for c in self.found_chunks.values() if c.version_id == version_id]
        return own if readable else []

    def terms(self) -> dict[str, Term]:
        versions = [item.version for item in self.listings if item.in_force]
        return {v.id: Term(v.effective_from, v.effective_to) for v in versions}

    def referenced(
        self, chunk_ids: list[str], *, reader: Reader, as_of: date
    ) -> dict[str, tuple[ReferredChunk, ...]]:
        return {}


@dataclass
class WrittenDesk:
    """A desk whose next answers are written by the test as snapshots; the last is final."""

    records: list[AnswerRecord] = field(default_factory=list)
    coming: list[list[dict[str, object]]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    days: list[date | None] = field(default_factory=list)

    def ask(
        self,
        question: str,
        *,
        reader: Reader,
        browser_session: str,
        conversation_id: str | None,
        as_of: date | None,
        trial: bool = False,
    ) -> str:
        self.asked.append((question, conversation_id))
        self.days.append(as_of)
        if not question.strip() or len(question) > 40:
            raise InvalidQuestion("質問は40文字までです。短くして、もう一度質問してください。")
        answer_id = f"answer{len(self.records) + 1}"
        conversation = conversation_id or f"conversation{len(self.records) + 1}"
        self.records.append(
            AnswerRecord(
                id=answer_id,
                conversation_id=conversation,
                person_id=reader.person_id if reader else "local",
                section="",
                question=question,
                state="running",
                answer=None,
                asked_at=datetime.now(UTC),
                shown=False,
                helpful=None,
                error=None,
            )
        )
        return answer_id

    def asks_minutes(self, answer_id: str, *, person_id: str) -> bool:
        return False

    def stop(self, answer_id: str, *, person_id: str) -> None:
        self.stopped.append(answer_id)

    def follow(
        self, answer_id: str, *, reader: Reader, every: float = 0.3
    ) -> Iterator[AnswerRecord]:
        if self.record(answer_id, reader=reader).state != "running":
            yield self._change(answer_id, shown=True)
            return
        for changes in self.coming.pop(0):
            yield self._change(answer_id, **changes, shown=True)

    def record(self, answer_id: str, *, reader: Reader) -> AnswerRecord | None:
        return next((record for record in self.records if record.id == answer_id), None)

    def _change(self, answer_id: str, **changes: object) -> AnswerRecord:
        place = [record.id for record in self.records].index(answer_id)
        self.records[place] = replace(self.records[place], **changes)
        return self.records[place]


@dataclass
class WrittenConversations:
    """The conversations of a written desk; none has a name."""

    desk: WrittenDesk

    def current(self, *, reader: Reader) -> list[AnswerRecord]:
        latest = self.desk.records[-1].conversation_id if self.desk.records else ""
        return [] if latest in self.desk.ended else self.records(latest, reader=reader)

    def records(self, conversation_id: str, *, reader: Reader) -> list[AnswerRecord]:
        return [r for r in self.desk.records if r.conversation_id == conversation_id]

    def title(self, conversation_id: str, *, reader: Reader) -> str:
        return ""

    def close(self, conversation_id: str, *, person_id: str) -> None:
        self.desk.ended.append(conversation_id)


@dataclass
class WrittenFeedback:
    """Keeps verdicts with the records of a written desk."""

    desk: WrittenDesk

    def rate(self, answer_id: str, *, person_id: str, helpful: bool) -> None:
        self.desk._change(answer_id, helpful=helpful)

    def explain(self, answer_id: str, *, person_id: str, reason: str, remark: str = "") -> None:
        self.desk._change(answer_id, reason=reason, remark=remark)


class WrittenDirectory:
    """Everybody is known; nobody but the one called staff lacks the auditor's role."""

    def member(self, person_id: str, *, today: date) -> Member | None:
        grants = () if person_id == "staff" else (RoleGrant("auditor"),)
        return Member(person_id, person_id, "氏名", "総務課", "", True, grants)


class WrittenSessions:
    """Every session has just been confirmed."""

    def is_confirmed(self, session_id: str) -> bool:
        return True


class WrittenProposals:
    """Proposes nothing."""

    def first(self, *, reader: Reader, today: date) -> tuple[str, ...]:
        return ()

    def after(
        self, answer_id: str, answers: object, *, reader: Reader, asked: object
    ) -> tuple[str, ...]:
        return ()


class WrittenAnswering:
    """Has no model to warm up."""

    def warm(self) -> None:
        return


@dataclass
class WrittenAssistant:
    settings: Settings
    library: WrittenLibrary
    desk: WrittenDesk
    directory: WrittenDirectory = field(default_factory=WrittenDirectory)
    sessions: WrittenSessions = field(default_factory=WrittenSessions)
    ledger: object = None
    answering: WrittenAnswering = field(default_factory=WrittenAnswering)
    proposed: WrittenProposals = field(default_factory=WrittenProposals)
    retriever: object = field(
        default_factory=lambda: SimpleNamespace(search=lambda *_args, **_named: [])
    )
    simulated: bool = False

    @property
    def conversations(self) -> WrittenConversations:
        return WrittenConversations(self.desk)

    @property
    def feedback(self) -> WrittenFeedback:
        return WrittenFeedback(self.desk)


def write_pdf(path: Path) -> Path:
    """Write a PDF of two pages, the first with LINES."""
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    canvas = Canvas(str(path), pagesize=A4)
    for lines in (LINES, ("二ページ目の文です。",)):
        canvas.setFont("HeiseiKakuGo-W5", 12)
        for row, line in enumerate(lines):
            canvas.drawString(60, 760 - 24 * row, line)
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture(scope="session")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pdf(tmp_path_factory.mktemp("pdf") / "original")


def _source(item: Listing) -> Source:
    manual, version = item.manual, item.version
    return Source(
        manual.id, manual.title, manual.category, manual.owner_section, manual.owner_extension,
        version.id, version.number, version.file_name, version.effective_from,
    )  # fmt: skip


def _chunk(name: str, version: str, heading: str, text: str, page: int | None) -> Chunk:
    hashed = ChunkDraft((heading,), page, page, "text", text, ()).text_hash
    return Chunk(name, version, 0, (heading,), page, page, "text", text, hashed, ())


def _version(name: str, manual_id: str, file_name: str) -> ManualVersion:
    since = date(2026, 4, 1)
    return ManualVersion(
        name, manual_id, 2, 1, "published", since, None, file_name, "0" * 64, "local", None
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of no manual; tests must not change it."""
    opened = Database(tmp_path_factory.mktemp("empty") / "chonai.db")
    yield opened
    opened.close()


@pytest.fixture
def written(pdf: Path, tmp_path: Path, empty_database: Database) -> Iterator[WrittenAssistant]:
    """The assistant of a test, given to the pages."""
    contract = Manual("m1", "契約事務の手引き", "契約", "契約課", "2345")
    guide = Manual("m2", "使い方", "案内", "総務課", "")
    section = "質問は一つずつ入力します。\n$重要$ *必ず* <b>根拠</b>を確かめます。"
    assistant = WrittenAssistant(
        settings=Settings(data_dir=tmp_path),
        library=WrittenLibrary(
            listings=[
                Listing(contract, _version("v1", "m1", "契約.pdf"), 2, 3),
                Listing(guide, _version("v2", "m2", "使い方.md"), 1, 1),
            ],
            texts={
                "v1": [
                    Page(1, "3", "\n".join(LINES), "text"),
                    Page(2, "4", "二ページ目の文です。", "text"),
                ],
                "v2": [Page(None, None, section, "document")],
            },
            files={"v1": pdf},
            found_chunks={
                "c1": _chunk("c1", "v1", "第3章 随意契約", TWO_LINES, 1),
                "c2": _chunk("c2", "v2", "入力", section, None),
            },
            database=empty_database,
        ),
        desk=WrittenDesk(),
    )
    resources.set_assistant(assistant)
    yield assistant
    resources.set_assistant(None)


def _answer(**changes: object) -> Answer:
    """Return a finished extractive answer with one quotation from the contract manual."""
    quotation = AnswerSentence(TWO_LINES, "quoted", (1,))
    answer = Answer(
        id="a",
        question="随意契約はいくらまでですか",
        outcome="answered",
        as_of=TODAY,
        mode="extractive",
        quotations=(quotation,),
        sentences=(quotation,),
        citations=(
            Citation(
                1,
                "c1",
                "v1",
                "契約事務の手引き",
                "契約.pdf",
                2,
                1,
                "3",
                ("第3章 随意契約",),
                TWO_LINES,
                _chunk("c1", "v1", "第3章 随意契約", TWO_LINES, 1).text_hash,
                "契約課",
                "2345",
            ),
        ),
        finished=True,
    )
    return replace(answer, **changes)


@pytest.fixture
def an_answer() -> Callable[..., Answer]:
    return _answer


@pytest.fixture
def a_related() -> Callable[[str], Related]:
    def related(text: str) -> Related:
        return Related("契約事務の手引き", "契約.pdf", "v1", ("第1章",), 2, "4", text)

    return related


@pytest.fixture
def lines() -> tuple[str, ...]:
    """The lines of the first page of the PDF."""
    return LINES


@pytest.fixture
def two_lines() -> str:
    """A sentence that stands on two lines of the first page, written with other digits."""
    return TWO_LINES
