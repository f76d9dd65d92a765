"""組織改正: asked for, looked at in plain words, recorded for its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.errors import UsageError
from assistant.people.audit.trail import Actor
from assistant.people.sections.reorganisation import (
    ChangeLine,
    Consequence,
    Reorganisation,
    preview_changes,
    record_changes,
)
from ui import resources, state
from ui.components.people.acting import attempt, perform, show_problem, show_said
from ui.components.people.fields import asked_day, day_field
from ui.components.people.planned_changes import PLACE, show_changes
from ui.components.people.reorganisation_form import FORM, asked_lines, next_april
from ui.components.style import note
from ui.components.text import as_html, as_markdown, date_words

_INTRODUCTION: Final = (
    "課の改称・統合・分割を、効力が生じる日（ふつうは4月1日）より前に登録します。"
    "登録した改正は、その日の0時に自動で効力が生じます。担当者がその日に操作する必要はありません。"
    "職員の所属、マニュアルの所管と閲覧範囲、課ごとの役割は新しい課に引き継がれ、"
    "利用状況の集計は前の課の分からつながります。"
)
_SPLIT: Final = (
    "「{old}」は分かれます。職員は全員「{heir}」の所属になるので、ほかの課へ移る職員は、"
    "登録した後に「職員名簿の取込み」で異動を登録してください。"
)
_CHANGED: Final = (
    "確かめた後で、利用者・マニュアル・課の登録が変わりました。何も登録していません。"
    "もう一度「内容を確かめる」を押してください。"
)


@dataclass(frozen=True)
class _Draft:
    """Lines as they were looked at, and what would follow from them."""

    day: date
    lines: tuple[ChangeLine, ...]
    found: Reorganisation


def show_reorganisations() -> None:
    """Show what is planned, the lines for another reorganisation, and what they would change."""
    st.html(f'<p class="chonai-body">{as_html(_INTRODUCTION)}</p>')
    show_said(PLACE)
    show_changes()
    st.subheader("組織改正を登録する")
    on = day_field(
        "効力が生じる日", key=f"{FORM}-{state.form_round(FORM)}-day",
        value=date_words(next_april(calendar.today())),
    )  # fmt: skip
    try:
        day = asked_day(on, "効力が生じる日")
    except UsageError as error:
        show_problem(str(error))
        return
    lines = tuple(asked_lines(day))
    if st.button("内容を確かめる", type="primary", key=f"{FORM}-check"):
        state.drop_draft(FORM)
        found = attempt(lambda _: preview_changes(resources.assistant().database, lines, day=day))
        if found is not None:
            state.keep_draft(FORM, _Draft(day, lines, found))
    draft = state.draft(FORM)
    # What was looked at counts only as long as the lines above are the same.
    if isinstance(draft, _Draft) and (draft.day, draft.lines) == (day, lines):
        _show_preview(draft)


def _show_preview(draft: _Draft) -> None:
    found = draft.found
    st.subheader(as_markdown(f"{date_words(found.day)}に変わること"))
    items = [
        f"{change.old} → {change.new}" + ("（承継）" if change.heir else "")
        for change in found.changes
        if change.manual_id is None
    ]
    st.html(_list("課の変更", items))
    st.html(
        _list(
            "職員の所属",
            _moves(found.people, "{count:,}人が「{before}」から「{after}」へ移ります。"),
        )
    )
    st.html(
        _list(
            "マニュアルの所管",
            [f"『{c.name}』：{c.before or 'なし'} → {c.after}" for c in found.manuals],
        )
    )
    st.html(
        _list(
            "マニュアルの閲覧範囲",
            [f"『{c.name}』：{c.before} → {c.after}" for c in found.audiences],
        )
    )
    st.html(_list("役割", [f"{c.key} {c.name}：{c.before} → {c.after}" for c in found.roles]))
    heirs = {c.old: c.new for c in found.changes if c.heir}
    split = {c.old for c in found.changes if not c.heir and c.manual_id is None}
    for old in sorted(split):
        st.html(note(as_html(_SPLIT.format(old=old, heir=heirs.get(old, "")))))
    for notice in found.notices:
        st.warning(as_markdown(notice))

    def record(by: Actor) -> str:
        database = resources.assistant().database
        if preview_changes(database, draft.lines, day=draft.day) != found:
            raise UsageError(_CHANGED)
        record_changes(database, draft.lines, day=draft.day, by=by)
        state.drop_draft(FORM)
        state.empty_form(FORM)
        return (
            f"{date_words(draft.day)}の組織改正を登録しました。その日の0時に効力が生じます。"
            "職員の異動は、続けて「職員名簿の取込み」で登録してください。"
        )

    if st.button("この内容で登録する", type="primary", key=f"{FORM}-record"):
        perform(PLACE, record)


def _moves(people: Sequence[Consequence], words: str) -> list[str]:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for person in people:
        counts[person.before, person.after] += 1
    return [
        words.format(count=count, before=before, after=after)
        for (before, after), count in sorted(counts.items())
    ]


def _list(heading: str, items: Sequence[str]) -> str:
    shown = "".join(f"<li>{as_html(item)}</li>" for item in items) or "<li>変わりません。</li>"
    return (
        f'<div class="chonai-document"><h4 class="chonai-heading">{as_html(heading)}</h4>'
        f"<ul>{shown}</ul></div>"
    )
