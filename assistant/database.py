"""The relational database: opened, migrated and shared by all stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from assistant.errors import DataDirectoryError

MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One SQLite database in WAL mode; safe for many threads of one process."""

    def __init__(self, path: Path):
        self.path = path
        self.engine = _engine(path)
        with _as_data_directory_error(path):
            migrate(self.engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading; sees the state at its first query."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are all kept, or none."""
        with _as_data_directory_error(self.path), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def empty_log(self) -> None:
        """Carry the log of writes over into the file and empty it: it holds pages from before."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision, wholly or not at all; its data is carried over."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        command.upgrade(config, revision)
        connection.commit()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves: BEGIN IMMEDIATE
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA recursive_triggers=ON")  # else REPLACE passes the ledger's triggers
        cursor.execute("PRAGMA secure_delete=ON")  # what a person deletes is gone from the file
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.close()

    return engine


@contextmanager
def _as_data_directory_error(path: Path) -> Iterator[None]:
    """Translate a full disk or missing permission into words."""
    try:
        yield
    except (OperationalError, DBAPIError) as error:
        reason = str(error.orig or error)
        if "full" in reason:
            raise DataDirectoryError(
                f"ディスクの空きがありません（{path.parent}）。空きを作ってからやり直してください。"
            ) from error
        if any(word in reason for word in ("readonly", "unable to open", "I/O error")):
            raise DataDirectoryError(
                f"データフォルダ {path.parent} に書き込めません。"
                "フォルダの権限と空き容量を確かめてください。"
            ) from error
        raise
