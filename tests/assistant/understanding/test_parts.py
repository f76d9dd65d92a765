from __future__ import annotations

import pytest

from assistant.domain import Turn
from assistant.understanding.parts import MOST_PARTS, asked_parts


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        pytest.param(
            "随意契約の限度額はいくらで、予定価格は誰が決めますか",
            ["随意契約の限度額はいくら", "予定価格は誰が決めますか"],
            id="いくらで",
        ),
        pytest.param(
            "病気休暇に診断書は必要ですか。また、何日まで取れますか。",
            ["病気休暇に診断書は必要ですか。", "何日まで取れますか。"],
            id="また",
        ),
        pytest.param(
            "旅費の精算はいつまでですか、宿泊費の上限はいくらですか",
            ["旅費の精算はいつまでですか", "宿泊費の上限はいくらですか"],
            id="two clauses",
        ),
        pytest.param(
            "検査は誰がするか、支払は何日以内か教えて",
            ["検査は誰がするか", "支払は何日以内か教えて"],
            id="told indirectly",
        ),
        pytest.param(
            "①有休の日数は？　②繰越しは何日まで？",
            ["有休の日数は？", "繰越しは何日まで？"],
            id="numbered",
        ),
        pytest.param(
            "予約のしかたを教えてください。あと、給油はどこでしますか",
            ["予約のしかたを教えてください。", "給油はどこでしますか"],
            id="あと",
        ),
    ],
)
def test_several_questions_are_told_apart(question: str, parts: list[str]) -> None:
    assert [part.words for part in asked_parts(question)] == parts


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("有休は何日ですか", id="one"),
        pytest.param("契約書は必要ですか、それとも請書でよいですか", id="a choice"),
        pytest.param("契約書は必要ですか、請書でよいですか", id="a choice without its word"),
        pytest.param("いつまでに誰に出せばよいですか", id="two words that ask"),
        pytest.param("提出はいつまで、誰にしますか", id="まで is no で"),
        pytest.param("限度額がいくらか教えてください。", id="indirect"),
        pytest.param("休暇は何日ですか。教えてください。", id="courtesy"),
        pytest.param("いくつか質問があります。有休は何日ですか。", id="an announcement"),
        pytest.param("なぜ見積書が要るのですか。理由を教えてください。", id="the same again"),
        pytest.param("必要かどうか、期限はいつか教えてください", id="whether"),
        pytest.param("来週から入院します。休暇は何日取れますか。", id="what is the case"),
        pytest.param("パートと正職員で有休の日数はどう違いますか", id="a comparison"),
        pytest.param("How many days of paid leave? Who approves it?", id="English"),
        pytest.param("？" * 30, id="only marks"),
    ],
)
def test_what_is_no_sure_sign_of_a_second_question_leaves_the_text_whole(question: str) -> None:
    assert [(part.words, part.searched) for part in asked_parts(question)] == [(question, question)]


def test_a_later_part_takes_over_the_topic_it_lacks() -> None:
    _, second = asked_parts("病気休暇に診断書は必要ですか。何日まで取れますか。")
    assert second.searched.startswith("病気 休暇")


def test_what_is_the_case_belongs_to_every_part() -> None:
    parts = asked_parts("来週から入院します。休暇は何日取れますか。診断書は要りますか。")
    assert all("入院" in part.searched for part in parts)
    assert not any("入院" in part.words for part in parts)


def test_the_first_part_follows_the_conversation() -> None:
    first, second = asked_parts(
        "それはいくらですか。また、誰が決めますか。", [Turn("随意契約の限度額は何で決まりますか")]
    )
    assert "随意" in first.searched
    assert "随意" in second.searched


def test_a_long_list_of_questions_is_searched_for_as_one() -> None:
    question = "".join(f"第{n}条の期限はいつですか。" for n in range(1, MOST_PARTS + 2))
    assert len(asked_parts(question)) == 1
