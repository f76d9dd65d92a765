from __future__ import annotations

import pytest

from assistant.answers.near_duplicates import near_duplicates

RULE = "工事代金は40日以内、その他の給付の代金は30日以内に支払います。"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("工事代金は40日以内、その他の給付の代金は30日以内に支払う。", id="ending"),
        pytest.param(
            "工事代金は４０日以内、その他の給付の代金は３０日以内に支払います。", id="width"
        ),
        pytest.param("工事代金は40日以内、その他の代金は30日以内に支払います。", id="a word less"),
    ],
)
def test_one_rule_in_almost_the_same_words_is_a_duplicate(other: str) -> None:
    assert near_duplicates(RULE, other)
    assert near_duplicates(other, RULE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(RULE, RULE.replace("40日", "50日"), id="another figure"),
        pytest.param(RULE, RULE.replace("30日以内", "30か月以内"), id="another unit"),
        pytest.param(
            "物品の購入には課長の承認が要ります。", "物品の購入には部長の承認が要ります。", id="who"
        ),
        pytest.param("課の端末から入力できます。", "課の端末から入力できません。", id="yes and no"),
        pytest.param(RULE, "工事代金の請求書は、会計課の審査係に回します。", id="other words"),
    ],
)
def test_a_difference_in_what_holds_is_no_duplicate(one: str, other: str) -> None:
    assert not near_duplicates(one, other)
    assert not near_duplicates(other, one)
