"""Small manuals that are published without reading a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from assistant.domain import Manual, ManualVersion, Page, Span
from assistant.library import ChunkDraft, Publisher
from assistant.library.drafts import store_vectors
from assistant.library.publishing import PreparedManual
from assistant.opening import Assistant

PublishText = Callable[..., ManualVersion]


def prepared_manual(
    *sentences: str,
    manual_id: str = "contract",
    title: str = "契約事務の手引き",
    audience: str = "everyone",
    since: date | None = None,
    pages: int = 1,
) -> PreparedManual:
    """Return a manual with one chunk a sentence, each under a heading of its own."""
    drafts = [
        ChunkDraft((f"{n} {text[:4]}",), n, n, "text", text, (Span(0, len(text), n),))
        for n, text in enumerate(sentences, 1)
    ]
    return PreparedManual(
        manual=Manual(manual_id, title, "契約", "契約検査課", "2315", audience),
        content="\n".join(sentences).encode(),
        file_name=f"{manual_id}.txt",
        reading="1",
        pages=[Page(n, str(n), text, "text") for n, text in enumerate(sentences, 1)][:pages],
        drafts=drafts,
        effective_from=since,
        uploaded_by="operator",
    )


@pytest.fixture
def publish() -> PublishText:
    """Publish sentences as a manual."""

    def publish_text(
        assistant: Assistant, *sentences: str, publisher: Publisher | None = None, **values: object
    ) -> ManualVersion:
        prepared = prepared_manual(*sentences, **values)  # type: ignore[arg-type]
        library = assistant.library
        store_vectors(library.vectors, library.encoder, prepared.drafts)
        return (publisher or Publisher(library)).publish(prepared)

    return publish_text
