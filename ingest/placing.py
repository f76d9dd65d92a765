"""Where a file belongs: which manual it is of, which version it is, and who may bring it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath
from typing import Final

from assistant.domain import Manual, ManualVersion
from assistant.errors import UnreadableManual
from assistant.library import ManualLibrary
from assistant.library.reading import Edition
from assistant.people.access import checked_audience, may_read
from ingest.incoming import Incoming
from ingest.manual_sheet import SheetRow

_TAKEN_NAME: Final = (
    "この名前のファイルは登録できません。課名を付けるなど、ファイル名を変えて登録してください。"
)
_FOREIGN_OWNER: Final = "所管課には、編集者になっている課を指定してください。"


@dataclass(frozen=True)
class Place:
    """Where a file belongs.

    `manual` is described as it will be, `known` as it is, None for a new one. `editions` are out
    or wait for their day, the newest 施行日 first, `drafts` count only where the file becomes one.
    `start` is the 施行日 that the file is given, None where none is said.
    """

    manual: Manual
    known: Manual | None
    editions: Sequence[Edition]
    drafts: Sequence[Edition]
    start: date | None

    @property
    def revised(self) -> Edition | None:
        """The version that has the file's 施行日 already; without one, the newest."""
        return _edition_of(self.editions, self.start)

    def same_content(self, sha256: str) -> Edition | None:
        """Return the version that the file is already, or None."""
        drafts = [e for e in self.drafts if self.start in (None, e.version.effective_from)]
        revised = self.revised
        candidates = [*drafts, *([revised] if revised is not None else [])]
        return next((e for e in candidates if e.version.sha256 == sha256), None)

    def holds(self, sha256: str) -> bool:
        """Tell whether any version of the manual has this content."""
        return any(edition.version.sha256 == sha256 for edition in self.editions)


def placed(library: ManualLibrary, incoming: Incoming) -> Place:
    """Find where a file belongs; raises UnreadableManual for one that may not go there."""
    row = incoming.row
    known_as = row.edition_of or incoming.name
    manual_id = incoming.manual_id or library.manual_of_file(known_as) or manual_id_of(known_as)
    known = library.known(manual_id)
    manual = _described(incoming, manual_id, known)
    if known is not None:
        _require_owner(known, incoming, _TAKEN_NAME)
    _require_owner(manual, incoming, _FOREIGN_OWNER)
    editions = library.editions(manual_id)
    drafts = library.drafts(manual_id) if incoming.as_draft else []
    start = row.effective_from
    if incoming.correction:
        start = _start_of_corrected(editions, start)
    return Place(manual, known, editions, drafts, start)


def twins(library: ManualLibrary, incoming: Incoming, manual_id: str, sha256: str) -> list[str]:
    """Point out other manuals of the very same content, as far as they may be known of."""

    def known_of(version: ManualVersion, manual: Manual) -> bool:
        owned = incoming.owners is None or manual.owner_section in incoming.owners
        return owned or (version.state != "draft" and may_read(manual.audience, incoming.reader))

    found = {
        f"『{e.manual.title}』（{e.version.file_name}）"
        for e in library.with_content(sha256)
        if e.manual.id != manual_id and known_of(e.version, e.manual)
    }
    return [
        f"{name}と同じ内容です。同じマニュアルなら、片方を取り下げてください。"
        for name in sorted(found)
    ]


def manual_id_of(name: str) -> str:
    """Return the id of the manual that a file of this name makes."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _described(incoming: Incoming, manual_id: str, known: Manual | None) -> Manual:
    """Return the manual as the row describes it; a title that is not said stays as it was."""
    row = incoming.row
    if known is not None and row == SheetRow():
        return known
    audience = checked_audience(row.audience)
    if known is not None and incoming.row_is_partial:
        return replace(
            known,
            title=row.title or known.title,
            category=row.category or known.category,
            owner_section=row.owner_section or known.owner_section,
            owner_extension=row.owner_extension or known.owner_extension,
            audience=audience if row.audience else known.audience,
            review_on=row.review_on or known.review_on,
        )
    usual = PurePath(incoming.name).stem if known is None else known.title
    return Manual(
        id=manual_id,
        title=row.title or usual,
        category=row.category,
        owner_section=row.owner_section,
        owner_extension=row.owner_extension,
        audience=audience,
        review_on=row.review_on,
    )


def _start_of_corrected(editions: Sequence[Edition], start: date | None) -> date | None:
    if not editions:
        raise UnreadableManual(
            "修正する版がまだ公開されていません。施行日を入れるか、空にして登録してください。"
        )
    corrected = _edition_of(editions, start)
    if corrected is None:
        raise UnreadableManual(
            f"施行日が {start} の版がないため、修正として登録できません。"
            "施行日を空にすると、いちばん新しい版の修正になります。"
        )
    return corrected.version.effective_from


def _edition_of(editions: Sequence[Edition], start: date | None) -> Edition | None:
    return next((e for e in editions if start in (None, e.version.effective_from)), None)


def _require_owner(manual: Manual, incoming: Incoming, problem: str) -> None:
    """Refuse a manual of a section for which whoever brings the file may not speak."""
    if incoming.owners is not None and manual.owner_section not in incoming.owners:
        raise UnreadableManual(problem)
