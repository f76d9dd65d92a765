"""What a judge model says of the answers of a run comes into the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; nothing that was there is changed."""
    op.create_table(
        "evaluation_model_verdict",
        sa.Column("run_id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.String, primary_key=True),
        sa.Column("model", sa.String, primary_key=True),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("instructions", sa.String, nullable=False),
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
