from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hashed_encoder import HashedEncoder

from assistant import calendar
from assistant.errors import UsageError
from assistant.japanese.tokens import search_forms
from assistant.opening import Assistant, open_assistant
from assistant.people.access import OPERATOR
from assistant.search import keyword_index
from assistant.search.candidates import CandidateSearch
from assistant.settings import Settings
from eval.benchmarks.copied_manuals import fill
from eval.benchmarks.keyword_shortcut import shortcut, shortcut_cost
from eval.benchmarks.large_library import development_questions, measured

MANUAL = Path(__file__).parents[2] / "manuals" / "庁内アシスタントの使い方.md"
CHUNKS = 300


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A closed data directory with one manual and its copies, 300 chunks."""
    folder = tmp_path_factory.mktemp("large") / "data"
    settings = Settings(data_dir=folder, mode="extractive")
    with open_assistant(settings, encoder=HashedEncoder()) as opened:
        fill(opened, manuals=MANUAL, chunks=CHUNKS)
    return settings


@pytest.fixture
def library(filled: Settings) -> Any:
    with open_assistant(filled, encoder=HashedEncoder()) as opened:
        yield opened


def _copies(assistant: Assistant) -> list[Any]:
    contents = assistant.library.index_contents("bodies")
    chunks = assistant.library.chunks(list(contents)).values()
    return [chunk for chunk in chunks if " その" in " ".join(chunk.heading_path)]


def test_the_figures_count_what_was_asked_of_what(library: Assistant) -> None:
    figures = measured(library, asked=development_questions(6), runs=2)
    json.dumps(figures)
    assert (figures["chunks"], figures["questions"], len(figures["runs"])) == (CHUNKS, 6, 2)
    assert figures["versions"] == 1 + len({chunk.version_id for chunk in _copies(library)})
    assert figures["found_by_own_vector"] == 1.0
    for run in [*figures["runs"], figures["all_runs"]]:
        for side in ("bare", "ours"):
            assert 0 < run[side]["median"] <= run[side]["p95"]


AT_ONCE = {
    "embedding", "vector index", "vector hits' versions", "keyword index",
    "keyword hits' versions", "rest",
}  # fmt: skip


def test_parts_that_follow_one_another_take_less_than_the_whole(library: Assistant) -> None:
    parts = measured(library, asked=development_questions(6), runs=2)["parts_ms"]
    for run in ("first_run", "later_runs"):
        whole = parts[run].pop("whole")
        assert min(parts[run].values()) >= 0
        assert parts[run]["embedding"] > 0
        assert parts[run]["vector index"] > 0
        assert 0 < sum(ms for part, ms in parts[run].items() if part not in AT_ONCE) < whole


def test_the_search_is_left_as_it_was(library: Assistant) -> None:
    before = (CandidateSearch.__dict__["_rows"], keyword_index._LARGE_INDEX)
    measured(library, asked=development_questions(2), runs=1)
    assert (CandidateSearch.__dict__["_rows"], keyword_index._LARGE_INDEX) == before


def test_a_question_in_too_many_words_is_refused(library: Assistant) -> None:
    with pytest.raises(UsageError):
        measured(library, asked=["質問"], runs=11)


def test_copies_are_found_by_their_vectors_and_by_their_words(library: Assistant) -> None:
    contents = library.library.index_contents("bodies")
    copies = _copies(library)
    stored = library.library.vectors.get([chunk.text_hash for chunk in copies])
    for chunk in copies[::40]:
        [(nearest, cosine), *_] = library.library.index.search(
            "bodies", stored[chunk.text_hash], limit=10
        )
        assert (nearest, cosine) == (chunk.id, pytest.approx(1.0, abs=1e-3))
        found = library.retriever.search(
            f"{chunk.heading_path[-1]} {chunk.text}", reader=OPERATOR, as_of=calendar.today()
        )
        assert chunk.id in [hit.chunk.id for hit in found]
    assert len(copies) == len(contents) - len(contents.keys() - {chunk.id for chunk in copies})


def test_a_copy_has_moved_vectors_and_the_sentences_of_its_text(library: Assistant) -> None:
    copies = _copies(library)
    vectors = library.library.vectors.get([chunk.text_hash for chunk in copies])
    assert len({vector.tobytes() for vector in vectors.values()}) == len(copies)
    for vector in vectors.values():
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    for chunk in copies:
        assert "".join(chunk.sentences()) == chunk.text.replace("\n", "")
    swapped = {chunk.text for chunk in copies}
    assert len(swapped) > len(copies) / 2


def test_sentences_of_copies_are_embedded_already(
    library: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        library.library.vectors,
        "add_matrices",
        lambda matrices: asked.extend(matrices),
    )
    found = library.retriever.search("質問のしかた", reader=OPERATOR, as_of=calendar.today())
    assert {"sentence"} <= set(found[0].signals)
    assert asked == []


def test_the_shortcut_is_measured_on_a_judged_set(settings: Settings, write_set: Any) -> None:
    texts = {"a": "契約書は2通作る。", "b": "検査は14日以内に行う。", "c": "請書を出す。"}
    folder = write_set(
        corpus=[{"id": key, "title": key, "text": text} for key, text in texts.items()],
        queries=[
            {"id": "q1", "text": "契約書は何通作る"},
            {"id": "q2", "text": "検査は何日以内"},
            {"id": "q3", "text": "請書を出すか"},
        ],
        qrels=["query-id\tcorpus-id\tscore", "q1\ta\t1", "q2\tb\t1", "q3\tc\t1"],
    )
    figures = shortcut_cost(folder, settings=settings, encoder=HashedEncoder(), limit_documents=2)
    assert (figures["documents"], figures["queries"]) == (2, 2)
    assert figures["ndcg@10_all_forms"] == figures["ndcg@10_rarest_forms"] == 1.0
    assert figures["better"] == figures["worse"] == 0


def test_the_shortcut_asks_for_the_rarest_forms_at_any_size(library: Assistant) -> None:
    forms = search_forms(
        "契約書の作成と検査の期限、質問のしかた、回答の出典、用語集の登録、履歴の保存期間"
    )
    index = library.library.keywords
    counts = index.document_counts(forms)
    with shortcut(taken=True):
        assert len(index._worth_asking(counts)) <= 8
    with shortcut(taken=False):
        assert index._worth_asking(counts) == [form for form in forms if counts[form]]
    assert sys.maxsize > keyword_index._LARGE_INDEX
