"""The text of a section with the quoted words marked, for manuals that have no pages."""

from __future__ import annotations

import html

from ingest.quote_matching import find_spans, folded_with_index


def marked_html(text: str, quote: str) -> tuple[str, bool]:
    """Return the text as HTML with the quotation in <mark>, and whether it was found."""
    folded, origin = folded_with_index(list(text))
    spans = find_spans(folded, folded_with_index(list(quote))[0])
    parts: list[str] = []
    done = 0
    for start, end in spans:
        first, last = origin[start], origin[end - 1] + 1
        parts.append(html.escape(text[done:first]))
        parts.append(f"<mark>{html.escape(text[first:last])}</mark>")
        done = last
    parts.append(html.escape(text[done:]))
    return f'<div class="chonai-text">{"".join(parts)}</div>', bool(spans)
