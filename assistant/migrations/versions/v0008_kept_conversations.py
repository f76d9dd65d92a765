"""Conversations get a name, and a verdict that an answer did not help gets its reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was kept before has no name and no reason."""
    op.add_column("conversation", _text("title", sa.String))
    op.add_column("feedback", _text("reason", sa.String))
    op.add_column("feedback", _text("remark", sa.Text))


def _text(name: str, kind: type[sa.String]) -> sa.Column[str]:
    return sa.Column(name, kind, nullable=False, server_default="")


def downgrade() -> None:
    """Not supported: a backup is the way back."""
    raise NotImplementedError
