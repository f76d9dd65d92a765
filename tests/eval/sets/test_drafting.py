"""Drafts from manuals ask for what stands there, say where, and run only once approved."""

from __future__ import annotations

import pytest
from small_manuals import publish_text

from assistant.errors import UsageError
from assistant.evaluations.sets import QuestionSets
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from eval.sets.case_rows import case_of
from eval.sets.drafting import add_drafts, drafts_from_manuals
from eval.sets.stored_sets import stored_set


@pytest.mark.parametrize(
    ("sentence", "question", "fact"),
    [
        (
            "（1）　検査は完了の通知から14日以内に行います。",
            "検査は完了の通知から何日以内に行いますか",
            "14日",
        ),
        (
            "・工事の随意契約の限度額は200万円です。",
            "工事の随意契約の限度額はいくらですか",
            "200万円",
        ),
        (
            "新しい様式は、令和8年4月1日から使うものとする。",
            "新しい様式は、いつから使うものとしますか",
            "令和8年4月1日",
        ),
    ],
)
def test_the_one_figure_of_a_sentence_is_asked_for(
    quick_assistant: Assistant, sentence: str, question: str, fact: str
) -> None:
    publish_text(quick_assistant, sentence)
    [draft] = drafts_from_manuals(quick_assistant, count=5)
    case = case_of(draft)
    assert (case.question, case.key_facts) == (question, (fact,))
    assert (draft.state, draft.origin) == ("draft", "マニュアルから")
    assert (case.places[0].file, case.places[0].page) == ("contract.txt", 1)
    assert (case.section, case.answer_snippet) == ("第1節", sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "この期限は14日以内とします。",
        "限度額は100万円又は200万円です。",
        "書類は総務課へ提出します。",
        "申込みは7日前までにしてください。",
    ],
    ids=["leans back", "two figures", "no figure", "no statement"],
)
def test_what_cannot_be_asked_by_rules_gives_no_draft(
    quick_assistant: Assistant, sentence: str
) -> None:
    publish_text(quick_assistant, sentence)
    assert drafts_from_manuals(quick_assistant, count=5) == []


def test_no_manual_fills_the_set_and_no_question_is_drafted_twice(
    quick_assistant: Assistant,
) -> None:
    publish_text(
        quick_assistant,
        *(f"{word}の届は通知から9日以内に出します。" for word in ("休暇", "欠勤", "復職")),
    )
    publish_text(
        quick_assistant, "旅費の精算は帰庁後5日以内に行います。", manual_id="leave", title="庶務"
    )
    drafts = drafts_from_manuals(quick_assistant, count=2)
    assert {case_of(draft).places[0].file for draft in drafts} == {"contract.txt", "leave.txt"}
    known = [str(draft.row["question"]) for draft in drafts]
    more = drafts_from_manuals(quick_assistant, count=9, known=known)
    assert not {str(draft.row["question"]) for draft in more} & set(known)


def test_what_the_reader_may_not_read_gives_no_draft(quick_assistant: Assistant) -> None:
    publish_text(
        quick_assistant, "査定の期限は通知から9日以内にします。", audience="section:人事課"
    )
    assert drafts_from_manuals(quick_assistant, count=5) == []


def test_a_draft_is_asked_only_once_somebody_approved_it(quick_assistant: Assistant) -> None:
    publish_text(quick_assistant, "検査は完了の通知から14日以内に行います。")
    drafts = drafts_from_manuals(quick_assistant, count=5)
    database = quick_assistant.database
    add_drafts(database, "契約", drafts, by=OPERATOR_ACTOR)
    assert add_drafts(database, "契約", drafts, by=OPERATOR_ACTOR).drafts == 1
    with pytest.raises(UsageError, match="承認した質問がありません"):
        stored_set(database, "契約")
    QuestionSets(database).approve("契約", [drafts[0].case_id], by=OPERATOR_ACTOR)
    assert [case.id for case in stored_set(database, "契約").cases] == [drafts[0].case_id]
