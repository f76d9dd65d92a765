"""Has frozen weeks counted once more: who became one person was not always adjusted in them."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forget up to which decision all frozen weeks were counted; the next freeze counts them."""
    op.execute("DELETE FROM counter WHERE name = 'usage_decisions_counted'")


def downgrade() -> None:
    """Not supported: a backup is the way back."""
    raise NotImplementedError
