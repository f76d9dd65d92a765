"""Which manual or version somebody means who types a title, a file's name or an id."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final, NoReturn

from assistant.errors import UsageError
from assistant.library.library_list import (
    LibraryRow,
    Standing,
    standing_words,
    version_words,
)
from assistant.library.wanted import folded_title

_MOST_NAMED: Final = 20
_NUMBER: Final = re.compile(r"第?(\d{1,6})(?:\.(\d{1,6}))?版?")
# Of several revisions of a number the one that is shown to people, else what is nearest to it.
_NEAREST: Final[tuple[Standing, ...]] = (
    "in_force", "coming", "ended", "waiting", "draft", "superseded", "withdrawn",
)  # fmt: skip
_PUBLISHED: Final = frozenset({"in_force", "coming", "ended"})
PUBLISHABLE: Final = frozenset({"draft", "waiting", "superseded", "withdrawn"})
"""Standings of versions that can be published."""


def chosen_manual(rows: Sequence[LibraryRow], given: str) -> list[LibraryRow]:
    """Return all rows of the manual that is meant; raises UsageError with the candidates."""
    for fits in (*_exactly(given), _by_beginning(given)):
        found = {row.manual.id for row in rows if fits(row)}
        if len(found) == 1:
            return [row for row in rows if row.manual.id in found]
        if found:
            _refuse_several(given, [_manual_line(rows, manual_id) for manual_id in found])
    raise UsageError(_unknown(rows, given))


def version_to_publish(rows: Sequence[LibraryRow], given: str) -> LibraryRow:
    """Return the version that is to be published: by its id, or a manual's only draft."""
    known = [row for row in rows if row.version.id == given.strip()]
    if known:
        return known[0]
    for fits in _exactly(given):
        if any(fits(row) for row in rows):
            return _only_draft(chosen_manual(rows, given))
    fits, start = _by_beginning(given), given.strip()
    manuals = {row.manual.id for row in rows if fits(row)}
    versions = [row for row in rows if start and row.version.id.startswith(start)]
    if len(manuals) + len(versions) > 1:
        lines = [_manual_line(rows, manual_id) for manual_id in manuals]
        _refuse_several(given, [*lines, *map(version_line, versions)])
    return versions[0] if versions else _only_draft(chosen_manual(rows, given))


def chosen_version(rows: Sequence[LibraryRow], given: str) -> LibraryRow:
    """Return the version with an id, or the beginning of one; raises UsageError."""
    start = given.strip()
    found = [row for row in rows if start and row.version.id.startswith(start)]
    exact = [row for row in found if row.version.id == start]
    if len(found) > 1 and not exact:
        _refuse_several(given, map(version_line, found))
    if not found:
        raise UsageError(
            f"版の ID「{given}」はありません。chonai manuals list --all で確かめてください。"
        )
    return (exact or found)[0]


def edition(rows: Sequence[LibraryRow], given: str) -> LibraryRow:
    """Return a manual's version by its number (2), or number and revision (2.1)."""
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", given).strip())
    number, revision = (match[1], match[2]) if match else ("", None)
    found = [
        row
        for row in rows
        if match
        and row.version.number == int(number)
        and revision in (None, str(row.version.revision))
    ]
    if not found:
        lines = "\n".join(_number_line(row) for row in rows)
        raise UsageError(
            f"版「{given}」はありません。次の番号から指定してください（例 2、修正の前なら 2.1）。"
            f"\n{lines}"
        )
    return min(found, key=lambda r: (_NEAREST.index(r.standing), -r.version.revision))


def newest(rows: Sequence[LibraryRow]) -> LibraryRow:
    """Return the version that a comparison is about: a draft, else what is in force or newest."""
    for standings in (("draft",), ("waiting",), ("in_force",)):
        found = [row for row in rows if row.standing in standings]
        if found:
            return max(found, key=lambda row: row.version.uploaded_at or "")
    return rows[0]


def before(rows: Sequence[LibraryRow], row: LibraryRow) -> LibraryRow:
    """Return what a version takes the place of: its text before the correction, or version."""
    shown = [r for r in rows if r.standing in _PUBLISHED | {"superseded"}]
    same = [
        r
        for r in shown
        if r.version.number == row.version.number and r.version.revision < row.version.revision
    ]
    if same:
        return max(same, key=lambda r: r.version.revision)
    place = _place(row)
    earlier = [r for r in shown if r.standing in _PUBLISHED and _place(r) < place]
    if not earlier:
        raise UsageError(
            f"{version_words(row.version)}より前の版がありません。"
            "比べる版の番号を --from と --to で指定してください。"
        )
    return max(earlier, key=_place)


def version_line(row: LibraryRow) -> str:
    """Return a version as a candidate: its id, and what it is."""
    words = f"{version_words(row.version)}  {standing_words(row)}"
    return f"{row.version.id}  『{row.manual.title}』 {words}  {row.version.file_name}"


def _only_draft(rows: Sequence[LibraryRow]) -> LibraryRow:
    for standing in ("draft", "waiting"):
        found = [row for row in rows if row.standing == standing]
        if len(found) == 1:
            return found[0]
        if found:
            break
    title = rows[0].manual.title
    found = [row for row in rows if row.standing in PUBLISHABLE]
    if not found:
        raise UsageError(
            f"『{title}』には、公開できる下書きがありません。先に新しいファイルを取り込んで"
            "ください。"
        )
    lines = "\n".join(version_line(row) for row in found)
    raise UsageError(
        f"『{title}』のどの版を公開するかが決まりません。版の ID で指定してください。\n{lines}"
    )


def _exactly(given: str) -> tuple[Callable[[LibraryRow], bool], ...]:
    """Return the tests for an id, a file's name and a title, the surest first."""
    name = folded_title(given)
    base = folded_title(PurePosixPath(given).name)
    return (
        lambda row: row.manual.id == given.strip(),
        lambda row: bool(name) and folded_title(row.version.file_name) in (name, base),
        lambda row: bool(name) and folded_title(row.manual.title) == name,
    )


def _by_beginning(given: str) -> Callable[[LibraryRow], bool]:
    start = given.strip()
    return lambda row: bool(start) and row.manual.id.startswith(start)


def _unknown(rows: Sequence[LibraryRow], given: str) -> str:
    name = folded_title(given)
    near = {
        row.manual.id
        for row in rows
        if name and name in folded_title(f"{row.manual.title}{row.version.file_name}")
    }
    what = f"マニュアル「{given}」はありません。"
    if not near:
        return f"{what}chonai manuals list --all で表題か ID を確かめてください。"
    lines = sorted(_manual_line(rows, manual_id) for manual_id in near)
    return f"{what}次のどれかなら、ID か表題の全体で指定してください。\n{_some(lines)}"


def _refuse_several(given: str, lines: Iterable[str]) -> NoReturn:
    raise UsageError(
        f"「{given}」に当てはまるものが2つ以上あります。ID で指定してください。\n"
        f"{_some(sorted(lines))}"
    )


def _some(lines: Sequence[str]) -> str:
    more = len(lines) - _MOST_NAMED
    return "\n".join([*lines[:_MOST_NAMED], *([f"ほかに {more} 件"] if more > 0 else [])])


def _manual_line(rows: Sequence[LibraryRow], manual_id: str) -> str:
    row = next(row for row in rows if row.manual.id == manual_id)
    return f"{manual_id}  『{row.manual.title}』  {row.version.file_name}"


def _number_line(row: LibraryRow) -> str:
    words = f"{version_words(row.version)}  {standing_words(row)}"
    return f"{row.version.number}.{row.version.revision}  {words}"


def _place(row: LibraryRow) -> tuple[int, int]:
    start = row.version.effective_from
    return (start.toordinal() if start else 0, row.version.number)
