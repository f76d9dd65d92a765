"""One question and its answer on the chat page: quotations first, then verified sentences."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant import calendar
from assistant.answer_desk import AnswerRecord
from assistant.answer_json import COMPUTED_HEADING, SUMMARY_HEADING
from assistant.domain import Answer, AnswerSentence, Citation, Reader
from assistant.opening import Assistant
from ui import state
from ui.components.ask.answer_ending import show_ending
from ui.components.ask.page_style import SOURCE_KEY
from ui.components.cited_place import place_html, show_button_to, show_pin
from ui.components.conflicts import show_conflicts
from ui.components.near_changes import show_near_changes
from ui.components.quotation import quotation_html
from ui.components.style import heading, hidden_heading, note
from ui.components.text import as_html, sentences_html
from ui.state import StopKind

_QUOTED: Final = "マニュアルの記載の引用です"
_BY_A_MODEL: Final = "AIが作成した回答です。必ず根拠を確認してください。"
_STARTED: Final = "回答を作成しています。"
_STOPPING: Final = "停止しています…"


class AnswerView:
    """Shows one record, and follows it while it is being written.

    Every part is drawn once into its own place and only added to, because a button may be drawn
    only once in a run of the page.
    """

    def __init__(self, record: AnswerRecord, assistant: Assistant, reader: Reader) -> None:
        self.record = record
        self._assistant = assistant
        self._desk = assistant.desk
        self._library = assistant.library
        self._reader = reader
        self._cited: set[int] = set()
        self._quoted = 0
        self._changes_shown = False
        self._conflicts_shown = False
        self._controls_shown: set[str] = set()
        self._ended = False
        with st.chat_message("user"):
            st.html(
                f'{hidden_heading("質問")}<p class="chonai-body chonai-question">'
                f"{as_html(record.question)}</p>"
            )
        with st.chat_message("assistant"):
            self._say = st.empty()
            self._announce("")
            self._day = st.empty()
            self._quotations_place = st.empty()
            self._conflicts_place = st.empty()
            self._changes_place = st.empty()
            self._body = st.empty()
            self._other_citations = st.container()
            self._ending = st.container()
            self._waiting = st.empty()
            self._controls = st.empty()
        self._quotations = self._quotations_place.container()
        self._conflicts = self._conflicts_place.container()
        self._changes = self._changes_place.container()
        self._buttons = self._controls.container(horizontal=True)
        self._show()

    def follow(self) -> None:
        """Show each snapshot as it comes, until the answer is finished.

        An answer that ended while nobody watched is followed too: so the desk learns that it
        has been shown, and the question counts as use.
        """
        if self._ended and self.record.shown:
            return
        waited = not self._ended
        if waited:
            self._announce(_STARTED)
        for record in self._desk.follow(self.record.id, reader=self._reader):
            self.record = record
            self._show()
        if waited:
            self._announce(_finished_words(self.record))

    def _announce(self, text: str) -> None:
        # Hidden, but copied into the live region: a screen reader says it.
        said = f'<span class="chonai-say" hidden>{as_html(text)}</span>' if text else ""
        self._say.html(hidden_heading("回答") + said)

    def _show(self) -> None:
        if self._ended:
            return
        answer = self.record.answer
        if answer is not None:
            self._show_day(answer)
            self._show_quotations(answer)
            self._show_conflicts(answer)
            self._show_changes(answer)
            self._show_body(answer)
        if self.record.state == "running":
            self._show_waiting(answer)
            return
        self._ended = True
        self._waiting.empty()
        with self._ending:
            show_ending(self.record, self._assistant, self._reader.person_id)
        self._controls.empty()  # last: while they stand, what is below stays hidden

    def _show_day(self, answer: Answer) -> None:
        if answer.told:
            self._day.html(
                "".join(f'<p class="chonai-caution">{as_html(t)}</p>' for t in answer.told)
            )
        else:
            self._day.empty()

    def _show_conflicts(self, answer: Answer) -> None:
        if self._conflicts_shown and not answer.conflicts:
            self._conflicts_place.empty()
        elif answer.conflicts and not self._conflicts_shown:
            self._conflicts_shown = True
            with self._conflicts:
                show_conflicts(answer, record_id=self.record.id, opened=self._cited)

    def _show_changes(self, answer: Answer) -> None:
        if self._changes_shown and not answer.near_changes:
            self._changes_place.empty()
        elif answer.near_changes and not self._changes_shown:
            self._changes_shown = True
            with self._changes:
                show_near_changes(answer, record_id=self.record.id, opened=self._cited)

    def _show_quotations(self, answer: Answer) -> None:
        citations = {citation.marker: citation for citation in answer.citations}
        if self._quoted and not answer.quotations:
            # A model found no answer in them: they come back as related passages.
            self._quotations_place.empty()
            self._quoted = 0
        with self._quotations:
            if answer.quotations and not self._quoted:
                st.html(heading(_QUOTED))
            for sentence in answer.quotations[self._quoted :]:
                for part in answer.parts:
                    if part.citations[:1] == sentence.citations:
                        st.html(note(as_html(f"「{part.question}」について")))
                self._show_quotation(sentence, citations)
            self._quoted = max(self._quoted, len(answer.quotations))
        shown = {m for s in (*answer.sentences, *answer.summary) for m in s.citations}
        with self._other_citations:
            for marker in sorted(shown & citations.keys() - self._cited):
                self._show_source(citations[marker])

    def _show_quotation(self, sentence: AnswerSentence, citations: dict[int, Citation]) -> None:
        own = [citations[marker] for marker in sentence.citations if marker in citations]
        with st.container(gap="xxsmall"):
            st.html(quotation_html(sentence.text, own[0].core if own else ""))
            for citation in own:
                if citation.marker in self._cited:
                    st.html(place_html(citation))
                else:
                    self._show_source(citation)

    def _show_source(self, citation: Citation) -> None:
        """Show where a citation stands and, beside it, the way there."""
        self._cited.add(citation.marker)
        key = f"{SOURCE_KEY}-{self.record.id}-{citation.marker}"
        with st.container(key=key, horizontal=True, vertical_alignment="center", gap="small"):
            st.html(place_html(citation))
            show_button_to(self.record.id, citation)
        show_pin(self._library, self._reader, citation)

    def _show_body(self, answer: Answer) -> None:
        parts = []
        if answer.computed:
            parts.append(heading(COMPUTED_HEADING))
            parts.append(f'<p class="chonai-body">{sentences_html(answer.computed)}</p>')
        if answer.mode != "extractive" and (_is_written(answer) or answer.summary):
            parts.append(f'<p class="chonai-caution">{_BY_A_MODEL}</p>')
        if answer.sentences and _differs_from_quotations(answer):
            parts.append(f'<p class="chonai-body">{sentences_html(answer.sentences)}</p>')
        if answer.summary:
            parts.append(heading(SUMMARY_HEADING))
            parts.append(f'<p class="chonai-body">{sentences_html(answer.summary)}</p>')
        if parts:
            self._body.html("".join(parts))
        else:
            self._body.empty()

    def _show_waiting(self, answer: Answer | None) -> None:
        if state.stop_of(self.record.id) is not None:
            self._waiting.html(note(_STOPPING))
            return
        seconds = int((calendar.now() - self.record.asked_at).total_seconds())
        words = f"回答を作成しています… {max(seconds, 0)}秒"
        if self.record.queue_position:
            words += f"（順番待ち：あと{self.record.queue_position}件）"
        self._waiting.html(note(words))
        self._show_button("stopped", "停止")
        if answer is not None and answer.quotations:
            self._show_button("content", "まとめを待たない")

    def _show_button(self, kind: StopKind, label: str) -> None:
        if kind in self._controls_shown:
            return
        self._controls_shown.add(kind)
        self._buttons.button(
            label, key=f"{kind}-{self.record.id}", on_click=self._stop, args=(kind,)
        )

    def _stop(self, kind: StopKind) -> None:
        state.remember_stop(self.record.id, kind)
        self._desk.stop(self.record.id, person_id=self._reader.person_id)


def _is_written(answer: Answer) -> bool:
    return any(sentence.kind != "quoted" for sentence in answer.sentences)


def _differs_from_quotations(answer: Answer) -> bool:
    quoted = {sentence.text for sentence in answer.quotations}
    return any(sentence.text not in quoted for sentence in answer.sentences)


def _finished_words(record: AnswerRecord) -> str:
    if record.state != "answered" or record.answer is None:
        return "回答は途中で終わりました。"
    count = len(record.answer.quotations)
    found = f"マニュアルの引用が{count}件あります。" if count else ""
    return f"回答ができました。{found}{record.answer.text[:200]}"
