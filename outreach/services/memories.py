"""Read and keep what is remembered of a talk. Callers bring their open session."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from outreach.domain.memory import Choice, Memory
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


async def offer(services: Services, channel: str, sender_key: str, offered: tuple[Choice, ...]) -> None:
    """Remember suggestions that were shown outside a turn; commits."""
    now = services.clock.now()
    async with services.work.begin() as session:
        row = await session.get(Conversation, sender_key)
        if row is None:
            row = Conversation(sender_key=sender_key, channel=channel, turns=0, memory=Memory().to_json(), updated_at=now)
            session.add(row)
        memory = Memory.from_json(row.memory)
        row.memory = replace(memory, offered=offered).to_json()
        row.updated_at = now
        await session.commit()


async def forget_idle(services: Services, before: datetime) -> int:
    """Delete the memories untouched since ``before``; returns how many. Consultations stay."""
    async with services.work.begin() as session:
        result = await session.execute(delete(Conversation).where(Conversation.updated_at < before))
        await session.commit()
    return int(getattr(result, "rowcount", 0))
