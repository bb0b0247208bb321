"""Shared values: small sealed secrets that all processes of a deployment use, and who renews each of them now."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.storage.base import Base


class SharedValue(Base):
    """One value under its name. ``sealed`` is None until it is first stored; ``holder`` renews it until ``held_until``."""

    __tablename__ = "shared_values"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    sealed: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None]
    holder: Mapped[str | None] = mapped_column(String(64))
    held_until: Mapped[datetime | None]
