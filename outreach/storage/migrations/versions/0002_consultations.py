"""Archive each question with what was answered.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create ``consultations`` and ``consultation_topics``."""
    op.create_table(
        "consultations",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sender_key", sa.String(43), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(16)),
        sa.Column("intent", sa.String(80)),
        sa.Column("topic_id", sa.String(64)),
        sa.Column("score", sa.Double()),
        sa.Column("policy_version", sa.String(64)),
        sa.Column("reply", Json),
        sa.Column("duration_ms", sa.Integer()),
        sa.Column("feedback", sa.String(8)),
        sa.Column("feedback_at", UtcDateTime()),
        sa.Column("error_id", sa.String(16)),
    )
    op.create_index("ix_consultations_sender_key_asked_at", "consultations", ["sender_key", "asked_at"])
    op.create_index("ix_consultations_topic_id_asked_at", "consultations", ["topic_id", "asked_at"])
    op.create_index("ix_consultations_state_asked_at", "consultations", ["state", "asked_at"])
    op.create_table(
        "consultation_topics",
        sa.Column(
            "consultation_id",
            sa.String(32),
            sa.ForeignKey("consultations.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("topic_id", sa.String(64), nullable=False),
        sa.Column("policy_version", sa.String(64), nullable=False),
    )
    op.create_index("ix_consultation_topics_topic_id", "consultation_topics", ["topic_id"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("consultation_topics")
    op.drop_table("consultations")
