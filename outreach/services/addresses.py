"""What channels tell of addresses: seen alive, following or not, how much may be pushed; and the facts, kept in order."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from outreach.domain.arrivals import Arrival, ChannelFact
from outreach.services.context import Services
from outreach.storage import arrival_statements as sql
from outreach.storage.addresses import Address, ChannelFactRow

# A window open for longer than this was opened by a message, not by a tap.
WIDE = timedelta(hours=1)
FOLLOWS = {"follow": True, "unfollow": False}


async def seen(connection: AsyncConnection, services: Services, arrival: Arrival, sender_key: str, now: datetime) -> None:
    """Note in the caller's unit of work that the sender is alive, what it may be pushed, and the facts of ``arrival``.

    A window already open that lets us send more than the new one is kept. A fact that no act of the person brought leaves the
    address as it is.
    """
    if arrival.facts:
        rows = [_fact(services, arrival.channel, fact, now) for fact in arrival.facts]
        await connection.execute(sql.INSERT_FACT, rows)
        if all(fact.kind in ("delivery", "unknown") for fact in arrival.facts):
            return
    given = {
        "key": sender_key,
        "channel": arrival.channel,
        "handle": services.sealer.seal(arrival.sender, sender_key),
        "following": next((FOLLOWS[fact.kind] for fact in arrival.facts if fact.kind in FOLLOWS), None),
        "asks": True if arrival.asks else None,
        "now": now,
        "until": now + timedelta(seconds=arrival.window_s) if arrival.window_sends else None,
        "wide": now + WIDE,
        "sends": arrival.window_sends,
        "tap": arrival.window_s < WIDE.total_seconds(),
    }
    await connection.execute(sql.SEE_ADDRESS, given)


def _fact(services: Services, channel: str, fact: ChannelFact, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "channel": channel,
        "sender_key": services.sender_key(channel, fact.sender),
        "kind": fact.kind,
        "subject": fact.subject,
        "status": fact.status,
        "data": fact.data,
        "occurred_at": fact.occurred_at,
        "recorded_at": now,
    }


async def take_push(session: AsyncSession, services: Services, sender_key: str) -> str | None:
    """Use one of the sends that are left, in the caller's unit of work; returns the handle, None when none is left."""
    now = services.clock.now()
    taken = (
        await session.execute(
            update(Address)
            .where(Address.handle_key == sender_key, Address.push_until > now, Address.push_left > 0)
            .values(push_left=Address.push_left - 1)
            .returning(Address.handle)
        )
    ).first()
    return services.sealer.open(taken.handle, sender_key) if taken else None


async def close_push(services: Services, sender_key: str) -> None:
    """Note that the platform lets nothing more be pushed, whatever we had counted."""
    async with services.work.begin() as session:
        await session.execute(update(Address).where(Address.handle_key == sender_key).values(push_left=0))
        await session.commit()


async def facts(services: Services, kind: str) -> list[ChannelFactRow]:
    """Return the facts of one kind in the order recorded."""
    async with services.work.read() as session:
        query = select(ChannelFactRow).where(ChannelFactRow.kind == kind).order_by(ChannelFactRow.recorded_at, ChannelFactRow.id)
        return list(await session.scalars(query))
