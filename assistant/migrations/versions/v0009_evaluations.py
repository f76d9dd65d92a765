"""Question sets, runs over them and verdicts of evaluators come into the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; nothing that was there is changed."""
    _create_sets()
    _create_runs()


def _create_sets() -> None:
    op.create_table(
        "evaluation_set",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("created_by_name", sa.String, nullable=False),
        sa.Column("frozen_at", sa.DateTime),
        sa.Column("frozen_by_name", sa.String, nullable=False),
        sa.Column("frozen_reason", sa.Text, nullable=False),
        sa.UniqueConstraint("name", "version"),
    )
    op.create_table(
        "evaluation_case",
        sa.Column(
            "set_id",
            sa.Integer,
            sa.ForeignKey("evaluation_set.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("case_id", sa.String, primary_key=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("row", sa.Text, nullable=False),
        sa.Column("approved_at", sa.DateTime),
        sa.Column("approved_by_name", sa.String, nullable=False),
    )


def _create_runs() -> None:
    op.create_table(
        "evaluation_run",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("set_name", sa.String, nullable=False),
        sa.Column("set_version", sa.Integer),
        sa.Column("set_hash", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("conditions", sa.Text, nullable=False),
        sa.Column("sample", sa.Integer),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("started_by_name", sa.String, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("stop_requested", sa.Boolean, nullable=False),
    )
    op.create_index("ix_evaluation_run_set_name", "evaluation_run", ["set_name"])
    op.create_table(
        "evaluation_result",
        sa.Column(
            "run_id",
            sa.Integer,
            sa.ForeignKey("evaluation_run.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("case_id", sa.String, primary_key=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("row", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("answered_at", sa.DateTime),
    )
    op.create_table(
        "evaluation_verdict",
        sa.Column("run_id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, primary_key=True),
        sa.Column("person_name", sa.String, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("given_at", sa.DateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "case_id"],
            ["evaluation_result.run_id", "evaluation_result.case_id"],
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Not supported: a backup is the way back."""
    raise NotImplementedError
