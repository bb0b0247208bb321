"""Consultations: one row a question, written before it is answered, so that no crash loses one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base


class Consultation(Base):
    """One inbound message and what was answered. ``text`` is masked; ``sender_key`` is a keyed hash, never the handle."""

    __tablename__ = "consultations"
    __table_args__ = (
        Index("ix_consultations_sender_key_asked_at", "sender_key", "asked_at"),
        Index("ix_consultations_topic_id_asked_at", "topic_id", "asked_at"),
        Index("ix_consultations_state_asked_at", "state", "asked_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(16))
    sender_key: Mapped[str] = mapped_column(String(43))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str | None] = mapped_column(String(16))
    intent: Mapped[str | None] = mapped_column(String(80))
    topic_id: Mapped[str | None] = mapped_column(String(64))
    score: Mapped[float | None]
    policy_version: Mapped[str | None] = mapped_column(String(64))
    reply: Mapped[list[Any] | None]
    duration_ms: Mapped[int | None]
    feedback: Mapped[str | None] = mapped_column(String(8))
    feedback_at: Mapped[datetime | None]
    error_id: Mapped[str | None] = mapped_column(String(16))


class ConsultationTopic(Base):
    """The topics one consultation was answered with, in order, each with the digest of the policy file then in force."""

    __tablename__ = "consultation_topics"

    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[str] = mapped_column(String(64), index=True)
    policy_version: Mapped[str] = mapped_column(String(64))
