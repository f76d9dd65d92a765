from __future__ import annotations

import pytest

from assistant.japanese.sentences import sentence_spans, sentences, starts_item


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("申請します。承認します。", ["申請します。", "承認します。"], id="two"),
        pytest.param("申請する\n承認する", ["申請する", "承認する"], id="line break"),
        pytest.param(
            "所属長（代理を含む。）が決めます。以上。",
            ["所属長（代理を含む。）が決めます。", "以上。"],
            id="full stop in brackets",
        ),
        pytest.param(
            "「はい。」と答えます。次へ。", ["「はい。」と答えます。", "次へ。"], id="in quotes"
        ),
        pytest.param(
            "（閉じない括弧。続く。\n次の行。終わり。",
            ["（閉じない括弧。続く。", "次の行。", "終わり。"],
            id="bracket that never closes",
        ),
        pytest.param("率は１．５倍です。", ["率は１．５倍です。"], id="decimal point"),
        pytest.param("本当ですか!? はい。", ["本当ですか!?", "はい。"], id="two marks"),
        pytest.param("  \n\n　前後の空白。　\n", ["前後の空白。"], id="white space"),
        pytest.param("", [], id="empty"),
        pytest.param("終わりのない文", ["終わりのない文"], id="no end"),
    ],
)
def test_sentences_end_where_people_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_spans_point_into_the_text() -> None:
    text = "　第1条。\n 第2条（例。）です。第3条"
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences(text)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, id=line)
        for line in ("・申請書", "（1）日数", "(ア) 例", "① 提出", "1　目的", "ア　期間", "※ 注意")
    ],
)
def test_list_marks_start_an_item(line: str) -> None:
    assert starts_item(line)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, id=line)
        for line in ("申請書", "1月1日から", "アルバイトは", "（前項を除く）", "2者以上", "")
    ],
)
def test_running_text_starts_no_item(line: str) -> None:
    assert not starts_item(line)
