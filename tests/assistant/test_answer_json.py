"""Answers as they are kept: what an older version of the program wrote can still be read."""

from __future__ import annotations

import json
from datetime import date

from small_manuals import publish_text

from assistant.answer_json import answer_document, dump_snapshot, load_snapshot
from assistant.domain import Citation, Reader
from assistant.opening import Assistant

# Written by the version before citations were pinned and answers had a day of their own.
OLD_SNAPSHOT = """{"id": "0a1b", "question": "契約書は何通作りますか", "outcome": "answered",
 "as_of": "2026-10-05", "mode": "extractive",
 "quotations": [{"text": "契約書は2通作ります。", "kind": "quoted", "citations": [1]}],
 "sentences": [{"text": "契約書は2通作ります。", "kind": "quoted", "citations": [1]}],
 "summary": [],
 "citations": [{"marker": 1, "chunk_id": "c", "version_id": "v", "manual": "契約事務の手引き",
   "file": "契約.pdf", "version": 1, "page": 3, "label": "1", "heading_path": ["第1節"],
   "quote": "契約書は2通作ります。", "text_hash": "aa", "owner_section": "契約検査課",
   "owner_extension": "2315"}],
 "related": [], "choices": [], "conflicts": [],
 "owner": {"section": "契約検査課", "extension": "2315"}, "model": null, "notice": "",
 "error": null, "replaced": 0, "first_evidence_seconds": 0.01, "first_sentence_seconds": null,
 "seconds": 0.02, "finished": true, "search_text": "契約書は何通作りますか"}"""


def test_an_answer_kept_by_an_older_version_is_read() -> None:
    answer = load_snapshot(OLD_SNAPSHOT)
    assert answer.citations == (
        Citation(
            1, "c", "v", "契約事務の手引き", "契約.pdf", 1, 3, "1", ("第1節",),
            "契約書は2通作ります。", "aa", "契約検査課", "2315",
        ),
    )  # fmt: skip
    assert (answer.as_of, answer.as_of_origin) == (date(2026, 10, 5), "today")
    assert (answer.near_changes, answer.as_of_notice, answer.computed) == ((), "", ())


def test_an_answer_is_read_as_it_was_written(quick_assistant: Assistant, reader: Reader) -> None:
    publish_text(quick_assistant, "契約書は2通作ります。", since=date(2025, 4, 1))
    answer = quick_assistant.answering.answer(
        "契約書は何通作りますか", reader=reader, as_of=date(2026, 1, 5)
    )
    kept = dump_snapshot(answer)
    assert load_snapshot(kept) == answer
    assert json.loads(kept)["citations"][0]["effective_from"] == "2025-04-01"


def test_an_undated_version_is_read_as_undated(quick_assistant: Assistant, reader: Reader) -> None:
    publish_text(quick_assistant, "契約書は2通作ります。")
    answer = quick_assistant.answering.answer("契約書は何通作りますか", reader=reader, as_of=None)
    assert load_snapshot(dump_snapshot(answer)).citations == answer.citations


def test_both_sides_of_a_conflict_are_told_and_read_again(
    quick_assistant: Assistant, reader: Reader
) -> None:
    rule = "見積合せでは、{}の業者から見積書を徴し、比較表を作ります。"
    publish_text(quick_assistant, rule.format("3者以上"))
    publish_text(quick_assistant, rule.format("2者以上"), manual_id="buying", title="調達の手引き")
    asked = "見積合せでは何者の業者から見積書を徴しますか"
    answer = quick_assistant.answering.answer(asked, reader=reader, as_of=None)
    assert load_snapshot(dump_snapshot(answer)) == answer
    [conflict] = answer_document(answer)["conflicts"]
    quoted = {c.marker: c.quote for c in answer.citations}
    assert {side["manual"]: side["figure"] for side in conflict["sides"]} == {
        "契約事務の手引き": "3者以上",
        "調達の手引き": "2者以上",
    }
    assert all(side["quote"] == quoted[side["citation"]] for side in conflict["sides"])
    assert "二つのマニュアルの記載が異なります" in conflict["text"]


def test_a_sum_stands_under_its_heading_and_among_the_sentences(
    quick_assistant: Assistant, reader: Reader
) -> None:
    publish_text(quick_assistant, "契約保証金は、契約金額の100分の10以上とします。")
    answer = quick_assistant.answering.answer(
        "契約金額が500万円なら契約保証金はいくらですか", reader=reader, as_of=None
    )
    document = answer_document(answer)
    said = "500万円 × 10/100 = 50万円。契約金額の100分の10以上は、50万円以上です。"
    assert document["sentences"][-1] == {"text": said, "kind": "computed", "citations": [1]}
    assert document["text"].endswith(f"\n\n計算\n{said}")
    assert load_snapshot(dump_snapshot(answer)) == answer
