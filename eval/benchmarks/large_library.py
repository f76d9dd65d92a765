"""Measures the search in a library of a hundred thousand chunks, beside a bare vector query.

Usage: python -m eval.benchmarks.large_library [--chunks N] [--questions N] [--runs N]
       [--manuals DIR] [--retrieval DIR... [--limit-documents N]]

`--chunks 0` measures only what the shortcut of the keyword index costs on judged sets.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import subprocess  # nosec B404 - our own interpreter and module, no shell
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import fmean, median
from threading import Lock
from typing import Any, Final

import numpy as np

from assistant.calendar import today
from assistant.domain import Chunk, Manual, Page, Span
from assistant.embeddings.encoder import Encoder, Vectors
from assistant.errors import OperationError, UsageError
from assistant.japanese.tokens import search_forms
from assistant.library import ChunkDraft, ManualLibrary, Publisher
from assistant.library.drafts import sentences_hash
from assistant.library.publishing import PreparedManual
from assistant.opening import Assistant, load_encoder, open_assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.search import keyword_index, retrieval
from assistant.search.keyword_index import KeywordIndex
from assistant.search.retrieval import Retriever
from assistant.search.sentence_match import SentenceMatch
from assistant.search.stored_vectors import StoredVectors
from assistant.search.vector_index import VectorIndex
from assistant.settings import Settings, read_settings
from assistant.understanding.glossary import Glossary
from assistant.understanding.spelling import Spelling
from eval.answers import EVALUATOR
from eval.judged_corpus import JudgedCorpus, read_judged_corpus
from eval.metrics.ranking_metrics import mean, ndcg_at, percentile
from eval.retrieval import throwaway_assistant
from eval.sets.question_set import read_question_set
from ingest.pipeline import ingest_documents, ingest_paths

QUESTIONS: Final = Path(__file__).parents[1] / "questions"
_MODULE: Final = "eval.benchmarks.large_library"
_NOISE: Final = 0.3  # length of the random vector added to a copy's vector of length 1
_SWAPPED: Final = 0.3  # of the words of a copy
_WORD: Final = re.compile(r"[一-龠々]{2,}|[ァ-ヶー]{2,}")
_OF_A_MANUAL, _AT_ONCE = 100, 5_000  # copies
_WHOLE_SECONDS: Final = 900.0
_PROBES: Final = 20
_CUTOFF: Final = 10
_CHUNKS_ASKED: Final = 100  # of a judged set: ten documents remain as a rule
_KEYWORDS_ASKED: Final = 200  # as the retriever asks for
# One a run: the encoder remembers the latest questions, and would not embed one again.
_OPENINGS: Final = (
    "", "至急、", "窓口で聞かれました。", "新人です。", "確認ですが、", "教えてください。",
    "念のため、", "住民の方から、", "異動してきました。", "来週までに、",
)  # fmt: skip
# What a search calls, by the part of its time that it is; none of them calls another.
_ADDING: Final = Lock()  # some parts run in threads beside one another
_PARTS: Final[tuple[tuple[str, Any, str], ...]] = (
    ("embedding", Encoder, "_remembered"),  # with the question adapter and without
    ("glossary", Glossary, "meanings"),
    ("words meant", Spelling, "respelt"),
    ("question's tokens", retrieval, "search_forms"),
    ("keywords' rarity", KeywordIndex, "rarity"),
    ("versions in force", ManualLibrary, "sources"),
    ("vector index", VectorIndex, "search"),
    ("vector hits' versions", Retriever, "_readable"),
    ("keyword index", KeywordIndex, "search"),
    ("keyword hits' versions", Retriever, "_readable_keywords"),
    ("candidates' rows", Retriever, "_rows"),
    ("candidates' vectors", StoredVectors, "get"),
    ("candidates' sentences", StoredVectors, "get_matrices"),
    ("letter pairs", retrieval, "pair_shares"),
    ("fusion", retrieval, "fused"),
    ("results' chunks", ManualLibrary, "chunks"),
    ("results' pages", ManualLibrary, "page_labels"),
    ("results' best sentence", SentenceMatch, "best"),
)


def large_library(
    *, settings: Settings, chunks: int, questions: int, runs: int, manuals: Path
) -> dict[str, Any]:
    """Fill a throw-away library in another process, open it, and return the figures.

    So the memory and the files are those of a server that has started, not of one that indexed.
    Settings of the other process are those of the environment. Raises CalledProcessError.
    """
    with tempfile.TemporaryDirectory(prefix="chonai-bench-") as folder:
        command = [sys.executable, "-m", _MODULE, "--fill", folder]
        command += ["--chunks", str(chunks), "--manuals", str(manuals)]
        filled = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # nosec B603
        encoder = load_encoder(settings)
        began = time.perf_counter()
        with open_assistant(_apart(settings, Path(folder)), encoder=encoder) as assistant:
            seconds = time.perf_counter() - began
            figures = measured(assistant, asked=development_questions(questions), runs=runs)
    return {"filling": json.loads(filled.stdout), "opening_seconds": round(seconds, 1), **figures}


def _apart(settings: Settings, folder: Path) -> Settings:
    apart: dict[str, object] = {"data_dir": folder, "models_dir": settings.models_folder}
    apart |= {"database_url": "", "chroma_url": "", "mode": "extractive"}
    return settings.model_copy(update=apart)


def fill(assistant: Assistant, *, manuals: Path, chunks: int) -> dict[str, Any]:
    """Ingest the manuals, publish copies until the index holds so many chunks; return the seconds.

    A copy has the vectors of a chunk with Gaussian noise, and its text with other words of the
    manuals in place of some: each word is about as frequent as in the manuals, which makes the
    keyword lists grow with the library. Always the same copies. Raises OperationError.
    """
    began = time.perf_counter()
    ingest_paths(assistant, [manuals])
    ingested = time.perf_counter()
    library = assistant.library
    held = library.chunks(sorted(library.index_contents("bodies")))
    originals = [_draft(chunk) for chunk in held.values()]
    words = [word for draft in originals for word in _WORD.findall(draft.text)]
    known = _Known(library, originals)
    chance, noise = Random(0), np.random.default_rng(0)  # nosec B311 - the same in every run
    missing = range(max(0, chunks - len(originals)))
    for numbers in (missing[start : start + _AT_ONCE] for start in missing[::_AT_ONCE]):
        pairs = [
            (original, _variant(original, number, words, chance))
            for number in numbers
            for original in [originals[number % len(originals)]]
        ]
        known.store_moved(pairs, noise)
        copies = [draft for _, draft in pairs]
        Publisher(library).publish_all(
            [
                _manual(numbers[0] + place, copies[place : place + _OF_A_MANUAL])
                for place in range(0, len(copies), _OF_A_MANUAL)
            ]
        )
    if not library.index.wait_until_whole(_WHOLE_SECONDS):
        raise OperationError(f"索引が壊れたままです（{'、'.join(library.index.broken)}）。")
    return {
        "manuals_seconds": round(ingested - began, 1),
        "copies_seconds": round(time.perf_counter() - ingested, 1),
        "peak_megabytes": _own_megabytes("VmHWM"),
    }


def _draft(chunk: Chunk) -> ChunkDraft:
    return ChunkDraft(
        chunk.heading_path,
        chunk.first_page,
        chunk.last_page,
        chunk.kind,
        chunk.text,
        chunk.spans,
    )


def _variant(original: ChunkDraft, number: int, words: Sequence[str], chance: Random) -> ChunkDraft:
    """Return a chunk with as many sentences, some of their words swapped; its heading is new."""

    def other(found: re.Match[str]) -> str:
        return chance.choice(words) if chance.random() < _SWAPPED else found[0]

    text, spans, end = "", [], 0
    for span in original.spans:
        text += original.text[end : span.start]
        start, end = len(text), span.end
        text += _WORD.sub(other, original.text[span.start : end])
        spans.append(Span(start, len(text), span.page, span.label))
    *above, last = original.heading_path or ("写し",)
    heading = (*above, f"{_WORD.sub(other, last)} その{number + 1}")
    return replace(original, heading_path=heading, text=text, spans=tuple(spans))


def _manual(number: int, drafts: Sequence[ChunkDraft]) -> PreparedManual:
    pages = max((draft.last_page or 0 for draft in drafts), default=0)
    name = f"copies{number}"
    return PreparedManual(
        Manual(name, f"写し{number}の手引き"),
        name.encode(),
        f"{name}.md",
        "1",
        [Page(page, str(page), "", "document") for page in range(1, pages + 1)],
        drafts,
        None,
        OPERATOR_ACTOR,
    )


class _Known:
    """The vectors of the chunks that are copied."""

    def __init__(self, library: ManualLibrary, originals: Sequence[ChunkDraft]):
        self._store = library.vectors
        hashes = [key for draft in originals for key in (draft.text_hash, draft.heading_hash)]
        self._vectors = self._store.get(hashes)
        self._matrices = self._store.get_matrices(
            [_sentences_hash(draft) for draft in originals], library.encoder.dimension
        )

    def store_moved(
        self, pairs: Sequence[tuple[ChunkDraft, ChunkDraft]], noise: np.random.Generator
    ) -> None:
        """Store for each (chunk, copy) the vectors of the one, moved, for the other."""
        vectors, matrices = {}, {}
        for old, new in pairs:
            vectors[new.text_hash] = _moved(self._vectors[old.text_hash], noise)
            vectors[new.heading_hash] = _moved(self._vectors[old.heading_hash], noise)
            if old.spans:
                matrices[_sentences_hash(new)] = _moved(self._matrices[_sentences_hash(old)], noise)
        self._store.add(vectors)
        self._store.add_matrices(matrices)


def _sentences_hash(draft: ChunkDraft) -> str:
    return sentences_hash(draft.text_hash, len(draft.spans))


def _moved(vectors: Vectors, noise: np.random.Generator) -> Vectors:
    """Return vectors of length 1, shape (…, dimension), with noise, and of length 1 again."""
    away = noise.standard_normal(vectors.shape, dtype=np.float32)
    moved = vectors + _NOISE * away / np.linalg.norm(away, axis=-1, keepdims=True)
    found: Vectors = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
    return found


def development_questions(count: int) -> list[str]:
    """Return so many of the questions to learn from, taken evenly from all sets."""
    sets = [read_question_set(path) for path in sorted(QUESTIONS.glob("*_development.jsonl"))]
    asked = list(dict.fromkeys(case.question for cases in sets for case in cases))
    return [asked[place * len(asked) // count] for place in range(min(count, len(asked)))]


def measured(assistant: Assistant, *, asked: Sequence[str], runs: int) -> dict[str, Any]:
    """Return median and p95 in milliseconds of both paths, run by run, and what they are made of.

    The first run meets texts that have not been read before, the later ones mostly the same texts.
    Raises UsageError for more runs than questions can be asked in other words.
    """
    if runs > len(_OPENINGS):
        raise UsageError(f"--runs は {len(_OPENINGS)} までにしてください。")
    for question in ("準備運転です", "準備はできましたか"):
        _bare_query(assistant, question)
        _search(assistant, question)
    found = []
    _reset_peak()
    for opening in _OPENINGS[:runs]:
        found.append(_run(assistant, [opening + question for question in asked]))
    memory = {"searching_peak": _own_megabytes("VmHWM"), "current": _own_megabytes("VmRSS")}
    bare, ours = ([s for run in found for s in run[side]] for side in ("bare", "ours"))
    return {
        "chunks": len(assistant.library.index_contents("bodies")),
        "versions": len(assistant.library.sources(reader=EVALUATOR, as_of=today())),
        "questions": len(asked),
        "found_by_own_vector": _found_by_own_vector(assistant.library),
        "runs": [_figures(run["bare"], run["ours"]) for run in found],
        "all_runs": _figures(bare, ours),
        "median_of_ratios": round(median(_ratio(run["bare"], run["ours"]) for run in found), 2),
        "parts_ms": {
            "first_run": _parts(found[:1]),
            **({"later_runs": _parts(found[1:])} if runs > 1 else {}),
        },
        "megabytes": memory,
        "keywords": _keyword_figures(assistant.library.keywords, asked),
    }


def _run(assistant: Assistant, asked: Sequence[str]) -> dict[str, Any]:
    """Return the seconds of both paths for every question, in turn, and of the search's parts."""
    bare: list[float] = []
    ours: list[float] = []
    spent: dict[str, float] = {}
    for number, question in enumerate(asked):
        if number % 2:
            bare.append(_bare_query(assistant, question))
        with _clock(spent):
            ours.append(_search(assistant, question))
        if not number % 2:
            bare.append(_bare_query(assistant, question))
    return {"bare": bare, "ours": ours, "spent": spent}


def _bare_query(assistant: Assistant, question: str) -> float:
    began = time.perf_counter()
    vector = assistant.encoder.encode_queries([question])[0]
    assistant.library.index.search("bodies", vector, limit=10)
    return time.perf_counter() - began


def _search(assistant: Assistant, question: str) -> float:
    began = time.perf_counter()
    assistant.retriever.search(question, reader=EVALUATOR, as_of=today())
    return time.perf_counter() - began


@contextmanager
def _clock(spent: dict[str, float]) -> Iterator[None]:
    """Add up the seconds of each part of a search: its own code knows nothing of it."""
    originals = [(place, name, vars(place)[name]) for _, place, name in _PARTS]
    for part, place, name in _PARTS:
        setattr(place, name, _timed(vars(place)[name], part, spent))
    try:
        yield
    finally:
        for place, name, call in originals:
            setattr(place, name, call)


def _timed(call: Callable[..., Any], part: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return call(*arguments, **named)
        finally:
            with _ADDING:
                spent[part] = spent.get(part, 0.0) + time.perf_counter() - began

    return timed


def _parts(runs: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the mean milliseconds of a search and of its parts, the dearest first.

    Parts that are computed at the same time may add up to more than the whole.
    """
    searches = sum(len(run["ours"]) for run in runs)
    whole = sum(sum(run["ours"]) for run in runs)
    spent = {part: sum(run["spent"].get(part, 0.0) for run in runs) for part, _, _ in _PARTS}
    spent["rest"] = max(0.0, whole - sum(spent.values()))
    dearest = sorted(spent, key=lambda part: -spent[part])
    means = {part: round(spent[part] / searches * 1000, 2) for part in dearest}
    return {"whole": round(whole / searches * 1000, 2), **means}


def _found_by_own_vector(library: ManualLibrary) -> float:
    """Return the share of some chunks that are among the 10 nearest to their own vectors."""
    contents = library.index_contents("bodies")
    probed = sorted(contents)[:: len(contents) // _PROBES + 1]
    stored = library.vectors.get([contents[key][1] for key in probed])
    found = 0
    for key in probed:
        hits = library.index.search("bodies", stored[contents[key][1]], limit=10)
        found += key in dict(hits)
    return round(found / len(probed), 2)


@contextmanager
def _shortcut(*, taken: bool) -> Iterator[None]:
    """Let the keyword index be asked with the 8 rarest forms, or with all, whatever its size."""
    before = keyword_index._LARGE_INDEX
    keyword_index._LARGE_INDEX = 0 if taken else sys.maxsize
    try:
        yield
    finally:
        keyword_index._LARGE_INDEX = before


def _keyword_figures(keywords: KeywordIndex, asked: Sequence[str]) -> dict[str, Any]:
    """Return the milliseconds of a keyword search by all forms and by the 8 rarest.

    And how many of the first 60 by all forms are among the first 60 by the rarest, 0..1.
    """
    spent: dict[bool, list[float]] = {False: [], True: []}
    shared: list[float] = []
    forms = [list(dict.fromkeys(search_forms(question))) for question in asked]
    for number, wanted in enumerate(forms):
        best: dict[bool, set[int]] = {}
        for taken in (False, True) if number % 2 else (True, False):
            with _shortcut(taken=taken):
                began = time.perf_counter()
                hits = keywords.search(wanted, limit=_KEYWORDS_ASKED)
                spent[taken].append(time.perf_counter() - began)
            best[taken] = {key for key, _ in hits[:60]}
        if best[False]:
            shared.append(len(best[False] & best[True]) / len(best[False]))
    return {
        "forms_of_a_question": round(fmean(map(len, forms)), 1),
        "all_forms": _ms(spent[False]),
        "rarest_forms": _ms(spent[True]),
        "same_of_first_60": round(fmean(shared), 3) if shared else None,
    }


def shortcut_cost(
    folder: Path, *, settings: Settings, encoder: Encoder, limit_documents: int | None = None
) -> dict[str, Any]:
    """Return nDCG@10 (0..1) of the production search on a judged set, with and without shortcut.

    And how many of the queries it makes better or worse. `limit_documents` keeps the first ones
    and the queries all of whose judged documents they are.
    """
    corpus = _limited(read_judged_corpus(folder), limit_documents)
    with throwaway_assistant(settings, encoder=encoder) as assistant:
        ingest_documents(assistant, corpus.documents)
        found: dict[bool, list[float]] = {}
        for taken in (False, True):
            with _shortcut(taken=taken):
                found[taken] = [
                    ndcg_at(_ranking(assistant, corpus.queries[query]), grades, _CUTOFF) or 0.0
                    for query, grades in corpus.grades.items()
                ]
    changes = [rarest - whole for whole, rarest in zip(found[False], found[True], strict=True)]
    means = {taken: mean(values) or 0.0 for taken, values in found.items()}
    return {
        "documents": len(corpus.documents),
        "queries": len(changes),
        "ndcg@10_all_forms": round(means[False], 4),
        "ndcg@10_rarest_forms": round(means[True], 4),
        "better": sum(change > 0 for change in changes),
        "worse": sum(change < 0 for change in changes),
    }


def _limited(corpus: JudgedCorpus, limit: int | None) -> JudgedCorpus:
    documents = corpus.documents[:limit]
    known = {document.id for document in documents}
    grades = {query: judged for query, judged in corpus.grades.items() if judged.keys() <= known}
    return replace(corpus, documents=documents, grades=grades)


def _ranking(assistant: Assistant, query: str) -> list[str]:
    found = assistant.retriever.search(query, reader=EVALUATOR, as_of=today(), limit=_CHUNKS_ASKED)
    return list(dict.fromkeys(hit.source.file for hit in found))


def _figures(bare: Sequence[float], ours: Sequence[float]) -> dict[str, Any]:
    return {"bare": _ms(bare), "ours": _ms(ours), "ratio": round(_ratio(bare, ours), 2)}


def _ratio(bare: Sequence[float], ours: Sequence[float]) -> float:
    return median(ours) / median(bare)


def _ms(seconds: Sequence[float]) -> dict[str, float]:
    slow = percentile(seconds, 0.95) or 0.0
    return {"median": round(median(seconds) * 1000, 1), "p95": round(slow * 1000, 1)}


def _reset_peak() -> None:
    """Let VmHWM begin anew (Linux; see proc_pid_clear_refs(5))."""
    peak = Path("/proc/self/clear_refs")
    if peak.exists():
        peak.write_text("5")


def _own_megabytes(name: str) -> int | None:
    """Return a figure of this process's resident memory in 10^6 bytes; None but on Linux."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    found = re.search(rf"^{name}:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
    return round(int(found[1]) * 1024 / 1e6) if found else None


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as one JSON document."""
    logging.basicConfig(level=logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--manuals", type=Path, default=Path("manuals"))
    parser.add_argument("--retrieval", type=Path, nargs="*", default=[])
    parser.add_argument("--limit-documents", type=int)
    parser.add_argument("--fill", type=Path, help="only fill this empty folder")
    given = parser.parse_args(arguments)
    settings = read_settings()
    if given.fill:
        with open_assistant(_apart(settings, given.fill)) as assistant:
            filling = fill(assistant, manuals=given.manuals, chunks=given.chunks)
        sys.stdout.write(json.dumps(filling))
        return
    figures: dict[str, Any] = {}
    if given.chunks:
        figures = large_library(
            settings=settings,
            chunks=given.chunks,
            questions=given.questions,
            runs=given.runs,
            manuals=given.manuals,
        )
    if given.retrieval:
        encoder = load_encoder(settings)
        figures["shortcut"] = {
            folder.name: shortcut_cost(
                folder,
                settings=settings,
                encoder=encoder,
                limit_documents=given.limit_documents,
            )
            for folder in given.retrieval
        }
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
