"""How the page looks on paper: questions, answers and sources, without what can only be pressed."""

from __future__ import annotations

from typing import Final

import streamlit as st

_CSS: Final = """<style>
@media print {
  header, [data-testid=stHeader], [data-testid=stSidebar], [data-testid=stBottom],
  [data-testid=stToolbar], [data-testid=stButton], [data-testid=stFormSubmitButton],
  [data-testid=stPopover], [data-testid=stExpander], [data-testid=stForm],
  [data-testid=stCheckbox], [data-testid=stRadio], [data-testid=stTextInput],
  [data-testid=stDialog], [data-testid=stSkipLink], [data-testid=stHeaderActionElements] {
    display: none !important;
  }
  html, body, #root, [data-testid=stApp], [data-testid=stAppViewContainer], [data-testid=stMain] {
    position: static !important; overflow: visible !important; height: auto !important;
  }
  [data-testid=stMainBlockContainer] { padding: 0 !important; max-width: none !important; }
  .chonai-quote { break-inside: avoid; }
}
</style>"""


def apply_print_style() -> None:
    """Give the page its style on paper."""
    st.html(_CSS)
