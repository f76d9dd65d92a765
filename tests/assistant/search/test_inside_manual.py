from __future__ import annotations

from datetime import date, timedelta

import pytest
from small_manuals import publish_text

from assistant.domain import ManualVersion, Reader
from assistant.library.contents import Contents, contents_of
from assistant.opening import Assistant
from assistant.search.inside_manual import InsideHit, holding_words, meaning_the_same, search_words

CLERK = Reader("clerk", section="市民課")
SENTENCES = (
    "宿泊料の上限は、１万２千円とする。",
    "日当は二千円とする。",
    "病気休暇の届出は、ＡＢＣシステムで行う。",
)


def _contents(assistant: Assistant, version: ManualVersion) -> Contents:
    return contents_of(assistant.library.text(version.id, reader=CLERK))


def _near(assistant: Assistant, version: ManualVersion, query: str, today: date) -> list[InsideHit]:
    listing = assistant.library.version(version.id, reader=CLERK)
    assert listing is not None
    return meaning_the_same(
        query, _contents(assistant, version), listing=listing, retriever=assistant.retriever,
        reader=CLERK, today=today,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("宿泊料", [0]),
        ("1万2千円", [0]),
        ("ｱﾌﾞｸ", []),
        ("abcシステム", [2]),
        ("宿泊料　上限", [0]),
        ("宿泊料 日当", []),
        ("第2節", [1]),
        ("とする", [0, 1]),
        ("　", []),
    ],
)
def test_words_are_found_whatever_their_width_and_case(
    quick_assistant: Assistant, query: str, found: list[int]
) -> None:
    version = publish_text(quick_assistant, *SENTENCES)
    hits = holding_words(query, _contents(quick_assistant, version))
    assert [hit.sentence for hit in hits] == [SENTENCES[place] for place in found]
    assert [hit.page for hit in hits] == [place + 1 for place in found]


def test_a_word_is_looked_for_once() -> None:
    assert search_words(" ＡＢＣ  abc\n休暇 ") == ("abc", "休暇")


def test_what_means_the_same_is_looked_for_in_this_manual_alone(
    quick_assistant: Assistant, today: date
) -> None:
    version = publish_text(quick_assistant, *SENTENCES)
    publish_text(
        quick_assistant, "宿泊料の上限は別の話です。", manual_id="other", title="別の手引き"
    )
    hits = _near(quick_assistant, version, "泊まるときの宿泊費の上限", today)
    assert hits[0].sentence == SENTENCES[0]
    assert {hit.sentence for hit in hits} <= set(SENTENCES)
    assert all(hit.count == 0 for hit in hits)


def test_a_version_that_has_ended_is_searched_too(quick_assistant: Assistant, today: date) -> None:
    old = publish_text(quick_assistant, *SENTENCES, since=today - timedelta(days=400))
    publish_text(quick_assistant, "宿泊料は実費とする。", since=today - timedelta(days=1))
    hits = _near(quick_assistant, old, "宿泊費の上限", today)
    assert hits[0].sentence == SENTENCES[0]
