"""Parts of the answering that do not do their work, as real subclasses, and a small library."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from openai_stub import copied_sentences
from small_manuals import publish_text

from assistant.answering import Answering
from assistant.answers.evidence import Passage
from assistant.answers.lookup import Lookup, Weighed
from assistant.answers.shaping import with_written
from assistant.answers.writing import Writing
from assistant.domain import Answer, AnswerSentence, Reader, RetrievedChunk
from assistant.language_model.choice import Choice, ModelChoice
from assistant.opening import Assistant
from assistant.search.retrieval import Retriever
from assistant.search.understood import Understood
from assistant.settings import Settings
from assistant.understanding.glossary import Glossary
from eval.sets.question_set import Case, Place

CONTRACT = (
    "見積書は2者以上から取ります。",
    "工事の随意契約の限度額は200万円です。",
    "契約保証金は契約金額の10%以上を納めます。",
    "検査は完了の通知から14日以内に行います。",
    "請書は契約金額50万円以下のときに使います。",
    "入札の公告は10日前までに掲示板へ掲げます。",
)
LEAVE = (
    "年次有給休暇は1年度に20日与えます。",
    "病気休暇が7日を超えるときは診断書を出します。",
    "出張の旅費は帰庁後5日以内に精算します。",
    "時間外勤務は前日までに所属長が命じます。",
    "職員証をなくしたときは総務課へ届け出ます。",
    "公用車の予約は使う日の30日前から受け付けます。",
)
_ASKED = (
    ("見積書は何者から取りますか", "contract.txt", 1, "2者"),
    ("工事の随意契約の限度額はいくらですか", "contract.txt", 2, "200万円"),
    ("契約保証金は契約金額の何%ですか", "contract.txt", 3, "10%"),
    ("検査は完了の通知から何日以内に行いますか", "contract.txt", 4, "14日"),
    ("請書は契約金額がいくら以下のときに使いますか", "contract.txt", 5, "50万円"),
    ("入札の公告は何日前までに掲げますか", "contract.txt", 6, "10日"),
    ("年次有給休暇は1年度に何日ですか", "leave.txt", 1, "20日"),
    ("病気休暇が何日を超えると診断書を出しますか", "leave.txt", 2, "7日"),
    ("出張の旅費は何日以内に精算しますか", "leave.txt", 3, "5日"),
    ("公用車の予約は何日前から受け付けますか", "leave.txt", 6, "30日"),
)
CASES = [
    *(
        Case(
            f"a{n}", question, answerable=True, places=(Place(file, page),), key_facts=(fact,),
            kind="text", answer_snippet=((CONTRACT if file[0] == "c" else LEAVE)[page - 1]),
        )
        for n, (question, file, page, fact) in enumerate(_ASKED)
    ),
    Case("n1", "公用車の色は何色にしますか", answerable=False, kind="near_miss"),
    Case("n2", "職員証の写真の寸法は何センチですか", answerable=False, kind="near_miss"),
    Case("o1", "近所でおいしいラーメン屋は", answerable=False, kind="out_of_scope"),
    Case("o2", "あしたの天気はどうなりますか", answerable=False, kind="out_of_scope"),
]  # fmt: skip


def publish_library(assistant: Assistant) -> None:
    """Publish two small manuals."""
    publish_text(assistant, *CONTRACT)
    publish_text(assistant, *LEAVE, manual_id="leave", title="庶務事務の手引き")


class RandomRetriever(Retriever):
    """A retriever that finds chunks of the library whatever is asked."""

    def find(
        self,
        asked: Understood,
        *,
        reader: Reader,
        as_of: date,
        begins_by: date | None = None,
        draft: str | None = None,
        limit: int = 10,
    ) -> list[RetrievedChunk]:
        chance = random.Random(asked.question)
        everything = super().find(asked, reader=reader, as_of=as_of, limit=50)
        return chance.sample(everything, min(3, len(everything)))


class _SureLookup(Lookup):
    def weigh(self, asked: Understood, found: Sequence[RetrievedChunk]) -> Weighed:
        return replace(super().weigh(asked, found), probability=1.0)


class _TimidLookup(Lookup):
    def weigh(self, asked: Understood, found: Sequence[RetrievedChunk]) -> Weighed:
        return replace(super().weigh(asked, found), probability=0.0)


class _UnverifiedWriting(Writing):
    def write(
        self,
        answer: Answer,
        choice: Choice,
        passages: Sequence[Passage],
        *,
        cancelled: threading.Event,
        **others: Any,
    ) -> Answer:
        writer = choice.writer
        assert writer is not None
        written = []
        with writer.line.turn(answer.id, cancelled):
            for sentence in self._sentences(writer, answer.question, passages, cancelled):
                text = sentence.replace("[1]", "").strip()
                written.append(AnswerSentence(text, "written", (1,)))
        shown = replace(answer, mode=writer.mode, model=writer.name)
        return with_written(shown, choice, written, 0.1)


class SureAnswering(Answering):
    """Takes whatever was found for the answer: nothing is ever refused."""

    def __init__(self, *parts: Any):
        super().__init__(*parts)
        self._lookup = _SureLookup(self._library, self._retriever)


class TimidAnswering(Answering):
    """Takes nothing that was found for the answer: everything is refused."""

    def __init__(self, *parts: Any):
        super().__init__(*parts)
        self._lookup = _TimidLookup(self._library, self._retriever)


class UnverifiedAnswering(Answering):
    """Shows what the model writes without a look at the passages."""

    def __init__(self, *parts: Any):
        super().__init__(*parts)
        self._writing = _UnverifiedWriting(self._models)


@dataclass(frozen=True)
class Put:
    """An answering and the retriever beside it, as a case is run with them."""

    answering: Answering
    retriever: Retriever


def put(
    assistant: Assistant,
    answering: type[Answering] = Answering,
    *,
    retriever: type[Retriever] = Retriever,
    settings: Settings | None = None,
    models: ModelChoice | None = None,
) -> Put:
    """Put an answering together over an assistant's library from parts that may be broken."""
    searching = retriever(assistant.library, Glossary(assistant.database))
    settings, models = settings or assistant.settings, models or assistant.models
    return Put(answering(settings, assistant.library, searching, models), searching)


def one_digit_wrong(prompt: str) -> list[str]:
    """Copy the first sentence of the evidence with its first digit changed."""
    sentence, marker = copied_sentences(prompt)[0]
    place = next((n for n, letter in enumerate(sentence) if letter.isdigit()), None)
    if place is not None:
        digit = str((int(sentence[place]) + 3) % 10)
        sentence = sentence[:place] + digit + sentence[place + 1 :]
    return [f"{sentence.rstrip('。')}[{marker}]。"]
