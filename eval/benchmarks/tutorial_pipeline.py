"""The usual LangChain tutorial's pipeline: cut, embedded, searched, and a plain prompt."""

from __future__ import annotations

import re
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chromadb
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pypdf import PdfReader

from assistant.calendar import today
from assistant.embeddings.encoder import Encoder
from assistant.errors import AssistantError
from assistant.language_model.writer import CutShort, Writer
from assistant.settings import Settings
from eval.figures.figure_check import unsupported_figures
from eval.metrics.answer_metrics import outcome_right
from eval.runs.case_result import CaseResult
from eval.sets.question_set import Case
from ingest.incoming import content_of
from ingest.process.reading_process import read_under_limits

CHUNK_CHARACTERS = 1000
OVERLAP_CHARACTERS = 200
TOP = 4
INSTRUCTION = (
    "以下のコンテキストだけを使って質問に答えてください。"
    "分からないときは分からないと答えてください。"
)
# In doubt the peer's text counts as "I do not know": a model that only repeats the instruction or
# a rule for those who do not know (分からないときは…) does not.
_NO = (
    r"(?:(?<!必要)(?<!必要は)(?<!では)(?:あり|ござい)|見つかり|見当たり"
    r"|(?:され|書かれ|含まれ|られ)て(?:い|おり))ません"
)
_UNKNOWN = re.compile(
    r"(?:分|判|わ)か(?:り(?:ません|かね)|らない(?!とき|場合|こと|方|人|点|もの|ところ))"
    r"|知りません|不明(?:です|である|。|$)"
    r"|(?:(?:記載|記述|明記|情報|言及|規定|説明|回答|答え)[^。\n]{0,12}?"
    r"|(?:コンテキスト|文脈)[^。\n]{0,40}?)"
    rf"(?:{_NO}|(?:され|書かれ|含まれ|られ)ていない|(?:記載|記述|情報|規定)[がはも]ない)"
    r"|(?:答え|回答|判断|特定|確認|提供)[^。\n]{0,8}(?:できません|できない|できかね|しかね)"
)


@dataclass(frozen=True)
class PeerChunk:
    """A piece of a file as the peer finds it; `page` is None for formats without pages."""

    file: str
    page: int | None
    text: str


class TutorialPeer:
    """The tutorial's vector store: texts cut at 1000/200 characters, embedded, in Chroma.

    The encoder is LangChain's `Embeddings` already; what it remembers of questions stays unused,
    so that each side embeds each question itself.
    """

    def __init__(self, folder: Path, encoder: Encoder):
        self._encoder = encoder
        self._client: Any = chromadb.PersistentClient(
            str(folder), settings=chromadb.Settings(anonymized_telemetry=False)
        )
        self._collection = self._client.create_collection(
            f"tutorial-{uuid.uuid4().hex}", embedding_function=None
        )
        self._splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS
        )
        self.chunks = 0

    def ingest(self, path: Path, settings: Settings) -> int:
        """Read, split, embed and add one file; returns its chunks; raises as its reader does."""
        found = [
            PeerChunk(path.name, page, piece)
            for page, text in texts_of(path, settings)
            for piece in self._splitter.split_text(text)
        ]
        if not found:
            return 0
        vectors = self._encoder.encode_documents([chunk.text for chunk in found])
        most = self._client.get_max_batch_size()
        for start in range(0, len(found), most):
            batch = found[start : start + most]
            self._collection.add(
                ids=[f"{path.name}:{start + number}" for number in range(len(batch))],
                embeddings=vectors[start : start + most],
                documents=[chunk.text for chunk in batch],
                metadatas=[{"file": c.file, "page": c.page or 0} for c in batch],
            )
        self.chunks += len(found)
        return len(found)

    def search(self, question: str, *, limit: int) -> list[PeerChunk]:
        """Return at most `limit` chunks, the nearest first."""
        found = self._collection.query(
            query_embeddings=self._encoder.encode_queries([question]),
            n_results=limit,
            include=["documents", "metadatas"],
        )
        return [
            PeerChunk(place["file"], place["page"] or None, text)
            for text, place in zip(found["documents"][0], found["metadatas"][0], strict=True)
        ]

    def close(self) -> None:
        """Release Chroma."""
        self._client.close()


def texts_of(path: Path, settings: Settings) -> list[tuple[int | None, str]]:
    """Return a file's texts with their pages: pypdf's of a PDF, else what our readers give.

    The slides of a presentation are its pages: a question about one names its number, and the
    peer could never be right without it. Any other format is one text without a page.
    """
    if path.suffix.lower() == ".pdf":
        return [(n, page.extract_text()) for n, page in enumerate(PdfReader(path).pages, 1)]
    content = content_of(path, limit=settings.file_max_megabytes)
    texts: dict[int | None, list[str]] = {}
    for page in read_under_limits(content, path.name, settings).pages:
        texts.setdefault(page.number, []).append(page.text)
    return [(number, "\n\n".join(parts)) for number, parts in texts.items()]


def says_unknown(text: str) -> bool:
    """Tell whether the peer's text says that it does not know, or that nothing is written."""
    return bool(_UNKNOWN.search(text))


def peer_result(peer: TutorialPeer, case: Case, writer: Writer) -> CaseResult:
    """Answer the last question of a case as the tutorial does, and judge the answer."""
    began = time.perf_counter()
    found = peer.search(case.question, limit=TOP)
    context = "\n\n".join(chunk.text for chunk in found)
    parts: list[str] = []
    outcome, error = "", None
    try:
        for part in writer.write(
            INSTRUCTION,
            f"コンテキスト:\n{context}\n\n質問: {case.question}",
            cancelled=threading.Event(),
        ):
            parts.append(part)
    except CutShort as cut:  # whoever follows the tutorial sees the half text, too
        error = str(cut)
    except AssistantError as failure:
        outcome, error = "failed", str(failure)
    text = "".join(parts).strip()
    outcome = outcome or ("refused" if says_unknown(text) else "answered")
    allowed = [today().isoformat()]
    figures = unsupported_figures(text, [chunk.text for chunk in found], allowed=allowed)
    return CaseResult(
        id=case.id,
        kind=case.kind,
        question=case.question,
        answerable=case.answerable,
        outcome=outcome,
        mode=writer.mode,
        outcome_right=outcome_right(case, outcome),
        unsupported=[figure.text for figure in figures],
        seconds=round(time.perf_counter() - began, 3),
        text=text,
        error=error,
    )
