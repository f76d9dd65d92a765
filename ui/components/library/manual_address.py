"""Which manual, version and section are open, as the address of the page マニュアル says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import streamlit as st

from assistant import calendar
from assistant.domain import Reader
from assistant.library import ManualLibrary
from assistant.library.contents import Contents, contents_of
from assistant.library.readable_versions import readable_versions, version_to_read
from ui import state

PAGE: Final = "app_pages/manuals.py"
_MANUAL, _VERSION, _SECTION = "manual", "version", "section"


@dataclass(frozen=True)
class ManualAddress:
    """A manual, and what of it; "" is the version in force, and the first section."""

    manual_id: str
    version_id: str = ""
    section: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The address as query parameters."""
        pairs = ((_MANUAL, self.manual_id), (_VERSION, self.version_id), (_SECTION, self.section))
        return {name: value for name, value in pairs if value}


def asked_address() -> ManualAddress | None:
    """Return what the browser's address asks for, None where it asks for the list."""
    asked = st.query_params
    manual = str(asked.get(_MANUAL, ""))
    if not manual:
        return None
    return ManualAddress(manual, str(asked.get(_VERSION, "")), str(asked.get(_SECTION, "")))


def go_to(address: ManualAddress | None) -> None:
    """Open a manual on the page マニュアル at its next run; None is the list. For callbacks."""
    state.show_findings("")
    st.query_params.from_dict(address.query if address is not None else {})


def open_manual_page(
    library: ManualLibrary,
    reader: Reader,
    address: ManualAddress,
    *,
    chunk_id: str = "",
    page: int | None = None,
    heading: Sequence[str] = (),
) -> NoReturn:
    """Go to the page マニュアル, at the section of a passage, a page or a heading if it is there.

    What may not be read is told there.
    """
    rows = readable_versions(library, address.manual_id, reader=reader, today=calendar.today())
    row = version_to_read(rows, address.version_id)
    key = ""
    if row is not None:
        contents = contents_of(library.text(row.version.id, reader=reader))
        key = _section_key(contents, chunk_id, page, heading)
    state.show_findings("")
    opened = ManualAddress(address.manual_id, address.version_id, key)
    st.switch_page(PAGE, query_params=opened.query)


def _section_key(
    contents: Contents, chunk_id: str, page: int | None, heading: Sequence[str]
) -> str:
    found = contents.holding(chunk_id) if chunk_id else None
    if found is None and heading:
        found = contents.headed(heading)
    if found is None and page is not None:
        found = contents.on_page(page)
    return "" if found is None else found.key
