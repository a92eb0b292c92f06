"""Merges of customers and conversations, kept so that they can be undone."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled with the room's tables."""


def downgrade() -> None:
    """Undone in the opposite order."""
