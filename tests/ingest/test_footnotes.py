from __future__ import annotations

from ingest.document import Block
from ingest.footnotes import with_notes_in_place


def _texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in with_notes_in_place(blocks)]


def _lines(*lines: str, page: int | None = 1) -> list[Block]:
    return [Block(line, page) for line in lines]


def test_a_note_at_the_foot_of_a_page_follows_the_paragraph_with_its_mark() -> None:
    lines = _lines(
        "事故はCSIRT（注1）に報告し、",
        "指示を受けます。",
        "2　分類",
        "（注1）　事故に対応する庁内の",
        "チームをいう。",
    )
    assert _texts(lines) == [
        "事故はCSIRT（注1）に報告し、",
        "指示を受けます。",
        "（注1）　事故に対応する庁内のチームをいう。",
        "2　分類",
    ]


def test_a_paragraph_that_goes_on_overleaf_is_not_parted_by_its_note() -> None:
    lines = [
        *_lines("LGWAN（注2）に置き、", "（注2）　回線をいう。"),
        *_lines("画面だけを使います。", "次の段落です。", page=2),
    ]
    assert _texts(lines) == [
        "LGWAN（注2）に置き、",
        "画面だけを使います。",
        "（注2）　回線をいう。",
        "次の段落です。",
    ]


def test_a_note_on_a_table_follows_the_table() -> None:
    table = Block("", 1, rows=(("区分", "額"), ("甲地（注1）", "12,400")))
    lines = [table, *_lines("相談先は給与係です。", "（注1）　指定都市をいいます。")]
    found = with_notes_in_place(lines)
    assert [block.text for block in found] == [
        "", "（注1）　指定都市をいいます。", "相談先は給与係です。",
    ]  # fmt: skip


def test_a_table_over_two_pages_is_not_parted_by_a_note() -> None:
    rows = (("区分", "額"), ("甲", "1"))
    note = _lines("本文（注1）です。", "（注1）　説明です。")
    blocks = [note[0], Block("", 1, rows=rows), note[1], Block("", 2, rows=rows)]
    assert [block.is_table for block in with_notes_in_place(blocks)] == [False, False, True, True]


def test_lines_like_notes_stay_where_nothing_refers_to_them() -> None:
    lines = _lines("本文です。", "（注1）　説明です。")
    assert with_notes_in_place(lines) == lines
    assert with_notes_in_place([]) == []
    plain = _lines("本文（注1）です。", "（注1）　説明です。", page=None)
    assert with_notes_in_place(plain) == plain
