"""The conditions of a run: all that decides its answers, kept so that it can be repeated."""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from assistant import calendar
from assistant.answers.judgement import SURE, THRESHOLD
from assistant.domain import Reader
from assistant.opening import Assistant
from assistant.settings import Settings
from assistant.understanding.glossary import Glossary

CODE: Final = ("assistant", "eval", "ingest")
"""The packages whose source decides an answer and its judgement."""
SETTINGS: Final = (
    "mode", "endpoint_url", "endpoint_model", "endpoint_provider", "model_wait_seconds",
    "model_total_seconds", "local_model", "local_threads", "local_context_tokens",
    "embedding_model", "embedding_query_prompt", "embedding_document_prompt", "embedding_engine",
    "reranker", "reranker_seconds", "question_max_characters",
)  # fmt: skip
CONDITION_WORDS: Final = {
    "on": "測った日",
    "reader": "読む人",
    "code_version": "プログラムの版",
    "code_hash": "プログラムのハッシュ",
    "library_revision": "マニュアルの改訂番号",
    "library_hash": "効力のある版の一覧のハッシュ",
    "glossary_hash": "用語のハッシュ",
    "embedding_model": "埋め込みモデル",
    "embedding_fingerprint": "埋め込みモデルの指紋",
    "model": "文章を書くモデル",
    "model_sha256": "モデルのファイルの SHA-256",
    "threshold": "回答する境の確率",
    "sure": "注意書きを付けない確率",
    "settings": "設定",
}


def conditions(assistant: Assistant, *, reader: Reader) -> dict[str, Any]:
    """Return what a run rests on, as JSON; `reader` is whose manuals are read.

    Neither keys nor passwords are among it: only settings that decide an answer.
    """
    settings = assistant.settings
    name, sha256 = _model(assistant)
    return {
        "on": calendar.today().isoformat(),
        "reader": reader.person_id,
        "code_version": _code_version(),
        "code_hash": code_hash(),
        "library_revision": assistant.library.revision(),
        "library_hash": _library_hash(assistant, reader),
        "glossary_hash": _hashed(
            [[e.term, e.meaning] for e in Glossary(assistant.database).entries()]
        ),
        "embedding_model": Path(assistant.encoder.name).name,
        "embedding_fingerprint": assistant.encoder.fingerprint,
        "model": name,
        "model_sha256": sha256,
        "threshold": THRESHOLD,
        "sure": SURE,
        "settings": {key: _shown(key, getattr(settings, key)) for key in SETTINGS},
    }


def model_name(assistant: Assistant) -> str | None:
    """Return the model that may write, None where none writes."""
    settings: Settings = assistant.settings
    if settings.mode == "extractive":
        return None
    if settings.endpoint_url and settings.mode != "local":
        return settings.endpoint_model
    path = assistant.models.local_path
    return path.name if path.is_file() else None


def _model(assistant: Assistant) -> tuple[str | None, str | None]:
    """Return the model that may write and the hash of its file; None where there is none."""
    name, path = model_name(assistant), assistant.models.local_path
    settings: Settings = assistant.settings
    if name is None or (settings.endpoint_url and settings.mode != "local"):
        return name, None
    status = path.stat()
    return name, _file_hash(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _file_hash(path: Path, size: int, modified: int) -> str:
    del size, modified  # a changed file is another key
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _library_hash(assistant: Assistant, reader: Reader) -> str:
    """Return a hash over the versions in force today that the reader may read."""
    sources = assistant.library.sources(reader=reader, as_of=calendar.today()).values()
    return _hashed(
        sorted([s.file, s.version, s.revision, str(s.effective_from or "")] for s in sources)
    )


def _shown(name: str, value: Any) -> Any:
    """Return a setting without what may open something: an address may hold a password."""
    if name != "endpoint_url" or not value:
        return value
    parts = urlsplit(value)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def _code_version() -> str:
    try:
        return version("chonai")
    except PackageNotFoundError:
        return ""


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Return a hash over the source that decides answers and judgements."""
    root = Path(__file__).parents[2]
    total = hashlib.sha256()
    for package in CODE:
        for folder, names, files in os.walk(root / package):
            names.sort()
            for name in sorted(files):
                if name.endswith(".py"):
                    path = Path(folder, name)
                    total.update(f"{path.relative_to(root).as_posix()}\0".encode())
                    total.update(path.read_bytes())
    return total.hexdigest()


def _hashed(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
