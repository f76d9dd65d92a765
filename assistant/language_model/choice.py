"""Which model writes the next answer: an endpoint, the local model, or none (quotations)."""

from __future__ import annotations

import logging
import statistics
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, Protocol

import httpx
from sqlalchemy import insert, select

from assistant import calendar, tables
from assistant.database import Database
from assistant.errors import AssistantError, ModelFilesUnavailable
from assistant.language_model.local_server import LocalModelServer
from assistant.language_model.local_verdict import SLOW_SECONDS, LocalVerdict, read_verdict
from assistant.language_model.weights import verify_local_weights
from assistant.language_model.writer import Limits, Writer, endpoint_writer, reconnecting_model
from assistant.settings import Settings

logger = logging.getLogger(__name__)
_HEALTH_SECONDS = 30.0
_LISTING_SECONDS = 3.0
_LOCAL_NAME = "Qwen2.5-Coder-1.5B-Instruct Q4_K_M"
_ENDPOINT_AT_ONCE = 8


@dataclass(frozen=True)
class Choice:
    """What writes an answer: nobody, or a writer, as the body or as a summary below it."""

    writer: Writer | None
    place: Literal["none", "body", "summary"]
    notice: str = ""


class Models(Protocol):
    """What chooses who writes, and learns how it went."""

    def choose(self) -> Choice:
        """Return who writes the next answer."""

    def report_failure(self, writer: Writer, reason: str) -> None:
        """Learn that a writer failed."""

    def remember_speed(self, writer: Writer, first_sentence_seconds: float | None) -> None:
        """Learn how long a writer took to its first sentence (None: it wrote none)."""


class ModelChoice:
    """Chooses by the mode setting and by what is healthy now."""

    def __init__(self, settings: Settings, database: Database):
        self._settings = settings
        self._database = database
        self._lock = threading.Lock()
        self._endpoint_writer: Writer | None = None
        self._local_writer: Writer | None = None
        self._server: LocalModelServer | None = None
        self._health: tuple[float, str] = (-_HEALTH_SECONDS, "")

    def close(self) -> None:
        """Stop writers and the local model's process."""
        for writer in (self._endpoint_writer, self._local_writer):
            if writer is not None:
                writer.close()
        if self._server is not None:
            self._server.stop()

    def choose(self) -> Choice:
        """Return who writes the next answer, with a notice when that is not what was set."""
        mode = self._settings.mode
        if mode == "extractive":
            return Choice(None, "none")
        notice = ""
        if mode in ("auto", "endpoint") and self._settings.endpoint_url:
            trouble = self.endpoint_trouble()
            if not trouble:
                return Choice(self._endpoint(), "body")
            notice = f"{trouble}引用だけをお答えします。"
            if mode == "endpoint":
                return Choice(None, "none", notice)
        trouble = self.local_trouble()
        if trouble:
            shown = f"{trouble}引用だけをお答えします。" if mode == "local" else notice
            return Choice(None, "none", shown)
        if mode == "local":
            return Choice(self._local(), "body")
        verdict = self.local_verdict()
        if self.local_is_slow() or (verdict is not None and not verdict.is_worth_writing):
            return Choice(None, "none", notice)
        return Choice(self._local(), "summary", notice)

    def local_summary(self) -> Choice:
        """Return the local model writing below the quotations, whatever it was found worth.

        Raises ModelFilesUnavailable where its file cannot be used.
        """
        trouble = self.local_trouble()
        if trouble:
            raise ModelFilesUnavailable(trouble)
        return Choice(self._local(), "summary")

    def local_verdict(self) -> LocalVerdict | None:
        """Return what our own evaluation found the local model worth here, None before one."""
        return read_verdict(self._settings.data_dir, model=self.local_name)

    def position(self, ticket: str) -> int:
        """Return how many answers are before this one in the line of its writer."""
        writers = (self._endpoint_writer, self._local_writer)
        return max((w.line.position(ticket) for w in writers if w is not None), default=0)

    def endpoint_trouble(self) -> str:
        """Return why the endpoint cannot be used now ("" when it can); asked every 30 s."""
        with self._lock:
            asked, trouble = self._health
            if time.monotonic() - asked < _HEALTH_SECONDS:
                return trouble
        trouble = self._ask_endpoint()
        with self._lock:
            self._health = (time.monotonic(), trouble)
        return trouble

    def report_failure(self, writer: Writer, reason: str) -> None:
        """Remember that a writer failed, so that the next questions do not wait for it."""
        if writer.mode == "endpoint":
            with self._lock:
                self._health = (time.monotonic(), reason)

    def local_trouble(self) -> str:
        """Return why the local model cannot be used ("" when its file is in order)."""
        try:
            if self._settings.local_model:
                if not self.local_path.is_file():
                    return f"ローカルモデルのファイル {self.local_path} がありません。"
            else:
                verify_local_weights(self.local_path)
        except ModelFilesUnavailable as error:
            return str(error)
        return ""

    @property
    def local_path(self) -> Path:
        """The GGUF file of the local model."""
        if self._settings.local_model:
            return Path(self._settings.local_model)
        return self._settings.models_folder / "local.gguf"

    def remember_speed(self, writer: Writer, first_sentence_seconds: float | None) -> None:
        """Keep how long a model took to its first sentence (None: it wrote none)."""
        with self._database.write() as connection:
            connection.execute(
                insert(tables.generation),
                {
                    "model": writer.name,
                    "first_sentence_seconds": first_sentence_seconds,
                    "at": calendar.stored_now(),
                },
            )

    def local_is_slow(self) -> bool:
        """Tell whether the local model's last five texts of a day began later than 15 s (median).

        A day later it is tried again.
        """
        table = tables.generation.c
        since = calendar.stored_now() - timedelta(days=1)
        query = (
            select(table.first_sentence_seconds)
            .where(
                table.model == self.local_name,
                table.at > since,
                table.first_sentence_seconds.is_not(None),
            )
            .order_by(table.id.desc())
            .limit(5)
        )
        with self._database.read() as connection:
            seconds = [float(s) for s in connection.execute(query).scalars()]
        return len(seconds) >= 3 and statistics.median(seconds) > SLOW_SECONDS

    def _ask_endpoint(self) -> str:
        settings = self._settings
        if settings.endpoint_provider == "azure_openai":
            return ""  # its listing needs other rights than answering; a failure is remembered
        key = settings.endpoint_api_key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        url = settings.endpoint_url.rstrip("/") + "/models"
        try:
            response = _listed(url, headers)
        except httpx.HTTPError as error:
            logger.warning("the endpoint was not reached: %s: %s", type(error).__name__, error)
            return "接続先のモデルにつながりません。"
        except httpx.InvalidURL as error:
            raise AssistantError(
                "ASSISTANT_ENDPOINT_URL の形が正しくありません（例 http://10.0.0.5:8000/v1）。"
            ) from error
        if response.status_code in (401, 403):
            return "接続先のモデルに認証を断られました。"
        if response.status_code >= 500:
            return "接続先のモデルが故障を返しています。"
        return ""

    def _limits(self) -> Limits:
        return Limits(self._settings.model_wait_seconds, self._settings.model_total_seconds)

    def _endpoint(self) -> Writer:
        settings = self._settings
        with self._lock:
            if self._endpoint_writer is None:
                self._endpoint_writer = endpoint_writer(
                    settings.endpoint_url,
                    settings.endpoint_model,
                    settings.endpoint_api_key.get_secret_value(),
                    provider=settings.endpoint_provider,
                    api_version=settings.endpoint_api_version,
                    limits=self._limits(),
                    at_once=_ENDPOINT_AT_ONCE,
                )
            return self._endpoint_writer

    @property
    def local_name(self) -> str:
        """What the local model is called."""
        return Path(self._settings.local_model).name if self._settings.local_model else _LOCAL_NAME

    def _local(self) -> Writer:
        with self._lock:
            if self._local_writer is None:
                server = LocalModelServer(
                    self.local_path,
                    threads=self._settings.local_threads,
                    context_tokens=self._settings.local_context_tokens,
                    log_folder=self._settings.data_dir / "logs",
                )
                limits = Limits(
                    max(self._settings.model_wait_seconds, 60.0),
                    self._settings.model_total_seconds,
                    most_tokens=220,
                )

                self._server = server
                self._local_writer = Writer(
                    reconnecting_model(server.ensure, limits),
                    mode="local",
                    name=self.local_name,
                    limits=limits,
                    at_once=1,
                    evidence_tokens=400,
                )
            return self._local_writer


def _listed(url: str, headers: dict[str, str]) -> httpx.Response:
    # Asked twice: a busy server that misses one answer must not cost everybody 30 s of its texts.
    try:
        return httpx.get(url, headers=headers, timeout=_LISTING_SECONDS)
    except httpx.TransportError as error:
        logger.info("the endpoint is asked once more: %s: %s", type(error).__name__, error)
        return httpx.get(url, headers=headers, timeout=_LISTING_SECONDS)
