"""Conversations: what is remembered of the talk with one sender, so that neither Rasa nor a restart can lose it."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base


class Conversation(Base):
    """The state of one sender's talk; ``memory`` is a JSON object, its shape is ``domain.dialogue.Memory``."""

    __tablename__ = "conversations"

    sender_key: Mapped[str] = mapped_column(String(43), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    turns: Mapped[int] = mapped_column(default=0)
    memory: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(index=True)
