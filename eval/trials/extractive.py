"""Answering by quotations alone, beside whatever model the assistant writes with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assistant.answering import Answering
from assistant.language_model.choice import ModelChoice
from assistant.opening import Assistant
from assistant.search.retrieval import Retriever


@dataclass(frozen=True)
class Quoting:
    """What answers a case without a model, and what searches for it."""

    answering: Answering
    retriever: Retriever


@contextmanager
def quoting(assistant: Assistant) -> Iterator[Quoting]:
    """Give the assistant's own search and library, without its model."""
    settings = assistant.settings.model_copy(update={"mode": "extractive"})
    models = ModelChoice(settings, assistant.database)
    try:
        answering = Answering(settings, assistant.library, assistant.retriever, models)
        yield Quoting(answering, assistant.retriever)
    finally:
        models.close()
