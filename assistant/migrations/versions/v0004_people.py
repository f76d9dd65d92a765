"""People: postings, roles, groups, credentials, sessions, and the audit trail with its guards."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep people, their sections and their past use; nobody can sign in before an account is made.

    The section of an identity becomes the first posting of its person.
    """
    _widen_people()
    _create_places_and_rights()
    _create_sign_in()
    _create_audit_trail()


def _widen_people() -> None:
    op.add_column("person", sa.Column("name", sa.String, nullable=False, server_default=""))
    op.add_column("person", sa.Column("disabled_at", sa.DateTime))
    op.create_table(
        "posting",
        sa.Column("person_id", sa.String, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("employment", sa.String, nullable=False),
    )
    op.execute(
        "INSERT INTO posting (person_id, valid_from, section, employment) "
        "SELECT person_id, min(valid_from), section, '' FROM identity "
        "WHERE section <> '' GROUP BY person_id"
    )
    op.drop_column("identity", "section")
    op.create_index("ix_identity_person_id", "identity", ["person_id"])
    since_ever = date.min.isoformat()
    op.add_column(
        "manual",
        sa.Column("described_on", sa.Date, nullable=False, server_default=since_ever),
    )


def _create_places_and_rights() -> None:
    op.create_table(
        "group_member",
        sa.Column("person_id", sa.String, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
    )
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.String, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("role", sa.String, primary_key=True),
        sa.Column("section", sa.String, primary_key=True),
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("granted_on", sa.Date, nullable=False),
    )
    op.create_table(
        "section_change",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("takes_effect", sa.Date, nullable=False),
        sa.Column("old", sa.String, nullable=False),
        sa.Column("new", sa.String, nullable=False),
        sa.Column("heir", sa.Boolean, nullable=False),
        sa.Column("manual_id", sa.String, sa.ForeignKey("manual.id")),
    )


def _create_sign_in() -> None:
    op.create_table(
        "credential",
        sa.Column("person_id", sa.String, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("password_hash", sa.String),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("pin_hash", sa.String),
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("name_hash", sa.String, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False),
        sa.Column("blocked_until", sa.DateTime),
    )
    op.create_table(
        "terminal",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("token_hash", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("marked_at", sa.DateTime, nullable=False),
        sa.Column("marked_by", sa.String, nullable=False),
        sa.Column("ended_at", sa.DateTime),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("token_hash", sa.String, nullable=False, unique=True),
        sa.Column("person_id", sa.String, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("sign_in_name", sa.String, nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("device", sa.String, nullable=False),
        sa.Column("terminal_id", sa.String, sa.ForeignKey("terminal.id")),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("confirmed_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
    )
    op.create_index("ix_session_person_id", "session", ["person_id"])
    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.String, primary_key=True),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("person_id", sa.String, sa.ForeignKey("person.id")),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime),
    )


def _create_audit_trail() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("actor_name", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_table(
        "audit_segment",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("month", sa.String, nullable=False),
        sa.Column("first_id", sa.Integer, nullable=False),
        sa.Column("last_id", sa.Integer, nullable=False),
        sa.Column("head", sa.String, nullable=False),
        sa.Column("sealed_at", sa.String, nullable=False),
        sa.Column("removed_at", sa.String),
        sqlite_autoincrement=True,
    )
    op.execute(
        "CREATE TRIGGER audit_event_refuses_update BEFORE UPDATE ON audit_event "
        "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
    )
    # Only whole segments whose removal is recorded may go, and only once.
    op.execute(
        "CREATE TRIGGER audit_event_refuses_delete BEFORE DELETE ON audit_event "
        "WHEN NOT EXISTS (SELECT 1 FROM audit_segment WHERE removed_at IS NOT NULL "
        "AND OLD.id BETWEEN first_id AND last_id) "
        "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER audit_segment_refuses_delete BEFORE DELETE ON audit_segment "
        "BEGIN SELECT RAISE(ABORT, 'audit_segment is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER audit_segment_refuses_update BEFORE UPDATE ON audit_segment "
        "WHEN OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL OR NEW.id <> OLD.id "
        "OR NEW.month <> OLD.month OR NEW.first_id <> OLD.first_id OR NEW.last_id <> OLD.last_id "
        "OR NEW.head <> OLD.head OR NEW.sealed_at <> OLD.sealed_at "
        "BEGIN SELECT RAISE(ABORT, 'audit_segment is append-only'); END"
    )


def downgrade() -> None:
    """Not supported: a backup is the way back."""
    raise NotImplementedError
