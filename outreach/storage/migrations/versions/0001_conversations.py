"""Remember the talk with each sender.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create ``conversations``."""
    op.create_table(
        "conversations",
        sa.Column("sender_key", sa.String(43), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("memory", Json, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_conversations_updated_at", "conversations", ["updated_at"])


def downgrade() -> None:
    """Drop ``conversations``."""
    op.drop_table("conversations")
