"""Two people who ask a small library, and what they see of their questions afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from small_manuals import publish_text

from assistant.answer_desk import AnswerRecord
from assistant.domain import Reader
from assistant.opening import Assistant

TEXT = "契約書は2通作ります。"
SECRET = "秘密の合言葉はスミレです。"
ANN = Reader("ann", section="総務課")

Ask = Callable[..., AnswerRecord]


@pytest.fixture
def assistant(quick_assistant: Assistant) -> Assistant:
    publish_text(quick_assistant, TEXT)
    publish_text(
        quick_assistant, SECRET, manual_id="secret", title="総務課の内規", audience="section:総務課"
    )
    return quick_assistant


@pytest.fixture
def ask(assistant: Assistant) -> Ask:
    """Ask, and wait for the end of the answer."""

    def asked(
        question: str, *, reader: Reader = ANN, conversation: str | None = None
    ) -> AnswerRecord:
        answer_id = assistant.desk.ask(
            question, reader=reader, browser_session="", conversation_id=conversation, as_of=None
        )
        return list(assistant.desk.follow(answer_id, reader=reader, every=0.05))[-1]

    return asked


@pytest.fixture
def ann() -> Reader:
    return ANN


@pytest.fixture
def moved() -> Reader:
    """The same person after a move to another section."""
    return Reader("ann", section="税務課")


@pytest.fixture
def bob() -> Reader:
    return Reader("bob", section="税務課")
