"""Unavailable states, transfers, purchase orders, counts and returns."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled with the room's tables."""


def downgrade() -> None:
    """Undone in the opposite order."""
