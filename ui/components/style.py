"""The look of our own HTML in one place; Streamlit's own parts follow the theme of the server."""

from __future__ import annotations

import html
from typing import Final

import streamlit as st

PRIMARY: Final = "#0b5394"  # 7.9 : 1 on white, so AA for text and for focus rings
# Names of fonts that are on the reader's machine; nothing is fetched.
FONT: Final = (
    "'Hiragino Sans', 'Hiragino Kaku Gothic ProN', 'BIZ UDPGothic', 'Yu Gothic UI', Meiryo, "
    "'Noto Sans JP', 'Noto Sans CJK JP', sans-serif"
)

_CSS: Final = f"""<style>
.chonai-sr {{ position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); margin: 0; padding: 0; }}
.chonai-heading {{ font-size: 1.05rem; font-weight: 700; margin: .25rem 0; padding: 0; }}
.chonai-quote {{ border-left: 4px solid {PRIMARY}; background: #f3f7fb; margin: .25rem 0;
  padding: .6rem .9rem; line-height: 1.8; color: #1f2328; overflow-wrap: anywhere; }}
.chonai-core {{ font-weight: 700; }}
.chonai-row {{ margin: .3rem 0; font-weight: 400; }}
.chonai-core .chonai-row {{ background: #e1ecf7; }}
.chonai-row + .chonai-row {{ border-top: 1px solid #c5ccd3; padding-top: .3rem; }}
.chonai-row > div {{ display: flex; flex-wrap: wrap; gap: 0 .6rem; }}
.chonai-row dt {{ font-weight: 700; min-width: 8rem; }}
.chonai-row dt::after {{ content: "："; }}
.chonai-row dd {{ margin: 0; flex: 1 1 12rem; }}
.chonai-row .chonai-sub {{ margin-left: 1.2rem; }}
.chonai-place {{ font-size: .875rem; color: #47505a; margin: 0; line-height: 1.6;
  overflow-wrap: anywhere; }}
.chonai-body {{ line-height: 1.9; margin: 0; overflow-wrap: anywhere; }}
.chonai-marker {{ color: {PRIMARY}; font-weight: 700; margin-left: .15em; }}
.chonai-note {{ font-size: .875rem; color: #47505a; margin: 0; line-height: 1.7; }}
.chonai-caution {{ border: 1px solid #8a6100; background: #fff8e6; color: #4d3800;
  padding: .4rem .75rem; border-radius: .4rem; margin: 0 0 .75rem; }}
.chonai-text {{ white-space: pre-wrap; line-height: 1.9; overflow-wrap: anywhere; margin: 0; }}
.chonai-text mark {{ background: #ffeb3b; color: inherit; }}
.chonai-document {{ line-height: 1.9; overflow-wrap: anywhere; max-width: 52rem; }}
.chonai-document table {{ border-collapse: collapse; margin: .75rem 0; }}
.chonai-document th, .chonai-document td {{ border: 1px solid #c5ccd3; padding: .3rem .6rem;
  text-align: left; vertical-align: top; }}
.chonai-document th {{ background: #f3f7fb; }}
.chonai-file {{ margin: 0 0 .25rem; line-height: 1.7; overflow-wrap: anywhere; }}
.chonai-state {{ display: inline-block; font-size: .875rem; font-weight: 700; padding: 0 .5rem;
  margin-right: .6rem; border-radius: .3rem; border: 1px solid; white-space: nowrap; }}
.chonai-good {{ color: #14532d; background: #edf7ef; }}
.chonai-bad {{ color: #8f1d1d; background: #fdf0f0; }}
.chonai-ask {{ color: #4d3800; background: #fff8e6; }}
.chonai-work {{ color: {PRIMARY}; background: #f3f7fb; }}
.chonai-wait {{ color: #47505a; background: #f6f7f8; }}
/* Streamlit's file field speaks English only; ::after is read aloud as part of the button. */
[data-testid=stFileUploaderDropzone] button p,
[data-testid=stFileUploaderDropzoneInstructions] > * {{ display: none; }}
[data-testid=stFileUploaderDropzone] [data-testid=stMarkdownContainer]::after {{
  content: "ファイルを選ぶ"; }}
[data-testid=stFileUploaderDropzoneInstructions]::after {{
  content: "ここにドラッグしても選べます"; font-size: .875rem; color: #47505a; }}
.chonai-link {{ color: {PRIMARY}; font-weight: 700; }}
.chonai-page {{ margin: 0; }}
.chonai-page img {{ width: 100%; height: auto; border: 1px solid #c5ccd3; }}
</style>"""


def apply_style() -> None:
    """Give the page our style sheet."""
    st.html(_CSS)


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


def heading(text: str) -> str:
    """Return a small heading inside an answer."""
    return f'<h3 class="chonai-heading">{text}</h3>'
