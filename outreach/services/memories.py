"""Read and keep what is remembered of a talk. Callers bring their open unit of work."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from outreach.domain.memory import Choice, Memory
from outreach.services.context import Services
from outreach.storage import turn_statements as sql
from outreach.storage.conversations import Conversation


async def recall(reader: AsyncConnection | AsyncSession, sender_key: str) -> Memory:
    """Return the memory of ``sender_key``; empty for a stranger."""
    raw = (await reader.execute(sql.RECALL, {"m_sender": sender_key})).scalar()
    return Memory.from_json(raw) if raw else Memory()


async def keep(connection: AsyncConnection, sender_key: str, memory: Memory, now: datetime) -> None:
    """Write ``memory``; the row exists since the turn began."""
    await connection.execute(sql.KEEP, {"m_sender": sender_key, "m_memory": memory.to_json(), "m_now": now})


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
