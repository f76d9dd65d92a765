"""The sheet (Excel or CSV) that describes a folder's manuals: title, owner, audience, 施行日."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

from assistant.domain import CountedBy
from assistant.errors import UnreadableManual, UnusableList, UsageError
from assistant.japanese.normalize import readable
from ingest.list_file import ListColumn, ListLine, read_list
from ingest.manual_sheet_cells import (
    audience_of,
    counted_by_of,
    day_of,
    file_in_folder,
    shown,
)

SHEET_NAMES: Final = ("manuals.csv", "manuals.xlsx", "マニュアル一覧.csv", "マニュアル一覧.xlsx")
COLUMNS: Final = (
    ListColumn("file", ("ファイル名", "ファイル", "file")),
    ListColumn("title", ("表題", "マニュアル名", "名称", "題名", "title"), required=False),
    ListColumn("category", ("区分", "分類", "category"), required=False),
    ListColumn("owner_section", ("所管課", "担当課", "owner_section"), required=False),
    ListColumn("extension", ("内線", "内線番号", "extension"), required=False),
    ListColumn("audience", ("閲覧範囲", "読める人", "公開範囲", "audience"), required=False),
    ListColumn("effective_from", ("施行日", "effective_from"), required=False),
    ListColumn("effective_to", ("廃止日", "effective_to"), required=False),
    ListColumn("edition_of", ("元のファイル", "前の版のファイル", "edition_of"), required=False),
    ListColumn("review_on", ("次回見直し日", "見直し日", "review_on"), required=False),
    ListColumn("transition_note", ("経過措置", "transition_note"), required=False),
    ListColumn("counted_by", ("経過措置の基準", "基準となる日", "counted_by"), required=False),
    ListColumn("change_note", ("改訂の内容", "change_note"), required=False),
)


@dataclass(frozen=True)
class SheetRow:
    """What the sheet says of one file.

    `edition_of` names the file by which the manual is known, where this one is another version of
    it (last year's, or next year's). An audience that is not said is everyone's, or what it was.
    The version holds until the day before `effective_to`.
    """

    title: str = ""
    category: str = ""
    owner_section: str = ""
    owner_extension: str = ""
    audience: str = ""
    effective_from: date | None = None
    edition_of: str = ""
    effective_to: date | None = None
    review_on: date | None = None
    counted_by: CountedBy = ""
    transition_note: str = ""
    change_note: str = ""


@dataclass(frozen=True)
class _Line:
    """A line with what is wrong with it; `file` is "" and `start` unknown where unreadable."""

    number: int
    file: str
    row: SheetRow
    start_is_known: bool
    problems: list[str]

    @property
    def key(self) -> str:
        return file_key(_last(self.file))


def sheet_in(folder: Path) -> Path | None:
    """Return the sheet of a folder, None without one; raises UsageError where there are two."""
    try:
        found = sorted(f for f in folder.iterdir() if f.name.lower() in SHEET_NAMES and f.is_file())
    except OSError as error:  # without its sheet, everybody could read what the sheet restricts
        raise UsageError(
            f"{readable(str(folder))} の中を読めません。読み取りの権限を確かめてください。"
        ) from error
    if len(found) > 1:
        names = "、".join(file.name for file in found)
        raise UsageError(
            f"{readable(str(folder))} にマニュアルの一覧が2つ以上あります（{names}）。"
            "使う1つだけにしてください。"
        )
    return found[0] if found else None


def file_key(name: str) -> str:
    """Return a file's name or path for comparing: macOS takes letters like が apart."""
    return unicodedata.normalize("NFC", readable(name)).replace("\\", "/")


def read_sheet(path: Path) -> dict[str, SheetRow]:
    """Return the rows of a CSV or xlsx file by the files' paths in the folder, with plain slashes.

    Lines without a file are passed over. Raises UnusableList with everything that is wrong,
    UsageError for a file that cannot be opened, UnreadableManual for one that is no list.
    """
    lines = [_line(line) for line in _list_lines(path) if line.values["file"]]
    once = _without_repeated(lines)
    rows = _with_known_names(once)
    _tell_same_editions(once, rows)
    problems = [f"{line.number} 行目: {said}" for line in lines for said in line.problems]
    if not lines:
        problems = ["ファイル名を書いた行がありません。1つのファイルを1行に書いてください。"]
    if problems:
        raise UnusableList(_unusable(path), problems)
    return {line.file: row for line, row in zip(once, rows, strict=True)}


def _list_lines(path: Path) -> list[ListLine]:
    try:
        return read_list(path.read_bytes(), COLUMNS)
    except OSError as error:
        raise UsageError(
            f"{readable(str(path))} を開けません。"
            "読み取りの権限と、ほかで開いていないかを確かめてください。"
        ) from error
    except UnusableList as error:
        raise UnusableList(_unusable(path), error.problems) from error
    except UnreadableManual as error:
        raise UnreadableManual(f"{readable(str(path))}: {error}") from error


def _unusable(path: Path) -> str:
    name = readable(str(path))
    return f"{name}: マニュアルの一覧に直すところがあります（何も取り込んでいません）。"


def _line(line: ListLine) -> _Line:
    def said(name: str) -> str:
        return line.values.get(name, "")

    problems: list[str] = []
    file = file_in_folder(said("file"), "ファイル名", problems)
    start = day_of(said("effective_from"), "施行日", problems)
    end = day_of(said("effective_to"), "廃止日", problems)
    if start is not None and end is not None and end <= start:
        problems.append(
            f"廃止日 {end} が施行日 {start} より後ではありません。"
            "廃止日には、使わなくなる最初の日を書いてください。"
        )
    row = SheetRow(
        title=said("title"),
        category=said("category"),
        owner_section=said("owner_section"),
        owner_extension=said("extension"),
        audience=audience_of(said("audience"), problems),
        effective_from=start,
        edition_of=_last(file_in_folder(said("edition_of"), "元のファイル", problems)),
        effective_to=end,
        review_on=day_of(said("review_on"), "次回見直し日", problems),
        counted_by=counted_by_of(said("counted_by"), problems),
        transition_note=said("transition_note"),
        change_note=said("change_note"),
    )
    known = start is not None or not said("effective_from")
    return _Line(line.number, file, row, known, problems)


def _last(file: str) -> str:
    """Return the name without its folders: a manual is known by that alone."""
    return PurePosixPath(file).name


def _without_repeated(lines: Iterable[_Line]) -> list[_Line]:
    """Return the lines whose files can be told apart; tells those that repeat an earlier one."""
    first: dict[str, _Line] = {}
    for line in lines:
        if not line.file:
            continue
        earlier = first.setdefault(line.key, line)
        if earlier is line:
            continue
        if file_key(earlier.file) == file_key(line.file):
            what = f"ファイル「{shown(line.file)}」は {earlier.number} 行目にもあります。"
            todo = "1つのファイルは1行にしてください。"
        else:
            what = (
                f"{earlier.number} 行目の「{shown(earlier.file)}」と「{shown(line.file)}」は"
                "同じ名前のファイルです。"
            )
            todo = "フォルダが別でも区別できないので、どちらかの名前を変えてください。"
        line.problems.append(what + todo)
    return list(first.values())


def _with_known_names(lines: Sequence[_Line]) -> list[SheetRow]:
    """Return the rows with the names by which their manuals are known.

    Clerks name the version before: of three in a row, the last leads over the second to the first.
    """
    spelled = {file_key(line.row.edition_of): line.row.edition_of for line in lines}
    spelled |= {line.key: _last(line.file) for line in lines}
    before = {line.key: file_key(line.row.edition_of) for line in lines}
    rows = []
    for line in lines:
        known, passed = line.key, set[str]()
        while before.get(known) and before[known] != known and known not in passed:
            passed.add(known)
            known = before[known]
        if known in passed:
            line.problems.append(
                f"元のファイル「{shown(line.row.edition_of)}」をたどると元に戻ります。"
                "最も古い版の行では空にしてください。"
            )
        name = "" if known == line.key else spelled[known]
        rows.append(replace(line.row, edition_of=name))
    return rows


def _tell_same_editions(lines: Sequence[_Line], rows: Sequence[SheetRow]) -> None:
    first: dict[tuple[str, date | None], int] = {}
    for line, row in zip(lines, rows, strict=True):
        if not line.start_is_known:
            continue
        edition = (file_key(row.edition_of) or line.key, row.effective_from)
        earlier = first.setdefault(edition, line.number)
        if earlier != line.number:
            start = f"施行日が {row.effective_from} " if row.effective_from else "施行日が空"
            line.problems.append(
                f"{earlier} 行目と同じマニュアルの版で、どちらも{start}です。"
                "版ごとに施行日を書き分けるか、要らない行を削除してください。"
            )
