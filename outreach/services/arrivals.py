"""The ledger of what arrived: every step is one conditional update in one unit of work, so that no crash doubles or loses a turn.

Knows the tables; who works when is the inbox's matter (services/inbox.py).
"""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from outreach.domain.arrivals import Arrival, ArrivalState
from outreach.domain.errors import NotAllowed, SealBroken
from outreach.domain.messages import Reply
from outreach.domain.messages_json import archived
from outreach.services import addresses
from outreach.services.context import Services
from outreach.storage.arrivals import ArrivalNonce, ArrivalRow

State = ArrivalState
# A platform that gets no answer asks again at once, three times five seconds: after this nobody waits any more.
TRIES_OVER = timedelta(seconds=18)
# Renewed while its process lives; a dead process's work is taken over after this.
LEASE = timedelta(seconds=5)
# Messages of one sender that may wait for their turn; a person never has so many, a broken program does.
MOST_WAITING = 40


@dataclass(frozen=True)
class Recorded:
    """An arrival in the ledger: its id, whose it is, how far it has come and how often it came in."""

    id: str
    sender_key: str
    state: State
    tries: int


@dataclass(frozen=True)
class Claimed:
    """An arrival whose turn this process does: ``content`` is what it asks for (text, act, payload, say)."""

    id: str
    channel: str
    sender_key: str
    content: dict[str, str]


async def record(services: Services, arrival: Arrival) -> Recorded:
    """Write ``arrival`` down, or count one more try of it; raises NotAllowed for a nonce seen with another message."""
    try:
        return await _record(services, arrival)
    except IntegrityError:
        # another process wrote the same message at this moment: now it is there
        return await _record(services, arrival)


async def _record(services: Services, arrival: Arrival) -> Recorded:
    now = services.clock.now()
    sender_key = services.sender_key(arrival.channel, arrival.sender)
    async with services.work.begin() as session:
        await _check_nonce(session, arrival, now)
        known = (
            await session.execute(
                update(ArrivalRow)
                .where(ArrivalRow.channel == arrival.channel, ArrivalRow.message_id == arrival.message_id)
                .values(tries=ArrivalRow.tries + 1)
                .returning(ArrivalRow.id, ArrivalRow.state, ArrivalRow.tries)
            )
        ).first()
        if known:
            await session.commit()
            return Recorded(known.id, sender_key, State(known.state), known.tries)
        row = await _new(session, services, arrival, sender_key, now)
        await addresses.seen(session, services, arrival, sender_key, now)
        await session.commit()
        return Recorded(row.id, sender_key, State(row.state), 1)


async def _check_nonce(session: AsyncSession, arrival: Arrival, now: datetime) -> None:
    if not arrival.nonce:
        return
    seen = await session.get(ArrivalNonce, (arrival.channel, arrival.nonce))
    if seen is None:
        session.add(ArrivalNonce(channel=arrival.channel, nonce=arrival.nonce, message_id=arrival.message_id, seen_at=now))
    elif seen.message_id != arrival.message_id:
        raise NotAllowed(reason="replay")


async def _new(session: AsyncSession, services: Services, arrival: Arrival, sender_key: str, now: datetime) -> ArrivalRow:
    content = {k: v for k, v in asdict(arrival).items() if k in ("text", "act", "payload", "say") and v}
    if content:
        waiting = await session.scalar(
            select(func.count())
            .select_from(ArrivalRow)
            .where(ArrivalRow.sender_key == sender_key, ArrivalRow.state == State.RECEIVED)
        )
        if (waiting or 0) >= MOST_WAITING:
            content = {"say": "input.too_fast"}
    arrival_id = uuid.uuid4().hex
    row = ArrivalRow(
        id=arrival_id,
        channel=arrival.channel,
        message_id=arrival.message_id,
        sender_key=sender_key,
        kind=arrival.kind,
        digest=arrival.digest,
        sent_at=arrival.sent_at,
        received_at=now,
        state=State.RECEIVED if content else State.KEPT,
        tries=1,
        content=services.sealer.seal(json.dumps(content), arrival_id) if content else None,
        push_at=now + TRIES_OVER if content else None,
        unsure=False,
    )
    session.add(row)
    return row


async def claim_next(services: Services, sender_key: str, holder: str) -> Claimed | None:
    """Take the sender's oldest waiting message; None when there is none or another's turn is under way."""
    now = services.clock.now()
    try:
        async with services.work.begin() as session:
            row = await session.scalar(
                select(ArrivalRow)
                .where(ArrivalRow.sender_key == sender_key, ArrivalRow.state == State.RECEIVED)
                .order_by(ArrivalRow.sent_at, ArrivalRow.message_id)
                .limit(1)
            )
            if row is None:
                return None
            moved = await _move(
                session,
                update(ArrivalRow)
                .where(ArrivalRow.id == row.id, ArrivalRow.state == State.RECEIVED)
                .values(state=State.ANSWERING, holder=holder, lease_until=now + LEASE),
            )
            if not moved:
                return None
            await session.commit()
    except IntegrityError:
        return None  # uq_arrivals_answering: another process is at this sender's turn
    try:
        content = json.loads(services.sealer.open(row.content or "", row.id))
    except SealBroken:
        # the secret was changed meanwhile: the person is asked to say it again
        content = {"say": "arrival.again"}
    return Claimed(row.id, row.channel, row.sender_key, content)


async def answered(services: Services, arrival_id: str, holder: str, reply: Reply) -> bool:
    """Keep the answer; False when the lease was lost and another process answers."""
    return await move_one(
        services,
        update(ArrivalRow)
        .where(ArrivalRow.id == arrival_id, ArrivalRow.state == State.ANSWERING, ArrivalRow.holder == holder)
        .values(state=State.ANSWERED, reply=archived(reply), lease_until=None, holder=None, content=None),
    )


async def renew(services: Services, holder: str) -> None:
    """Renew the leases of all turns ``holder`` has under way."""
    await move_one(
        services,
        update(ArrivalRow)
        .where(ArrivalRow.holder == holder, ArrivalRow.state == State.ANSWERING)
        .values(lease_until=services.clock.now() + LEASE),
    )


async def push_now(services: Services, arrival_id: str) -> State:
    """Let the answer be pushed as soon as it is there; returns how far the arrival has come."""
    async with services.work.begin() as session:
        row = (
            await session.execute(
                update(ArrivalRow)
                .where(ArrivalRow.id == arrival_id)
                .values(push_at=services.clock.now())
                .returning(ArrivalRow.state)
            )
        ).one()
        await session.commit()
    return State(row.state)


async def find(services: Services, arrival: Arrival) -> Recorded | None:
    """Return the ledger's entry of ``arrival``."""
    async with services.work.read() as session:
        row = await session.scalar(
            select(ArrivalRow).where(ArrivalRow.channel == arrival.channel, ArrivalRow.message_id == arrival.message_id)
        )
        return Recorded(row.id, row.sender_key, State(row.state), row.tries) if row else None


def after(services: Services, seconds: float) -> datetime:
    """Return the moment ``seconds`` from now."""
    return services.clock.now() + timedelta(seconds=seconds)


async def state_of(services: Services, arrival_id: str) -> State:
    """Return how far an arrival has come."""
    async with services.work.read() as session:
        return State(await session.scalar(select(ArrivalRow.state).where(ArrivalRow.id == arrival_id)) or State.KEPT)


async def _move(session: AsyncSession, statement: Update) -> int:
    result: Any = await session.execute(statement)
    return int(result.rowcount)


async def move_one(services: Services, statement: Update) -> bool:
    """Carry out one conditional update; tells whether a row moved."""
    async with services.work.begin() as session:
        moved = await _move(session, statement)
        await session.commit()
    return moved > 0
