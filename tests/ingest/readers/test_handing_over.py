from __future__ import annotations

import pytest

from assistant.domain import Page
from assistant.errors import UnreadableManual
from ingest.document import Block, ReadDocument
from ingest.readers.handing_over import MOST_CHARACTERS, handed_over, plain_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("契約\n事務\u2028の\u2029手引き", "契約 事務 の 手引き"),
        ("\u202e表\u2066計\u2069算\x1b[31m\x07", "表計算[31m"),
        ("全角　空白", "全角 空白"),
        ("葛\U000e0100城市", "葛\U000e0100城市"),
        ("長" * 400, "長" * 299 + "…"),
    ],
)
def test_a_name_becomes_one_line_of_what_can_be_seen(text: str, line: str) -> None:
    assert plain_line(text) == line


def test_an_endless_paragraph_is_handed_over_in_pieces_without_loss() -> None:
    text = "".join(f"{n}通" for n in range(10_000))
    document = handed_over(ReadDocument([], [Block(text, 3), Block("次の文。", 4)]))
    assert "".join(b.text for b in document.blocks[:-1]) == text
    assert len(document.blocks) == 4
    assert {b.page for b in document.blocks[:-1]} == {3}
    assert document.blocks[-1] == Block("次の文。", 4)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(
            ReadDocument([Page(None, None, "字" * (2 * MOST_CHARACTERS + 1), "document")], []),
            id="text",
        ),
        pytest.param(ReadDocument([], [Block("字")] * (MOST_CHARACTERS // 10)), id="paragraphs"),
        pytest.param(
            ReadDocument([], [Block("", rows=(("",) * 1000,) * (2 * MOST_CHARACTERS // 1000 + 1))]),
            id="empty cells",
        ),
    ],
)
def test_more_than_any_manual_says_is_refused(document: ReadDocument) -> None:
    with pytest.raises(UnreadableManual, match=r"文字が多すぎます（1,000万字まで）.*ください"):
        handed_over(document)
