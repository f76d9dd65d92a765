"""People who are inside: added to a real assistant, with a session that has just been opened."""

from __future__ import annotations

from contextlib import suppress

from chonai_process import PASSWORD

from assistant.errors import UsageError
from assistant.opening import Assistant
from assistant.people.audit.trail import OPERATOR_ACTOR
from assistant.people.directory import Member
from assistant.people.roles import RoleGrant


def person(
    assistant: Assistant, number: str = "1001", *grants: RoleGrant, section: str = "総務課"
) -> Member:
    """Return somebody with a number, added if need be, with these roles."""
    with suppress(UsageError):  # known already
        assistant.accounts.add(number, name=f"職員 {number}", section=section, by=OPERATOR_ACTOR)
    for grant in grants:
        assistant.accounts.grant(number, grant, by=OPERATOR_ACTOR)
    return assistant.accounts.member(number)


def give_password(
    assistant: Assistant, number: str, *grants: RoleGrant, section: str = "総務課"
) -> None:
    """Add somebody who signs in with PASSWORD."""
    member = person(assistant, number, *grants, section=section)
    assistant.local_sign_in.set_password(member, PASSWORD, by=OPERATOR_ACTOR)


def streamlit_user(assistant: Assistant, member: Member) -> dict[str, str]:
    """Return what the gate tells Streamlit of a session that somebody has just opened."""
    token = assistant.sessions.open_session(member, "local", device="テスト")
    session = assistant.sessions.find(token)
    assert session is not None
    return {"login": member.person_id, "sid": session.id}
