"""Real government PDFs: listed tables row by row, no rubbish, columns in reading order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hashed_encoder import HashedEncoder

from assistant.domain import Span
from assistant.library import ChunkDraft
from eval.reading_review import ReadFile, read_files
from eval.readings.listed_tables import ListedTable, listed_tables, unread_rows

# What does not hold yet, and why.
_PICTURE = "the table is a picture on a page that has text"
_THIRD_LEVEL = "numbers and names of the heads stand in rows of their own: the third level is data"
UNREAD = {
    ("FILP_Report2022.pdf", 14, "安定成長期～ポスト・バブル期の主な活用事例"): _PICTURE,
    ("manual-kouri.pdf", 11, "業務のタイプ別の必要性"): _THIRD_LEVEL,
}


@pytest.fixture(scope="module")
def files(shared_data: Path) -> dict[str, ReadFile]:
    folder = shared_data / "documents" / "gov_pdf"
    return {f.path.name: f for f in read_files(folder, token_counts=HashedEncoder().token_counts)}


def _cases() -> list[object]:
    cases: list[object] = []
    for table in listed_tables():
        name = table.table.partition("（")[0]
        reason = UNREAD.get((table.file, table.page, name))
        marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
        cases.append(pytest.param(table, marks=marks, id=f"{table.file[:8]}-{table.page}-{name}"))
    return cases


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("table", _cases())
def test_rows_of_a_listed_table_are_read_with_their_heads(
    files: dict[str, ReadFile], table: ListedTable
) -> None:
    assert unread_rows(table, files[table.file].chunks) == []


@pytest.mark.shared
@pytest.mark.slow
def test_no_rubbish_is_searched_and_every_empty_page_is_told(files: dict[str, ReadFile]) -> None:
    for file in files.values():
        assert file.mojibake == []
        for number in file.empty:
            assert any(str(number) in problem for problem in file.document.problems)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "page", "first", "then"),
    [
        pytest.param("001750938.pdf", 5, "約8割を占める。", "年代別の構成比は", id="bullets"),
        pytest.param("001750938.pdf", 13, "地域に比べて高い。", "同行者は", id="over charts"),
        pytest.param(
            "001750938.pdf", 26, "とする回答が最も多かった。", "飲食をみると", id="uneven"
        ),
        pytest.param(
            "001750938.pdf",
            35,
            "定めた。",
            "この目標精度を達成するために必要となる標本サイズ（目標回収数）を、2018",
            id="tables",
        ),
        pytest.param(
            "20231102_sesaku3.pdf",
            15,
            "調査研究を実施",
            "自治体情報システムの標準化・共通化に向けた環境整備（",
            id="slide",
        ),
    ],
)
def test_the_left_column_ends_before_the_right_one_begins(
    files: dict[str, ReadFile], name: str, page: int, first: str, then: str
) -> None:
    said = _bare(files[name].chunks, page)
    assert first in said
    assert then in said
    assert said.index(first) < said.rindex(then)


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        pytest.param("区分：委託 ｜ 頻度/毎日：○", True, id="heads"),
        pytest.param("区分：委託 ｜ 頻度/毎週：○", False, id="other head"),
        pytest.param("区分：工事 ｜ 頻度/毎日：○", False, id="other row"),
    ],
)
def test_a_row_is_said_when_each_cell_stands_below_its_head(line: str, holds: bool) -> None:
    table = ListedTable("a.pdf", 1, "表", ({"区分": "委託", "頻度/毎日": "○"},))
    chunk = ChunkDraft((), 1, 1, "table", line, (Span(0, len(line), 1, None),))
    assert (unread_rows(table, [chunk]) == []) is holds


def _bare(chunks: list[ChunkDraft], page: int) -> str:
    lines = (c.text[s.start : s.end] for c in chunks for s in c.spans if s.page == page)
    return "".join("".join(lines).split())
