from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hashed_encoder import HashedEncoder
from small_manuals import publish_text

from assistant.database import Database
from assistant.domain import Reader
from assistant.embeddings.encoder import Vectors
from assistant.errors import OperationError, SettingsError
from assistant.opening import Assistant, open_assistant
from assistant.search.chroma_collection import ChromaFailed, chroma_errors
from assistant.search.stored_vectors import StoredVectors
from assistant.search.vector_index import ROLES, VectorIndex
from assistant.settings import Settings

ROOT = Path(__file__).parents[3]
TEXTS = (
    "契約書は2通作ります。",
    "検査は14日以内に行います。",
    "年次有給休暇は20日です。",
    "旅費は7日以内に精算します。",
)
# In so few dimensions Chroma's approximate search finds what brute force finds.
DIMENSION = 8
# Beyond 1,000 vectors Chroma writes files of its own beside its database.
MANY = 1300
SEGMENT_FILES = (
    "data_level0.bin",
    "header.bin",
    "index_metadata.pickle",
    "length.bin",
    "link_lists.bin",
)


class Shelf:
    """Vectors in a database and what a collection must hold, without any manuals."""

    def __init__(self, folder: Path, count: int):
        self.chroma = folder / "chroma"
        self.database = Database(folder / "chonai.db")
        self.stored = StoredVectors(self.database, "shelf")
        made = np.random.default_rng(7).normal(size=(MANY, DIMENSION)).astype("<f4")
        self.made = made / np.linalg.norm(made, axis=1, keepdims=True)
        self.stored.add({f"h{n}": self.made[n] for n in range(MANY)})
        self.rows = {f"c{n}": (f"v{n % 7}", f"h{n}") for n in range(count)}
        self.rebuild_step: Callable[[], None] = lambda: None
        self.question_step: Callable[[], None] = lambda: None
        self._opened: list[VectorIndex] = []

    def open(self, url: str = "") -> VectorIndex:
        index = VectorIndex(
            self.database,
            self.chroma,
            url=url,
            fingerprint="shelf",
            dimension=DIMENSION,
            contents=lambda role: dict(self.rows) if role in ("bodies", "headings") else {},
            vectors=self._vectors,
            retry_seconds=(0.05, 0.2),
        )
        self._opened.append(index)
        return index

    def close(self) -> None:
        for index in self._opened:
            index.close()
        self.database.close()

    def put(self, *numbers: int) -> dict[str, tuple[str, str]]:
        """Put rows into the database, as publishing does before it tells the index."""
        new = {f"c{n}": (f"v{n % 7}", f"h{n}") for n in numbers}
        self.rows |= new
        return new

    def nearest(self, vector: Vectors, limit: int = 5, version: str = "") -> list[str]:
        """The right answer, by brute force."""
        order = np.argsort(-(self.made @ vector))
        keys = (f"c{n}" for n in order)
        return [k for k in keys if k in self.rows and self.rows[k][0].startswith(version)][:limit]

    def segment_folders(self) -> list[Path]:
        return sorted(path for path in self.chroma.iterdir() if path.is_dir())

    def _vectors(self, hashes: Sequence[str]) -> Mapping[str, Vectors]:
        if threading.current_thread().name == "vector-index-rebuild":
            self.rebuild_step()
        elif threading.current_thread().name == "question":
            self.question_step()
        return self.stored.get(hashes)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path, 600)
    yield shelf
    shelf.close()


@pytest.fixture(scope="module")
def large_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed index with segment files; tests copy it."""
    folder = tmp_path_factory.mktemp("large")
    shelf = Shelf(folder, MANY)
    index = shelf.open()
    index.mend()
    assert index.wait_until_whole(60)
    shelf.close()
    assert sorted(path.name for path in shelf.segment_folders()[0].iterdir()) == [*SEGMENT_FILES]
    return folder


@pytest.fixture
def large_shelf(large_folder: Path, tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(Path(shutil.copytree(large_folder, tmp_path / "shelf")), MANY)
    yield shelf
    shelf.close()


def assert_right(shelf: Shelf, index: VectorIndex) -> None:
    """Every question is answered as by brute force, with a filter and without."""
    for vector in shelf.made[::100]:
        for role in ("bodies", "headings"):
            hits = index.search(role, vector, limit=5)
            assert [key for key, _ in hits] == shelf.nearest(vector)
            best = shelf.made[int(hits[0][0][1:])]
            assert hits[0][1] == pytest.approx(float(best @ vector), abs=1e-4)
    filtered = index.search("bodies", shelf.made[1], limit=5, versions=["v3"])
    assert [key for key, _ in filtered] == shelf.nearest(shelf.made[1], version="v3")


def assert_whole(shelf: Shelf, index: VectorIndex) -> None:
    """Chroma itself holds and finds everything."""
    assert index.wait_until_whole(60)
    for role in ("bodies", "headings"):
        collection = index._collection(role)
        assert collection.ids() == set(shelf.rows)
        for vector in shelf.made[::100]:
            found = collection.nearest(vector, 5, None)
            assert [key for key, _ in found] == shelf.nearest(vector)
    assert index.broken == ()


@pytest.fixture
def filled(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, *TEXTS, manual_id="a")
    publish_text(
        quick_assistant, *(text.replace("です", "でした") for text in TEXTS), manual_id="b"
    )
    return quick_assistant


def _question(assistant: Assistant) -> Vectors:
    return assistant.encoder.encode_question("検査は何日以内ですか")


def _lose(index: VectorIndex, role: str) -> None:
    """Take a collection away behind the index's back."""
    name = index._names.of(role)
    assert name is not None
    index._chroma.delete(name)


def _scores(hits: list[tuple[str, float]]) -> list[float]:
    return [round(score, 4) for _, score in hits]


def test_the_matrix_and_chroma_give_the_same_answer(filled: Assistant) -> None:
    index, vector = filled.library.index, _question(filled)
    by_chroma = index._collection("bodies").nearest(vector, 5, None)
    by_matrix = index._matrices.search("bodies", vector, 5, None)
    assert _scores(by_chroma) == _scores(by_matrix)


@pytest.mark.parametrize("role", ["bodies", "headings"])
def test_a_lost_collection_is_answered_from_the_database_then_rebuilt(
    filled: Assistant, role: str
) -> None:
    index, vector = filled.library.index, _question(filled)
    before = index.search(role, vector, limit=5)
    _lose(index, role)
    assert _scores(index.search(role, vector, limit=5)) == _scores(before)
    assert index.wait_until_whole(60)
    assert index.broken == ()
    assert _scores(index._collection(role).nearest(vector, 5, None)) == _scores(before)


def test_an_answer_is_found_while_every_collection_is_lost(
    filled: Assistant, reader: Reader, today: date
) -> None:
    for role in ROLES:
        _lose(filled.library.index, role)
    best = filled.retriever.search("検査は14日以内", reader=reader, as_of=today)[0]
    assert best.chunk.text == TEXTS[1]


def test_a_client_that_was_closed_is_opened_again(shelf: Shelf) -> None:
    index = shelf.open()
    index.mend()
    assert index.wait_until_whole(60)
    index._chroma._client.close()
    assert_right(shelf, index)
    assert_whole(shelf, index)


def test_a_closed_index_is_answered_from_the_database(shelf: Shelf) -> None:
    index = shelf.open()
    index.mend()
    index.close()
    assert_right(shelf, index)


def test_publishing_into_a_lost_collection_loses_nothing(
    filled: Assistant, reader: Reader, today: date
) -> None:
    index = filled.library.index
    _lose(index, "bodies")
    publish_text(filled, "長期継続契約は5年までです。", manual_id="c")
    assert index.wait_until_whole(60)
    best = filled.retriever.search("長期継続契約は何年", reader=reader, as_of=today)[0]
    assert best.source.file == "c.txt"
    assert sum(index.mend()["bodies"].values()) == 0


def test_strangers_are_removed_and_missing_chunks_added(filled: Assistant) -> None:
    index = filled.library.index
    collection = index._collection("bodies")
    collection.drop([min(collection.ids())])
    collection.put(["stranger"], [np.full(64, 0.125, dtype=np.float32)], ["none"])
    assert index.mend()["bodies"] == {"added": 1, "removed": 1, "rebuilt": 0}
    assert collection.ids() == set(filled.library.index_contents("bodies"))


def test_a_lost_collection_is_rebuilt_at_the_next_start(filled: Assistant) -> None:
    index = filled.library.index
    _lose(index, "headings")
    report = index.mend()
    assert report["headings"]["rebuilt"] == 1
    assert report["bodies"] == {"added": 0, "removed": 0, "rebuilt": 0}
    assert index.wait_until_whole(60)
    assert index.mend()["headings"] == {"added": 0, "removed": 0, "rebuilt": 0}


@pytest.mark.parametrize(
    "broken", [pytest.param(False, id="Chroma"), pytest.param(True, id="matrix")]
)
def test_only_the_versions_asked_for_are_searched(filled: Assistant, broken: bool) -> None:
    index, vector = filled.library.index, _question(filled)
    contents = filled.library.index_contents("bodies")
    wanted = sorted({version for version, _ in contents.values()})[0]
    if broken:
        hits = index._matrices.search("bodies", vector, 10, [wanted])
    else:
        hits = index.search("bodies", vector, limit=10, versions=[wanted])
    assert len(hits) == len(TEXTS)
    assert {contents[key][0] for key, _ in hits} == {wanted}


def test_an_empty_role_answers_nothing(filled: Assistant) -> None:
    index, vector = filled.library.index, _question(filled)
    assert index.search("archive_bodies", vector, limit=5) == []
    assert index._matrices.search("archive_bodies", vector, 5, None) == []


@contextmanager
def _held(shelf: Shelf, name: str) -> Iterator[threading.Event]:
    """Hold a thread at its first look at vectors; gives the event that it got there."""
    there, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        there.set()
        assert go_on.wait(60)

    setattr(shelf, name, hold)
    try:
        yield there
    finally:
        setattr(shelf, name, lambda: None)
        go_on.set()


def test_a_rebuild_keeps_nobody_waiting_and_misses_no_change(shelf: Shelf) -> None:
    index = shelf.open()
    with _held(shelf, "rebuild_step") as there:
        assert index.mend()["bodies"] == {"added": 600, "removed": 0, "rebuilt": 1}
        assert there.wait(60)
        assert_right(shelf, index)
        index.add("bodies", shelf.put(700))
        index.add("headings", shelf.put(700))
        assert index.search("bodies", shelf.made[700], limit=1)[0][0] == "c700"
        del shelf.rows["c5"]
        index.remove("bodies", ["c5"])
        index.remove("headings", ["c5"])
        assert index.search("bodies", shelf.made[5], limit=1)[0][0] != "c5"
        assert index.broken == ("bodies", "headings")
        assert not index.wait_until_whole(0.01)
    assert_whole(shelf, index)


def test_a_chunk_added_while_the_matrix_is_made_is_found_by_the_next_question(
    shelf: Shelf,
) -> None:
    index = shelf.open()
    first: list[tuple[str, float]] = []

    def ask() -> None:
        first.extend(index._matrices.search("bodies", shelf.made[700], 1, None))

    with _held(shelf, "question_step") as there:
        asking = threading.Thread(target=ask, name="question")
        asking.start()
        assert there.wait(60)
        assert index._matrices.search("headings", shelf.made[5], 1, None)[0][0] == "c5"
        index.add("bodies", shelf.put(700))
    asking.join(60)
    assert len(first) == 1
    assert index._matrices.search("bodies", shelf.made[700], 1, None)[0][0] == "c700"


def test_a_rebuild_that_fails_is_tried_again(shelf: Shelf) -> None:
    index, failures = shelf.open(), iter(range(3))

    def fail() -> None:
        if next(failures, None) is not None:
            raise OSError("no vectors today")

    shelf.rebuild_step = fail
    index.mend()
    assert_right(shelf, index)
    assert_whole(shelf, index)
    assert next(failures, None) is None


def test_a_role_can_be_rebuilt_at_any_time(large_shelf: Shelf) -> None:
    index = large_shelf.open()
    index.mend()
    before = index._names.of("bodies")
    index.rebuild("bodies")
    assert index._names.of("bodies") != before
    assert_whole(large_shelf, index)
    assert before not in index._chroma.own_names()


def test_closing_gives_a_rebuild_up_and_the_next_start_carries_on(large_shelf: Shelf) -> None:
    shutil.rmtree(large_shelf.chroma)
    index, steps = large_shelf.open(), threading.Semaphore(0)
    large_shelf.rebuild_step = lambda: (steps.release(), time.sleep(0.2))[1]
    index.mend()
    assert steps.acquire(timeout=60)
    index.close()
    assert set(index.broken) >= {"headings"}
    large_shelf.rebuild_step = lambda: None
    again = large_shelf.open()
    assert_right(large_shelf, again)
    assert again.mend()["headings"]["rebuilt"] == 1
    assert_whole(large_shelf, again)
    assert len(again._chroma.own_names()) == len(ROLES)


def test_collections_of_no_role_and_their_files_are_deleted(large_shelf: Shelf) -> None:
    index = large_shelf.open()
    index._chroma.create(
        "archive-bodies-0123abcd", {"dimension": DIMENSION}
    )  # as a killed rebuild leaves it
    index._chroma.create("somebody-elses", {"dimension": DIMENSION})
    index.rebuild("bodies")
    index.mend()
    assert "archive-bodies-0123abcd" not in index._chroma.own_names()
    assert "somebody-elses" in index._chroma.own_names()
    assert len(large_shelf.segment_folders()) == 3  # Chroma leaves those of the old bodies
    index.close()
    again = large_shelf.open()
    assert len(large_shelf.segment_folders()) == 2
    assert_whole(large_shelf, again)


def test_a_panic_in_chroma_is_damage_like_any_other(large_shelf: Shelf) -> None:
    """Chroma unwraps a number that is none: its Rust core panics at every call."""
    with sqlite3.connect(large_shelf.chroma / "chroma.sqlite3") as database:
        database.execute("UPDATE collections SET dimension = 'x' WHERE name LIKE 'bodies-%'")
    database.close()
    index = large_shelf.open()
    name = index._names.of("bodies")
    assert name is not None
    with pytest.raises(ChromaFailed, match=r"panicked|opened anew"):
        index._chroma.get(name)
    assert_right(large_shelf, index)
    assert index.mend()["bodies"]["rebuilt"] == 1
    assert_whole(large_shelf, index)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_request_to_stop_is_no_damage(stop: type[BaseException]) -> None:
    with pytest.raises(stop), chroma_errors():
        raise stop


def test_a_deleted_folder_is_made_again_from_the_database(
    settings: Settings, reader: Reader, today: date
) -> None:
    with open_assistant(settings, encoder=HashedEncoder()) as first:
        publish_text(first, *TEXTS)
    shutil.rmtree(settings.data_dir / "chroma")
    with open_assistant(settings, encoder=HashedEncoder()) as second:
        best = second.retriever.search("検査は14日以内", reader=reader, as_of=today)[0]
        assert best.chunk.text == TEXTS[1]
        assert second.library.index.wait_until_whole(60)


def _garble(file: Path) -> None:
    file.write_bytes(b"garbled " * (file.stat().st_size // 8 + 1))


def _halve(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _garble_the_middle(file: Path) -> None:
    data = file.read_bytes()
    third = len(data) // 3
    file.write_bytes(data[:third] + b"\xff" * third + data[2 * third :])


@pytest.mark.parametrize(
    "damage", [pytest.param(_garble, id="garbled"), pytest.param(_halve, id="truncated")]
)
def test_a_folder_that_chroma_cannot_open_is_put_aside_and_begun_anew(
    large_shelf: Shelf, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    damage(large_shelf.chroma / "chroma.sqlite3")
    aside = large_shelf.chroma.with_name("chroma-damaged")
    aside.mkdir()
    (aside / "of last time").touch()
    index = large_shelf.open()
    assert (aside / "chroma.sqlite3").exists()
    assert not (aside / "of last time").exists()
    assert "chroma-damaged" in caplog.text
    assert_right(large_shelf, index)
    assert index.mend()["bodies"] == {"added": MANY, "removed": 0, "rebuilt": 1}
    assert_whole(large_shelf, index)


def test_a_folder_that_opens_but_takes_nothing_is_put_aside_by_the_rebuild(
    large_shelf: Shelf,
) -> None:
    _garble_the_middle(large_shelf.chroma / "chroma.sqlite3")
    index = large_shelf.open()
    assert_right(large_shelf, index)
    index.mend()
    assert_right(large_shelf, index)
    assert_whole(large_shelf, index)
    assert large_shelf.chroma.with_name("chroma-damaged").exists()


@contextmanager
def _without_permission(folder: Path) -> Iterator[None]:
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:  # whom no permission stops
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


@contextmanager
def _without_space(folder: Path) -> Iterator[None]:
    """No file may grow: what a full disk answers, too, is an error of every write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    other = sqlite3.connect(folder / "chroma.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.close()


@pytest.mark.parametrize(
    ("hindered", "damaged"),
    [
        pytest.param(_without_permission, False, id="permission"),
        pytest.param(_without_permission, True, id="permission, damaged too"),
        pytest.param(_without_space, False, id="space"),
        pytest.param(_without_space, True, id="space, damaged too"),
        pytest.param(_locked, False, id="locked", marks=pytest.mark.slow),
    ],
)
def test_a_folder_that_may_not_be_used_stays_where_it_is(
    shelf: Shelf, hindered: Callable[[Path], AbstractContextManager[None]], damaged: bool
) -> None:
    index = shelf.open()
    index.mend()
    assert index.wait_until_whole(60)
    index.close()
    if damaged:
        _garble(shelf.chroma / "chroma.sqlite3")
    with hindered(shelf.chroma):
        try:
            shelf.open().close()
        except OperationError as error:
            assert "権限と空き容量" in str(error)
        else:  # it need not write in order to open
            assert not damaged
    assert not shelf.chroma.with_name("chroma-damaged").exists()
    assert (shelf.chroma / "chroma.sqlite3").exists()


def test_a_folder_that_cannot_be_made_is_said_in_japanese(shelf: Shelf) -> None:
    shelf.chroma.write_text("a file stands here")
    with pytest.raises(OperationError, match="権限と空き容量"):
        shelf.open()
    assert shelf.chroma.is_file()


def _delete(file: Path) -> None:
    file.unlink()


def _empty(file: Path) -> None:
    os.truncate(file, 0)


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        pytest.param(_garble_the_middle, "data_level0.bin", id="ends the process"),
        pytest.param(_delete, "index_metadata.pickle", id="answers wrongly"),
        *(
            pytest.param(damage, name, marks=pytest.mark.slow)
            for damage in (_garble_the_middle, _delete, _empty)
            for name in SEGMENT_FILES
        ),
    ],
)
def test_damaged_segment_files_are_not_even_read(
    large_shelf: Shelf, damage: Callable[[Path], None], name: str
) -> None:
    """Chroma reports some, answers wrongly from others, and dies of one (segmentation fault)."""
    for folder in large_shelf.segment_folders():
        damage(folder / name)
    index = large_shelf.open()
    assert_right(large_shelf, index)
    assert index.mend()["headings"] == {"added": MANY, "removed": 0, "rebuilt": 1}
    assert_right(large_shelf, index)
    assert_whole(large_shelf, index)


def test_a_missing_segment_folder_is_rebuilt(large_shelf: Shelf) -> None:
    shutil.rmtree(large_shelf.segment_folders()[0])
    index = large_shelf.open()
    assert_right(large_shelf, index)
    index.mend()
    assert_whole(large_shelf, index)


def test_a_collection_that_finds_too_little_is_rebuilt(large_shelf: Shelf) -> None:
    """A server keeps no seal of ours: what it answers is all that can be judged."""
    index = large_shelf.open()
    for folder in large_shelf.segment_folders():
        shutil.rmtree(folder)
    assert index._collection("bodies").ids() == set(large_shelf.rows)
    report = index.mend()
    assert [report[role]["rebuilt"] for role in ROLES] == [1, 1, 0, 0]
    assert_right(large_shelf, index)
    assert_whole(large_shelf, index)


def test_what_a_process_leaves_that_dies_while_it_writes_nothing_is_trusted(
    large_shelf: Shelf,
) -> None:
    index = large_shelf.open()
    index.mend()
    index.remove("bodies", ["c1"])
    index.add("bodies", {"c1": large_shelf.rows["c1"]})
    assert index.search("bodies", large_shelf.made[1], limit=1)[0][0] == "c1"
    left = Path(shutil.copytree(large_shelf.chroma, large_shelf.chroma.with_name("left")))
    index.close()
    large_shelf.chroma = left
    again = large_shelf.open()
    assert again.broken == ()
    assert_whole(large_shelf, again)
    assert again.mend()["bodies"] == {"added": 0, "removed": 0, "rebuilt": 0}


REPLACE = """
import random, sys
from pathlib import Path
from test_vector_index import MANY, Shelf
shelf = Shelf(Path(sys.argv[1]), MANY)
index = shelf.open()
assert index.broken == (), index.broken
chance = random.Random(sys.argv[2])
print("replacing", flush=True)
while True:
    keys = chance.sample(sorted(shelf.rows), 500)
    for role in ("bodies", "headings"):
        index.remove(role, keys)
        index.add(role, {key: shelf.rows[key] for key in keys})
"""


def _kill_while_replacing(folder: Path, seed: str, seconds: float) -> None:
    paths = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]
    child = subprocess.Popen(
        [sys.executable, "-c", REPLACE, str(folder), seed],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")]),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "replacing\n"
    time.sleep(seconds)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(3, id="a few times"),
        pytest.param(60, id="often", marks=[pytest.mark.full, pytest.mark.timeout(1200)]),
    ],
)
def test_a_process_killed_while_it_replaces_vectors_harms_no_answer(
    large_shelf: Shelf, kills: int
) -> None:
    seed = os.environ.get("KILL_SEED") or str(random.SystemRandom().randrange(10**6))
    print("seed", seed)  # noqa: T201
    chance, rebuilt = random.Random(seed), 0
    for kill in range(kills):
        _kill_while_replacing(large_shelf.chroma.parent, f"{seed}-{kill}", chance.uniform(0.0, 0.6))
        index = large_shelf.open()
        assert_right(large_shelf, index)
        rebuilt += index.mend()["bodies"]["rebuilt"]
        assert_right(large_shelf, index)
        assert_whole(large_shelf, index)
        index.close()
    print("rebuilt after", rebuilt, "of", kills)  # noqa: T201


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


@contextmanager
def _chroma_server(folder: Path, port: int) -> Iterator[str]:
    program = Path(sys.executable).with_name("chroma")
    server = subprocess.Popen(
        [program, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def test_a_server_that_stops_is_replaced_by_the_database_until_it_is_back(
    shelf: Shelf, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _chroma_server(tmp_path / "server", port) as url:
        index = shelf.open(url)
        index.mend()
        assert_whole(shelf, index)
        others = index._chroma.create("bodies-0123abcd", {"dimension": DIMENSION})
        assert index.mend()["bodies"] == {"added": 0, "removed": 0, "rebuilt": 0}
        assert others.ids() == set()
    assert_right(shelf, index)
    assert index.broken == ("bodies", "headings")
    with _chroma_server(tmp_path / "server", port):
        assert_whole(shelf, index)
        assert_right(shelf, index)
        index.close()
    assert not shelf.chroma.exists()
