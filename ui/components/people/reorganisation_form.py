"""組織改正: which section becomes which on a day, line by line, and whose each manual will be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import streamlit as st

from assistant import calendar
from assistant.people.access import OPERATOR
from assistant.people.sections.known_sections import section_name
from assistant.people.sections.lineage import lineage
from assistant.people.sections.reorganisation import ChangeLine
from ui import resources, state
from ui.components.people.fields import known_sections
from ui.components.style import note
from ui.components.text import as_html, as_label

FORM: Final = "reorganisation"
_LEAST: Final = 3
_NOBODY: Final = ""
_HOW: Final = (
    "改称は、1行に旧課名と新課名を書きます。統合は、なくなる課ごとに1行ずつ、同じ新課名を書きます。"
    "分割は、同じ旧課名を分かれる先の数だけ書き、引き継ぐ課の1行に印を付けます。"
    "残る課は、旧課名と同じ名前を新課名に書きます。変わらない課は書きません。"
)
_MANUALS: Final = (
    "分かれる課のマニュアルです。選ばなければ、引き継ぐ課（承継の印の行）の所管になります。"
)


def next_april(today: date) -> date:
    """Return the next 1 April, today if it is one."""
    this_year = date(today.year, 4, 1)
    return this_year if today <= this_year else date(today.year + 1, 4, 1)


def asked_lines(day: date) -> list[ChangeLine]:
    """Ask for the lines of a reorganisation and return those that say anything."""
    key = f"{FORM}-{state.form_round(FORM)}"
    st.html(note(as_html(_HOW)))
    known = [_NOBODY, *known_sections(before=day)]
    rows = [_row(number, known, key) for number in range(1, _shown() + 1)]
    st.button("行を増やす", key=f"{key}-more", on_click=state.add_line, args=(FORM,))
    lines = [row for row in rows if row is not None]
    return [*lines, *_asked_manuals(lines, day, key)]


def _shown() -> int:
    return state.line_count(FORM, _LEAST)


def _row(number: int, known: list[str], key: str) -> ChangeLine | None:
    with st.container(border=True, key=f"{key}-row-{number}"):
        left, right = st.columns(2)
        with left:
            old = st.selectbox(
                f"{number}行目の旧課名", known, key=f"{key}-old-{number}",
                format_func=lambda name: name or "（選んでください）",
            )  # fmt: skip
        with right:
            new = st.text_input(f"{number}行目の新課名", key=f"{key}-new-{number}", max_chars=100)
        heir = st.checkbox(
            f"{number}行目：分かれるとき、引き継ぐ課にする（承継）", key=f"{key}-heir-{number}"
        )
    if not old and not new.strip():
        return None
    return ChangeLine(number, old or "", section_name(new), heir)


def _asked_manuals(lines: Sequence[ChangeLine], day: date, key: str) -> list[ChangeLine]:
    """Ask, for each manual of a section that is split, which section it goes to."""
    targets: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        if line.old and line.new and line.new not in targets[line.old]:
            targets[line.old].append(line.new)
    split = {old: new for old, new in targets.items() if len(new) > 1}
    owned = _manuals_before(day) if split else {}
    asked: list[ChangeLine] = []
    for old, new in split.items():
        manuals = owned.get(old, {})
        if not manuals:
            continue
        st.subheader(as_label(f"{old}のマニュアルの新しい所管"))
        st.html(note(as_html(_MANUALS)))
        for manual_id, title in manuals.items():
            chosen = st.selectbox(
                as_label(f"『{title}』の新しい所管"), [_NOBODY, *new],
                key=f"{key}-manual-{manual_id}", format_func=lambda n: n or "引き継ぐ課に任せる",
            )  # fmt: skip
            if chosen:
                number = _shown() + len(asked) + 1
                asked.append(ChangeLine(number, old, chosen, manual=manual_id))
    return asked


def _manuals_before(day: date) -> dict[str, dict[str, str]]:
    """Return the titles of manuals by their ids and, above that, by their owner before the day."""
    assistant, today = resources.assistant(), calendar.today()
    names, eve = lineage(assistant.database), day - timedelta(days=1)
    owned: dict[str, dict[str, str]] = defaultdict(dict)
    for as_of in (today, day):  # in force now, or by then
        for source in assistant.library.sources(reader=OPERATOR, as_of=as_of).values():
            owner = names.heir(
                source.owner_section, said=today, today=eve, manual_id=source.manual_id
            )
            owned[owner][source.manual_id] = source.manual
    return {
        owner: dict(sorted(manuals.items(), key=lambda item: item[1]))
        for owner, manuals in owned.items()
    }
