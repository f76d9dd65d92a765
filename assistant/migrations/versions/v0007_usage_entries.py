"""The usage ledger gets its chain: frozen weeks, adjustments, and what a count rests on."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PLPGSQL_REFUSAL = (
    "CREATE OR REPLACE FUNCTION usage_refuses_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
)


def upgrade() -> None:
    """Widen the events and create the chain; the register of exclusions becomes its first entries.

    Events from before say nothing of their manual, and nothing about when they were written.
    """
    _widen_events()
    _create_entries()
    _create_summaries()
    _create_effects()
    _carry_exclusions_over()


def _widen_events() -> None:
    for name in ("number", "manual", "category", "recorded_at"):
        op.add_column("usage_event", sa.Column(name, sa.String, nullable=False, server_default=""))
    op.add_column(
        "answer", sa.Column("trial", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_index(
        "usage_event_unresolved",
        "usage_event",
        ["source", "number"],
        sqlite_where=sa.text("person_id = ''"),
        postgresql_where=sa.text("person_id = ''"),
    )


def _create_entries() -> None:
    op.create_table(
        "usage_entry",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String, nullable=False, unique=True),
        sa.Column("hash", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_usage_entry_kind", "usage_entry", ["kind"])
    op.create_index(
        "usage_week_once",
        "usage_entry",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("kind = 'week'"),
        postgresql_where=sa.text("kind = 'week'"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_PLPGSQL_REFUSAL)
        for table in ("usage_event", "usage_entry"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION usage_refuses_change()"
            )
        return
    for action in ("UPDATE", "DELETE"):  # those of the events are there since the first migration
        op.execute(
            f"CREATE TRIGGER usage_entry_refuses_{action.lower()} BEFORE {action} ON usage_entry "
            "BEGIN SELECT RAISE(ABORT, 'usage_entry is append-only'); END"
        )


def _create_summaries() -> None:
    op.create_table(
        "usage_week_person",
        sa.Column("week", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, primary_key=True),
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("written", sa.Boolean, nullable=False),
        sa.Column("excluded", sa.Boolean, nullable=False),
    )
    op.create_table(
        "usage_week_figure",
        sa.Column("week", sa.String, primary_key=True),
        sa.Column("figure", sa.String, primary_key=True),
        sa.Column("item", sa.String, primary_key=True),
        sa.Column("questions", sa.Integer, nullable=False),
    )


def _create_effects() -> None:
    op.create_table(
        "usage_survey",
        sa.Column("answer_id", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("offered_at", sa.DateTime, nullable=False),
        sa.Column("rate", sa.Float, nullable=False),
        sa.Column("replied_at", sa.DateTime),
        sa.Column("band", sa.String),
    )
    op.create_index("ix_usage_survey_person_id", "usage_survey", ["person_id"])
    op.create_table(
        "usage_remark",
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("part", sa.String, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("changed_by", sa.String, nullable=False),
    )


def _carry_exclusions_over() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT person_id, valid_from, valid_to, reason FROM usage_exclusion ORDER BY id")
    ).all()
    at, previous = datetime.now(UTC).isoformat(timespec="milliseconds"), "0" * 64
    for row in rows:
        until = None if row.valid_to is None else str(row.valid_to)
        said = {"kind": "test", "from": str(row.valid_from), "to": until, "reason": row.reason}
        body = json.dumps(said, ensure_ascii=False, sort_keys=True)
        parts = [previous, at, "システム", "exclusion", row.person_id, body]
        found = hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
        connection.execute(
            sa.text(
                "INSERT INTO usage_entry (at, actor, kind, subject, body, previous, hash) VALUES "
                "(:at, 'システム', 'exclusion', :subject, :body, :previous, :hash)"
            ),
            {"at": at, "subject": row.person_id, "body": body, "previous": previous, "hash": found},
        )
        previous = found
    op.drop_table("usage_exclusion")


def downgrade() -> None:
    """Not supported: a backup is the way back."""
    raise NotImplementedError
