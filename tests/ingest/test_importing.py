"""Folders imported again and again: only what changed is done, and nothing goes unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.domain import Reader
from assistant.opening import Assistant
from ingest.importing import ImportPlan, plan_import, preview
from ingest.incoming import FileResult, Incoming
from ingest.manual_sheet import SheetRow
from ingest.pipeline import ingest_file, ingest_paths

RULES = "# 契約規則\n\n## 第1条\n\n契約書は2通作ります。\n\n## 第2条\n\n保証金は1割です。\n"
SECOND = "## 第2条\n\n保証金は2割です。\n"
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    folder = tmp_path / "要綱集"
    folder.mkdir()

    def write(name: str, text: str) -> Path:
        (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


def plan(assistant: Assistant, folder: Path, sheet: Path | None = None) -> ImportPlan:
    return plan_import(assistant.library, [folder], sheet=sheet)


def prospects(assistant: Assistant, folder: Path) -> dict[str, str]:
    found = preview(assistant.library, plan(assistant, folder), megabytes=10)
    return {item.file: item.prospect for item in found}


def test_of_a_changed_file_only_the_changed_passages_are_embedded(
    quick_assistant: Assistant, write: Write
) -> None:
    folder = write("規則.md", RULES)
    [first] = ingest_paths(quick_assistant, [folder])
    assert (first.reused, first.embedded > 3) == (0, True)
    write("規則.md", RULES.replace(SECOND, "").replace("1割", "2割"))
    [second] = ingest_paths(quick_assistant, [folder])
    assert (second.status, second.embedded) == ("indexed", 1)  # the text of 第2条
    assert second.reused == first.embedded - 1
    [third] = ingest_paths(quick_assistant, [folder])
    assert (third.status, third.embedded, third.reused) == ("unchanged", 0, 0)


def test_a_file_that_has_gone_is_reported_and_its_manual_stays(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    write("規則.md", RULES)
    folder = write("要領.md", "# 要領\n\n届出は3日前までです。\n")
    ingest_paths(quick_assistant, [folder])
    assert plan(quick_assistant, folder).vanished == ()
    (folder / "要領.md").unlink()
    [gone] = plan(quick_assistant, folder).vanished
    assert (gone.file, gone.manual, gone.version) == ("要領.md", "要領", 1)
    assert len(quick_assistant.library.manuals(reader=reader, as_of=today)) == 2


def test_the_same_content_under_two_names_is_pointed_out(
    quick_assistant: Assistant, write: Write
) -> None:
    write("a.md", RULES)
    folder = write("b.md", RULES)
    first, second = ingest_paths(quick_assistant, [folder])
    assert (first.problems, second.status) == ([], "indexed")
    assert second.problems == [
        "『契約規則』（a.md）と同じ内容です。同じマニュアルなら、片方を取り下げてください。"
    ]


def test_a_twin_that_the_person_may_not_read_is_not_told_of(
    quick_assistant: Assistant, write: Write
) -> None:
    folder = write("a.md", RULES)
    secret = Incoming(folder / "a.md", "a.md", SheetRow(audience="section:人事課"))
    assert ingest_file(quick_assistant, secret).status == "indexed"
    clerk = replace(
        secret,
        name="b.md",
        row=SheetRow(owner_section="総務課"),
        owners=frozenset({"総務課"}),
        reader=Reader("p", "総務課"),
    )
    assert ingest_file(quick_assistant, clerk).problems == []
    officer = replace(clerk, name="c.md", reader=Reader("q", "人事課"))
    assert "a.md" in " ".join(ingest_file(quick_assistant, officer).problems)


def test_a_preview_tells_what_would_happen_and_does_nothing(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    for name in ("同じ.md", "変わる.md", "直す.md"):
        folder = write(name, RULES + name)
    heads = "ファイル名,表題,所管課,施行日\n"
    lines = "同じ.md,,,\n変わる.md,,契約課,2026-04-01\n直す.md,,,2025-04-01\n新しい.md,新規則,,\n"
    ingest_paths(quick_assistant, [folder / "同じ.md", folder / "変わる.md"])
    first = Incoming(folder / "直す.md", "直す.md", SheetRow(effective_from=date(2025, 4, 1)))
    ingest_file(quick_assistant, first)
    write("変わる.md", "# 別の規則\n\n届出は3日前までです。\n")
    write("直す.md", "# 直した規則\n\n届出は4日前までです。\n")
    write("新しい.md", "# 新しい規則\n\n届出は5日前までです。\n")
    write("残り.md", RULES)
    write("manuals.csv", heads + lines + "無い.md,,,\n")
    revision = quick_assistant.library.revision()
    assert prospects(quick_assistant, folder) == {
        "同じ.md": "unchanged",
        "変わる.md": "version",
        "直す.md": "correction",
        "新しい.md": "new",
        "無い.md": "rejected",
    }
    assert plan(quick_assistant, folder).unlisted == ("残り.md",)
    [changed] = [
        item
        for item in preview(quick_assistant.library, plan(quick_assistant, folder), megabytes=10)
        if item.file == "変わる.md"
    ]
    assert changed.changes == ("所管課：（なし） → 契約課",)
    assert quick_assistant.library.revision() == revision
    assert len(quick_assistant.library.manuals(reader=reader, as_of=today)) == 3


def test_a_correction_keeps_the_day_of_what_it_corrects(
    quick_assistant: Assistant, write: Write
) -> None:
    folder = write("規則.md", RULES)
    dated = Incoming(folder / "規則.md", "規則.md", SheetRow(effective_from=date(2025, 4, 1)))
    ingest_file(quick_assistant, dated)
    write("規則.md", RULES.replace("2通", "二通"))
    fixed = ingest_file(quick_assistant, replace(dated, row=SheetRow(), correction=True))
    [edition] = quick_assistant.library.editions(fixed.manual_id)
    assert (edition.version.number, edition.version.revision) == (1, 2)
    assert edition.version.effective_from == date(2025, 4, 1)


@pytest.mark.parametrize(
    ("since", "said"),
    [
        pytest.param(None, "まだ公開されていません", id="nothing to correct"),
        pytest.param(
            date(2024, 4, 1), "施行日が 2024-04-01 の版がない", id="no version of the day"
        ),
    ],
)
def test_a_correction_of_nothing_is_refused(
    quick_assistant: Assistant, write: Write, since: date | None, said: str
) -> None:
    folder = write("規則.md", RULES)
    row = SheetRow(effective_from=since)
    incoming = Incoming(folder / "規則.md", "規則.md", row, correction=True)
    if since is not None:
        ingest_file(quick_assistant, replace(incoming, row=SheetRow(), correction=False))
    result: FileResult = ingest_file(quick_assistant, incoming)
    assert result.status == "rejected"
    assert said in result.problems[0]


def test_a_draft_of_another_section_cannot_be_replaced_by_taking_its_name(
    quick_assistant: Assistant, write: Write
) -> None:
    folder = write("規則.md", RULES)
    row = SheetRow(owner_section="人事課")
    own = Incoming(folder / "規則.md", "規則.md", row, as_draft=True, owners=frozenset({"人事課"}))
    assert ingest_file(quick_assistant, own).state == "draft"
    other = replace(own, row=SheetRow(owner_section="総務課"), owners=frozenset({"総務課"}))
    assert ingest_file(quick_assistant, other).status == "rejected"
