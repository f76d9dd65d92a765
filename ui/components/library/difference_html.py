"""The difference of two versions as HTML: told in words, struck through or underlined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from assistant.library.comparison import ChangeKind, Piece, SectionChange
from ui.components.style import note
from ui.components.text import as_html
from ui.serving.page_pictures import has_pages, page_url

KIND_WORDS: Final[dict[ChangeKind, str]] = {
    "changed": "変更",
    "added": "追加",
    "removed": "削除",
    "moved": "番号・見出しだけの変更",
    "same": "同じ",
}
_LOOK: Final[dict[ChangeKind, str]] = {
    "changed": "ask", "added": "good", "removed": "bad", "moved": "wait", "same": "wait",
}  # fmt: skip
STYLE: Final = """<style>
.chonai-change { border: 1px solid var(--chonai-line); border-radius: .4rem; padding: .6rem .9rem;
  margin: 0 0 .75rem; overflow-wrap: anywhere; }
.chonai-change h4 { font-size: 1rem; margin: 0 0 .4rem; padding: 0; line-height: 1.6; }
.chonai-change p { margin: .25rem 0; line-height: 1.8; }
.chonai-change .chonai-was, .chonai-change .chonai-is { padding: .15rem .6rem; }
.chonai-change .chonai-was { border-left: 4px dashed var(--chonai-bad);
  background: var(--chonai-bad-surface); }
.chonai-change .chonai-is { border-left: 4px solid var(--chonai-good);
  background: var(--chonai-good-surface); }
.chonai-change del { color: var(--chonai-bad); text-decoration: line-through; }
.chonai-change ins { color: var(--chonai-good); text-decoration: underline;
  text-decoration-thickness: 2px; text-underline-offset: 3px; font-weight: 700; }
.chonai-change .chonai-side { font-weight: 700; margin-right: .5rem; }
.chonai-change summary { cursor: pointer; color: var(--chonai-quiet); font-size: .875rem;
  padding: .2rem 0; }
</style>"""


def change_html(change: SectionChange, *, before: tuple[str, str], after: tuple[str, str]) -> str:
    """Return one section; `before` and `after` are each a version's id and file name."""
    badge = (
        f'<span class="chonai-state chonai-{_LOOK[change.kind]}">'
        f"{as_html(KIND_WORDS[change.kind])}</span>"
    )
    parts = [f"<h4>{badge}{as_html(heading_words(change.heading))}</h4>"]
    if change.before_heading is not None:
        parts.append(note(as_html(f"前の見出し：{heading_words(change.before_heading)}")))
    if change.kind != "moved":
        for is_same, pieces in groupby(change.pieces, key=lambda piece: piece.kind == "same"):
            run = list(pieces)
            parts.append(_folded(run) if is_same else "".join(map(_piece_html, run)))
    links = [
        _page_link("前の版", *before, change.first_page_before),
        _page_link("新しい版", *after, change.first_page_after),
    ]
    shown = "　".join(link for link in links if link)
    if shown:
        parts.append(f'<p class="chonai-place">{shown}</p>')
    return f'<section class="chonai-change">{"".join(parts)}</section>'


def unchanged_html(changes: Iterable[SectionChange]) -> str:
    """Return the headings of the sections that are the same in both versions."""
    items = "".join(f"<li>{as_html(heading_words(change.heading))}</li>" for change in changes)
    return f'<div class="chonai-document"><ul>{items}</ul></div>'


def heading_words(heading: Sequence[str]) -> str:
    """Return a heading path in one line."""
    return " › ".join(heading) or "（見出しのない箇所）"


def _folded(pieces: Sequence[Piece]) -> str:
    body = "".join(f"<p>{as_html(piece.after)}</p>" for piece in pieces)
    return f"<details><summary>変更のない{len(pieces)}文を見る</summary>{body}</details>"


def _piece_html(piece: Piece) -> str:
    if piece.kind == "added":
        return _line("is", "追加", f"<ins>{as_html(piece.after)}</ins>")
    if piece.kind == "removed":
        return _line("was", "削除", f"<del>{as_html(piece.before)}</del>")
    old = _marked(piece.before, ((m.before_start, m.before_end) for m in piece.marks), "del")
    new = _marked(piece.after, ((m.after_start, m.after_end) for m in piece.marks), "ins")
    return _line("was", "前", old) + _line("is", "後", new)


def _line(side: str, word: str, body: str) -> str:
    return f'<p class="chonai-{side}"><span class="chonai-side">{word}：</span>{body}</p>'


def _marked(text: str, ranges: Iterable[tuple[int, int]], tag: str) -> str:
    parts, at = [], 0
    for start, end in ranges:
        parts.append(as_html(text[at:start]))
        if end > start:
            parts.append(f"<{tag}>{as_html(text[start:end])}</{tag}>")
        at = end
    return "".join([*parts, as_html(text[at:])])


def _page_link(name: str, version_id: str, file_name: str, page: int | None) -> str:
    if page is None or not has_pages(file_name):
        return ""
    words = f"{name}の{page}ページ目の画像（新しいタブ）"
    return (
        f'<a class="chonai-link" href="{page_url(version_id, page)}" target="_blank"'
        f' rel="noopener">{as_html(words)}</a>'
    )
