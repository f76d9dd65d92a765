"""The entry script of every page: the page's head, the style and the navigation."""

import streamlit as st

from ui.components.style import apply_style
from ui.index_page import TITLE

ask = st.Page("app_pages/ask.py", title="質問する", default=True)
manuals = st.Page("app_pages/manuals.py", title="マニュアル")
manage = st.Page("app_pages/manage_manuals.py", title="マニュアル管理")
usage = st.Page("app_pages/usage.py", title="利用状況")

page = st.navigation([ask, manuals, manage, usage], position="top")
# An emoji: a Material icon would make the browser fetch the favicon from a third party.
st.set_page_config(
    page_title=TITLE if page == ask else f"{page.title} - {TITLE}",
    page_icon="📘",
    # A manual's page stands beside its text.
    layout="wide" if page == manuals else "centered",
)
apply_style()
page.run()
