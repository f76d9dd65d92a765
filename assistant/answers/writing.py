"""Lets a model write from the quoted passages, and shows of it what they support."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant.answers.evidence import Passage
from assistant.answers.grounding import verify_sentence
from assistant.answers.prompts import SYSTEM, question_with_evidence
from assistant.answers.sentence_stream import complete_sentences
from assistant.answers.shaping import (
    cited,
    in_its_place,
    refused_by_model,
    with_written,
    without_model,
)
from assistant.domain import Answer, AnswerSentence
from assistant.errors import ModelFilesUnavailable, ModelUnavailable
from assistant.language_model.choice import Choice, Models
from assistant.language_model.line import StoppedWaiting
from assistant.language_model.writer import CutShort, Writer

logger = logging.getLogger(__name__)
Show = Callable[[Answer], None]
_MOST_SENTENCES = 8
_CHARACTERS_PER_TOKEN = 1.3  # Japanese, Qwen's tokenizer; measured on the sample manuals


class Writing:
    """Adds a model's sentences to an answer by quotations."""

    def __init__(self, models: Models):
        self._models = models

    def write(
        self,
        answer: Answer,
        choice: Choice,
        passages: Sequence[Passage],
        *,
        searched: str,
        cancelled: threading.Event,
        began: float,
        show: Show,
    ) -> Answer:
        """Return the answer with what the model wrote, showing each sentence once it is verified.

        `searched` is the question as it was looked up; `began` when it came, in seconds of
        `time.monotonic`. A model that fails is no error: the quotations stand, and `notice` says
        so. Without a writer the answer stays as it is.
        """
        writer = choice.writer
        if writer is None:
            return answer
        written: list[AnswerSentence] = []
        raw: list[str] = []
        says_nothing_found = False
        sent_to = writer.host or answer.sent_to
        answer = replace(answer, mode=writer.mode, model=writer.name, sent_to=sent_to)
        try:
            with writer.line.turn(answer.id, cancelled):
                for sentence in self._sentences(writer, answer.question, passages, cancelled):
                    verified = verify_sentence(sentence, passages, question=searched, earlier=raw)
                    raw.append(verified.text)
                    says_nothing_found |= verified.verdict == "refusal"
                    shown = None
                    if verified.verdict == "supported":
                        answer, shown = cited(answer, verified, passages, searched)
                    if verified.verdict == "unsupported":
                        answer = replace(answer, replaced=answer.replaced + 1)
                        if choice.place == "body":
                            shown = in_its_place(verified.best_marker, passages, written)
                    if shown is not None:
                        written.append(shown)
                        answer = with_written(
                            answer, choice, written, round(time.monotonic() - began, 3)
                        )
                        show(answer)
                    if len(raw) >= _MOST_SENTENCES or len(written) >= _MOST_SENTENCES:
                        break
        except StoppedWaiting:
            return without_model(answer, written, "停止しました。")
        except CutShort as error:
            if not any(s.kind == "written" for s in written):
                return without_model(answer, [], f"{error}引用をご確認ください。")
            answer = replace(answer, notice=str(error))
        except (ModelUnavailable, ModelFilesUnavailable) as error:
            self._models.report_failure(writer, str(error))
            return without_model(answer, written, f"{error}引用をご確認ください。")
        self._models.remember_speed(writer, answer.first_sentence_seconds)
        if says_nothing_found and not written and writer.mode == "endpoint":
            return refused_by_model(answer, passages)
        if not any(s.kind == "written" for s in written):
            return without_model(
                answer, [], "モデルの文は根拠と合わなかったため、引用だけを示します。"
            )
        return answer

    def warm(self) -> None:
        """Load the local model and have it read the fixed part of the prompt, if it will write.

        The first person then waits only for the evidence to be read. A failure is told when
        somebody asks.
        """
        choice = self._models.choose()
        if choice.writer is None or choice.writer.mode != "local":
            return
        cancelled = threading.Event()
        try:
            with choice.writer.line.turn("warm-up", cancelled):
                for _ in choice.writer.write(SYSTEM, "準備", cancelled=cancelled):
                    return
        except (ModelUnavailable, ModelFilesUnavailable, CutShort) as error:
            logger.warning("the local model could not be warmed up: %s", error)

    def _sentences(
        self,
        writer: Writer,
        question: str,
        passages: Sequence[Passage],
        cancelled: threading.Event,
    ) -> Iterator[str]:
        user = question_with_evidence(
            question,
            passages,
            most_characters=int(writer.evidence_tokens * _CHARACTERS_PER_TOKEN),
        )
        return complete_sentences(writer.write(SYSTEM, user, cancelled=cancelled))
