from __future__ import annotations

from assistant.domain import Chunk
from assistant.library.contents import contents_of


def _chunk(ordinal: int, *heading: str, text: str = "文です。", page: int | None = None) -> Chunk:
    return Chunk(f"c{ordinal}", "v", ordinal, heading, page, page, "text", text, "", ())


def test_headings_become_a_tree_and_each_opens_the_first_section_below_it() -> None:
    contents = contents_of(
        [
            _chunk(0, "第1章", "1 目的"),
            _chunk(1, "第1章", "2 範囲"),
            _chunk(2, "第2章"),
            _chunk(3, "第2章", "1 宿泊料", "（1） 上限"),
        ]
    )
    first, second, third, last = contents.sections
    assert [(line.title, line.level, line.key) for line in contents.lines] == [
        ("第1章", 1, first.key),
        ("1 目的", 2, first.key),
        ("2 範囲", 2, second.key),
        ("第2章", 1, third.key),
        ("1 宿泊料", 2, last.key),
        ("（1） 上限", 3, last.key),
    ]
    assert [line.chapter for line in contents.lines] == [first.key] * 3 + [third.key] * 3


def test_chunks_of_one_heading_are_one_section_with_its_pages() -> None:
    contents = contents_of([_chunk(0, "a", page=3), _chunk(1, "a", page=4), _chunk(2, "b", page=4)])
    first, second = contents.sections
    assert [chunk.id for chunk in first.chunks] == ["c0", "c1"]
    assert (first.first_page, first.last_page) == (3, 4)
    assert contents.holding("c1") is first
    assert contents.holding("c9") is None
    assert contents.on_page(4) is first
    assert contents.on_page(5) is None
    assert contents.beside(first.key) == (None, second)
    assert contents.beside(second.key) == (first, None)


def test_a_key_is_that_of_the_heading_however_it_is_written_in_another_version() -> None:
    old = contents_of([_chunk(0, "序"), _chunk(1, "第２章　宿泊料")])
    new = contents_of([_chunk(0, "第2章 宿泊料"), _chunk(1, "附則")])
    assert old.sections[1].key == new.sections[0].key
    assert new.headed(("第２章　宿泊料",)) is new.sections[0]
    assert new.section(old.sections[0].key) is None


def test_headings_that_come_again_have_keys_of_their_own() -> None:
    contents = contents_of([_chunk(0, "備考"), _chunk(1, "別表"), _chunk(2, "備考")])
    keys = [section.key for section in contents.sections]
    assert len(set(keys)) == 3
    assert keys[2] == f"{keys[0]}-2"


def test_a_very_long_section_is_read_in_parts() -> None:
    contents = contents_of([_chunk(number, "全文") for number in range(65)])
    assert [section.name for section in contents.sections] == [
        "全文（1／3）",
        "全文（2／3）",
        "全文（3／3）",
    ]
    assert [len(section.chunks) for section in contents.sections] == [30, 30, 5]
    assert len({section.key for section in contents.sections}) == 3
    assert [line.title for line in contents.lines] == [s.name for s in contents.sections]


def test_a_manual_without_text_has_no_contents() -> None:
    contents = contents_of([])
    assert (contents.sections, contents.lines) == ((), ())
