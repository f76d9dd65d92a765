"""The second model that judges answers, where the settings name one."""

from __future__ import annotations

from assistant.language_model.writer import Limits, Writer, endpoint_writer
from assistant.settings import Settings


def open_judge(settings: Settings) -> Writer | None:
    """Return what writes judgements, to be closed by the caller; None where no judge is set."""
    if not settings.judge_url:
        return None
    return endpoint_writer(
        settings.judge_url,
        settings.judge_model,
        settings.judge_api_key.get_secret_value(),
        limits=Limits(settings.model_wait_seconds, settings.model_total_seconds),
        at_once=1,
    )
