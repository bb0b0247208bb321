"""Record what arrives on channels that number their messages, the addresses it comes from, and the facts it brings.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create ``arrivals``, ``arrival_nonces``, ``addresses`` and ``channel_facts``."""
    op.create_table(
        "arrivals",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("message_id", sa.String(80), nullable=False),
        sa.Column("sender_key", sa.String(43), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("holder", sa.String(32)),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("push_at", UtcDateTime()),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("reply", Json),
        sa.Column("said_by", sa.String(8)),
        sa.Column("said_at", UtcDateTime()),
        sa.UniqueConstraint("channel", "message_id", name="uq_arrivals_channel_message_id"),
    )
    op.create_index("ix_arrivals_sender_key_state", "arrivals", ["sender_key", "state"])
    op.create_index("ix_arrivals_state_push_at", "arrivals", ["state", "push_at"])
    answering = sa.text("state = 'answering'")
    op.create_index(
        "uq_arrivals_answering", "arrivals", ["sender_key"], unique=True, sqlite_where=answering, postgresql_where=answering
    )
    op.create_table(
        "arrival_nonces",
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("nonce", sa.String(80), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_arrival_nonces_seen_at", "arrival_nonces", ["seen_at"])
    op.create_table(
        "addresses",
        sa.Column("handle_key", sa.String(43), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("following", sa.Boolean()),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("push_until", UtcDateTime()),
        sa.Column("push_left", sa.Integer(), nullable=False),
    )
    op.create_table(
        "channel_facts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("sender_key", sa.String(43), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_channel_facts_kind_subject", "channel_facts", ["kind", "subject"])
    op.create_index("ix_channel_facts_sender_key_occurred_at", "channel_facts", ["sender_key", "occurred_at"])


def downgrade() -> None:
    """Drop the four tables."""
    for name in ("channel_facts", "addresses", "arrival_nonces", "arrivals"):
        op.drop_table(name)
