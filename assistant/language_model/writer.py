"""Streams text from an OpenAI-compatible model; the only module that uses LangChain's models."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from langchain.chat_models import init_chat_model
from langchain_core.exceptions import ModelError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.domain import Mode
from assistant.errors import AssistantError, ModelUnavailable
from assistant.language_model.line import Line, StoppedWaiting

logger = logging.getLogger(__name__)
_POLL_SECONDS = 0.1
_CUT = (None, "length", "content_filter")  # why a text ended: what came last is half a sentence


class CutShort(AssistantError):
    """The model's text ended in the middle; what came before is in order."""


@dataclass(frozen=True)
class Limits:
    """Seconds to wait for the next words, and for the whole text; most tokens to write."""

    wait_seconds: float
    total_seconds: float
    most_tokens: int = 600


class Writer:
    """A chat model that writes one text per call, stopped at once when asked.

    `host` is the machine that texts are sent to, "" where they stay in this one.
    """

    def __init__(
        self,
        connect: Callable[[], BaseChatModel],
        *,
        mode: Mode,
        name: str,
        limits: Limits,
        at_once: int,
        evidence_tokens: int,
        host: str = "",
    ):
        self._connect = connect
        self.host = host
        self.mode = mode
        self.name = name
        self.evidence_tokens = evidence_tokens
        self.line = Line(at_once)
        self._limits = limits
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name=f"writer-{mode}", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop all texts under way."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    def write(self, system: str, user: str, *, cancelled: threading.Event) -> Iterator[str]:
        """Yield the text in parts as they come.

        Raises StoppedWaiting when `cancelled` is set, also before the first part (the request is
        closed at once), CutShort when the text ended in the middle, and ModelUnavailable when
        the model cannot be reached, is too slow, or breaks off.
        """
        model = self._connect()
        messages = [SystemMessage(system), HumanMessage(user)]
        parts: queue.Queue[str | BaseException | None] = queue.Queue()
        task = asyncio.run_coroutine_threadsafe(self._stream(model, messages, parts), self._loop)
        began = heard = time.monotonic()
        try:
            while True:
                if cancelled.is_set():
                    raise StoppedWaiting("停止しました。")
                now = time.monotonic()
                if now - heard > self._limits.wait_seconds:
                    raise ModelUnavailable(
                        f"モデルの応答が {self._limits.wait_seconds:.0f} 秒ありませんでした。"
                    )
                if now - began > self._limits.total_seconds:
                    raise ModelUnavailable(
                        f"モデルの回答が {self._limits.total_seconds:.0f} 秒で終わりませんでした。"
                    )
                try:
                    part = parts.get(timeout=_POLL_SECONDS)
                except queue.Empty:
                    continue
                heard = time.monotonic()
                if part is None:
                    return
                if isinstance(part, CutShort):
                    raise part
                if isinstance(part, BaseException):
                    raise ModelUnavailable(_explained(part, self.mode)) from part
                yield part
        finally:
            task.cancel()

    async def _stream(
        self, model: BaseChatModel, messages: list[Any], parts: queue.Queue[Any]
    ) -> None:
        finish = None
        try:
            async for chunk in model.astream(messages):
                finish = chunk.response_metadata.get("finish_reason") or finish
                if isinstance(chunk.content, str) and chunk.content:
                    parts.put(chunk.content)
            parts.put(CutShort("モデルの文が途中で切れました。") if finish in _CUT else None)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever a foreign server provokes is told to the reader
            logger.warning("the model failed: %s: %s", type(error).__name__, error)
            parts.put(error)


def endpoint_model(
    url: str,
    model: str,
    key: str,
    *,
    provider: str,
    api_version: str,
    limits: Limits,
    **clients: Any,
) -> BaseChatModel:
    """Return the chat model of an OpenAI-compatible or Azure OpenAI address."""
    common: dict[str, Any] = {
        "api_key": key or "none",
        "timeout": limits.total_seconds,
        "max_retries": 0,
        "temperature": 0.0,
        "max_tokens": limits.most_tokens,
        "stream_usage": True,
        **clients,
    }
    if provider == "azure_openai":
        common |= {
            "azure_endpoint": url,
            "azure_deployment": model,
            "api_version": api_version or "2024-10-21",
        }
    else:
        common |= {"base_url": url, "use_responses_api": False}
    built: BaseChatModel = init_chat_model(model, model_provider=provider, **common)
    return built


def endpoint_writer(
    url: str,
    model: str,
    key: str,
    *,
    provider: str = "openai",
    api_version: str = "",
    limits: Limits,
    at_once: int,
) -> Writer:
    """Return what writes by the model of such an address, to be closed by the caller."""
    chat = endpoint_model(
        url,
        model,
        key,
        provider=provider,
        api_version=api_version,
        limits=limits,
        # LangChain would share its own between writers, each with another event loop.
        http_client=httpx.Client(),
        http_async_client=httpx.AsyncClient(),
    )
    return Writer(
        lambda: chat,
        mode="endpoint",
        name=model,
        limits=limits,
        at_once=at_once,
        evidence_tokens=2000,
        host=urlsplit(url).netloc.rpartition("@")[2],
    )


def reconnecting_model(
    where: Callable[[], tuple[str, str]], limits: Limits
) -> Callable[[], BaseChatModel]:
    """Return a connection to a server whose address and key change when it restarts."""
    # Proxies of the environment must not see what stays on this machine: trust_env=False.
    clients = {
        "http_client": httpx.Client(trust_env=False),
        "http_async_client": httpx.AsyncClient(trust_env=False),
    }
    known: dict[tuple[str, str], BaseChatModel] = {}

    def connect() -> BaseChatModel:
        place = where()
        if place not in known:
            known.clear()
            known[place] = endpoint_model(
                place[0],
                "local",
                place[1],
                provider="openai",
                api_version="",
                limits=limits,
                **clients,
            )
        return known[place]

    return connect


def _explained(error: BaseException, mode: Mode) -> str:
    if mode == "local":  # its process died, or was restarted with another key
        return "ローカルモデルが途中で止まりました。次の質問のときに自動で起動し直します。"
    if isinstance(error, ModelError):
        name = type(error).__name__.lower()
        if "authentication" in name or "permission" in name:
            return "モデルの接続先に認証を断られました。接続先の鍵の設定を確かめてください。"
        if "notfound" in name:
            return "モデルの接続先に、そのモデルがありません。モデル名の設定を確かめてください。"
        if "connection" in name:
            return "モデルの接続先につながらないか、途中で切れました。"
    return "モデルの接続先から正しい応答がありませんでした。"
