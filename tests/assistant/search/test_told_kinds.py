from __future__ import annotations

import pytest

from assistant.search.told_kinds import tells, told_kinds


@pytest.mark.parametrize(
    ("question", "names"),
    [
        pytest.param("だれの決裁がいりますか", {"who", "may"}, id="who"),
        pytest.param("どの課に届けますか", {"who"}, id="which section"),
        pytest.param("申請書の提出先は", {"where"}, id="where"),
        pytest.param("どこで受け取れますか", {"where"}, id="at which place"),
        pytest.param("この端末を持ち帰ってもいいですか", {"may"}, id="may I"),
        pytest.param("保険は必要ですか", {"may"}, id="need"),
        pytest.param("必要な書類を教えてください", {"needed"}, id="documents"),
        pytest.param("どの様式で頼む？", {"needed"}, id="form"),
        pytest.param("いつまでに出せばいい？", set(), id="a day"),
        pytest.param("何日以内に払わないとだめ？", set(), id="a period"),
        pytest.param("自分で買って返すのが駄目なのはなんで？", set(), id="why"),
        pytest.param("年次有給休暇とは", set(), id="nothing"),
    ],
)
def test_a_question_asks_for_kinds(question: str, names: set[str]) -> None:
    assert {kind.name for kind in told_kinds(question)} == names


@pytest.mark.parametrize(
    ("question", "telling", "other"),
    [
        ("だれが命令しますか", "課長が旅行するときは部長が命令します。", "旅行命令簿は電子で作ります。"),
        ("だれに届けますか", "総務課人事係に届けます。", "関係書類は課税の明細です。"),
        ("どこに出しますか", "庶務事務の窓口へ出します。", "申請は月末までです。"),
        ("兼ねてもいいですか", "監督員と検査員を兼ねることはできません。", "検査は2回行います。"),
        ("何を添えますか", "領収書の写しを添えます。", "精算は早く済ませます。"),
    ],
)  # fmt: skip
def test_the_sentence_that_tells_it_is_known(question: str, telling: str, other: str) -> None:
    kinds = told_kinds(question)
    assert tells(telling, kinds)
    assert not tells(other, kinds)
