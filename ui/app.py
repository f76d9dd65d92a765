"""The entry script of every page: the page's head, the style and the navigation."""

import streamlit as st

from ui.components.style import apply_style
from ui.index_page import TITLE

# An emoji: a Material icon would make the browser fetch the favicon from a third party.
st.set_page_config(page_title=TITLE, page_icon="📘", layout="centered")
apply_style()

st.navigation(
    [
        st.Page("app_pages/ask.py", title="質問する", default=True),
        st.Page("app_pages/manuals.py", title="マニュアル"),
        st.Page("app_pages/usage.py", title="利用状況"),
    ],
    position="top",
).run()
