from __future__ import annotations

import pytest

from assistant.errors import UnusableList
from assistant.people.sections.reorganisation import ChangeLine
from ingest.section_sheet import read_section_sheet


def _csv(*lines: str) -> bytes:
    return "\r\n".join([*lines, ""]).encode("cp932")


def test_lines_say_what_becomes_of_a_section_and_who_inherits() -> None:
    content = _csv(
        "旧課名,新課名,承継,マニュアル",
        "総務課,総務企画課,○,",
        "総務課,法務課,,",
        "総務課,法務課,,例規審査の手引き",
    )
    assert read_section_sheet(content) == (
        ChangeLine(2, "総務課", "総務企画課", heir=True),
        ChangeLine(3, "総務課", "法務課"),
        ChangeLine(4, "総務課", "法務課", manual="例規審査の手引き"),
    )


def test_two_columns_are_enough() -> None:
    assert read_section_sheet(_csv("改正前,改正後", " 情報 課 ,デジタル課")) == (
        ChangeLine(2, "情報 課", "デジタル課"),
    )


@pytest.mark.parametrize(
    ("mark", "heir"),
    [
        ("○", True),
        ("〇", True),
        ("1", True),
        ("YES", True),
        ("", False),
        ("×", False),
        ("-", False),
    ],
)
def test_who_inherits_is_marked_as_offices_mark_it(mark: str, heir: bool) -> None:
    [line] = read_section_sheet(_csv("旧課名,新課名,承継", f"総務課,法務課,{mark}"))
    assert line.heir is heir


def test_marks_that_cannot_be_read_are_all_named() -> None:
    with pytest.raises(UnusableList) as caught:
        read_section_sheet(_csv("旧課名,新課名,承継", "A,B,半分", "A,C,たぶん", "A,D,○"))
    assert [problem[:4] for problem in caught.value.problems] == ["2行目:", "3行目:"]


def test_missing_heads_are_named() -> None:
    with pytest.raises(UnusableList, match="新課名"):
        read_section_sheet(_csv("旧課名,備考", "総務課,x"))
