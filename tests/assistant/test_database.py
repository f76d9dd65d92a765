from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hashed_encoder import HashedEncoder
from small_manuals import publish_text
from sqlalchemy import delete, event, insert, inspect, text
from sqlalchemy.exc import OperationalError

from assistant import tables
from assistant.database import Database, _engine, migrate
from assistant.domain import Reader
from assistant.errors import DataDirectoryError, IndexMismatch
from assistant.library import Lifecycle
from assistant.opening import Assistant, open_assistant, prepare_data_directory
from assistant.people.access import OPERATOR
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Directory
from assistant.settings import Settings
from assistant.usage.ledger import Ledger
from assistant.usage.verification import verify
from assistant.usage.weekly import weekly_table


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "chonai.db")
    yield opened
    opened.close()


def _limit_pages(database: Database, pages: int) -> None:
    """Let the disk be full beyond a number of pages: SQLite's own way."""
    database.engine.dispose()
    event.listen(
        database.engine,
        "connect",
        lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}"),
    )


def _forbid_writing(database: Database) -> None:
    database.engine.dispose()
    event.listen(
        database.engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=1")
    )


def _own_tables(database: Database) -> set[str]:
    known = set(inspect(database.engine).get_table_names())
    return {name for name in known if not name.startswith(("keyword_", "alembic_", "sqlite_"))}


def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda item, name, kind, *_: not str(name).startswith("keyword_"),
                "compare_type": True,
            },
        )
        differences = compare_metadata(context, tables.metadata)
    assert differences == []
    assert _own_tables(database) == set(tables.metadata.tables)


def test_migrating_twice_keeps_the_data(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(tables.counter), {"name": "library", "value": 7})
    migrate(database.engine)
    with database.read() as connection:
        assert connection.execute(tables.counter.select()).all() == [("library", 7)]


def test_new_words_come_to_a_glossary_that_an_administrator_has_changed(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "chonai.db")
    migrate(engine, "0001")
    with engine.begin() as connection:
        connection.execute(insert(tables.glossary), {"term": "残業", "meaning": "本市の超過勤務"})
        connection.execute(delete(tables.glossary).where(tables.glossary.c.term == "有休"))
    migrate(engine)
    with engine.connect() as connection:
        words = {row.term: row.meaning for row in connection.execute(tables.glossary.select())}
    engine.dispose()
    assert words["残業"] == "本市の超過勤務"
    assert words["ハンコ"] == "公印、押印"
    assert words["副業"] == "兼業、営利企業への従事"
    assert "有休" not in words


def test_chunks_published_before_cross_references_stay_and_have_none(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "chonai.db")
    migrate(engine, "0002")
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        run("INSERT INTO manual VALUES ('m', '契約規則', '', '', '', 'everyone')")
        run(
            "INSERT INTO manual_version VALUES "
            "('v', 'm', 1, 1, 'published', NULL, NULL, 'm.txt', '0', '4', 'operator', NULL)"
        )
        run(
            "INSERT INTO chunk VALUES "
            "(1, 'c', 'v', 0, '[]', NULL, NULL, 'text', '第5条による。', 't', 'h', '[]')"
        )
    engine.dispose()
    database = Database(tmp_path / "chonai.db")
    reference = {"chunk_id": "c", "ordinal": 0, "kind": "article", "number": "5"}
    with database.write() as connection:
        assert connection.execute(tables.chunk.select()).one().text == "第5条による。"
        assert connection.execute(tables.chunk_reference.select()).all() == []
        connection.execute(
            insert(tables.chunk_reference),
            {**reference, "place": "article:5", "start": 0, "end": 3},
        )
        connection.execute(
            insert(tables.chunk_place), {"version_id": "v", "place": "article:1", "chunk_id": "c"}
        )
        connection.execute(delete(tables.chunk))
        assert connection.execute(tables.chunk_reference.select()).all() == []
        assert connection.execute(tables.chunk_place.select()).all() == []
    database.close()


def test_people_keep_their_past_and_their_section_when_sign_on_comes(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "chonai.db")
    migrate(engine, "0003")
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        run("INSERT INTO person VALUES ('p', '2026-05-01 00:00:00'), ('q', '2026-05-01 00:00:00')")
        run("INSERT INTO identity VALUES ('local', '2026-05-01', NULL, 'p', '総務課')")
        run("INSERT INTO identity VALUES ('other', '2026-05-01', NULL, 'q', '')")
        run("INSERT INTO manual VALUES ('m', '契約規則', '', '総務課', '2121', 'section:総務課')")
        run(
            "INSERT INTO usage_event VALUES (1, 'a', 'p', '総務課', 'chonai', 'screen', "
            "'2026-11-20T00:00:00+00:00', '2026-W47', 'answered', 'extractive', 0, 1, 1, NULL, NULL)"
        )
    engine.dispose()
    database = Database(tmp_path / "chonai.db")
    today = date(2026, 11, 27)
    member = Directory(database).member_by_number("local", today=today)
    assert member is not None
    assert (member.person_id, member.section, member.enabled) == ("p", "総務課", True)
    assert member.grants == ()  # nobody is made an administrator by the way
    other = Directory(database).member_by_number("other", today=today)
    assert other is not None
    assert other.section == ""
    assert Ledger(database).rows("2026-W47")[0][2:4] == ("p", "総務課")
    with database.read() as connection:
        [manual] = connection.execute(tables.manual.select()).all()
    assert (manual.audience, manual.owner_section) == ("section:総務課", "総務課")
    database.close()


def test_versions_keep_their_time_when_it_is_no_longer_stored(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "chonai.db")
    migrate(engine, "0004")
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        run("INSERT INTO manual VALUES ('m', '契約規則', '', '', '', 'everyone', '2025-04-01')")
        for version, number, revision, state, start, end in (
            ("old", 1, 1, "published", "'2024-04-01'", "'2026-04-01'"),
            ("wrong", 2, 1, "replaced", "'2026-04-01'", "NULL"),
            ("new", 2, 2, "published", "'2026-04-01'", "NULL"),
        ):
            run(
                f"INSERT INTO manual_version VALUES ('{version}', 'm', {number}, {revision}, "
                f"'{state}', {start}, {end}, 'm.txt', '{version}', '4', 'operator', "
                "'2026-03-01T00:00:00+00:00')"
            )
    engine.dispose()
    with open_assistant(Settings(data_dir=tmp_path), encoder=HashedEncoder()) as opened:
        library = opened.library
        last_year = library.sources(reader=OPERATOR, as_of=date(2026, 3, 31))
        this_year = library.sources(reader=OPERATOR, as_of=date(2026, 4, 1))
        assert (list(last_year), list(this_year)) == (["old"], ["new"])
        corrected = library.version("wrong", reader=OPERATOR)
        assert corrected is not None
        assert corrected.version.state == "superseded"
        # Once nobody says that the new version holds, the old one does again.
        Lifecycle(library).withdraw("m", by=OPERATOR_ACTOR, version_id="new")
        assert list(library.sources(reader=OPERATOR, as_of=date(2026, 4, 1))) == ["old"]


def test_the_register_of_exclusions_becomes_the_beginning_of_the_chain(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "chonai.db")
    migrate(engine, "0005")
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO usage_event VALUES (1, 'a', 'p', '総務課', 'chonai', 'screen', "
            "'2026-11-20T00:00:00+00:00', '2026-W47', 'answered', 'extractive', 0, 1, 1, NULL, NULL)"
        )
        run("INSERT INTO usage_exclusion VALUES (1, 'p', '2026-04-01', NULL, '試験用')")
        run("INSERT INTO usage_exclusion VALUES (2, 'q', '2026-04-01', '2026-05-01', '共用')")
    engine.dispose()
    database = Database(tmp_path / "chonai.db")
    found = verify(database)
    assert (found.problems, found.entries, found.events) == ((), 2, 1)
    [row] = weekly_table(Ledger(database), now=datetime(2026, 11, 21, tzinfo=UTC))
    assert (row["active"], row["excluded"]) == (0, 1)
    database.close()


def test_a_migration_that_breaks_off_leaves_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    engine = _engine(tmp_path / "chonai.db")
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count=12"))
    with pytest.raises(OperationalError, match="full"):
        migrate(engine)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    repeated = Database(tmp_path / "chonai.db")
    assert _own_tables(repeated) == set(tables.metadata.tables)
    repeated.close()


def test_a_failed_write_keeps_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as connection:
            connection.execute(insert(tables.counter), {"name": "library", "value": 1})
            raise KeyError("interrupted")

    with pytest.raises(KeyError):
        write_and_fail()
    with database.read() as connection:
        assert connection.execute(tables.counter.select()).all() == []


def test_a_full_disk_is_said_in_japanese(database: Database) -> None:
    _limit_pages(database, 60)
    row = {"fingerprint": "f", "text_hash": "h", "data": b"\0" * 1_000_000}
    with (
        pytest.raises(DataDirectoryError, match="空きがありません"),
        database.write() as connection,
    ):
        connection.execute(insert(tables.vector), row)


def test_a_read_only_database_is_said_in_japanese(database: Database) -> None:
    _forbid_writing(database)
    with (
        pytest.raises(DataDirectoryError, match="書き込めません"),
        database.write() as connection,
    ):
        connection.execute(insert(tables.counter), {"name": "library", "value": 1})


def test_a_database_in_a_missing_folder_is_said_in_japanese(tmp_path: Path) -> None:
    with pytest.raises(DataDirectoryError, match="書き込めません"):
        Database(tmp_path / "missing" / "chonai.db")


def test_writers_do_not_lose_one_anothers_changes(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(tables.counter), {"name": "library", "value": 0})

    def add() -> None:
        for _ in range(10):
            with database.write() as connection:
                value = connection.execute(text("SELECT value FROM counter")).scalar_one()
                connection.execute(text("UPDATE counter SET value = :v"), {"v": value + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(text("SELECT value FROM counter")).scalar_one() == 40


@pytest.mark.parametrize("below", [pytest.param("", id="itself"), pytest.param("var", id="below")])
def test_a_data_directory_that_is_a_file_is_said_in_japanese(tmp_path: Path, below: str) -> None:
    (tmp_path / "data").write_text("ファイル")
    with pytest.raises(DataDirectoryError, match="ASSISTANT_DATA_DIR"):
        prepare_data_directory(tmp_path / "data" / below)


def test_an_assistant_on_such_a_directory_does_not_open(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("ファイル")
    with pytest.raises(DataDirectoryError):
        open_assistant(Settings(data_dir=tmp_path / "data"), encoder=HashedEncoder())


def test_an_index_of_another_model_is_refused_and_made_anew_when_asked(
    settings: Settings, reader: Reader, today: Any
) -> None:
    with open_assistant(settings, encoder=HashedEncoder()) as first:
        publish_text(first, "契約書は2通作ります。")
    other = HashedEncoder("another model")
    with pytest.raises(IndexMismatch, match="reindex"):
        open_assistant(settings, encoder=other)
    with open_assistant(settings, encoder=other, reindex=True) as second:
        [hit] = second.retriever.search("契約書は何通か", reader=reader, as_of=today)
        assert hit.signals["body"] > 0.8


def test_a_closed_assistant_leaves_a_directory_that_opens_again(
    quick_assistant: Assistant, settings: Settings
) -> None:
    publish_text(quick_assistant, "契約書は2通作ります。")
    quick_assistant.close()
    with open_assistant(settings, encoder=HashedEncoder()) as again:
        assert again.library.counts() == {"manuals": 1, "chunks": 1}
