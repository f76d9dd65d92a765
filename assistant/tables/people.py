"""People, what they may do, how they sign in, and the audit trail."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
)

from assistant.tables.base import metadata

person = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True),
    Column("created_at", DateTime, nullable=False),
    Column("name", String, nullable=False, default=""),
    Column("disabled_at", DateTime),
)

# A sign-in name (職員番号) belongs to a person from valid_from until the day before valid_to.
identity = Table(
    "identity",
    metadata,
    Column("sign_in_name", String, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
)

# Where a person works from a day on; the section's name is the one of that day.
posting = Table(
    "posting",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("section", String, nullable=False),
    Column("employment", String, nullable=False, default=""),
)

group_member = Table(
    "group_member",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("name", String, primary_key=True),
)

# `section` bounds the role of an editor or a leader; `source` is who says so: chonai, oidc, ldap.
role_grant = Table(
    "role_grant",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("role", String, primary_key=True),
    Column("section", String, primary_key=True, default=""),
    Column("source", String, primary_key=True, default="chonai"),
    Column("granted_on", Date, nullable=False),
)

# One line of a reorganisation: what `old` did is done by `new` from the day on. The heir takes
# over the manuals and the people that nobody moves elsewhere; `manual_id` names one that goes
# another way.
section_change = Table(
    "section_change",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("takes_effect", Date, nullable=False),
    Column("old", String, nullable=False),
    Column("new", String, nullable=False),
    Column("heir", Boolean, nullable=False),
    Column("manual_id", ForeignKey("manual.id")),
)

credential = Table(
    "credential",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("password_hash", String),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("pin_hash", String),
    Column("changed_at", DateTime, nullable=False),
)

# By the hash of what was typed as a number, so that numbers nobody has are delayed as well.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("name_hash", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime, nullable=False),
    Column("blocked_until", DateTime),
)

terminal = Table(
    "terminal",
    metadata,
    Column("id", String, primary_key=True),
    Column("token_hash", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("marked_at", DateTime, nullable=False),
    Column("marked_by", String, nullable=False),
    Column("ended_at", DateTime),
)

# `id` names a session to pages and people, the token behind `token_hash` opens it.
session = Table(
    "session",
    metadata,
    Column("id", String, primary_key=True),
    Column("token_hash", String, nullable=False, unique=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("sign_in_name", String, nullable=False),
    Column("method", String, nullable=False),
    Column("device", String, nullable=False, default=""),
    Column("terminal_id", ForeignKey("terminal.id")),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("started_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Column("confirmed_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False),
    Column("ended_at", DateTime),
)

one_time_link = Table(
    "one_time_link",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("purpose", String, nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("expires_at", DateTime, nullable=False),
    Column("used_at", DateTime),
)

# Append-only: triggers refuse UPDATE and DELETE, but of segments whose time of keeping is over.
audit_event = Table(
    "audit_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False, index=True),
    Column("actor", String, nullable=False),
    Column("actor_name", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", String, nullable=False),
)

# One calendar month of the trail, closed: events first_id to last_id, whose last hash is `head`.
audit_segment = Table(
    "audit_segment",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("month", String, nullable=False),
    Column("first_id", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
    Column("head", String, nullable=False),
    Column("sealed_at", String, nullable=False),
    Column("removed_at", String),
)
