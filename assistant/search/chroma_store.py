"""Chroma itself: opened, its damaged files put aside, and all its errors made one."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
from chromadb.api.shared_system_client import SharedSystemClient

from assistant.errors import OperationError, SettingsError
from assistant.search.chroma_collection import (
    ChromaCalls,
    ChromaCollection,
    ChromaFailed,
    ServerCalls,
    chroma_errors,
)

logger = logging.getLogger(__name__)
_SEAL = "sealed.json"
_SEGMENT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Four times the neighbours and twice the effort of Chroma's own settings (docs/decisions/0021):
# of passages with many that are almost the same, all stay within reach of a question.
HNSW = {"space": "cosine", "max_neighbors": 64, "ef_construction": 200}


class ChromaStore:
    """Chroma in a folder of this machine, or on a server where `url` names one.

    The folder carries a seal, which names the segment files as they were when nothing was being
    written: files that are otherwise were cut off in writing, and Chroma may answer wrongly from
    such a file, or end the whole process with a segmentation fault. `damaged` are the roles that
    the seal found at opening says are damaged, None where no seal fits the files. A server keeps
    its own files.
    """

    def __init__(self, folder: Path, url: str):
        self._folder = None if url else folder
        self._client: Any = None
        self._calls = ServerCalls() if url else ChromaCalls()
        self.damaged: Sequence[str] | None = ()
        if self._folder is None:
            self._client = _connect(url)
        else:
            self.damaged = _read_seal(folder)
            if self._open(folder):
                self.damaged = None

    @property
    def at_rest(self) -> bool:
        """Whether a call failed, so that nothing is asked until the folder is opened anew."""
        return self._calls.failed

    def close(self) -> None:
        """Release the folder or the connection."""
        if self._client is None:
            return
        with suppress(ChromaFailed), chroma_errors():
            self._client.close()

    def reopen(self) -> bool:
        """Open the folder anew after a failure; True if it was damaged and is now empty.

        A panic can leave the Rust core unusable until then. Raises OperationError.
        """
        if self._folder is None:
            return False
        self.close()
        damaged = _database_is_damaged(self._folder) and _can_be_written(self._folder)
        if damaged:
            _put_aside(self._folder)
        return self._open(self._folder) or damaged

    def seal(self, damaged: Sequence[str]) -> None:
        """Say that the files, as they are now, are whole but for those of the damaged roles."""
        if self._folder is not None:
            with suppress(OSError):  # without a seal all is built anew at the next start
                seal = {"damaged": damaged, "files": _segment_files(self._folder)}
                (self._folder / _SEAL).write_text(json.dumps(seal), "utf-8")

    def unseal(self) -> None:
        """Say that the files are being written."""
        if self._folder is not None:
            with suppress(OSError):  # then Chroma cannot write there either
                (self._folder / _SEAL).unlink(missing_ok=True)

    def own_names(self) -> list[str]:
        """Return the names of the collections in the folder; of a server's, some are others'."""
        if self._folder is None:
            return []
        with self._calls():
            return [str(collection.name) for collection in self._client.list_collections()]

    def create(
        self, name: str, metadata: dict[str, Any], hnsw: Mapping[str, Any] = HNSW
    ) -> ChromaCollection:
        """Make an empty collection."""
        with self._calls():
            made = self._client.create_collection(
                name,
                configuration={"hnsw": dict(hnsw)},
                metadata=metadata,
                embedding_function=None,
            )
        return ChromaCollection(made, self._calls)

    def get(self, name: str) -> ChromaCollection:
        """Return a collection; its files are first read when it is asked."""
        with self._calls():
            found = self._client.get_collection(name, embedding_function=None)
        return ChromaCollection(found, self._calls)

    def delete(self, name: str) -> None:
        """Delete a collection without reading its files."""
        with self._calls():
            self._client.delete_collection(name)

    def _open(self, folder: Path) -> bool:
        """Open the folder; True if it could not be, is put aside and begins empty."""
        try:
            self._open_client(folder)
        except ChromaFailed as error:
            if not _can_be_written(folder):
                raise _not_opened(folder) from error
            logger.exception("Chroma cannot open %s: all is rebuilt from the database", folder)
            try:
                _put_aside(folder)
                self._open_client(folder)
            except (ChromaFailed, OSError) as second:
                raise _not_opened(folder) from second
            return True
        _remove_left_segments(folder)
        return False

    def _open_client(self, folder: Path) -> None:
        self._client = _open_folder(folder)
        self._calls = ChromaCalls()


def _open_folder(folder: Path) -> Any:
    try:
        with chroma_errors():
            return chromadb.PersistentClient(str(folder), settings=_settings())
    except ChromaFailed:
        # Chroma keeps what it failed to open and would give it out at the next try.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        SharedSystemClient._identifier_to_refcount.pop(str(folder), None)
        raise


def _connect(url: str) -> Any:
    address = urlsplit(url)
    if not address.hostname:
        raise SettingsError("ASSISTANT_CHROMA_URL は http://ホスト名:ポート の形で書いてください。")
    try:
        with chroma_errors():
            return chromadb.HttpClient(
                host=address.hostname,
                port=address.port or 8000,
                ssl=address.scheme == "https",
                settings=_settings(),
            )
    except ChromaFailed as error:
        raise OperationError(
            f"Chroma サーバー {url} につながりません。サーバーが動いているか確かめるか、"
            "ASSISTANT_CHROMA_URL を空にして内蔵の Chroma を使ってください。"
        ) from error


def _settings() -> Any:
    return chromadb.Settings(anonymized_telemetry=False)


def _not_opened(folder: Path) -> OperationError:
    return OperationError(
        f"ベクトル索引のフォルダ {folder} を開けません。権限と空き容量を確かめてください。"
        "フォルダを削除しても、次の起動でデータベースから作り直されます。"
    )


def _read_seal(folder: Path) -> Sequence[str] | None:
    try:
        seal = json.loads((folder / _SEAL).read_bytes())
        return tuple(seal["damaged"]) if seal["files"] == _segment_files(folder) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _segment_files(folder: Path) -> dict[str, list[int]]:
    """Return size and time of each file of a segment; Chroma's database mends itself."""
    found = {}
    for path in sorted(folder.glob("*/*")):
        with suppress(FileNotFoundError):
            status = path.stat()
            found[f"{path.parent.name}/{path.name}"] = [status.st_size, status.st_mtime_ns]
    return found


def _can_be_written(folder: Path) -> bool:
    """Tell whether neither permission, space nor another process can be why Chroma failed."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"\0" * 1_000_000)
            probe.flush()
            os.fsync(probe.fileno())
        for path in folder.rglob("*"):
            if path.is_file():
                path.open("r+b").close()
        with closing(sqlite3.connect(folder / "chroma.sqlite3", timeout=0)) as connection:
            connection.execute("BEGIN IMMEDIATE")
    except sqlite3.DatabaseError as error:
        return _says_damaged(error)
    except OSError:
        return False
    return True


def _database_is_damaged(folder: Path) -> bool:
    try:
        with closing(sqlite3.connect(folder / "chroma.sqlite3")) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as error:
        return _says_damaged(error)


def _says_damaged(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of an extended code is detail
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _put_aside(folder: Path) -> None:
    """Keep a damaged folder for whoever wants to look at it; an earlier one makes room."""
    aside = folder.with_name(f"{folder.name}-damaged")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)
    logger.warning("the damaged vector index was moved to %s; it may be deleted", aside)


def _remove_left_segments(folder: Path) -> None:
    """Delete what Chroma leaves of deleted collections: it forgets the files of their vectors."""
    try:
        with closing(sqlite3.connect(folder / "chroma.sqlite3")) as connection:
            known = {row[0] for row in connection.execute("SELECT id FROM segments")}
        for path in folder.iterdir():
            if _SEGMENT.fullmatch(path.name) and path.name not in known:
                shutil.rmtree(path)
    except (sqlite3.DatabaseError, OSError):
        logger.warning("left files in %s could not be deleted", folder, exc_info=True)
