"""Read and keep what is remembered of a talk. Callers bring their open session."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from outreach.domain.memory import Memory
from outreach.services.context import Services
from outreach.storage.conversations import Conversation


async def recall(session: AsyncSession, sender_key: str) -> Memory:
    """Return the memory of ``sender_key``; empty for a stranger."""
    raw = await session.scalar(select(Conversation.memory).where(Conversation.sender_key == sender_key))
    return Memory.from_json(raw) if raw else Memory()


async def keep(session: AsyncSession, sender_key: str, memory: Memory, now: datetime) -> None:
    """Write ``memory``; the row exists since the turn began."""
    await session.execute(
        update(Conversation).where(Conversation.sender_key == sender_key).values(memory=memory.to_json(), updated_at=now)
    )


async def forget_idle(services: Services, before: datetime) -> int:
    """Delete the memories untouched since ``before``; returns how many. Consultations stay."""
    async with services.work.begin() as session:
        result = await session.execute(delete(Conversation).where(Conversation.updated_at < before))
        await session.commit()
    return int(getattr(result, "rowcount", 0))
