"""Manuals, versions and their differences as the command line prints them, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from assistant.library.comparison import ChangeKind, Comparison, Piece, SectionChange
from assistant.library.library_list import (
    COUNTED_BY_WORDS,
    LibraryRow,
    standing_words,
    version_words,
)
from assistant.people.access import audience_words
from assistant.people.audit.records import tokyo_time

_CHANGES: Final[dict[ChangeKind, str]] = {
    "changed": "変更",
    "added": "追加",
    "removed": "削除",
    "moved": "番号・見出しだけの変更",
    "same": "同じ",
}


def manual_document(row: LibraryRow) -> dict[str, Any]:
    """Return what is said of a manual, as JSON."""
    manual = row.manual
    return {
        "manual_id": manual.id,
        "manual": manual.title,
        "owner": manual.owner_section,
        "extension": manual.owner_extension,
        "category": manual.category,
        "audience": manual.audience,
        "next_review": _iso(manual.review_on),
        "overdue": row.overdue,
    }


def version_document(row: LibraryRow) -> dict[str, Any]:
    """Return what a version is, as JSON; `in_force_until` is the last day."""
    version = row.version
    return {
        "version_id": version.id,
        "version": version.number,
        "revision": version.revision,
        "state": row.standing,
        "file": version.file_name,
        "effective_from": _iso(version.effective_from),
        "in_force_until": _iso(row.last_day),
        "effective_to": _iso(version.effective_to),
        "publish_on": _iso(version.publish_on),
        "pages": row.pages,
        "chunks": row.chunks,
    }


def history_document(row: LibraryRow, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a version with who did what to it and when, as JSON."""
    version = row.version

    def who(person_id: str) -> str | None:
        return names.get(person_id, person_id) or None

    return {
        **version_document(row),
        "counted_by": version.counted_by or None,
        "transition_note": version.transition_note,
        "change_note": version.change_note,
        "sha256": version.sha256,
        "uploaded_at": version.uploaded_at,
        "uploaded_by": who(version.uploaded_by),
        "published_at": version.published_at,
        "published_by": who(version.published_by),
        "withdrawn_at": version.withdrawn_at,
        "withdrawn_by": who(version.withdrawn_by),
        "withdrawn_reason": version.withdrawn_reason,
    }


def row_line(row: LibraryRow) -> str:
    """Return a version with its manual in one line."""
    manual, version = row.manual, row.version
    review = f"次回見直し {manual.review_on}" if manual.review_on else ""
    parts = (
        f"『{manual.title}』", version_words(version), standing_words(row),
        _term_words(row), manual.owner_section, manual.category,
        f"閲覧範囲 {audience_words(manual.audience)}",
        review + ("（期限切れ）" if row.overdue else ""), version.file_name, f"[{manual.id}]",
    )  # fmt: skip
    return "  ".join(part for part in parts if part)


def manual_lines(row: LibraryRow) -> list[str]:
    """Return what is said of a manual, over its versions."""
    manual = row.manual
    said = (
        ("ID", manual.id),
        ("区分", manual.category),
        ("所管課", manual.owner_section),
        ("内線", manual.owner_extension),
        ("閲覧範囲", audience_words(manual.audience)),
        (
            "次回見直し日",
            f"{manual.review_on}{'（期限切れ）' if row.overdue else ''}"
            if manual.review_on
            else "",
        ),
    )
    return [f"『{manual.title}』", *(f"  {name}: {value}" for name, value in said if value)]


def history_lines(row: LibraryRow, names: Mapping[str, str]) -> list[str]:
    """Return a version with who did what to it and when."""
    version = row.version

    def done(at: str | None, by: str) -> str:
        who = names.get(by, by)
        return f"{tokyo_time(at)}{f'（{who}）' if who else ''}" if at else ""

    counted_by = COUNTED_BY_WORDS[version.counted_by]
    said = (
        ("版の ID", version.id),
        ("ファイル", version.file_name),
        ("大きさ", f"{row.pages} ページ、{row.chunks} 節片"),
        ("公開予定日", str(version.publish_on or "")),
        ("経過措置", version.transition_note),
        ("経過措置の基準", counted_by),
        ("改訂の内容", version.change_note),
        ("登録", done(version.uploaded_at, version.uploaded_by)),
        ("公開", done(version.published_at, version.published_by)),
        ("取下げ", done(version.withdrawn_at, version.withdrawn_by)),
        ("取下げの理由", version.withdrawn_reason),
    )
    head = "  ".join(
        part for part in (version_words(version), standing_words(row), _term_words(row)) if part
    )
    return [head, *(f"  {name}: {_indented(value)}" for name, value in said if value)]


def comparison_document(found: Comparison) -> dict[str, Any]:
    """Return the differences as JSON; what is the same is only counted."""
    counts = found.counts
    return {
        "summary": found.summary,
        "counts": {kind: counts[kind] for kind in _CHANGES},
        "changes": [
            {
                "kind": change.kind,
                "heading": list(change.heading),
                "before_heading": list(change.before_heading) if change.before_heading else None,
                "page_before": change.first_page_before,
                "page_after": change.first_page_after,
                "pieces": [
                    {"kind": piece.kind, "before": piece.before, "after": piece.after}
                    for piece in change.pieces
                    if piece.kind != "same"
                ],
            }
            for change in found.changes
            if change.kind != "same"
        ],
    }


def comparison_lines(found: Comparison) -> list[str]:
    """Return the differences section by section: - before, + after, changed words in 【】."""
    lines = [found.summary]
    for change in found.changes:
        if change.kind != "same":
            lines += ["", *_change_lines(change)]
    return lines


def title_words(rows: Sequence[LibraryRow], row: LibraryRow) -> str:
    """Return a version with the day from which it is in force."""
    since = row.version.effective_from
    several = sum(r.version.number == row.version.number for r in rows) > 1
    number = f"{row.version.number}.{row.version.revision}" if several else ""
    words = (standing_words(row), f"{since} 施行" if since else "", number)
    return f"{version_words(row.version)}（{'、'.join(word for word in words if word)}）"


def _change_lines(change: SectionChange) -> Iterator[str]:
    heading = " › ".join(change.heading) or "（見出しなし）"
    pages = [p for p in (change.first_page_before, change.first_page_after) if p is not None]
    place = " → ".join(f"{page}ページ" for page in dict.fromkeys(pages))
    yield f"■ {_CHANGES[change.kind]}: {heading}{f'（{place}）' if place else ''}"
    if change.before_heading:
        yield f"  前の見出し: {' › '.join(change.before_heading)}"
    for piece in change.pieces:
        yield from _piece_lines(piece)


def _piece_lines(piece: Piece) -> Iterator[str]:
    if piece.kind == "same":
        return
    if piece.before:
        yield f"  - {_marked(piece.before, [(m.before_start, m.before_end) for m in piece.marks])}"
    if piece.after:
        yield f"  + {_marked(piece.after, [(m.after_start, m.after_end) for m in piece.marks])}"


def _marked(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """Return a sentence in one line with the words that differ in brackets."""
    for start, end in sorted(ranges, reverse=True):
        if start < end:
            text = f"{text[:start]}【{text[start:end]}】{text[end:]}"
    return " ".join(text.split())


def _term_words(row: LibraryRow) -> str:
    since, last = row.version.effective_from, row.last_day
    return f"{since or ''}〜{last or ''}" if since or last else ""


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
