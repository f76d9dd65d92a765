"""Pages as somebody sees them who has signed in."""

from __future__ import annotations

from pathlib import Path

from signed_in import streamlit_user
from streamlit.testing.v1 import AppTest

from assistant.opening import Assistant


def opened_page(page: Path, assistant: Assistant, number: str) -> AppTest:
    """Return a page as the person with a number opens it; it must not fail."""
    test = AppTest.from_file(page, default_timeout=30)
    test.user = streamlit_user(assistant, assistant.accounts.member(number))
    test.run()
    assert not test.exception
    return test


def press(page: AppTest, label: str) -> AppTest:
    """Press the first button of a label; the page must not fail."""
    next(b for b in page.button if b.label == label).click()
    page.run()
    assert not page.exception
    return page
