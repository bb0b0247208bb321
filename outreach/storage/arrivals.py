"""What arrived on channels that number their messages: the record by which each makes one turn, over retries and restarts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base


class ArrivalRow(Base):
    """One message or event. ``content`` is sealed and erased once the answer is said; ``sender_key`` is a keyed hash.

    ``lease_until`` bounds ``answering`` and ``saying``; ``push_at`` is when the answer may be pushed, None when only the next
    reply may carry it. ``unsure``: a push was under way when its process died, so the person may have the answer already.
    """

    __tablename__ = "arrivals"
    __table_args__ = (
        UniqueConstraint("channel", "message_id"),
        Index("ix_arrivals_sender_key_state", "sender_key", "state"),
        Index("ix_arrivals_state_push_at", "state", "push_at"),
        # one turn of a sender at a time, whichever process works on it
        Index(
            "uq_arrivals_answering",
            "sender_key",
            unique=True,
            sqlite_where=text("state = 'answering'"),
            postgresql_where=text("state = 'answering'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    message_id: Mapped[str] = mapped_column(String(80))
    sender_key: Mapped[str] = mapped_column(String(43))
    kind: Mapped[str] = mapped_column(String(24))
    digest: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int] = mapped_column(default=1)
    content: Mapped[str | None] = mapped_column(Text)
    holder: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    push_at: Mapped[datetime | None]
    unsure: Mapped[bool] = mapped_column(default=False)
    reply: Mapped[list[Any] | None]
    said_by: Mapped[str | None] = mapped_column(String(8))
    said_at: Mapped[datetime | None]


class ArrivalNonce(Base):
    """A request's random word and the digest of the message it came with: with the same one it is a retry, else a replay."""

    __tablename__ = "arrival_nonces"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(80), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(index=True)
