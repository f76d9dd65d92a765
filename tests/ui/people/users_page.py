"""What a person does on the page 利用者, and what it says."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def press(page: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    next(b for b in page.button if b.label == label).click()
    page.run()
    assert not page.exception
    return page


def fill(page: AppTest, label: str, value: str) -> None:
    """Type into the field with this label."""
    next(f for f in page.text_input if f.label == label).set_value(value)


def html(page: AppTest) -> str:
    """Return all HTML of the page."""
    assert not page.exception
    return "\n".join(item.value for item in page.html)


def said(page: AppTest) -> str:
    """Return what the page says has been done."""
    assert not page.error
    return page.success[0].value.replace("\\", "")


def refused(page: AppTest) -> str:
    """Return why the page says that something was not done."""
    assert not page.success
    return page.error[0].value.replace("\\", "")
