"""What changed between two versions of a manual, section by section."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.domain import Chunk
from assistant.library.counterparts import counterpart, section_at
from assistant.library.section_matching import Section, matches, sections
from assistant.library.sentence_changes import Mark, Piece, sentence_changes

__all__ = ["Comparison", "Mark", "Piece", "SectionChange", "compare", "counterpart", "section_at"]

ChangeKind = Literal["same", "changed", "added", "removed", "moved"]
_COUNTED: tuple[tuple[ChangeKind, str], ...] = (
    ("changed", "変更"),
    ("added", "追加"),
    ("removed", "削除"),
)


@dataclass(frozen=True)
class SectionChange:
    """A section of two versions of a manual, and what became of its sentences.

    `heading` is that of the new version (of the old one where the section was removed), and
    `before_heading` the old one where it differs. "moved" is a section with the same text under
    another number or title. A page is None where the format or that version has none.
    """

    kind: ChangeKind
    heading: tuple[str, ...]
    before_heading: tuple[str, ...] | None
    pieces: tuple[Piece, ...]
    first_page_before: int | None
    first_page_after: int | None


@dataclass(frozen=True)
class Comparison:
    """All sections of two versions in the order of the new one, removed ones where they stood."""

    changes: tuple[SectionChange, ...]

    @property
    def counts(self) -> Counter[ChangeKind]:
        """How many sections there are of each kind."""
        return Counter(change.kind for change in self.changes)

    @property
    def summary(self) -> str:
        """The counts in one line of Japanese."""
        counts = self.counts
        moved = f"{counts['moved']}か所は番号・見出しだけの変更" if counts["moved"] else ""
        parts = [f"{counts[kind]}か所の{word}" for kind, word in _COUNTED if counts[kind]]
        if not parts:
            return "本文の変更はありません" + (f"（{moved}）" if moved else "")
        same = f"ほか{counts['same']}か所は同じ" if counts["same"] else ""
        rest = "、".join(part for part in (moved, same) if part)
        return "、".join(parts) + (f"（{rest}）" if rest else "")


def compare(before: Sequence[Chunk], after: Sequence[Chunk]) -> Comparison:
    """Return what changed from one version to another; the chunks are in their order.

    A section is found again by its heading and its text. One that is renumbered or has another
    title is found by the likeness of its text.
    """
    old, new = sections(before), sections(after)
    found = {place: old[other] for other, place in matches(old, new).items()}
    removed = _removed_after(old, {section.place: place for place, section in found.items()})
    changes = [_removed(section) for section in removed[None]]
    for section in new:
        changes.append(_change(found.get(section.place), section))
        changes += [_removed(gone) for gone in removed[section.place]]
    return Comparison(tuple(changes))


def _removed_after(
    old: Sequence[Section], places: Mapping[int, int]
) -> dict[int | None, list[Section]]:
    """Return the old sections that are gone, by the new place after which they stood."""
    gone: dict[int | None, list[Section]] = defaultdict(list)
    after: int | None = None
    for section in old:
        if section.place in places:
            after = places[section.place]
        else:
            gone[after].append(section)
    return gone


def _change(old: Section | None, new: Section) -> SectionChange:
    page = new.chunks[0].first_page
    if old is None:
        pieces = tuple(Piece("added", "", text) for text in new.sentences)
        return SectionChange("added", new.heading, None, pieces, None, page)
    pieces = sentence_changes(old.sentences, new.sentences)
    is_same = all(piece.kind == "same" for piece in pieces)
    renamed = old.heading if old.path != new.path else None
    kind: ChangeKind = "changed"
    if is_same:
        kind = "moved" if renamed else "same"
    return SectionChange(kind, new.heading, renamed, pieces, old.chunks[0].first_page, page)


def _removed(old: Section) -> SectionChange:
    pieces = tuple(Piece("removed", text, "") for text in old.sentences)
    return SectionChange("removed", old.heading, None, pieces, old.chunks[0].first_page, None)
