from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from chromadb.api.shared_system_client import SharedSystemClient
from hashed_encoder import HashedEncoder
from small_manuals import publish_text

from assistant.domain import Reader
from assistant.embeddings.encoder import Vectors
from assistant.errors import OperationError, SettingsError
from assistant.opening import Assistant, open_assistant
from assistant.search.vector_index import ROLES, VectorIndex
from assistant.settings import Settings

TEXTS = (
    "契約書は2通作ります。",
    "検査は14日以内に行います。",
    "年次有給休暇は20日です。",
    "旅費は7日以内に精算します。",
)


@pytest.fixture
def filled(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, *TEXTS, manual_id="a")
    publish_text(
        quick_assistant, *(text.replace("です", "でした") for text in TEXTS), manual_id="b"
    )
    return quick_assistant


def _question(assistant: Assistant) -> Vectors:
    return assistant.encoder.encode_question("検査は何日以内ですか")


def _lose(assistant: Assistant, role: str) -> None:
    """Take a collection away behind the index's back."""
    index = assistant.library.index
    index._client.delete_collection(index._name(role))


def _wait(index: VectorIndex) -> None:
    if index._rebuilding is not None:
        index._rebuilding.join(timeout=60)


def _scores(hits: list[tuple[str, float]]) -> list[float]:
    return [round(score, 4) for _, score in hits]


def test_the_matrix_and_chroma_give_the_same_answer(filled: Assistant) -> None:
    index, vector = filled.library.index, _question(filled)
    by_chroma = index._search_chroma("bodies", vector, 5, None)
    by_matrix = index._search_matrix("bodies", vector, 5, None)
    assert _scores(by_chroma) == _scores(by_matrix)


@pytest.mark.parametrize("role", ["bodies", "headings"])
def test_a_lost_collection_is_answered_from_the_database_then_rebuilt(
    filled: Assistant, role: str
) -> None:
    index, vector = filled.library.index, _question(filled)
    before = index.search(role, vector, limit=5)
    _lose(filled, role)
    assert _scores(index.search(role, vector, limit=5)) == _scores(before)
    _wait(index)
    assert index.broken == ()
    assert _scores(index._search_chroma(role, vector, 5, None)) == _scores(before)


def test_an_answer_is_found_while_every_collection_is_lost(
    filled: Assistant, reader: Reader, today: date
) -> None:
    for role in ROLES:
        _lose(filled, role)
    best = filled.retriever.search("検査は14日以内", reader=reader, as_of=today)[0]
    assert best.chunk.text == TEXTS[1]


def test_a_closed_client_is_answered_from_the_database(filled: Assistant) -> None:
    index, vector = filled.library.index, _question(filled)
    before = index.search("bodies", vector, limit=5)
    index._client.close()
    assert _scores(index.search("bodies", vector, limit=5)) == _scores(before)
    _wait(index)
    assert index.broken == ("bodies",)
    assert _scores(index.search("bodies", vector, limit=5)) == _scores(before)


def test_publishing_into_a_lost_collection_loses_nothing(
    filled: Assistant, reader: Reader, today: date
) -> None:
    _lose(filled, "bodies")
    publish_text(filled, "長期継続契約は5年までです。", manual_id="c")
    _wait(filled.library.index)
    best = filled.retriever.search("長期継続契約は何年", reader=reader, as_of=today)[0]
    assert best.source.file == "c.txt"
    assert sum(filled.library.index.mend()["bodies"].values()) == 0


def test_strangers_are_removed_and_missing_chunks_added(filled: Assistant) -> None:
    index = filled.library.index
    collection = index._collection("bodies")
    [lost, *_] = collection.get(include=[])["ids"]
    collection.delete(ids=[lost])
    stranger = np.full((1, 64), 0.125, dtype=np.float32)
    collection.add(ids=["stranger"], embeddings=stranger, metadatas=[{"version": "none"}])
    assert index.mend()["bodies"] == {"added": 1, "removed": 1, "rebuilt": 0}
    assert set(collection.get(include=[])["ids"]) == set(filled.library.index_contents("bodies"))


def test_a_lost_collection_is_rebuilt_at_the_next_start(filled: Assistant) -> None:
    _lose(filled, "headings")
    report = filled.library.index.mend()
    assert report["headings"]["rebuilt"] == 1
    assert report["bodies"] == {"added": 0, "removed": 0, "rebuilt": 0}
    assert filled.library.index.broken == ()


@pytest.mark.parametrize(
    "broken", [pytest.param(False, id="Chroma"), pytest.param(True, id="matrix")]
)
def test_only_the_versions_asked_for_are_searched(filled: Assistant, broken: bool) -> None:
    index, vector = filled.library.index, _question(filled)
    contents = filled.library.index_contents("bodies")
    wanted = sorted({version for version, _ in contents.values()})[0]
    if broken:
        hits = index._search_matrix("bodies", vector, 10, [wanted])
    else:
        hits = index.search("bodies", vector, limit=10, versions=[wanted])
    assert len(hits) == len(TEXTS)
    assert {contents[key][0] for key, _ in hits} == {wanted}


def test_an_empty_role_answers_nothing(filled: Assistant) -> None:
    index, vector = filled.library.index, _question(filled)
    assert index.search("archive_bodies", vector, limit=5) == []
    assert index._search_matrix("archive_bodies", vector, 5, None) == []


def test_a_deleted_folder_is_made_again_from_the_database(
    settings: Settings, reader: Reader, today: date
) -> None:
    with open_assistant(settings, encoder=HashedEncoder()) as first:
        publish_text(first, *TEXTS)
    _remove(settings.data_dir / "chroma")
    with open_assistant(settings, encoder=HashedEncoder()) as second:
        best = second.retriever.search("検査は14日以内", reader=reader, as_of=today)[0]
        assert best.chunk.text == TEXTS[1]
        assert second.library.index.broken == ()


def test_a_garbled_folder_is_said_in_japanese_and_may_be_deleted(
    settings: Settings, reader: Reader, today: date
) -> None:
    with open_assistant(settings, encoder=HashedEncoder()) as first:
        publish_text(first, *TEXTS)
    for file in (settings.data_dir / "chroma").glob("chroma.sqlite3*"):
        file.write_bytes(b"garbled " * 2000)
    with pytest.raises(OperationError, match="ベクトル索引"):
        open_assistant(settings, encoder=HashedEncoder())
    _remove(settings.data_dir / "chroma")
    SharedSystemClient.clear_system_cache()  # as in a new process
    with open_assistant(settings, encoder=HashedEncoder()) as third:
        assert third.retriever.search("検査", reader=reader, as_of=today)


@pytest.mark.slow
def test_garbled_files_of_a_large_collection_are_rebuilt(
    settings: Settings, reader: Reader, today: date
) -> None:
    """Beyond 1,000 vectors Chroma writes files of its own beside its database."""
    with open_assistant(settings, encoder=HashedEncoder()) as first:
        publish_text(first, *(f"{n}番の様式は契約検査課が管理します。" for n in range(1200)))
    files = [f for f in (settings.data_dir / "chroma").rglob("*.bin") if f.stat().st_size]
    assert files
    for file in files:
        file.write_bytes(b"\xff" * file.stat().st_size)
    with open_assistant(settings, encoder=HashedEncoder()) as second:
        hits = second.retriever.search("77番の様式", reader=reader, as_of=today, limit=5)
        assert len(hits) == 5
        _wait(second.library.index)
        assert second.library.index.broken == ()


@pytest.mark.parametrize(
    "url", [pytest.param("localhost", id="no scheme"), pytest.param("http://", id="no host")]
)
def test_an_address_that_is_none_is_said_in_japanese(settings: Settings, url: str) -> None:
    with pytest.raises(SettingsError, match="ASSISTANT_CHROMA_URL"):
        open_assistant(settings.model_copy(update={"chroma_url": url}), encoder=HashedEncoder())


def test_a_server_that_does_not_answer_is_said_in_japanese(settings: Settings) -> None:
    with pytest.raises(OperationError, match="つながりません"):
        open_assistant(
            settings.model_copy(update={"chroma_url": "http://127.0.0.1:9"}),
            encoder=HashedEncoder(),
        )


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
