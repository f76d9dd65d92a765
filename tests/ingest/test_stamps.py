from __future__ import annotations

import pytest
from hashed_encoder import HashedEncoder

from ingest.chunking import chunk_drafts
from ingest.document import Block
from ingest.sectioning import sections
from ingest.stamps import is_stamp, is_stamp_line


def _chunk_texts(*blocks: Block) -> list[str]:
    drafts = chunk_drafts(sections(blocks), HashedEncoder().token_counts, title="手引き")
    return [draft.text for draft in drafts]


@pytest.mark.parametrize(
    "text",
    [
        "見本", "【見本】", "（案）", "見 本　見 本", "㊙", "写", "（写し）", "＜取扱注意＞",
        "取扱注意／部外秘", "禁複製", "ＳＡＭＰＬＥ", "Draft - DRAFT", "【 秘 】",
    ],
)  # fmt: skip
def test_nothing_but_stamp_words_is_a_stamp(text: str) -> None:
    assert is_stamp(text)
    assert is_stamp_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "案内", "写真", "秘書課", "見本を添付します。", "案の作成", "・写し", "契約書の写し",
        "SAMPLES", "Drafting", "", "・", "1 見本", "（見本）を参照",
    ],
)  # fmt: skip
def test_words_that_say_something_are_no_stamp(text: str) -> None:
    assert not is_stamp(text)


def test_a_mark_whose_bracket_was_misread_is_a_stamp() -> None:
    assert is_stamp("(見本】架空のモデル市の文書です。")


def test_a_paragraph_that_begins_as_a_sample_is_a_stamp() -> None:
    assert is_stamp("【見本】この手引きは架空の市のものです。")
    assert not is_stamp("様式は【見本】のとおりです。")
    assert not is_stamp_line("【見本】この手引きは架空の市のもので")


def test_a_running_head_of_samples_is_a_stamp() -> None:
    assert is_stamp_line("見本（架空のモデル市 青葉野市）　契約事務の手引き　3")


def test_stamps_are_never_chunked() -> None:
    texts = _chunk_texts(
        Block("【見本】この手引きは、架空のモデル市の規程であり、実在のもの", 1),
        Block("ではありません。", 1),
        Block("契約書は2通作り、双方が記名押印して、各自がその1通を持つものと", 2),
        Block("見　本", 2),
        Block("します。", 2),
        Block("（案）", level=1),
        Block("検査は14日以内に行います。", 2),
    )  # fmt: skip
    assert "\n".join(texts).split("\n") == [
        "契約書は2通作り、双方が記名押印して、各自がその1通を持つものとします。",
        "検査は14日以内に行います。",
    ]


def test_a_stamp_inside_a_table_is_a_value() -> None:
    [text] = _chunk_texts(Block("", rows=(("書類", "種別"), ("契約書", "写し"))))
    assert text == "書類：契約書 ｜ 種別：写し"
