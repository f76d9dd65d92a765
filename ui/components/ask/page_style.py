"""The look of this page only: its list of conversations, and what of it goes on paper."""

from __future__ import annotations

from typing import Final

import streamlit as st

from ui import state
from ui.components.theme import PALETTE

LINES_KEY: Final = "history-lines"
SOURCE_KEY: Final = "source"
NEW_KEY: Final = "new-manuals"
SCREEN_ONLY: Final = "screen-only"
"""How the key of a container begins that has no use on paper."""

_CSS: Final = f"""<style>
.st-key-{LINES_KEY} button {{ color: var(--chonai-accent); text-align: left; min-height: 2rem; }}
.st-key-{LINES_KEY} button p {{ text-decoration: underline; text-underline-offset: .2em; }}
.st-key-{NEW_KEY} a {{ min-height: 1.75rem; padding-inline: 0; }}
.st-key-{NEW_KEY} a p {{ color: var(--chonai-accent); text-decoration: underline;
  text-underline-offset: .2em; white-space: normal; }}
@media (min-width: 641px) {{
  [class*=st-key-{SOURCE_KEY}-] {{ flex-wrap: nowrap; }}
  [class*=st-key-{SOURCE_KEY}-] > :last-child {{ flex: none; }}
}}
/* Below an answer that grows nothing is seen to be pushed away; the button that stops it stands
   there as long as it grows. */
[data-testid=stMain]:has([class*=st-key-stopped-]) :is(.st-key-as-of, .st-key-{state.TRIAL_KEY}) {{
  visibility: hidden; }}
/* What asks a question at once does not look like what is done with an answer. */
[class*=st-key-{SCREEN_ONLY}-example] button, [class*=st-key-{SCREEN_ONLY}-next] button,
[class*=st-key-choice-] button {{
  background: var(--chonai-surface); color: var(--chonai-accent); text-align: left; }}
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
  /* Browsers leave backgrounds out: what is light on dark would be light on white. */
  html, body, [data-testid=stApp] {{ background: {PALETTE["page"].light} !important; }}
  [data-testid=stApp] * {{
    color: {PALETTE["text"].light} !important; background-color: transparent !important; }}
  [data-testid=stMainBlockContainer] {{ padding: 0 !important; max-width: none !important; }}
  .chonai-quote {{ break-inside: avoid; }}
}}
</style>"""


def apply_page_style() -> None:
    """Give the page its own style sheet, beside that of all pages."""
    st.html(_CSS)
