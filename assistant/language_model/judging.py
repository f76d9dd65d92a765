"""The second model that judges answers, where the settings name one."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from assistant.language_model.writer import Limits, Writer, endpoint_model
from assistant.settings import Settings


def open_judge(settings: Settings) -> Writer | None:
    """Return what writes judgements, to be closed by the caller; None where no judge is set."""
    if not settings.judge_url:
        return None
    limits = Limits(settings.model_wait_seconds, settings.model_total_seconds)
    model = endpoint_model(
        settings.judge_url,
        settings.judge_model,
        settings.judge_api_key.get_secret_value(),
        provider="openai",
        api_version="",
        limits=limits,
        http_client=httpx.Client(),
        http_async_client=httpx.AsyncClient(),
    )
    return Writer(
        lambda: model,
        mode="endpoint",
        name=settings.judge_model,
        limits=limits,
        at_once=1,
        evidence_tokens=2000,
        host=urlsplit(settings.judge_url).netloc.rpartition("@")[2],
    )
