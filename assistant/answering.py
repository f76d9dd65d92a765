"""The whole way of one question: understand, retrieve, judge, quote, write, verify, answer."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant import calendar
from assistant.answers.asking_back import asking_back, may_ask_back
from assistant.answers.clarifying import choices
from assistant.answers.computing.computed import computed_sentences
from assistant.answers.conflicts import with_conflicts
from assistant.answers.days import answered_notice, day_of_draft, later_notice, searched_notice
from assistant.answers.foreseeing import Foreseen
from assistant.answers.judgement import THRESHOLD
from assistant.answers.lookup import RETRIEVED, Lookup, Weighed
from assistant.answers.near_changes import near_changes
from assistant.answers.quoting import choose_passages
from assistant.answers.several_parts import joined_passages, not_found_words
from assistant.answers.shaping import caution_words, owner_of, quoted, refused, related_of
from assistant.answers.writing import Show, Writing
from assistant.as_of import AsOf, as_of_for
from assistant.domain import Answer, Reader, RetrievedChunk, Turn
from assistant.language_model.choice import Models
from assistant.library import ManualLibrary
from assistant.search.retrieval import Retriever
from assistant.search.understood import Understood
from assistant.settings import Settings
from assistant.understanding.follow_ups import search_text
from assistant.understanding.parts import AskedPart, asked_parts
from assistant.understanding.question import checked_question, language_notice
from assistant.understanding.rewriting import rewritten
from assistant.understanding.spelling import respelt_words


class Answering:
    """Answers questions from the manuals a reader may read."""

    def __init__(
        self,
        settings: Settings,
        library: ManualLibrary,
        retriever: Retriever,
        models: Models,
    ):
        self._settings = settings
        self._library = library
        self._retriever = retriever
        self._models = models
        self._lookup = Lookup(library, retriever)
        self._writing = Writing(models)

    def checked(self, question: str) -> str:
        """Return a question fit for use; raises InvalidQuestion."""
        return checked_question(question, most_characters=self._settings.question_max_characters)

    def answer(
        self,
        question: str,
        *,
        reader: Reader,
        as_of: date | None,
        turns: Sequence[Turn] = (),
        draft: str | None = None,
        show: Show | None = None,
        cancelled: threading.Event | None = None,
        answer_id: str | None = None,
    ) -> Answer:
        """Answer one question; `show` gets every snapshot: the quotations first, then sentences.

        The versions in force on `as_of` answer; None is the day the question speaks of, or today.
        `draft` is a version that is tried before it is published: the caller has checked that the
        reader is one of its editors.

        Raises InvalidQuestion. A model that fails is no error: the quotations stand, and
        `notice` says so. When `cancelled` is set the answer so far is returned.
        """
        began = time.monotonic()
        show = show or (lambda _: None)
        cancelled = cancelled or threading.Event()
        question = self.checked(question)
        answer_id = answer_id or uuid.uuid4().hex
        parts, sent_to = self._parts(question, turns, answer_id)
        searched = parts[0].searched if len(parts) == 1 else search_text(question, turns)
        today = calendar.today()
        when = as_of_for(question, turns, chosen=as_of, today=today)
        if draft is not None:
            when = day_of_draft(self._library, draft, when, reader=reader)
        looked = [
            self._lookup.look_up(part, when, turns, reader=reader, draft=draft) for part in parts
        ]
        answerable = [one for one in looked if one.answerable]
        found = [hit for one in answerable or looked for hit in one.found]
        answer = Answer(
            id=answer_id,
            question=question,
            outcome="refused",
            as_of=when.day,
            as_of_origin=when.origin,
            as_of_words=when.words,
            as_of_notice=searched_notice(when, today=today),
            mode="extractive",
            sent_to=sent_to,
            search_text=searched,
            question_notice=respelt_words([word for one in looked for word in one.asked.respelt]),
        )
        if not answerable:
            answer = refused(answer, found)
            said = answer.question_notice + language_notice(question)
            answer = replace(answer, question_notice=said)
            if when.day < today:
                answer = self._with_what_holds_today(answer, looked[0].asked, when, today, reader)
            return _finished(answer, began, show)

        passages, answered = joined_passages(
            [
                (one.part.words, choose_passages(one.found, one.weighed.sentences))
                if one.answerable
                else (one.part.words, [])
                for one in looked
            ]
        )
        citations = tuple(passage.citation for passage in passages)
        quoted_from = {citation.version_id for citation in citations}
        nearby = near_changes(self._library, passages, when, reader=reader)
        answer = replace(
            answer,
            outcome="answered",
            as_of_notice=answered_notice(when, citations, today=today),
            quotations=tuple(quoted(passage) for passage in passages),
            sentences=tuple(quoted(passage) for passage in passages),
            computed=computed_sentences(question, passages),
            citations=(*citations, *nearby.citations),
            near_changes=nearby.changes,
            caution=caution_words(min(one.weighed.probability for one in answerable)),
            parts=answered,
            question_notice=answer.question_notice + not_found_words(answered),
            # Whoever may read the citations later may know this owner too: see Rights.
            owner=owner_of([hit for hit in found if hit.chunk.version_id in quoted_from]),
            first_evidence_seconds=round(time.monotonic() - began, 3),
        )
        if len(looked) == 1 and may_ask_back(turns):
            told = choices(
                looked[0].asked,
                looked[0].weighed.sentences,
                found,
                quoted=quoted_from,
            )
            if told:
                return _finished(asking_back(answer, told), began, show)
        show(answer)

        for one in answerable:
            answer = with_conflicts(
                answer,
                one.asked,
                one.weighed.sentences,
                one.found,
                search=lambda words: self._lookup.find(words, when, reader=reader, draft=draft)[1],
            )
        choice = self._models.choose()
        answer = replace(answer, notice=choice.notice)
        if choice.writer is not None:
            answer = self._writing.write(
                answer,
                choice,
                passages,
                searched=searched,
                cancelled=cancelled,
                began=began,
                show=show,
            )
            if answer.outcome == "refused":
                answer = replace(answer, as_of_notice=searched_notice(when, today=today))
        return _finished(answer, began, show)

    def foreseen(
        self, question: str, *, reader: Reader, as_of: date | None, turns: Sequence[Turn] = ()
    ) -> Foreseen:
        """Look a question up as `answer` does, without a model; its least sure part counts."""
        when = as_of_for(question, turns, chosen=as_of, today=calendar.today())
        looked = [
            self._lookup.look_up(part, when, turns, reader=reader)
            for part in asked_parts(question, turns)
        ]
        quoted_from = [
            passage.citation
            for one in looked
            for passage in choose_passages(one.found, one.weighed.sentences)
        ]
        return Foreseen(
            min(one.weighed.probability for one in looked),
            frozenset((c.version_id, c.heading_path) for c in quoted_from),
        )

    def warm(self) -> None:
        """Load what the first question would wait for: the search, and the model that writes."""
        self._retriever.understanding.warm()
        self._writing.warm()

    def weigh(self, searched: str, found: Sequence[RetrievedChunk]) -> Weighed:
        """Score the sentences of what was found, and judge whether they hold the answer."""
        return self._lookup.weigh(self._retriever.understanding.understand(searched), found)

    def _parts(
        self, question: str, turns: Sequence[Turn], answer_id: str
    ) -> tuple[list[AskedPart], str]:
        """Return the questions of a text, and the host of a model that was asked about them.

        A good model completes what the rules are not sure of.
        """
        parts = asked_parts(question, turns)
        if len(parts) > 1 or parts[0].sure:
            return parts, ""
        writer = self._models.choose().writer
        if writer is None or writer.mode != "endpoint":
            return parts, ""
        text = rewritten(question, turns, writer, ticket=answer_id)
        return parts if text is None else [AskedPart(question, text)], writer.host

    def _with_what_holds_today(
        self, answer: Answer, asked: Understood, when: AsOf, today: date, reader: Reader
    ) -> Answer:
        """Name beside a refusal for a past day what versions that came later say.

        It is no answer: the rule of another time may have been another one.
        """
        then = self._library.sources(reader=reader, as_of=when.day)
        found = self._retriever.find(asked, reader=reader, as_of=today, limit=RETRIEVED)
        weighed = self._lookup.weigh(asked, found)
        if weighed.probability < THRESHOLD:
            return answer
        chosen = choose_passages(found, weighed.sentences)
        passages = [p for p in chosen if p.citation.version_id not in then]
        told = {passage.citation.version_id for passage in passages}
        hits = [hit for hit in found if hit.chunk.version_id in told]
        if not hits:
            return answer
        later = later_notice(self._library, [hit.source for hit in hits], when, reader=reader)
        return replace(
            answer,
            as_of_notice=answer.as_of_notice + later,
            related=related_of(passages),
            owner=owner_of(hits),
        )


def _finished(answer: Answer, began: float, show: Show) -> Answer:
    seconds = round(time.monotonic() - began, 3)
    first = answer.first_evidence_seconds
    answer = replace(
        answer,
        finished=True,
        seconds=seconds,
        first_evidence_seconds=seconds if first is None else first,
    )
    show(answer)
    return answer
