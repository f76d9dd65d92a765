"""Measures search and answers beside the usual LangChain tutorial's pipeline, in one run.

Usage: python -m eval.benchmarks.peer_tutorial --documents DIR... --questions FILE...
       [--sample N] [--write]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chromadb
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pypdf import PdfReader

from assistant.as_of import as_of_for, begins_by
from assistant.calendar import today
from assistant.domain import ModeSetting
from assistant.embeddings.encoder import Encoder
from assistant.errors import AssistantError, ModelFilesUnavailable, UsageError
from assistant.language_model.choice import Choice
from assistant.language_model.writer import CutShort, Writer
from assistant.opening import Assistant, load_encoder, open_assistant
from assistant.settings import Settings, read_settings
from assistant.understanding.follow_ups import search_text
from eval.answers import EVALUATOR, run_case, sampled
from eval.figures.figure_check import unsupported_figures
from eval.figures.figure_facts import states_fact
from eval.metrics.answer_metrics import outcome_right
from eval.metrics.place_metrics import on_place
from eval.metrics.ranking_metrics import mean, percentile
from eval.runs.case_result import CaseResult
from eval.sets.question_set import Case, read_question_set
from eval.trials.local_model import judge_local_model
from ingest.incoming import content_of, files_in
from ingest.pipeline import ingest_paths
from ingest.process.reading_process import read_under_limits

CHUNK_CHARACTERS = 1000
OVERLAP_CHARACTERS = 200
TOP = 4
CUTOFFS = (1, TOP, 5)
SIDES = ("ours", "peer")
WRITING: tuple[ModeSetting, ...] = ("extractive", "auto")
ALL_SETS = "all sets"
INSTRUCTION = (
    "以下のコンテキストだけを使って質問に答えてください。"
    "分からないときは分からないと答えてください。"
)
# Four passages of 1,000 characters are some 3,000 tokens, which two cores read for a minute. What
# is compared is what the model writes: it shall not run out of room or of time on either side.
_CONTEXT_TOKENS = 8192
_PATIENCE = {"model_wait_seconds": 600.0, "model_total_seconds": 900.0}
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

Progress = Callable[[str], None]


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


def peer_tutorial(
    documents: Sequence[Path],
    questions: Sequence[Path],
    *,
    settings: Settings,
    encoder: Encoder | None = None,
    sample: int | None = None,
    modes: Sequence[ModeSetting] = (),
    written_sample: int | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Index the documents with both, ask both the questions of each set, and return the figures.

    Shares are in 0..1, times in seconds, None where a figure applies to no case. In each of
    `modes` ours answers; where a model writes in it, it also writes the peer's answers. In `auto`
    that is the local model, below our quotations. With `written_sample` so many questions of all
    sets together are answered, under ALL_SETS. `encoder` saves loading the embedding model. Raises
    UsageError for a set or a place that cannot be used.
    """
    sets = {path.stem: sampled(read_question_set(path), sample) for path in questions}
    paths = [path for path, _ in files_in(documents)]
    if not paths:
        raise UsageError(f"{'、'.join(map(str, documents))} に文書がありません。")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chonai-peer-")))
        apart: dict[str, object] = {"models_dir": settings.models_folder, "mode": "extractive"}
        apart |= {"data_dir": scratch / "ours", "database_url": "", "chroma_url": ""}
        own = settings.model_copy(update=apart)
        peer = TutorialPeer(scratch / "peer", encoder or load_encoder(settings))
        stack.callback(peer.close)
        held = {"peer": _filled(peer, paths, settings, progress)}
        with open_assistant(own, encoder=encoder or load_encoder(settings)) as assistant:
            results = ingest_paths(assistant, documents, progress=progress)
            held["ours"] = {
                "chunks": assistant.library.counts()["chunks"],
                "rejected": [result.file for result in results if result.status == "rejected"],
            }
            _warm(assistant, peer)
            figures: dict[str, Any] = {
                name: searched(assistant, peer, cases) for name, cases in sets.items()
            }
        if written_sample is not None:
            every = [case for cases in sets.values() for case in cases]
            sets = {ALL_SETS: sampled(every, written_sample)}
            figures[ALL_SETS] = {side: {} for side in SIDES}
        not_run: dict[str, str] = {}
        own = own.model_copy(
            update={
                **_PATIENCE,
                "local_context_tokens": max(_CONTEXT_TOKENS, settings.local_context_tokens),
            }
        )
        for mode in modes:
            # Anew, with an encoder that remembers no question of the passes before.
            with open_assistant(
                own.model_copy(update={"mode": mode}), encoder=encoder or load_encoder(settings)
            ) as assistant:
                try:
                    choice = _choice(assistant, mode)
                except ModelFilesUnavailable as error:
                    not_run[mode] = str(error)
                    continue
                if choice.writer is None and mode != "extractive":
                    not_run[mode] = choice.notice
                    continue
                _warm(assistant, peer)
                for name, cases in sets.items():
                    found = written(assistant, peer, cases, choice, progress)
                    for side, answers in found.items():
                        figures[name][side][mode] = answers
    return {"files": len(paths), "documents": held, "sets": figures, "not_run": not_run}


def _choice(assistant: Assistant, mode: ModeSetting) -> Choice:
    """Return who writes; in `auto` the local model, whatever it was found worth before."""
    return assistant.models.local_summary() if mode == "auto" else assistant.models.choose()


def searched(
    assistant: Assistant, peer: TutorialPeer, cases: Sequence[Case]
) -> dict[str, dict[str, Any]]:
    """Search for every case with both sides in turn; return the hits of the answerable ones."""
    ranks: dict[str, list[int]] = {side: [] for side in SIDES}
    seconds: dict[str, list[float]] = {side: [] for side in SIDES}
    for number, case in enumerate(cases):
        for side in SIDES if number % 2 == 0 else SIDES[::-1]:
            began = time.perf_counter()
            if side == "peer":
                found = peer.search(case.question, limit=max(CUTOFFS))
                places = [(chunk.file, chunk.page) for chunk in found]
            else:
                places = _our_places(assistant, case)
            seconds[side].append(time.perf_counter() - began)
            if case.answerable:
                ranks[side].append(_rank(case, places))
    return {
        side: {
            "questions": len(cases),
            "answerable": len(ranks[side]),
            **{
                f"page_hit@{cutoff}": _share([0 < rank <= cutoff for rank in ranks[side]])
                for cutoff in CUTOFFS
            },
            "search_seconds": _spread(seconds[side]),
        }
        for side in SIDES
    }


def written(
    assistant: Assistant,
    peer: TutorialPeer,
    cases: Sequence[Case],
    choice: Choice,
    progress: Progress = lambda _: None,
) -> dict[str, dict[str, Any]]:
    """Have every case answered and judge what was shown; the peer only with a model.

    Where a model writes below the quotations, these, its text and both are judged apart. One side
    after the other: in turn each would lose the beginning of its prompt from the cache of the
    local model.
    """
    found: dict[str, dict[str, Any]] = {}
    if choice.place == "summary":
        report = judge_local_model(assistant, cases, progress=progress).document()
        found["ours"] = {name: value for name, value in report.items() if name != "cases"}
    else:
        ours: list[CaseResult] = []
        for number, case in enumerate(cases, 1):
            ours.append(run_case(assistant, case))
            progress(f"ours [{number}/{len(cases)}] {case.id}: {_told(ours[-1])}")
        found["ours"] = _judged(cases, ours)
    writer = choice.writer
    if writer is not None:
        theirs: list[CaseResult] = []
        for number, case in enumerate(cases, 1):
            theirs.append(peer_result(peer, case, writer))
            progress(f"peer [{number}/{len(cases)}] {case.id}: {_told(theirs[-1])}")
        found["peer"] = _judged(cases, theirs)
    return found


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


def _filled(
    peer: TutorialPeer, paths: Sequence[Path], settings: Settings, progress: Progress
) -> dict[str, Any]:
    """Give the peer all files; return its chunks and the files that gave it none."""
    rejected, without_text = [], []
    for path in paths:
        try:
            chunks = peer.ingest(path, settings)
        except Exception as error:  # pypdf raises what it meets: no file may stop the others
            progress(f"peer: {path.name}: {type(error).__name__}: {error}")
            rejected.append(path.name)
            continue
        progress(f"peer: {path.name}: {chunks}")
        if not chunks:
            without_text.append(path.name)
    return {"chunks": peer.chunks, "rejected": rejected, "without_text": without_text}


def _warm(assistant: Assistant, peer: TutorialPeer) -> None:
    """Load what the first search and the first answer load: it is no part of either."""
    peer.search("準備運転", limit=1)
    _our_places(assistant, Case("warm-up", "準備運転", answerable=False))
    assistant.answering.warm()


def _our_places(assistant: Assistant, case: Case) -> list[tuple[str, int | None]]:
    """Search as the production flow does: turns complete the question, the day chooses versions."""
    when = as_of_for(case.question, case.turns, chosen=case.as_of, today=today())
    found = assistant.retriever.search(
        search_text(case.question, case.turns),
        reader=EVALUATOR,
        as_of=when.day,
        begins_by=begins_by(when.day, when.origin),
        limit=max(CUTOFFS),
    )
    return [(hit.source.file, hit.page) for hit in found]


def _rank(case: Case, places: Sequence[tuple[str, int | None]]) -> int:
    """Return the rank of the first right place, 0 where there is none."""
    ranks = (
        rank for rank, (file, page) in enumerate(places, 1) if on_place(case.places, file, page)
    )
    return next(ranks, 0)


def _judged(cases: Sequence[Case], results: Sequence[CaseResult]) -> dict[str, Any]:
    """Return the figures of answers: all key facts shown where there are some, refused elsewhere.

    `errors` counts what went wrong by its message; a text that was cut short is one.
    """
    pairs = list(zip(cases, results, strict=True))
    complete = [
        all(states_fact(result.text, fact) for fact in case.key_facts)
        for case, result in pairs
        if case.answerable and case.key_facts
    ]
    refused = [result.outcome_right for case, result in pairs if not case.answerable]
    return {
        "modes": dict(Counter(result.mode or "none" for result in results)),
        "correct": _share([*complete, *refused]),
        "answerable_correct": _share(complete),
        "unanswerable_refused": _share(refused),
        "answerable_refused": _share(
            [result.outcome == "refused" for case, result in pairs if case.answerable]
        ),
        "unsupported_figures": sum(len(result.unsupported) for result in results),
        "shown_characters": _rounded(mean([float(len(result.text)) for result in results])),
        "seconds": _spread([r.seconds for r in results if r.seconds is not None]),
        "errors": dict(Counter(result.error for result in results if result.error)),
    }


def _told(result: CaseResult) -> str:
    return f"{result.outcome}: {' '.join(result.text.split())}"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _share(values: Sequence[bool]) -> float | None:
    return _rounded(mean([float(value) for value in values]))


def _spread(seconds: Sequence[float]) -> dict[str, float | None]:
    """Return mean, median and 95th percentile."""
    spread = {"mean": mean(seconds), "p50": percentile(seconds, 0.5)}
    return {k: _rounded(v) for k, v in {**spread, "p95": percentile(seconds, 0.95)}.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as one JSON document; what is being done goes to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", nargs="+", required=True, type=Path, metavar="DIR")
    parser.add_argument("--questions", nargs="+", required=True, type=Path, metavar="FILE")
    parser.add_argument("--sample", type=int, help="so many questions of each set, the same ones")
    parser.add_argument("--write", action="store_true", help="also answers, with a model if any")
    given = parser.parse_args(arguments)
    # LangChain gives a stream up that says nothing for 120 s, as while a long context is read.
    os.environ.setdefault(
        "LANGCHAIN_OPENAI_STREAM_CHUNK_TIMEOUT_S", str(_PATIENCE["model_wait_seconds"])
    )
    figures = peer_tutorial(
        given.documents,
        given.questions,
        settings=read_settings(),
        sample=given.sample,
        modes=WRITING if given.write else (),
        progress=_say,
    )
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
