"""下書きに質問する: an editor asks a draft before anybody else can; it counts as no use."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

import streamlit as st

from assistant.domain import Answer, Citation
from assistant.library.library_list import version_words
from assistant.library.shelf import ShelvedManual
from ui import resources
from ui.components.library.acting import Keeper, attempt
from ui.components.quotation import quotation_html
from ui.components.style import heading, note
from ui.components.text import as_html, as_label, place_words

_NO_DRAFT: Final = (
    "このマニュアルには下書きがありません。「ファイルの取込み」で、下書きとして取り込んでください。"
)
_DRAFT_ONLY: Final = "これは下書きです。職員の回答には使われていません。"
_FIRST: Final = "公開の前に、職員が聞きそうな質問を入れて、正しい箇所が引用されるかを確かめます。"
_NOTHING: Final = (
    "この質問の答えになる記載は、見つかりませんでした。言い方を変えるか、"
    "「AIが読んだ文」で、読取りの誤りがないかを確かめてください。"
)


def show_draft_questions(manual: ShelvedManual) -> None:
    """Show the field for a question, and the quotations that a draft would be answered with."""
    drafts = {row.version.id: row for row in manual.prepared}
    if not drafts:
        st.info(_NO_DRAFT)
        return
    st.html(note(as_html(_FIRST)))
    form = f"ask-draft-{manual.manual.id}"
    with st.form(form, border=False):
        chosen = st.selectbox(
            "質問する下書き", list(drafts), key=f"{form}-version",
            format_func=lambda version_id: as_label(version_words(drafts[version_id].version)),
        )  # fmt: skip
        question = st.text_input("下書きへの質問", key=f"{form}-question")
        sent = st.form_submit_button("下書きに質問する", type="primary")
    if not sent:
        return
    with st.spinner("下書きを調べています。"):
        answer = attempt(lambda now: _ask(now, chosen, question))
    if answer is not None:
        _show(answer, chosen, version_words(drafts[chosen].version))


def _ask(now: Keeper, version_id: str, question: str) -> Answer:
    """Return the quotations for a question; raises UsageError, InvalidQuestion."""
    now.version(version_id)
    # The quotations are wanted, and no model is to be waited for.
    enough = threading.Event()
    return resources.assistant().answering.answer(
        question,
        reader=now.member.reader,
        as_of=None,
        draft=version_id,
        show=lambda _: enough.set(),
        cancelled=enough,
    )


def _show(answer: Answer, version_id: str, version: str) -> None:
    st.warning(_DRAFT_ONLY)
    own = {c.marker: c for c in answer.citations if c.version_id == version_id}
    others = {c.marker: c for c in answer.citations if c.version_id != version_id}
    parts = [heading(as_html(f"{version}の記載の引用"))]
    parts += _quotations(answer, own) or [note(as_html(_NOTHING))]
    elsewhere = _quotations(answer, others)
    if elsewhere:
        parts += [heading("ほかのマニュアルの記載の引用"), *elsewhere]
    st.html("".join(parts))


def _quotations(answer: Answer, citations: Mapping[int, Citation]) -> list[str]:
    found = []
    for sentence in answer.quotations:
        own = [citations[marker] for marker in sentence.citations if marker in citations]
        if not own:
            continue
        found.append(quotation_html(sentence.text, own[0].core))
        found += [
            '<p class="chonai-place">'
            + as_html(place_words(c.manual, c.heading_path, c.page, c.label, c.file))
            + "</p>"
            for c in own
        ]
    return found
