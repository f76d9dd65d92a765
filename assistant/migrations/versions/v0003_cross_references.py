"""What each chunk refers to, and where the places begin to which others refer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables, empty: chunks published before have none until they are read again."""
    op.create_table(
        "chunk_reference",
        sa.Column(
            "chunk_id",
            sa.String,
            sa.ForeignKey("chunk.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("target", sa.String),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
    )
    op.create_table(
        "chunk_place",
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("version_id", sa.String, sa.ForeignKey("manual_version.id"), primary_key=True),
        sa.Column(
            "chunk_id",
            sa.String,
            sa.ForeignKey("chunk.id", ondelete="CASCADE"),
            primary_key=True,
        ),
    )
    op.create_index("ix_chunk_place_chunk_id", "chunk_place", ["chunk_id"])


def downgrade() -> None:
    """Not supported: a backup is the way back."""
    raise NotImplementedError
