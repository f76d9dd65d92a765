from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from hashed_encoder import HashedEncoder

from assistant.domain import Reader
from assistant.errors import UsageError
from assistant.opening import Assistant, open_assistant
from assistant.settings import Settings
from ingest import pipeline
from ingest.document import Block
from ingest.pipeline import TextDocument, ingest_documents, ingest_paths

HEAD = "file,title,category,owner_section,extension,audience,effective_from\n"
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, text: str) -> Path:
        path = tmp_path / "received" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write_file


def _status(assistant: Assistant, *paths: Path) -> dict[str, str]:
    return {result.file: result.status for result in ingest_paths(assistant, list(paths))}


def _titles(assistant: Assistant, reader: Reader, day: date) -> list[str]:
    return [item.manual.title for item in assistant.library.manuals(reader=reader, as_of=day)]


def test_a_file_becomes_a_manual_that_is_found(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    [result] = ingest_paths(quick_assistant, [write("契約.md", "# 契約\n契約書は2通作ります。\n")])
    assert (result.status, result.manual, result.version) == ("indexed", "契約", 1)
    assert (result.pages, result.chunks, result.problems) == (0, 1, [])
    [hit] = quick_assistant.retriever.search("契約書は何通", reader=reader, as_of=today)
    assert (hit.source.file, hit.page, hit.chunk.heading_path) == ("契約.md", None, ("契約",))


def test_one_bad_file_does_not_stop_the_others(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    write("a.txt", "契約書は2通作ります。")
    write("b.pdf", "PDFではありません")
    write("c.xlsx", "表")
    write("d.txt", "")
    write("e.docx", "Wordではありません")
    write("f.txt", "検査は14日以内に行います。")
    results = {r.file: r for r in ingest_paths(quick_assistant, [write("g.txt", "請書。").parent])}
    assert {name: result.status for name, result in results.items()} == {
        "a.txt": "indexed", "b.pdf": "rejected", "c.xlsx": "rejected", "d.txt": "rejected",
        "e.docx": "rejected", "f.txt": "indexed", "g.txt": "indexed",
    }  # fmt: skip
    assert all(result.problems for result in results.values() if result.status == "rejected")
    assert _titles(quick_assistant, reader, today) == ["a", "f", "g"]


def test_an_unexpected_failure_is_that_files_own(
    quick_assistant: Assistant, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pipeline.sections
    calls = iter([True])

    def fails_once(blocks: Sequence[Block]) -> object:
        if next(calls, False):
            raise RecursionError
        return real(blocks)

    monkeypatch.setattr(pipeline, "sections", fails_once)
    write("a.txt", "契約書は2通作ります。")
    results = ingest_paths(quick_assistant, [write("b.txt", "検査は14日以内。").parent])
    assert [result.status for result in results] == ["rejected", "indexed"]
    assert "RecursionError" in results[0].problems[0]


def test_the_second_time_nothing_has_changed(quick_assistant: Assistant, write: Write) -> None:
    path = write("契約.txt", "契約書は2通作ります。")
    assert _status(quick_assistant, path) == {"契約.txt": "indexed"}
    before = quick_assistant.library.revision()
    assert _status(quick_assistant, path) == {"契約.txt": "unchanged"}
    assert quick_assistant.library.revision() == before


def test_a_changed_file_takes_the_place_of_the_old_one(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    ingest_paths(quick_assistant, [write("契約.txt", "契約書は2通作ります。")])
    [result] = ingest_paths(quick_assistant, [write("契約.txt", "契約書は3通作ります。")])
    assert result.status == "indexed"
    hits = quick_assistant.retriever.search("契約書は何通", reader=reader, as_of=today)
    assert [hit.chunk.text for hit in hits] == ["契約書は3通作ります。"]
    assert len(_titles(quick_assistant, reader, today)) == 1


def test_a_file_is_read_again_by_a_better_reader(
    quick_assistant: Assistant, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("契約.txt", "契約書は2通作ります。")
    ingest_paths(quick_assistant, [path])
    monkeypatch.setattr(pipeline, "READING", "of tomorrow")
    assert _status(quick_assistant, path) == {"契約.txt": "indexed"}
    assert _status(quick_assistant, path) == {"契約.txt": "unchanged"}


def test_two_files_of_one_name_are_not_mixed(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    first = write("a/契約.txt", "契約書は2通作ります。")
    second = write("b/契約.txt", "検査は14日以内に行います。")
    results = ingest_paths(quick_assistant, [first, second])
    assert [result.status for result in results] == ["indexed", "rejected"]
    assert "同じ名前" in results[1].problems[0]
    hits = quick_assistant.retriever.search("契約", reader=reader, as_of=today)
    assert [hit.chunk.text for hit in hits] == ["契約書は2通作ります。"]


def test_the_same_path_given_twice_is_taken_once(quick_assistant: Assistant, write: Write) -> None:
    path = write("契約.txt", "契約書は2通作ります。")
    statuses = [result.status for result in ingest_paths(quick_assistant, [path, path])]
    assert statuses == ["indexed", "unchanged"]


def test_a_missing_path_is_named(quick_assistant: Assistant, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"無い\.txt が見つかりません"):
        ingest_paths(quick_assistant, [tmp_path / "無い.txt"])


def test_the_sheet_names_the_manuals_of_a_folder(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    write("a.txt", "契約書は2通作ります。")
    write("外.txt", "名簿にない文書です。")
    sheet = write(
        "manuals.csv",
        HEAD + "a.txt,契約の手引き,契約,契約検査課,2315,everyone,2025-07-01\n無い.txt,,,,,,\n",
    )
    assert _status(quick_assistant, sheet.parent) == {"a.txt": "indexed", "無い.txt": "rejected"}
    [listing] = quick_assistant.library.manuals(reader=reader, as_of=today)
    assert (listing.manual.title, listing.manual.owner_extension) == ("契約の手引き", "2315")
    assert listing.version.effective_from == date(2025, 7, 1)
    assert _titles(quick_assistant, reader, date(2025, 6, 30)) == []


def test_a_file_given_by_itself_keeps_to_the_sheet_beside_it(
    quick_assistant: Assistant, write: Write, today: date
) -> None:
    path = write("a.txt", "契約書は2通作ります。")
    write("manuals.csv", HEAD + "a.txt,契約の手引き,契約,,,section:契約検査課,\n")
    ingest_paths(quick_assistant, [path])
    assert _titles(quick_assistant, Reader("p", section="税務課"), today) == []
    assert _titles(quick_assistant, Reader("p", section="契約検査課"), today) == ["契約の手引き"]


def test_a_changed_row_of_the_sheet_changes_the_manual_alone(
    quick_assistant: Assistant, write: Write, today: date
) -> None:
    path = write("a.txt", "契約書は2通作ります。")
    stranger = Reader("p", section="税務課")
    write("manuals.csv", HEAD + "a.txt,契約,,,,everyone,\n")
    ingest_paths(quick_assistant, [path])
    assert _titles(quick_assistant, stranger, today) == ["契約"]
    write("manuals.csv", HEAD + "a.txt,契約（改題）,,,,section:契約検査課,\n")
    assert _status(quick_assistant, path) == {"a.txt": "unchanged"}
    assert _titles(quick_assistant, stranger, today) == []
    assert _titles(quick_assistant, Reader("q", section="契約検査課"), today) == ["契約（改題）"]


def test_a_later_date_in_the_sheet_makes_a_new_version(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    write("manuals.csv", HEAD + "a.txt,契約,,,,,2025-04-01\n")
    ingest_paths(quick_assistant, [write("a.txt", "契約書は2通作ります。")])
    write("manuals.csv", HEAD + "a.txt,契約,,,,,2026-04-01\n")
    [result] = ingest_paths(quick_assistant, [write("a.txt", "契約書は3通作ります。")])
    assert result.version == 2
    search = quick_assistant.retriever.search
    days = {day: search("契約書", reader=reader, as_of=day)[0].chunk.text for day in
            (date(2026, 3, 31), today)}  # fmt: skip
    assert list(days.values()) == ["契約書は2通作ります。", "契約書は3通作ります。"]


EDITIONS = (
    "file,title,category,owner_section,extension,audience,effective_from,edition_of\n"
    "新.txt,旅費の手引き,旅費,,,,2025-10-01,\n"
    "旧.txt,旅費の手引き（旧）,,,,,2022-04-01,新.txt\n"
)


def test_the_sheet_may_name_an_older_edition_of_a_manual(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    folder = write("新.txt", "宿泊費は実費です。").parent
    write("旧.txt", "宿泊料は定額です。")
    write("manuals.csv", EDITIONS)
    assert _status(quick_assistant, folder) == {"新.txt": "indexed", "旧.txt": "indexed"}
    assert _titles(quick_assistant, reader, today) == ["旅費の手引き"]
    search = quick_assistant.retriever.search
    found = {day: search("宿泊", reader=reader, as_of=day)[0] for day in (date(2025, 9, 30), today)}
    assert [hit.chunk.text for hit in found.values()] == [
        "宿泊料は定額です。",
        "宿泊費は実費です。",
    ]
    assert [hit.source.file for hit in found.values()] == ["旧.txt", "新.txt"]


def test_editions_are_unchanged_the_second_time(
    quick_assistant: Assistant, write: Write, reader: Reader, today: date
) -> None:
    folder = write("新.txt", "宿泊費は実費です。").parent
    write("旧.txt", "宿泊料は定額です。")
    write("manuals.csv", EDITIONS)
    ingest_paths(quick_assistant, [folder])
    assert _status(quick_assistant, folder) == {"新.txt": "unchanged", "旧.txt": "unchanged"}
    assert _titles(quick_assistant, reader, today) == ["旅費の手引き"]


@pytest.mark.parametrize(
    "name", [".隠し.txt", "~$契約.docx", ".git/config.txt"], ids=["hidden", "lock", "hidden folder"]
)
def test_files_that_are_no_manuals_are_passed_over(
    quick_assistant: Assistant, write: Write, name: str
) -> None:
    write(name, "見えないはずの文書です。")
    assert _status(quick_assistant, write("a.txt", "契約書。").parent) == {"a.txt": "indexed"}


def test_a_folder_inside_a_hidden_one_may_be_given(
    quick_assistant: Assistant, write: Write
) -> None:
    path = write(".local/手引き/a.txt", "契約書は2通作ります。")
    assert _status(quick_assistant, path.parent) == {"a.txt": "indexed"}


def test_a_file_that_is_too_large_is_refused(settings: Settings, write: Write) -> None:
    small = settings.model_copy(update={"file_max_megabytes": 1})
    path = write("a.txt", "契約書は2通作ります。\n" * 40_000)
    with open_assistant(small, encoder=HashedEncoder()) as assistant:
        [result] = ingest_paths(assistant, [path])
    assert result.status == "rejected"
    assert "1 MB を超える" in result.problems[0]


def test_progress_is_told_in_japanese(quick_assistant: Assistant, write: Write) -> None:
    told: list[str] = []
    write("a.txt", "契約書は2通作ります。")
    ingest_paths(quick_assistant, [write("b.xls", "表").parent], progress=told.append)
    assert any("a.txt を読んでいます" in line for line in told)
    assert any("b.xls: 取り込めません" in line for line in told)


def test_a_name_that_is_not_utf8_is_refused_in_words_that_can_be_printed(
    quick_assistant: Assistant, tmp_path: Path
) -> None:
    folder = bytes(tmp_path) + b"/" + "古い".encode("cp932")
    path = Path(folder.decode("utf-8", "surrogateescape") + ".txt")
    path.write_text("契約書は2通作ります。", "utf-8")
    [result] = ingest_paths(quick_assistant, [path])
    assert result.status == "rejected"
    assert "名前を付け直して" in result.problems[0]
    assert result.file.encode().endswith(b".txt")


def test_passages_with_ids_are_searched_by_their_ids(
    quick_assistant: Assistant, reader: Reader, today: date
) -> None:
    passages = [
        TextDocument("p1", "契約", "契約書は2通作ります。"),
        TextDocument("p2", "", "検査は14日以内に行います。"),
    ]
    assert ingest_documents(quick_assistant, passages) == 2
    best = quick_assistant.retriever.search("検査は何日以内", reader=reader, as_of=today)[0]
    assert (best.source.file, best.source.manual) == ("p2", "p2")
