"""The list of wanted manuals with what has become of each, and the forms that change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from assistant.library.library_list import LibraryRow
from assistant.library.preparedness import THERE, WANTED_WORDS, WantedStanding
from assistant.library.wanted import LONGEST_NOTE, WantedManual, WantedManuals, Wish
from assistant.people.directory import Member
from ui import resources, state
from ui.components.library.plan_changes import HIDDEN, may_see, own_sections, perform
from ui.components.people.acting import confirmed, show_said
from ui.components.people.fields import choice_field, day_field, known_sections, optional_day
from ui.components.style import note
from ui.components.text import as_html, as_label, date_words

_PLACE: Final = "wanted"
_ADD: Final = "wanted-new"
_NO_SECTION: Final = "課の指定なし"
_ALL: Final = "すべて"
_NOT_THERE: Final = "まだない"
_LATE: Final = "期限超過"
_THERE: Final = "ある"
_BY_TITLE: Final = ""
_INTRODUCTION: Final = (
    "市として整備したいマニュアルの一覧です。同じ名前のマニュアルが登録されると、自動で「ある」に"
    "変わります（全角・半角、空白の違いは問いません）。名前が違うときは、対応するマニュアルを"
    "選んでください。"
)
_OWN_ONLY: Final = "追加・変更できるのは、編集者として担当している課（{sections}）の分です。"
_REMOVE: Final = "「{title}」を一覧から削除します。\n登録されているマニュアルは、そのまま残ります。"


def show_wanted(
    standings: Sequence[WantedStanding], rows: Sequence[LibraryRow], member: Member
) -> None:
    """Show the list with its filters, one line to change, and the form for another."""
    own = own_sections(member)
    st.html(note(as_html(_INTRODUCTION)))
    if own is not None:
        st.html(note(as_html(_OWN_ONLY.format(sections="、".join(sorted(own))))))
    show_said(_PLACE)
    if standings:
        _show_table(_filtered(standings), member)
    else:
        st.info("整備したいマニュアルは、まだ登録されていません。下の欄から追加してください。")
    editable = [s for s in standings if own is None or s.wanted.wish.section in own]
    if editable:
        _show_one(editable, rows, member)
    with st.expander("整備したいマニュアルを追加する", key="wanted-add"):
        _show_form(None, rows, member)


def _filtered(standings: Sequence[WantedStanding]) -> list[WantedStanding]:
    sections = sorted({s.wanted.wish.section for s in standings})
    left, right = st.columns(2)
    with left:
        section = st.selectbox(
            "課で絞り込む", [_ALL, *sections], key="wanted-section",
            format_func=lambda name: as_label(name or _NO_SECTION),
        )  # fmt: skip
    with right:
        state_ = st.selectbox(
            "状況で絞り込む", [_ALL, _NOT_THERE, _LATE, _THERE], key="wanted-state"
        )
    return [
        s
        for s in standings
        if section in (_ALL, s.wanted.wish.section) and _fits(s, state_ or _ALL)
    ]


def _fits(standing: WantedStanding, wanted: str) -> bool:
    there = standing.state in THERE
    return {_NOT_THERE: not there, _LATE: standing.late, _THERE: there}.get(wanted, True)


def _show_table(standings: Sequence[WantedStanding], member: Member) -> None:
    if not standings:
        st.info("当てはまるものはありません。絞り込みを「すべて」にしてください。")
        return
    st.dataframe(
        [
            {
                "マニュアル": s.wanted.wish.title,
                "課": s.wanted.wish.section or _NO_SECTION,
                "区分": s.wanted.wish.category,
                "状況": WANTED_WORDS[s.state] + (f"（{_LATE}）" if s.late else ""),
                "期限": date_words(s.wanted.wish.wanted_by),
                "登録されているマニュアル": _manual_words(s, member),
                "備考": s.wanted.wish.note,
            }
            for s in standings
        ],
        hide_index=True,
        alt="整備したいマニュアルの一覧",
    )


def _manual_words(standing: WantedStanding, member: Member) -> str:
    manual = standing.manual
    if manual is not None:
        owner = f"（{manual.owner_section}）" if manual.owner_section else ""
        return f"{manual.title}{owner}" if may_see(manual, member) else HIDDEN
    named = [m.owner_section for m in standing.elsewhere if may_see(m, member)]
    return f"同じ名前のマニュアルが{'、'.join(named)}にあります" if named else ""


def _show_one(
    standings: Sequence[WantedStanding], rows: Sequence[LibraryRow], member: Member
) -> None:
    names = {
        s.wanted.id: f"{s.wanted.wish.title}（{s.wanted.wish.section or _NO_SECTION}）"
        for s in standings
    }
    chosen = st.selectbox(
        "変更・削除するもの", list(names), index=None, key="wanted-chosen",
        format_func=lambda key: as_label(names.get(key, "")), placeholder="選んでください",
    )  # fmt: skip
    found = next((s.wanted for s in standings if s.wanted.id == chosen), None)
    if found is None:
        return
    with st.container(border=True, key=f"wanted-{found.id}"):
        _show_form(found, rows, member)
        title = found.wish.title

        def remove(by: Member) -> str:
            WantedManuals(resources.assistant().database).remove(
                found.id, by=by.actor, owners=own_sections(by)
            )
            return f"「{title}」を一覧から削除しました。"

        if confirmed(
            f"wanted-remove-{found.id}", asks="一覧から削除する",
            warning=_REMOVE.format(title=title), agrees="削除する",
        ):  # fmt: skip
            perform(_PLACE, "manage_manuals", remove)


def _show_form(known: WantedManual | None, rows: Sequence[LibraryRow], member: Member) -> None:
    """Show the form for a new line, or for one of the list."""
    form = _ADD if known is None else f"wanted-change-{known.id}"
    key, wish = f"{form}-{state.form_round(form)}", Wish("") if known is None else known.wish
    with st.form(key, border=False, enter_to_submit=False):
        title = st.text_input("マニュアルの名前（必須）", value=wish.title, key=f"{key}-title")
        section = _section_field(member, key=key, chosen=wish.section)
        category = st.text_input(
            "区分", value=wish.category, key=f"{key}-category", placeholder="例：庶務、契約"
        )
        until = day_field(
            "期限（空なら期限なし）", key=f"{key}-by", value=date_words(wish.wanted_by)
        )
        manual_id = _manual_field(rows, member, key=key, chosen=wish.manual_id)
        words = st.text_area("備考", value=wish.note, key=f"{key}-note", max_chars=LONGEST_NOTE)
        sent = st.form_submit_button(
            "追加する" if known is None else "この内容に変更する", type="primary"
        )

    def keep(by: Member) -> str:
        wishes = WantedManuals(resources.assistant().database)
        said = Wish(title, section, category, optional_day(until, "期限"), words, manual_id)
        if known is None:
            kept = wishes.add(said, by=by.actor, owners=own_sections(by))
        else:
            kept = wishes.change(known.id, said, by=by.actor, owners=own_sections(by))
        state.empty_form(form)
        done = "一覧に追加しました" if known is None else "変更しました"
        return f"「{kept.wish.title}」を{done}。"

    if sent:
        perform(_PLACE, "manage_manuals", keep)


def _section_field(member: Member, *, key: str, chosen: str) -> str:
    own = own_sections(member)
    if own is None:
        return choice_field(
            "課（どの課でもよければ空のまま）", known_sections(), key=key, chosen=chosen,
            other="課が一覧にないとき",
        )  # fmt: skip
    options = sorted(own)
    return str(
        st.selectbox(
            "課", options, index=options.index(chosen) if chosen in options else 0,
            key=f"{key}-known",
        )
        or ""
    )  # fmt: skip


def _manual_field(
    rows: Sequence[LibraryRow], member: Member, *, key: str, chosen: str | None
) -> str | None:
    """Ask which manual is the one; None leaves it to the titles."""
    names = {
        row.manual.id: f"{row.manual.title}（{row.manual.owner_section or '担当課なし'}）"
        for row in sorted(rows, key=lambda row: row.manual.title)
        if may_see(row.manual, member)
    }
    if chosen is not None:
        names.setdefault(chosen, HIDDEN)
    options = [_BY_TITLE, *names]
    picked = st.selectbox(
        "対応するマニュアル", options, index=options.index(chosen or _BY_TITLE),
        key=f"{key}-manual",
        format_func=lambda name: as_label(names.get(name, "名前で自動的に対応させる")),
    )  # fmt: skip
    return picked or None
