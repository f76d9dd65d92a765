"""このマニュアルの情報: title, owner, audience and next review, changed at once."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from assistant.errors import UsageError
from assistant.library import Publisher
from assistant.library.shelf import ShelvedManual
from ui import resources, state
from ui.components.library.acting import Keeper, perform
from ui.components.library.description import ManualFields, manual_fields
from ui.components.people.fields import asked_section, optional_day
from ui.components.style import note
from ui.components.text import as_html

_AT_ONCE = "保存すると、公開中の版にもすぐに反映されます。本文と施行日は変わりません。"


def show_manual_form(shelved: ShelvedManual, keeper: Keeper) -> None:
    """Show the form with what is known of the manual."""
    manual = shelved.manual
    st.html(note(as_html(_AT_ONCE)))
    form = f"manual-{manual.id}"
    key = f"{form}-{state.form_round(form)}"
    with st.form(key, border=False, enter_to_submit=False):
        fields = manual_fields(key, owners=keeper.shelf.owners, known=manual)
        sent = st.form_submit_button("マニュアルの情報を保存する", type="primary")

    def save(now: Keeper) -> str:
        _save(now, manual.id, fields)
        state.empty_form(form)
        # The field that shows the open manual keeps an old title, unless it is set anew.
        state.open_kept_manual(manual.id, keep_filters=True)
        return "マニュアルの情報を保存しました。"

    if sent:
        perform(manual.id, save)


def _save(now: Keeper, manual_id: str, fields: ManualFields) -> None:
    """Keep what was typed; raises UsageError."""
    known = now.manual(manual_id).manual
    if not fields.title:
        raise UsageError("表題が空です。職員に見せるマニュアルの名前を入力してください。")
    owner = fields.owner_section and asked_section(fields.owner_section)
    require_own(now, owner)
    changed = replace(
        known,
        title=fields.title,
        category=fields.category,
        owner_section=owner,
        owner_extension=fields.owner_extension,
        audience=fields.audience() or known.audience,
        review_on=optional_day(fields.review_on, "次回見直し日"),
    )
    Publisher(resources.assistant().library).update_manual(changed, by=now.actor)


def require_own(keeper: Keeper, owner: str) -> None:
    """Refuse a section that the person does not keep; raises UsageError."""
    own = keeper.shelf.owners
    if own is not None and owner not in own:
        raise UsageError(
            f"所管課には、あなたが編集者になっている課（{'、'.join(sorted(own))}）を"
            "指定してください。"
        )
