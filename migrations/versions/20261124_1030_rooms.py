"""What connections, media and continued threads need."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled with the room's tables."""


def downgrade() -> None:
    """Undone in the opposite order."""
