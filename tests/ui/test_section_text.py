from __future__ import annotations

import pytest

from assistant.domain import Chunk
from ui.components.marked_text import Range, joined, quote_ranges, with_marks, word_ranges
from ui.components.section_text import section_html


def _chunk(text: str, kind: str = "text") -> Chunk:
    return Chunk("c", "v", 0, ("見出し",), None, None, kind, text, "", ())


def _nothing(text: str) -> list[Range]:
    return []


def test_rows_become_a_table_again_with_empty_cells_left_empty() -> None:
    rows = "表1　日数\n事由：結婚 ｜ 日数：7日 ｜ 備考：連続\n事由：産後 ｜ 日数：8週"
    html, marks = section_html([_chunk("前の文。"), _chunk(rows, "table")], _nothing)
    assert marks == 0
    assert html == (
        '<div class="chonai-document"><p>前の文。</p><p>表1　日数</p>'
        '<div class="chonai-scroll" tabindex="0"><table>'
        '<tr><th scope="col">事由</th><th scope="col">日数</th><th scope="col">備考</th></tr>'
        "<tr><td>結婚</td><td>7日</td><td>連続</td></tr>"
        "<tr><td>産後</td><td>8週</td><td></td></tr></table></div></div>"
    )


def test_a_table_over_several_chunks_has_its_caption_once() -> None:
    chunks = [_chunk(f"表2　額\n区分：{n} ｜ 額：{n}円", "table") for n in (1, 2)]
    html, _ = section_html(chunks, _nothing)
    assert html.count("表2　額") == 1
    assert html.count("<table>") == 1
    assert html.count("<tr>") == 3


def test_another_head_begins_another_table() -> None:
    rows = "月：日数 ｜ 1月：20日 ｜ 2月：18日\n月：日数 ｜ 7月：10日 ｜ 8月：8日"
    html, _ = section_html([_chunk(rows, "table")], _nothing)
    assert html.count("<table>") == 2


def test_a_unit_that_is_said_at_bare_numbers_only_is_the_same_column() -> None:
    rows = "職種：補助 ｜ 月額：―\n職種：保育士 ｜ 月額（円）：265,300"
    html, _ = section_html([_chunk(rows, "table")], _nothing)
    assert "<td>保育士</td><td>265,300</td>" in html


def test_what_is_said_under_two_heads_spans_both_columns() -> None:
    rows = "休暇：病気 ｜ 常勤：10日 ｜ 短時間：5日\n休暇：産後 ｜ 常勤・短時間：8週"
    html, _ = section_html([_chunk(rows, "table")], _nothing)
    assert '<tr><td>産後</td><td colspan="2">8週</td></tr>' in html
    assert "常勤・短時間" not in html


def test_rows_without_heads_keep_all_their_cells() -> None:
    html, _ = section_html([_chunk("一 ｜ 二 ｜ 三", "table")], _nothing)
    assert "<tr><td>一</td><td>二</td><td>三</td></tr>" in html
    assert "<th" not in html


def test_a_quoted_row_is_marked_in_its_cells_and_nowhere_else() -> None:
    quote = "区分：委託 ｜ 額：50万円"
    html, marks = section_html(
        [_chunk("区分：工事 ｜ 額：50万円\n" + quote, "table")],
        lambda text: quote_ranges(text, quote),
    )
    assert marks == 1
    assert "<td>工事</td><td>50万円</td>" in html
    assert "<td><mark>委託</mark></td><td><mark>50万円</mark></td>" in html
    assert html.startswith('<div class="chonai-document chonai-marked">')


def test_words_are_marked_wherever_they_stand_however_they_are_written() -> None:
    html, marks = section_html(
        [_chunk("宿泊料は１万円。"), _chunk("区分：宿泊料 ｜ 額：1万円", "table")],
        lambda text: word_ranges(text, ("1万円", "宿泊料")),
    )
    assert marks == 4
    assert "<p><mark>宿泊料</mark>は<mark>１万円</mark>。</p>" in html
    assert "<td><mark>宿泊料</mark></td><td><mark>1万円</mark></td>" in html


def test_nothing_of_a_manual_is_markup() -> None:
    html, _ = section_html([_chunk('<b>"一"</b>\n<i>：x ｜ 二：<s>', "table")], _nothing)
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;s&gt;" in html


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(0, 2), (1, 3)], [(0, 3)]),
        ([(4, 5), (0, 1)], [(0, 1), (4, 5)]),
        ([(0, 2), (2, 4)], [(0, 4)]),
        ([], []),
    ],
    ids=["overlapping", "apart", "touching", "none"],
)
def test_ranges_are_joined_in_order(ranges: list[Range], expected: list[Range]) -> None:
    assert joined(ranges) == expected


def test_marks_of_a_longer_text_fall_on_their_part_of_it() -> None:
    assert with_marks("二三四", [(0, 2), (3, 9)], start=1) == "<mark>二</mark>三<mark>四</mark>"
    assert with_marks("二三", [(5, 9)], start=1) == "二三"
