"""The words of the domain as frozen values: manuals, chunks, citations, answers; no I/O here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Outcome = Literal["answered", "refused", "clarify", "failed"]
Mode = Literal["endpoint", "local", "extractive"]
ModeSetting = Literal["auto", "endpoint", "local", "extractive"]
SentenceKind = Literal["quoted", "written", "computed"]
ChunkKind = Literal["text", "table"]
VersionState = Literal["staged", "draft", "ready", "published", "superseded", "withdrawn"]
CountedBy = Literal["", "announcement", "contract", "decision"]
AsOfOrigin = Literal["today", "chosen", "question"]
PageMethod = Literal["text", "pypdf", "ocr", "document", "sheet", "slide"]
ReferenceKind = Literal[
    "part", "chapter", "section", "subsection", "article", "paragraph", "item", "number",
    "bracketed", "kana", "heading", "table", "appendix", "series", "form", "supplement", "annex",
]  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """Who asks, and so what may be searched: every search, answer, picture and count takes one."""

    person_id: str
    section: str | None = None
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("staff",)


@dataclass(frozen=True)
class Manual:
    """A manual as the office names it; its text lives in its versions."""

    id: str
    title: str
    category: str = ""
    owner_section: str = ""
    owner_extension: str = ""
    audience: str = "everyone"
    review_on: date | None = None


@dataclass(frozen=True)
class ManualVersion:
    """One edition of a manual, in force from `effective_from` on (施行日; None: since ever).

    It ends on `effective_to` (廃止日), which somebody has said, or where the next begins: see
    `assistant.library.in_force`. A `revision` corrects a version and has no 施行日 of its own.
    States: `staged` is being written, a `draft` is seen by its editors, `ready` is shown from
    `publish_on` on, `superseded` was corrected by a later revision. `counted_by` and
    `transition_note` (経過措置) say which day decides whether this version or the one before
    applies. Instants are ISO 8601 in UTC.
    """

    id: str
    manual_id: str
    number: int
    revision: int
    state: VersionState
    effective_from: date | None
    effective_to: date | None
    file_name: str
    sha256: str
    uploaded_by: str
    published_at: str | None
    publish_on: date | None = None
    counted_by: CountedBy = ""
    transition_note: str = ""
    change_note: str = ""
    uploaded_at: str | None = None
    published_by: str = ""
    withdrawn_at: str | None = None
    withdrawn_by: str = ""
    withdrawn_reason: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Page:
    """One place of a manual: a PDF page, a slide, a sheet, or the whole document.

    `number` counts pages or slides of the file from 1 (None: the format has none), `label` is what
    is printed on the page or the name of the sheet, `method` how the text was read.
    """

    number: int | None
    label: str | None
    text: str
    method: PageMethod


@dataclass(frozen=True)
class Span:
    """A sentence or table row of a chunk: text[start:end], standing on `page`.

    `label` names the place in a file whose pages have no numbers (「旅費額表 12行目」).
    """

    start: int
    end: int
    page: int | None
    label: str | None = None


@dataclass(frozen=True)
class Step:
    """One number on the way to a place: chapter 2, article 12の2, 別表 3, item ア.

    `series` names the forms of one manual (契約様式), before the number of the form.
    """

    kind: ReferenceKind
    number: str


@dataclass(frozen=True)
class CrossReference:
    """Words of a passage, text[start:end], that send its reader to another place.

    `target` is the manual or law as the passage names it, an abbreviation spelt out; None is the
    passage's own manual. `steps` lead to the place from outside: 第2章第3節 has two.
    """

    target: str | None
    steps: tuple[Step, ...]
    text: str
    start: int
    end: int

    @property
    def kind(self) -> ReferenceKind:
        """What the last step names."""
        return self.steps[-1].kind

    @property
    def number(self) -> str:
        """The last number in Arabic digits, with its branches: 12の2."""
        return self.steps[-1].number

    @property
    def place(self) -> str:
        """The place as one key: chapter:2/section:3."""
        return place_key(self.steps)


def place_key(steps: Sequence[Step]) -> str:
    """Return the steps to a place as one text, as it is stored."""
    return "/".join(f"{step.kind}:{step.number}" for step in steps)


@dataclass(frozen=True)
class Chunk:
    """A passage of one section, small enough to embed together with its heading."""

    id: str
    version_id: str
    ordinal: int
    heading_path: tuple[str, ...]
    first_page: int | None
    last_page: int | None
    kind: ChunkKind
    text: str
    text_hash: str
    spans: tuple[Span, ...]

    def sentences(self) -> tuple[str, ...]:
        """Return the sentences or table rows of the chunk in order."""
        return tuple(self.text[span.start : span.end] for span in self.spans)


@dataclass(frozen=True)
class Source:
    """Where a chunk comes from: what a citation prints."""

    manual_id: str
    manual: str
    category: str
    owner_section: str
    owner_extension: str
    version_id: str
    version: int
    file: str
    effective_from: date | None
    effective_to: date | None = None
    revision: int = 1


@dataclass(frozen=True)
class RetrievedChunk:
    """A chunk found for a question, best first; `signals` keeps each signal's own score.

    `score` is the fused score in 0..1 (relative within one search); `signals` holds `body`,
    `heading` and the nearest `sentence` (cosine, -1..1), `keywords` (BM25, >= 0, larger is better)
    and `pairs` (share of the question's letter pairs, 0..1). Where a reranker put the results in
    order, those that it read have its score, on its own scale, as `reranker`.
    """

    chunk: Chunk
    source: Source
    score: float
    signals: dict[str, float]
    best_span: int
    label: str | None = None

    @property
    def page(self) -> int | None:
        """File page of the best sentence; None for formats without pages."""
        return self.chunk.spans[self.best_span].page if self.chunk.spans else self.chunk.first_page


@dataclass(frozen=True)
class ReferredChunk:
    """A chunk to which the words `text` of another chunk refer."""

    text: str
    chunk: Chunk
    source: Source
    label: str | None = None


@dataclass(frozen=True)
class Citation:
    """A numbered reference to the words of a manual; `marker` is the n of [n], from 1.

    `label` is the printed page number, or the place in a sheet where `page` is None. Version,
    revision, chunk and `text_hash` pin the words: see `assistant.answers.pinned`. `core` is the
    part of the quote that was found, where neighbours are quoted with it; the place is its own.
    """

    marker: int
    chunk_id: str
    version_id: str
    manual: str
    file: str
    version: int
    page: int | None
    label: str | None
    heading_path: tuple[str, ...]
    quote: str
    text_hash: str
    owner_section: str = ""
    owner_extension: str = ""
    revision: int = 1
    effective_from: date | None = None
    core: str = ""

    @property
    def found_words(self) -> str:
        """The part of the quote that was found; all of it where nothing stands around it."""
        return self.core or self.quote


@dataclass(frozen=True)
class AnswerSentence:
    """One sentence of an answer with the markers of the citations that support it."""

    text: str
    kind: SentenceKind
    citations: tuple[int, ...] = ()


@dataclass(frozen=True)
class Related:
    """A passage near the question that does not answer it (「関連する記載」)."""

    manual: str
    file: str
    version_id: str
    heading_path: tuple[str, ...]
    page: int | None
    label: str | None
    text: str


@dataclass(frozen=True)
class Owner:
    """The section to ask, with its telephone extension."""

    section: str
    extension: str


@dataclass(frozen=True)
class Turn:
    """An earlier question of the conversation and the text that answered it.

    `versions` are those of which the text speaks; `asked_back` is one that asked for the case.
    """

    question: str
    answer: str = ""
    versions: frozenset[str] = frozenset()
    asked_back: bool = False


@dataclass(frozen=True)
class NearChange:
    """A quoted passage that reads otherwise in another version, in force near the day asked for.

    The later version is in force from `changes_on` on. `before` and `after` are the markers of the
    citations of the two readings; None: that version has no such passage. `transition_notes` are
    the 経過措置 of the two versions, the later one's first.
    """

    manual: str
    heading_path: tuple[str, ...]
    changes_on: date
    before_version: int
    before_from: date | None
    after_version: int
    after_from: date | None
    before: int | None
    after: int | None
    counted_by: CountedBy = ""
    transition_notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnsweredPart:
    """One of several questions in a text, with the markers of what answers it (none: nothing)."""

    question: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True)
class ConflictSide:
    """What one manual, or one layer of rules, says: its citation's marker, the figure in it."""

    marker: int
    figure: str


@dataclass(frozen=True)
class Conflict:
    """Two rules that give different figures for what was asked."""

    sides: tuple[ConflictSide, ConflictSide]


@dataclass(frozen=True)
class Answer:
    """What is shown for one question; a snapshot while `finished` is False.

    `quotations` are the quoted sentences (shown first), `sentences` the body of the answer,
    `computed` what code works out from a quotation, with its steps (「計算」), `summary` the
    sentences under 「まとめ（AI作成）」. Times are seconds from the receipt of the
    question. `mode` is what really answered; `notice` says in Japanese why a model's text is
    absent, shortened or replaced.

    The versions in force on `as_of` answer; `as_of_words` are those of the question that say so
    (令和6年度), and `as_of_notice` tells it in Japanese where the day is not simply today. The
    citations of `near_changes` and `conflicts` are among `citations`. `caution` says in Japanese
    that the passages may not hold the answer, where that is not sure enough. `sent_to` is the host
    of the endpoint that was given the question, "" where it stayed on this server, None where that
    was not kept. `parts` are the
    questions of a text that asks several; `question_notice` says in Japanese how the question was
    taken, where that is not as it was typed, and which of its parts has no answer.
    """

    id: str
    question: str
    outcome: Outcome
    as_of: date
    mode: Mode
    quotations: tuple[AnswerSentence, ...] = ()
    sentences: tuple[AnswerSentence, ...] = ()
    summary: tuple[AnswerSentence, ...] = ()
    computed: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    related: tuple[Related, ...] = ()
    choices: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    owner: Owner | None = None
    model: str | None = None
    notice: str = ""
    error: str | None = None
    replaced: int = 0
    first_evidence_seconds: float | None = None
    first_sentence_seconds: float | None = None
    seconds: float = 0.0
    finished: bool = False
    search_text: str = field(default="", compare=False)
    as_of_origin: AsOfOrigin = "today"
    as_of_words: str = ""
    as_of_notice: str = ""
    near_changes: tuple[NearChange, ...] = ()
    caution: str = ""
    question_notice: str = ""
    parts: tuple[AnsweredPart, ...] = ()
    sent_to: str | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """What is said before the answer: how the question was taken, of which day, how sure."""
        return tuple(filter(None, (self.question_notice, self.as_of_notice, self.caution)))

    @property
    def text(self) -> str:
        """The body of the answer as plain text."""
        return "\n".join(sentence.text for sentence in self.sentences)
