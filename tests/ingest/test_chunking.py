from __future__ import annotations

import pytest
from hashed_encoder import HashedEncoder

from assistant.library import ChunkDraft
from ingest.chunking import MOST_TOKENS, chunk_drafts
from ingest.document import Block
from ingest.paragraphs import Paragraph, paragraph_of
from ingest.sectioning import Section

COUNTS = HashedEncoder().token_counts
SENTENCE = "契約書は双方が記名押印し各1通を持ちます。"


def _section(*parts: Paragraph | Block, path: tuple[str, ...] = ("第1章 総則",)) -> Section:
    return Section(path, list(parts))


def _text(*lines: str, page: int | None = 1) -> list[Paragraph]:
    return [paragraph_of(line, page) for line in lines]


def _drafts(*found: Section, title: str = "") -> list[ChunkDraft]:
    return chunk_drafts(found, COUNTS, title=title)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([SENTENCE], id="one"),
        pytest.param([SENTENCE * 100], id="one long paragraph"),
        pytest.param([f"{n}番目の{SENTENCE}" for n in range(200)], id="many paragraphs"),
        pytest.param(["終わりのない文" * 300], id="no full stop"),
        pytest.param(["、".join(["長い列挙"] * 400)], id="one endless enumeration"),
        pytest.param(["x" * 5000], id="no Japanese"),
    ],
)
def test_no_chunk_exceeds_the_model_and_no_word_is_lost(lines: list[str]) -> None:
    drafts = _drafts(_section(*_text(*lines)))
    assert max(COUNTS([draft.embedded_text for draft in drafts])) <= MOST_TOKENS
    assert "".join(d.text.replace("\n", "") for d in drafts) == "".join(lines)


def test_spans_cover_the_text_of_a_chunk() -> None:
    for draft in _drafts(_section(*_text(SENTENCE * 60, "終わり"))):
        said = [draft.text[span.start : span.end] for span in draft.spans]
        assert "".join(said) == draft.text.replace("\n", "")


def test_chunks_do_not_cross_sections() -> None:
    drafts = _drafts(
        _section(*_text("一章の文。"), path=("第1章",)),
        _section(*_text("二章の文。"), path=("第2章",)),
    )
    assert [(d.heading_path, d.text) for d in drafts] == [
        (("第1章",), "一章の文。"),
        (("第2章",), "二章の文。"),
    ]


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    drafts = _drafts(_section(*_text("、".join(["長い列挙の項目"] * 200) + "。")))
    assert all(draft.text.endswith(("、", "。")) for draft in drafts)


def test_chunks_of_a_section_are_of_about_equal_size() -> None:
    drafts = _drafts(_section(*_text(*[SENTENCE] * 60)))
    sizes = [len(draft.text) for draft in drafts]
    assert min(sizes) > 0.6 * max(sizes)


def test_every_row_of_a_long_table_keeps_its_heads() -> None:
    rows = [("番号", "確かめること"), *((str(n), f"{n}番目の{SENTENCE}") for n in range(80))]
    drafts = _drafts(_section(Block("", 3, rows=tuple(rows))))
    said = [line for draft in drafts for line in draft.text.split("\n")]
    assert len(drafts) > 1
    assert len(said) == 80
    assert all(line.startswith("番号：") and " ｜ 確かめること：" in line for line in said)
    assert {draft.kind for draft in drafts} == {"table"}


def test_text_and_tables_do_not_mix() -> None:
    table = Block("", 1, rows=(("区分", "額"), ("工事", "200")))
    drafts = _drafts(_section(*_text(SENTENCE), table, *_text(SENTENCE)))
    assert [draft.kind for draft in drafts] == ["text", "table", "text"]


def test_the_caption_of_a_table_goes_with_it() -> None:
    table = Block("", 1, rows=(("区分", "額"), ("工事", "200")))
    [text, rows] = _drafts(_section(*_text(SENTENCE, "表1　限度額（単位　万円）"), table))
    assert text.text == SENTENCE
    assert rows.text == "表1　限度額（単位　万円）\n区分：工事 ｜ 額（万円）：200"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            ["表7　開示請求の日程（30日のほかは架空の日数。受付日の翌日を1日目とする）"],
            id="longer than a short line",
        ),
        pytest.param(["表1　限度額", "（単位　万円）"], id="with its unit on a line of its own"),
        pytest.param(["会計様式第4号", "前渡資金精算書"], id="a form's number above its title"),
    ],
)
def test_every_part_of_a_long_table_begins_with_its_caption(lines: list[str]) -> None:
    rows = [("番号", "内容"), *((f"第{n}", f"{n}番目の{SENTENCE}") for n in range(60))]
    text, *parts = _drafts(_section(*_text(SENTENCE, *lines), Block("", 1, rows=tuple(rows))))
    assert text.text == SENTENCE
    assert len(parts) > 1
    assert all(part.text.startswith("\n".join(lines) + "\n番号：") for part in parts)
    assert max(COUNTS([part.embedded_text for part in parts])) <= MOST_TOKENS


def test_a_row_that_names_others_is_said_above_them_in_every_part() -> None:
    named = [((f"その{k}", f"その{k}"), *((f"第{n}", SENTENCE) for n in range(30))) for k in "12"]
    first = Block("", 8, rows=(("番号", "内容"), *named[0]))
    second = Block("", 9, rows=(("番号", "内容"), ("第30", SENTENCE), *named[1]))
    drafts = _drafts(_section(*_text("別表第1　整理区分", page=8), first, second))
    assert len(drafts) > 2
    for draft in drafts:
        lines = draft.text.split("\n")
        assert lines[0] == "別表第1　整理区分"
        assert lines[1] in ("その1", "その2")
        assert lines.count("その1") + lines.count("その2") == len({"その1", "その2"} & {*lines})


def test_two_tables_never_share_a_chunk() -> None:
    tables = [Block("", None, rows=(("区分", "額"), (kind, "200"))) for kind in ("工事", "委託")]
    one, two = tables
    drafts = _drafts(_section(*_text("表1　工事"), one, *_text("表2　委託"), two))
    assert [draft.text.split("\n")[0] for draft in drafts] == ["表1　工事", "表2　委託"]
    assert len(_drafts(_section(one, two))) == 2


def test_a_table_over_two_pages_has_one_head() -> None:
    first = Block("", 4, rows=(("区分", "額"), ("工事", "200")))
    second = Block("", 5, rows=(("区分", "額"), ("委託", "100")))
    [draft] = _drafts(_section(first, second))
    assert draft.text == "区分：工事 ｜ 額：200\n区分：委託 ｜ 額：100"
    assert [span.page for span in draft.spans] == [4, 5]
    assert (draft.first_page, draft.last_page) == (4, 5)


def test_a_section_without_heading_takes_the_title() -> None:
    [draft] = _drafts(_section(*_text(SENTENCE), path=()), title="契約の手引き")
    assert draft.heading_path == ("契約の手引き",)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(("第1章" * 30, "第2節" * 30, "3 目的"), id="long path"),
        pytest.param(("とても長い見出し" * 100,), id="long heading"),
    ],
)
def test_long_headings_leave_room_for_text(path: tuple[str, ...]) -> None:
    drafts = _drafts(_section(*_text(SENTENCE * 40), path=path))
    assert max(COUNTS([draft.embedded_text for draft in drafts])) <= MOST_TOKENS
    assert all(drafts[0].heading_path[-1] in path[-1] for _ in drafts)
    assert min(len(draft.text) for draft in drafts) > 100


def test_formats_without_pages_have_none() -> None:
    [draft] = _drafts(_section(*_text(SENTENCE, page=None)))
    assert (draft.first_page, draft.last_page, draft.spans[0].page) == (None, None, None)


def test_nothing_makes_no_chunk() -> None:
    assert _drafts() == []
