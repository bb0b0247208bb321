"""Keep small sealed values that all processes share.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create ``shared_values``."""
    op.create_table(
        "shared_values",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("sealed", sa.Text()),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("holder", sa.String(64)),
        sa.Column("held_until", UtcDateTime()),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("shared_values")
