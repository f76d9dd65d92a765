"""The page 利用状況 as somebody opens it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from signed_in import streamlit_user
from streamlit.testing.v1 import AppTest

from assistant import calendar
from assistant.opening import Assistant

NOW = datetime(2026, 11, 27, 9, tzinfo=calendar.TOKYO)
_PAGE = Path(__file__).parents[1] / "ui" / "app_pages" / "usage.py"


def usage_page(assistant: Assistant, number: str) -> AppTest:
    """Return the page as the person with a number opens it."""
    page = AppTest.from_file(_PAGE, default_timeout=60)
    page.user = streamlit_user(assistant, assistant.accounts.member(number))
    return page.run()
