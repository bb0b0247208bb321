"""Addresses: where a person can be reached on a channel, and what a channel told us of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base


class Address(Base):
    """One handle on one channel: the handle itself is sealed, ``handle_key`` is its keyed hash (the sender key).

    ``following``: None where a channel has no such thing. Until ``push_until`` the platform lets us send ``push_left`` more
    messages that were not asked for.
    """

    __tablename__ = "addresses"

    handle_key: Mapped[str] = mapped_column(String(43), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    handle: Mapped[str] = mapped_column(Text)
    following: Mapped[bool | None]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    push_until: Mapped[datetime | None]
    push_left: Mapped[int] = mapped_column(default=0)


class ChannelFactRow(Base):
    """A fact of ``domain.arrivals.ChannelFact``, in the order recorded; ``sender_key`` is the address's hash."""

    __tablename__ = "channel_facts"
    __table_args__ = (
        Index("ix_channel_facts_kind_subject", "kind", "subject"),
        Index("ix_channel_facts_sender_key_occurred_at", "sender_key", "occurred_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    sender_key: Mapped[str] = mapped_column(String(43))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
