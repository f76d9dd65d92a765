"""Last year's answer: the same words and the same picture after three updates."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from small_manuals import prepared_manual

from assistant.answer_desk import AnswerRecord
from assistant.answers.pinned import pins
from assistant.domain import ManualVersion, Reader
from assistant.library import Publisher
from assistant.library.drafts import store_vectors
from assistant.opening import Assistant
from ui.components.version_words import version_notice
from ui.serving import page_pictures
from ui.serving.page_pictures import PagePictures, find_picture

QUESTION = "予定価格が何円を超えない工事の請負は随意契約によることができますか"
ANN = Reader("ann")


def _words(amount: int) -> str:
    return f"予定価格が{amount}万円を超えない工事の請負は、随意契約によることができる。"


def _pdf(path: Path, text: str) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("HeiseiKakuGo-W5", 11)
    canvas.drawString(60, 760, text)
    canvas.showPage()
    canvas.save()
    return path.read_bytes()


def _publish(assistant: Assistant, folder: Path, amount: int, since: date) -> ManualVersion:
    text = _words(amount)
    prepared = replace(
        prepared_manual(text, since=since),
        content=_pdf(folder / f"{amount}.pdf", text),
        file_name="契約.pdf",
    )
    library = assistant.library
    store_vectors(library.vectors, library.encoder, prepared.drafts)
    return Publisher(library).publish(prepared)


def _asked(assistant: Assistant) -> AnswerRecord:
    answer_id = assistant.desk.ask(
        QUESTION, reader=ANN, browser_session="s", conversation_id=None, as_of=date(2025, 5, 1)
    )
    return list(assistant.desk.follow(answer_id, reader=ANN, every=0.05))[-1]


def _picture(assistant: Assistant, record: AnswerRecord, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Draw the cited page anew, without what is kept in memory."""
    monkeypatch.setattr(page_pictures, "_pictures", PagePictures())
    assert record.answer is not None
    cited = record.answer.citations[0]
    found = find_picture(
        assistant,
        reader=ANN,
        version_id=cited.version_id,
        number=cited.page or 1,
        citation=f"{record.id}.{cited.marker}",
    )
    assert found is not None
    assert found.marked
    return found.png


def test_last_years_answer_is_the_same_after_three_updates(
    quick_assistant: Assistant,
    tmp_path: Path,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _publish(quick_assistant, tmp_path, 130, date(2025, 4, 1))
    record = _asked(quick_assistant)
    assert record.answer is not None
    picture = _picture(quick_assistant, record, monkeypatch)

    _publish(quick_assistant, tmp_path, 140, date(2025, 4, 1))
    _publish(quick_assistant, tmp_path, 200, date(2025, 10, 1))
    _publish(quick_assistant, tmp_path, 300, date(2026, 4, 1))

    later = quick_assistant.desk.record(record.id, reader=ANN)
    assert later is not None
    assert later.answer is not None
    assert asdict(later.answer) == asdict(record.answer)
    assert [s.text for s in later.answer.quotations] == [_words(130)]
    assert _picture(quick_assistant, later, monkeypatch) == picture
    library = quick_assistant.library
    pin = pins(library, later.answer.citations, reader=ANN, today=today)[1]
    assert (pin.is_unchanged, pin.newer) == (True, 3)
    assert version_notice(pin) == (
        "この引用は第1版（2025年4月1日施行）のものです。現在は第3版（2026年4月1日施行）です。"
    )


def test_the_day_asked_about_again_gives_the_corrected_words(
    quick_assistant: Assistant, tmp_path: Path
) -> None:
    for amount, since in (
        (130, date(2025, 4, 1)),
        (140, date(2025, 4, 1)),
        (200, date(2026, 4, 1)),
    ):
        _publish(quick_assistant, tmp_path, amount, since)
    record = _asked(quick_assistant)
    assert record.answer is not None
    assert [s.text for s in record.answer.quotations] == [_words(140)]
    assert (record.answer.citations[0].version, record.answer.citations[0].revision) == (1, 2)
