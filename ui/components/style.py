"""The look of our own HTML in one place; Streamlit's own parts follow the theme of the server."""

from __future__ import annotations

import html
from typing import Final

from ui.components.streamlit_parts import STREAMLIT_PARTS
from ui.components.theme import custom_properties

_CSS: Final = f"""{custom_properties()}
.chonai-sr {{ position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); margin: 0; padding: 0; }}
.chonai-heading {{ font-size: 1.05rem; font-weight: 700; margin: .25rem 0; padding: 0; }}
.chonai-quote {{ border-left: 4px solid var(--chonai-accent); background: var(--chonai-surface);
  color: var(--chonai-text); margin: .25rem 0; padding: .6rem .9rem; line-height: 1.8;
  overflow-wrap: anywhere; }}
.chonai-core {{ font-weight: 700; }}
.chonai-row {{ margin: .3rem 0; font-weight: 400; }}
.chonai-core .chonai-row {{ border-left: 3px solid var(--chonai-accent); padding-left: .5rem; }}
.chonai-row + .chonai-row {{ border-top: 1px solid var(--chonai-line); padding-top: .3rem; }}
.chonai-row > div {{ display: flex; flex-wrap: wrap; gap: 0 .6rem; }}
.chonai-row dt {{ font-weight: 700; min-width: 8rem; }}
.chonai-row dt::after {{ content: "："; }}
.chonai-row dd {{ margin: 0; flex: 1 1 12rem; }}
.chonai-row .chonai-sub {{ margin-left: 1.2rem; }}
.chonai-place {{ font-size: .875rem; color: var(--chonai-quiet); margin: 0; line-height: 1.6;
  overflow-wrap: anywhere; }}
.chonai-body {{ line-height: 1.9; margin: 0; overflow-wrap: anywhere; }}
.chonai-marker {{ color: var(--chonai-accent); font-weight: 700; margin-left: .15em; }}
.chonai-note {{ font-size: .875rem; color: var(--chonai-quiet); margin: 0; line-height: 1.7; }}
.chonai-owner {{ font-weight: 700; margin: 0; line-height: 1.8; }}
.chonai-origin > p {{ display: inline-block; margin-right: 1.2em; }}
.chonai-caution {{ border: 1px solid var(--chonai-caution-edge);
  background: var(--chonai-caution-surface); color: var(--chonai-caution);
  padding: .4rem .75rem; border-radius: .4rem; margin: 0 0 .75rem; }}
.chonai-text {{ white-space: pre-wrap; line-height: 1.9; overflow-wrap: anywhere; margin: 0; }}
.chonai-text mark {{ background: var(--chonai-mark); color: var(--chonai-on-mark); }}
.chonai-document {{ line-height: 1.9; overflow-wrap: anywhere; max-width: 52rem; }}
.chonai-document table {{ border-collapse: collapse; margin: .75rem 0; }}
.chonai-document th, .chonai-document td {{ border: 1px solid var(--chonai-line);
  padding: .3rem .6rem; text-align: left; vertical-align: top; }}
.chonai-document th {{ background: var(--chonai-surface); }}
.chonai-file {{ margin: 0 0 .25rem; line-height: 1.7; overflow-wrap: anywhere; }}
.chonai-state {{ display: inline-block; font-size: .875rem; font-weight: 700; padding: 0 .5rem;
  margin-right: .6rem; border-radius: .3rem; border: 1px solid; white-space: nowrap; }}
.chonai-good {{ color: var(--chonai-good); background: var(--chonai-good-surface); }}
.chonai-bad {{ color: var(--chonai-bad); background: var(--chonai-bad-surface); }}
.chonai-ask {{ color: var(--chonai-caution); background: var(--chonai-caution-surface); }}
.chonai-work {{ color: var(--chonai-accent); background: var(--chonai-surface); }}
.chonai-wait {{ color: var(--chonai-quiet); background: var(--chonai-surface); }}
.chonai-link {{ color: var(--chonai-accent); font-weight: 700; }}
.chonai-page {{ margin: 0; }}
.chonai-page img {{ width: 100%; height: auto; border: 1px solid var(--chonai-line); }}
"""

STYLE_SHEET: Final = _CSS + STREAMLIT_PARTS  # in the head of the index page


def picture_html(url: str, words: str, first_mark: float | None = None) -> str:
    """Return a page picture with its description; our script scrolls to the first mark."""
    marked = "" if first_mark is None else "。引用の箇所に黄色の印があります"
    scroll = "" if first_mark is None else f' data-chonai-mark="{first_mark:.4f}"'
    return (
        f'<figure class="chonai-page"><img src="{html.escape(url)}"'
        f' alt="{html.escape(words)}の画像{marked}"{scroll}></figure>'
    )


def hidden_heading(text: str) -> str:
    """Return a heading that only screen readers meet."""
    return f'<h2 class="chonai-sr">{text}</h2>'


def note(text: str) -> str:
    """Return a small grey line; dark enough to be read (8 : 1)."""
    return f'<p class="chonai-note">{text}</p>'


def heading(text: str, level: int = 3) -> str:
    """Return a small heading: inside an answer, or of `level` 2 for a part of the page itself."""
    return f'<h{level} class="chonai-heading">{text}</h{level}>'
