"""Vectors are stored batch by batch in the document's order, in the background, told in pages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hashed_encoder import HashedEncoder

from assistant.domain import Span
from assistant.embeddings.encoder import Vectors
from assistant.library import ChunkDraft
from assistant.library.drafts import sentences_hash, store_vectors
from assistant.opening import Assistant


def _draft(number: int, pages: tuple[int, int] | None) -> ChunkDraft:
    first, last = pages or (None, None)
    text = f"{number}番目の文です。"
    span = Span(0, len(text), first)
    return ChunkDraft((f"第{number // 10}章",), first, last, "text", text, (span,))


def _told(assistant: Assistant, drafts: Sequence[ChunkDraft]) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    library = assistant.library
    store_vectors(library.vectors, library.encoder, drafts, pages=lambda *pages: told.append(pages))
    return told


def test_a_page_is_done_when_no_chunk_of_it_waits(quick_assistant: Assistant) -> None:
    drafts = [_draft(number, (number // 2 + 1, number // 2 + 1)) for number in range(150)]
    told = _told(quick_assistant, drafts)
    assert told == [(pages, 75) for pages in (8, 16, 24, 32, 40, 48, 56, 64, 72, 75)]


def test_a_chunk_that_waits_keeps_its_first_page_open(quick_assistant: Assistant) -> None:
    drafts = [_draft(number, (1, 3)) for number in range(100)]
    assert _told(quick_assistant, drafts) == [*[(0, 3)] * 6, (3, 3)]


def test_a_format_without_pages_tells_none(quick_assistant: Assistant) -> None:
    assert _told(quick_assistant, [_draft(number, None) for number in range(100)]) == []


def test_every_chunk_has_its_vectors_and_is_embedded_once(quick_assistant: Assistant) -> None:
    drafts = [_draft(number % 90, (number + 1, number + 1)) for number in range(100)]
    vectors, encoder = quick_assistant.library.vectors, quick_assistant.library.encoder
    told: list[tuple[int, int]] = []
    stored = store_vectors(vectors, encoder, drafts, progress=lambda *t: told.append(t))
    assert stored == (99, 0)  # 9 headings, 90 texts
    assert told[-1] == (189, 189)
    keys = [key for d in drafts for key in (d.text_hash, d.heading_hash)]
    keys += [sentences_hash(d.text_hash, len(d.spans)) for d in drafts]
    assert vectors.missing(keys) == set()
    assert store_vectors(vectors, encoder, drafts) == (0, 99)


class _Watched(HashedEncoder):
    def __init__(self) -> None:
        super().__init__()
        self.in_background: list[bool] = []

    def _encode(self, texts: Sequence[str], prompt: str, *, in_background: bool = False) -> Vectors:
        self.in_background.append(in_background)
        return super()._encode(texts, prompt)


def test_vectors_are_made_in_the_background(quick_assistant: Assistant) -> None:
    encoder = _Watched()
    store_vectors(quick_assistant.library.vectors, encoder, [_draft(1, None)])
    assert encoder.in_background == [True] * 3  # heading, text, sentences


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_is_told_where_nothing_was_to_do(quick_assistant: Assistant, count: int) -> None:
    vectors, encoder = quick_assistant.library.vectors, quick_assistant.library.encoder
    drafts = [_draft(1, None)][:count]
    store_vectors(vectors, encoder, drafts)
    told: list[tuple[int, int]] = []
    store_vectors(vectors, encoder, drafts, progress=lambda *t: told.append(t))
    assert told == []
