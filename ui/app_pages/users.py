"""利用者: who uses the assistant, staff lists, reorganisations and shared terminals."""

from __future__ import annotations

from typing import Final

import streamlit as st

from assistant.people.directory import Member
from ui import resources, state
from ui.components.people.acting import show_said
from ui.components.people.new_person import PLACE, show_new_person
from ui.components.people.person_card import show_person
from ui.components.people.reorganisation_area import show_reorganisations
from ui.components.people.shared_terminals import show_terminals
from ui.components.people.staff_file import show_staff_file
from ui.components.people.staff_table import choose_person

_AREAS: Final = ("職員の一覧", "職員名簿の取込み", "組織改正", "共用端末")


def show() -> None:
    """Show the area chosen; every action in it asks again whether the person still may."""
    st.title("利用者")
    member = resources.require_confirmed("manage_people")
    # Kept by Streamlit over a visit to another page.
    area = st.radio(
        "表示する内容", _AREAS, horizontal=True, key=state.PEOPLE_AREA_KEY, persist_state="session"
    )
    st.header(area)
    if area == "職員の一覧":
        _show_people(member)
    elif area == "職員名簿の取込み":
        show_staff_file()
    elif area == "組織改正":
        show_reorganisations()
    else:
        show_terminals()


def _show_people(viewer: Member) -> None:
    show_said(PLACE)
    chosen = choose_person()
    if chosen is not None:
        show_person(chosen, viewer)
    with st.expander("職員を1人追加する", key="new-person-form"):
        show_new_person()


show()
