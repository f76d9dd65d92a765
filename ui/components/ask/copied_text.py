"""An answer as plain text that stands alone: with its sources, or as the basis of a draft."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from assistant.answer_json import COMPUTED_HEADING, SUMMARY_HEADING
from assistant.answers.conflict_words import CONFLICT_HEADING, conflict_words
from assistant.calendar import TOKYO
from assistant.domain import Answer, AnswerSentence, Citation
from ui.components.text import date_words, place_words
from ui.components.version_words import edition_words

BY_A_MODEL: Final = "AIが作成した文を含みます。原文を確かめてください。"
_BASIS: Final = "根拠（庁内アシスタントで確認）"


def may_be_copied(answer: Answer | None) -> bool:
    """Tell whether an answer has sources to copy: one that was refused or withheld has none."""
    return answer is not None and answer.outcome == "answered" and bool(cited(answer))


def text_with_sources(question: str, answer: Answer) -> str:
    """Return the sentences of an answer and, numbered, where each stands in which version."""
    citations = cited(answer)
    lines = [f"質問：{question}", "", *_sentences(answer), "", "出典"]
    lines += [f"[{citation.marker}] {source_words(citation)}" for citation in citations]
    lines += ["", f"基準日：{date_words(answer.as_of)}", *_remarks(answer)]
    return "\n".join(lines)


def basis_of_draft(question: str, answer: Answer, *, asked_at: datetime) -> str:
    """Return what a draft for a decision (起案) rests on: each quotation with its source.

    `asked_at` is an aware instant, told as the day in Tokyo. The quotations are the manuals' own
    words; what a model wrote is left out but for the summary, which is said to be a model's.
    """
    lines = [_BASIS, f"確認した事項：{question}"]
    for number, citation in enumerate(cited(answer), 1):
        lines += ["", f"{number}　「{citation.quote}」", f"　　{source_words(citation)}"]
    written = [s for s in (*answer.sentences, *answer.summary) if s.kind == "written"]
    if written:
        lines += ["", "要約（AIが作成。原文を確かめてください。）"]
        lines += [f"　{sentence.text}" for sentence in written]
    if answer.computed:
        lines += ["", COMPUTED_HEADING, *(f"　{sentence.text}" for sentence in answer.computed)]
    lines += [
        "",
        f"基準日：{date_words(answer.as_of)}（この日に効力のある版による）",
        f"確認した日：{date_words(asked_at.astimezone(TOKYO).date())}",
        *_cautions(answer),
    ]
    return "\n".join(lines)


def cited(answer: Answer) -> list[Citation]:
    """Return the citations of the sentences, by marker; those of other versions only are none."""
    said = (*answer.quotations, *answer.sentences, *answer.computed, *answer.summary)
    markers = {marker for sentence in said for marker in sentence.citations}
    markers |= {side.marker for conflict in answer.conflicts for side in conflict.sides}
    return sorted((c for c in answer.citations if c.marker in markers), key=lambda c: c.marker)


def source_words(citation: Citation) -> str:
    """Return 『manual』第3版（2026年4月1日施行） heading 12ページ."""
    edition = edition_words(citation.version, citation.revision, citation.effective_from)
    place = place_words(
        citation.manual, citation.heading_path, citation.page, citation.label, citation.file
    )
    title = f"『{citation.manual}』"
    return title + edition + place.removeprefix(title)


def _sentences(answer: Answer) -> list[str]:
    """Return the body, then sums and summary under their headings; quotations in brackets."""
    body = answer.sentences or answer.quotations
    lines = [_line(sentence) for sentence in body]
    for heading, part in ((COMPUTED_HEADING, answer.computed), (SUMMARY_HEADING, answer.summary)):
        if part:
            lines += ["", heading, *map(_line, part)]
    return lines


def _line(sentence: AnswerSentence) -> str:
    markers = "".join(f"[{marker}]" for marker in sentence.citations)
    is_bare = sentence.kind == "quoted" and not sentence.text.startswith("「")
    return (f"「{sentence.text}」" if is_bare else sentence.text) + markers


def _remarks(answer: Answer) -> Sequence[str]:
    written = any(s.kind == "written" for s in (*answer.sentences, *answer.summary))
    return [*([BY_A_MODEL] if written else []), *_cautions(answer)]


def _cautions(answer: Answer) -> Iterable[str]:
    for told in answer.told:
        yield f"注意：{told}"
    for conflict in answer.conflicts:
        yield f"注意：{CONFLICT_HEADING}。{conflict_words(conflict, answer)}"
