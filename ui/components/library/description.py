"""Fields that describe a manual and its versions, in the upload form and on the card alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from assistant.domain import CountedBy, Manual, ManualVersion
from assistant.errors import UsageError
from assistant.library.library_list import COUNTED_BY_WORDS
from assistant.library.lifecycle import Dates
from assistant.people.access import EVERYONE, audience_words
from assistant.people.roles import ROLE_WORDS
from ingest.manual_sheet_cells import audience_of
from ui.components.people.fields import day_field, optional_day, section_field
from ui.components.text import as_label, date_words

_KEEP: Final = ""
_WRITTEN: Final = "written"
_COUNTED: Final[dict[CountedBy, str]] = {**COUNTED_BY_WORDS, "": "なし"}
_EXAMPLE: Final = "例：課:総務課、グループ:文書担当、役割:" + ROLE_WORDS["administrator"]
_UNKNOWN_PART: Final = "閲覧範囲が入力されていません。" + _EXAMPLE + " の形で入力してください。"


@dataclass(frozen=True)
class ManualFields:
    """What was typed about a manual; `audience` "" leaves it as it was."""

    title: str
    category: str
    owner_section: str
    owner_extension: str
    review_on: str
    audience_choice: str
    audience_words: str

    def audience(self) -> str:
        """Return who may read the manual, "" where it is left as it was; raises UsageError."""
        if self.audience_choice != _WRITTEN:
            return self.audience_choice
        problems: list[str] = []
        found = audience_of(self.audience_words, problems)
        if problems or not found:
            raise UsageError("\n".join(problems) or _UNKNOWN_PART)
        return found


@dataclass(frozen=True)
class VersionFields:
    """What was typed about a version."""

    effective_from: str
    effective_to: str
    counted_by: CountedBy
    transition_note: str
    change_note: str

    def dates(self) -> Dates:
        """Return the days and notes; raises UsageError that names the field."""
        return Dates(
            effective_from=optional_day(self.effective_from, "施行日"),
            effective_to=optional_day(self.effective_to, "廃止日"),
            counted_by=self.counted_by,
            transition_note=self.transition_note,
            change_note=self.change_note,
        )


def manual_fields(
    key: str, *, owners: Iterable[str] | None, known: Manual | None = None, title: str = "表題"
) -> ManualFields:
    """Ask for the description of a manual; `owners` are the sections one may choose, None all."""
    name = st.text_input(title, value=known.title if known else "", key=f"{key}-title",
                         placeholder="例：旅費事務の手引き", max_chars=200)  # fmt: skip
    left, right = st.columns(2)
    with left:
        owner = _owner(key, owners, known)
    with right:
        extension = st.text_input(
            "内線", value=known.owner_extension if known else "", key=f"{key}-extension",
            placeholder="例：2112", max_chars=20,
        )  # fmt: skip
        category = st.text_input(
            "区分", value=known.category if known else "", key=f"{key}-category",
            placeholder="例：旅費", max_chars=50,
        )  # fmt: skip
        review = day_field(
            "次回見直し日", key=f"{key}-review", value=date_words(known.review_on) if known else ""
        )
    choice, words = _audience(key, known)
    return ManualFields(
        name.strip(), category.strip(), owner, extension.strip(), review, choice, words
    )


def version_fields(
    key: str, *, known: ManualVersion | None = None, start_is_fixed: bool = False
) -> VersionFields:
    """Ask for days, 経過措置 and what was changed; a 施行日 that is fixed is not asked for."""
    left, right = st.columns(2)
    start = ""
    with left:
        if not start_is_fixed:
            value = date_words(known.effective_from) if known else ""
            start = day_field("施行日", key=f"{key}-from", value=value)
    with right:
        value = date_words(known.effective_to) if known else ""
        end = day_field("廃止日（使わなくなる最初の日）", key=f"{key}-to", value=value)
    days = list(_COUNTED)
    counted = st.selectbox(
        "経過措置の基準（どの日で、この版か前の版かを決めるか）", days,
        index=days.index(known.counted_by) if known else 0,
        format_func=lambda day: _COUNTED[day], key=f"{key}-counted",
    )  # fmt: skip
    transition = st.text_area(
        "経過措置の説明", value=known.transition_note if known else "", key=f"{key}-transition",
        height=80, max_chars=1000,
        placeholder="例：令和9年3月31日までに公告した契約は、前の版によります。",
    )  # fmt: skip
    change = st.text_area(
        "改訂の内容", value=known.change_note if known else "", key=f"{key}-change", height=80,
        max_chars=1000, placeholder="例：随意契約の限度額を改めました。",
    )  # fmt: skip
    return VersionFields(start, end, counted, transition.strip(), change.strip())


def _owner(key: str, owners: Iterable[str] | None, known: Manual | None) -> str:
    chosen = known.owner_section if known else ""
    if owners is None:
        return section_field("所管課", key=f"{key}-owner", chosen=chosen)
    own = sorted(owners)
    offered = own if known is not None or len(own) == 1 else ["", *own]
    picked = st.selectbox(
        "所管課", offered, index=offered.index(chosen) if chosen in offered else 0,
        format_func=lambda name: as_label(name) or "（選んでください）", key=f"{key}-owner-own",
    )  # fmt: skip
    return str(picked or "")


def _audience(key: str, known: Manual | None) -> tuple[str, str]:
    words = {
        _KEEP: "変えない（新しいマニュアルは全員）"
        if known is None
        else f"変えない（今は：{as_label(audience_words(known.audience))}）",
        EVERYONE: "全員",
        _WRITTEN: "範囲を指定する",
    }
    choice = st.radio(
        "読める人（閲覧範囲）", list(words), format_func=lambda name: words[name],
        key=f"{key}-audience",
    )  # fmt: skip
    written = st.text_input(
        "「範囲を指定する」のとき", key=f"{key}-audience-written", placeholder=_EXAMPLE
    )
    return choice, written.strip()
