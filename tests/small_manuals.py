"""Small manuals for tests, published without reading a file."""

from __future__ import annotations

from datetime import date

from assistant.domain import Manual, ManualVersion, Page, Span
from assistant.library import ChunkDraft, Publisher
from assistant.library.drafts import store_vectors
from assistant.library.publishing import PreparedManual
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR

ASKABLE = (
    "検査は完了の通知から14日以内に行います。",
    "支払は請求書を受け取った日から30日以内に行います。",
    "届出は事実の発生から7日以内に行います。",
)
"""Sentences with one figure each, which can be asked for."""


def prepared_manual(
    *sentences: str,
    manual_id: str = "contract",
    title: str = "契約事務の手引き",
    audience: str = "everyone",
    since: date | None = None,
) -> PreparedManual:
    """Return a manual with one page and one chunk a sentence."""
    drafts = [
        ChunkDraft((f"第{n}節",), n, n, "text", text, (Span(0, len(text), n),))
        for n, text in enumerate(sentences, 1)
    ]
    return PreparedManual(
        manual=Manual(manual_id, title, "契約", "契約検査課", "2315", audience),
        content="\n".join(sentences).encode(),
        file_name=f"{manual_id}.txt",
        reading="1",
        pages=[Page(n, f"{n - 1}", text, "text") for n, text in enumerate(sentences, 1)],
        drafts=drafts,
        effective_from=since,
        uploaded_by=OPERATOR_ACTOR,
    )


def publish_text(
    assistant: Assistant,
    *sentences: str,
    publisher: type[Publisher] = Publisher,
    manual_id: str = "contract",
    title: str = "契約事務の手引き",
    audience: str = "everyone",
    since: date | None = None,
) -> ManualVersion:
    """Embed and publish sentences as a manual."""
    prepared = prepared_manual(
        *sentences, manual_id=manual_id, title=title, audience=audience, since=since
    )
    library = assistant.library
    store_vectors(library.vectors, library.encoder, prepared.drafts)
    return publisher(library).publish(prepared)
