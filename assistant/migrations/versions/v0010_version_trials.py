"""What trials of versions before their publication came to comes into the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; nothing that was there is changed."""
    op.create_table(
        "version_trial",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("version_id", sa.String, sa.ForeignKey("manual_version.id"), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by_name", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("ix_version_trial_version_id", "version_trial", ["version_id"])
