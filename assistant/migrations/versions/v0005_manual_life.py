"""The life of manuals: states and dates of versions, jobs, manuals that are wanted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen manuals and versions, and create jobs, wanted manuals and goals.

    Until now a version's end was only ever that of the next one's beginning. It is worked out from
    the versions themselves from now on; `effective_to` keeps the 廃止日 that somebody says.
    """
    _widen_versions()
    _create_jobs()
    _create_wanted_manuals()


def _widen_versions() -> None:
    op.add_column("manual", sa.Column("review_on", sa.Date))
    for name, kind in (
        ("publish_on", sa.Date),
        ("uploaded_at", sa.String),
        ("withdrawn_at", sa.String),
    ):
        op.add_column("manual_version", sa.Column(name, kind))
    for name in (
        "counted_by", "transition_note", "change_note", "published_by", "withdrawn_by",
        "withdrawn_reason", "origin", "description",
    ):  # fmt: skip
        kind = sa.Text if name.endswith(("note", "reason", "description")) else sa.String
        op.add_column("manual_version", sa.Column(name, kind, nullable=False, server_default=""))
    op.execute("UPDATE manual_version SET effective_to = NULL")
    op.execute("UPDATE manual_version SET state = 'superseded' WHERE state = 'replaced'")
    op.execute(
        "UPDATE manual_version SET uploaded_at = published_at, published_by = uploaded_by "
        "WHERE published_at IS NOT NULL"
    )


def _create_jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("dedup", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_by_name", sa.String, nullable=False),
        sa.Column("run_after", sa.DateTime),
        sa.Column("claimed_by", sa.String),
        sa.Column("beat_at", sa.DateTime),
        sa.Column("started_at", sa.DateTime),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_index("ix_job_state", "job", ["state"])
    op.create_index("ix_job_created_at", "job", ["created_at"])
    # Of work that has a name (the housekeeping of a day) one job at a time is enough.
    op.create_index(
        "job_open_once",
        "job",
        ["kind", "dedup"],
        unique=True,
        sqlite_where=sa.text("dedup <> '' AND state IN ('waiting', 'running')"),
        postgresql_where=sa.text("dedup <> '' AND state IN ('waiting', 'running')"),
    )
    op.create_table(
        "job_line",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("job_id", sa.String, sa.ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_job_line_job_id", "job_line", ["job_id"])


def _create_wanted_manuals() -> None:
    op.create_table(
        "wanted_manual",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("section", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("wanted_by", sa.Date),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("manual_id", sa.String, sa.ForeignKey("manual.id", ondelete="SET NULL")),
        sa.UniqueConstraint("title", "section"),
    )
    op.create_table(
        "library_goal",
        sa.Column("section", sa.String, primary_key=True),
        sa.Column("manuals", sa.Integer, nullable=False),
        sa.Column("reach_by", sa.Date),
    )


def downgrade() -> None:
    """Not supported: a backup is the way back."""
    raise NotImplementedError
