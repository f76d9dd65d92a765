"""Who keeps which manuals: the shelf of a person, as pages and routes ask for it."""

from __future__ import annotations

from assistant.library.shelf import Shelf
from assistant.people.directory import Member
from ingest.jobs import owners_of
from ui import resources


def shelf_of(member: Member) -> Shelf | None:
    """Return what a person may keep as of this moment, None for those who keep no manuals."""
    if "manage_manuals" not in member.tasks:
        return None
    return Shelf(resources.assistant().library, owners_of(member))
