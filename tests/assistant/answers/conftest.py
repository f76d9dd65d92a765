"""Passages as they are quoted from manuals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answers.evidence import Passage
from assistant.domain import Citation

MakePassage = Callable[..., Passage]


@pytest.fixture
def passage() -> MakePassage:
    """Make a passage from its words; the quotation is the first line unless given."""

    def make(
        context: str,
        *,
        marker: int = 1,
        quote: str | None = None,
        heading: tuple[str, ...] = ("第3章 随意契約", "第2節 見積合せ"),
    ) -> Passage:
        citation = Citation(
            marker=marker,
            chunk_id=f"chunk-{marker}",
            version_id="version",
            manual="契約事務の手引き",
            file="契約事務の手引き.pdf",
            version=1,
            page=8,
            label="6",
            heading_path=heading,
            quote=quote or context.split("\n")[0],
            text_hash="0" * 64,
        )
        return Passage(citation, context, 0.9)

    return make
