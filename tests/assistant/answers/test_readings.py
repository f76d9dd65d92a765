from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.answers.readings import readings
from assistant.domain import Chunk, ChunkKind, Span

LIMIT, NEW_LIMIT = "予定価格の限度額は130万円とする。", "予定価格の限度額は200万円とする。"
FIRST = "契約担当者は、見積書を二人以上の者から徴する。"
PROVISO = "ただし、10万円未満の物品の買入れは、一人の者で足りる。"


def _chunk(sentences: Sequence[str], *, kind: ChunkKind = "text", version: str = "v1") -> Chunk:
    spans, text = [], ""
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence), 1))
        text += sentence
    return Chunk(version, version, 0, ("第5条",), 1, 1, kind, text, "h", tuple(spans))


def _read(
    mine: Sequence[str],
    theirs: Sequence[str],
    *,
    quotes: Sequence[str],
    around: Sequence[str] = (),
    kind: ChunkKind = "text",
    moved_there: Sequence[str] = (),
) -> tuple[list[str], list[str]] | None:
    """Return the sentences that are put beside each other."""
    chunk, other = _chunk(mine, kind=kind), _chunk(theirs, kind=kind, version="v2")
    section = [other, _chunk(moved_there, version="v2")]
    found = readings(chunk, quotes, around, other, own_section=[chunk], other_section=section)
    if found is None:
        return None
    (first, last), (other_first, other_last) = found
    return (
        list(chunk.sentences()[first : last + 1]),
        list(other.sentences()[other_first : other_last + 1]),
    )


def test_a_changed_sentence_stands_beside_its_other_reading() -> None:
    found = _read([FIRST, LIMIT], [FIRST, NEW_LIMIT], quotes=[LIMIT], around=[FIRST, LIMIT])
    assert found == ([LIMIT], [NEW_LIMIT])


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        pytest.param([FIRST, LIMIT], [FIRST, LIMIT], id="nothing"),
        pytest.param([LIMIT], ["予定価格の限度額は１３０万円とする。"], id="width"),
    ],
)
def test_a_passage_that_reads_the_same_is_no_change(mine: list[str], theirs: list[str]) -> None:
    assert _read(mine, theirs, quotes=[LIMIT], around=mine) is None


def test_a_proviso_that_was_added_is_shown_with_the_quotation() -> None:
    found = _read([FIRST], [FIRST, PROVISO], quotes=[FIRST], around=[FIRST])
    assert found == ([FIRST], [FIRST, PROVISO])


def test_a_change_far_from_the_quotation_is_none_of_it() -> None:
    between = [f"{n}番目の手続について定める。" for n in range(9)]
    mine, theirs = [FIRST, *between, LIMIT], [FIRST, *between, NEW_LIMIT]
    assert _read(mine, theirs, quotes=[FIRST], around=[FIRST, *between[:3]]) is None


def test_a_sentence_that_moved_to_another_chunk_has_not_changed() -> None:
    found = _read(
        [FIRST, LIMIT], [FIRST], quotes=[LIMIT], around=[FIRST, LIMIT], moved_there=[LIMIT]
    )
    assert found is None


def test_a_sentence_that_is_gone_stands_beside_what_is_left() -> None:
    found = _read([FIRST, LIMIT], [FIRST], quotes=[LIMIT], around=[FIRST, LIMIT])
    assert found == ([LIMIT], [FIRST])


def test_of_a_table_only_the_quoted_row_counts() -> None:
    rows = ["工事 ｜ 130万円", "買入れ ｜ 80万円"]
    assert _read(rows, [rows[0], "買入れ ｜ 150万円"], quotes=[rows[0]], kind="table") is None
    found = _read(rows, ["工事 ｜ 200万円", rows[1]], quotes=[rows[0]], kind="table")
    assert found == ([rows[0]], ["工事 ｜ 200万円"])
