"""The look of this page only: its list of conversations, and what of it goes on paper."""

from __future__ import annotations

from typing import Final

import streamlit as st

LINES_KEY: Final = "history-lines"
SCREEN_ONLY: Final = "screen-only"
"""How the key of a container begins that has no use on paper."""

_CSS: Final = f"""<style>
.st-key-{LINES_KEY} button {{ color: var(--chonai-accent); text-align: left; min-height: 2rem; }}
.st-key-{LINES_KEY} button p {{ text-decoration: underline; text-underline-offset: .2em; }}
@media print {{
  header, [data-testid=stHeader], [data-testid=stSidebar], [data-testid=stBottom],
  [data-testid=stToolbar], [data-testid=stButton], [data-testid=stFormSubmitButton],
  [data-testid=stPopover], [data-testid=stExpander], [data-testid=stForm],
  [data-testid=stCheckbox], [data-testid=stRadio], [data-testid=stTextInput],
  [data-testid=stDialog], [data-testid=stSkipLink], [data-testid=stHeaderActionElements],
  [class*=st-key-{SCREEN_ONLY}] {{
    display: none !important;
  }}
  html, body, #root, #root > div, [data-testid=stApp], [data-testid=stAppViewContainer],
  [data-testid=stMain], [data-testid=stAppScrollToBottomContainer] {{
    position: static !important; overflow: visible !important; height: auto !important;
  }}
  [data-testid=stMainBlockContainer] {{ padding: 0 !important; max-width: none !important; }}
  .chonai-quote {{ break-inside: avoid; }}
}}
</style>"""


def apply_page_style() -> None:
    """Give the page its own style sheet, beside that of all pages."""
    st.html(_CSS)
