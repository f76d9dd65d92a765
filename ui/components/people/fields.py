"""Fields that several forms of the page 利用者 share: days and names of sections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.errors import UsageError
from assistant.japanese.days import read_day
from assistant.people.sections.known_sections import (
    problem_of_section,
    section_name,
    sections_before,
)
from ui import resources
from ui.components.text import as_label

_OTHER: Final = ""
_NOT_LISTED: Final = "（選ぶか、下の欄に入力）"


def known_sections(before: date | None = None) -> list[str]:
    """Return the sections that stand today, or before the reorganisation of a day."""
    day = before or calendar.today() + timedelta(days=1)
    with resources.assistant().database.read() as connection:
        return sorted(sections_before(connection, day))


def choice_field(
    label: str, options: Sequence[str], *, key: str, chosen: str = "", other: str
) -> str:
    """Ask for one of some names, or another one that is typed below; "" if none was given."""
    known = [_OTHER, *options]
    picked = st.selectbox(
        as_label(label), known, index=known.index(chosen) if chosen in known else 0,
        format_func=lambda name: name or _NOT_LISTED, key=f"{key}-known",
    )  # fmt: skip
    written = st.text_input(as_label(other), key=f"{key}-other", max_chars=100)
    return written.strip() or str(picked or "")


def section_field(label: str, *, key: str, chosen: str = "") -> str:
    """Ask for a section; the name is checked by `asked_section`."""
    other = f"{label.partition('（')[0]}が一覧にないとき"
    return choice_field(label, known_sections(), key=key, chosen=chosen, other=other)


def asked_section(text: str) -> str:
    """Return the name of a section in its one spelling; raises UsageError."""
    name = section_name(text)
    if not name:
        raise UsageError("所属が選ばれていません。一覧から選ぶか、課名を入力してください。")
    problem = problem_of_section(name)
    if problem:
        raise UsageError(problem)
    return name


def day_field(label: str, *, key: str, value: str = "") -> str:
    """Ask for a day in any of the office's spellings; it is read by `asked_day`."""
    return st.text_input(
        as_label(label), value=value, key=key, placeholder="例：令和9年4月1日、2027-04-01"
    ).strip()


def asked_day(text: str, what: str) -> date:
    """Return the day that was typed; raises UsageError that names the field."""
    found = optional_day(text, what)
    if found is None:
        raise UsageError(f"{what}が空です。2027-04-01 か 令和9年4月1日 の形で入力してください。")
    return found


def optional_day(text: str, what: str) -> date | None:
    """Return the day that was typed, None for an empty field; raises UsageError."""
    if not text.strip():
        return None
    try:
        return read_day(text)
    except ValueError as error:
        raise UsageError(
            f"{what}「{text[:40]}」を読めません。2027-04-01 か 令和9年4月1日 の形で"
            "入力してください。"
        ) from error
