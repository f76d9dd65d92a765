"""The entry script of every page: the page's head and the navigation."""

import streamlit as st

from assistant.usage.definition import SIMULATED
from ui import resources, state
from ui.components.text import as_html
from ui.serving.index_page import TITLE

ask = st.Page("app_pages/ask.py", title="質問する", default=True)
manuals = st.Page("app_pages/manuals.py", title="マニュアル")
manage = st.Page("app_pages/manage_manuals.py", title="マニュアル管理")
preparedness = st.Page("app_pages/preparedness.py", title="マニュアル整備状況")
glossary = st.Page("app_pages/glossary.py", title="用語")
quality = st.Page("app_pages/quality.py", title="品質評価")
usage = st.Page("app_pages/usage.py", title="利用状況")
users = st.Page("app_pages/users.py", title="利用者")
audit = st.Page("app_pages/audit.py", title="監査記録")
account = st.Page("app_pages/account.py", title="自分の設定")

tasks = resources.member().tasks
allowed = [
    ask,
    manuals,
    glossary,
    *([manage, preparedness] if "manage_manuals" in tasks else []),
    *([quality] if "evaluate" in tasks else []),
    *([usage] if tasks & {"see_usage", "see_section_usage"} else []),
    *([users] if "manage_people" in tasks else []),
    *([audit] if "read_audit" in tasks else []),
    account,
]
# A manual's page stands beside its text; lists of people and records need the room.
wide = (manuals, manage, preparedness, glossary, quality, users, audit)
page = st.navigation(allowed, position="top")
# An emoji: a Material icon would make the browser fetch the favicon from a third party.
st.set_page_config(
    page_title=TITLE if page == ask else f"{page.title} - {TITLE}",
    page_icon="📘",
    layout="wide" if page in wide else "centered",
)
if resources.assistant().simulated and page != usage:  # which says so itself
    st.html(f'<p class="chonai-note chonai-caution">{as_html(SIMULATED)}</p>')
state.open_page(page.url_path)
page.run()
