"""What a crash, a slow turn or a silent platform left in the ledger of arrivals: found again, and put where it goes on."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from outreach.domain.arrivals import ArrivalState, SaidBy
from outreach.domain.errors import SealBroken
from outreach.domain.messages import Reply
from outreach.domain.messages_json import reply_of
from outreach.services import addresses
from outreach.services.arrivals import LEASE, TRIES_OVER
from outreach.services.context import Services
from outreach.storage.arrivals import ArrivalNonce, ArrivalRow

State = ArrivalState
# A message not taken up after this has lost its worker.
UNTOUCHED = timedelta(seconds=1)
AT_ONCE = 50
# Older requests are refused by their timestamp, so their nonces need not be remembered.
NONCES_KEPT = timedelta(minutes=15)


@dataclass(frozen=True)
class Push:
    """An answer taken to be pushed."""

    arrival_id: str
    channel: str
    sender_key: str
    handle: str
    reply: Reply


async def put_back(services: Services) -> None:
    """End the leases that ran out: turns wait again; answers go to the next try, pushed ones only with the next reply."""
    now = services.clock.now()
    stale = ArrivalRow.lease_until < now
    async with services.work.begin() as session:
        await session.execute(
            update(ArrivalRow)
            .where(ArrivalRow.state == State.ANSWERING, stale)
            .values(state=State.RECEIVED, holder=None, lease_until=None)
        )
        saying = update(ArrivalRow).where(ArrivalRow.state == State.SAYING, stale)
        freed = {"state": State.ANSWERED, "said_by": None, "lease_until": None}
        await session.execute(saying.where(ArrivalRow.said_by == SaidBy.PUSH).values(**freed, push_at=None, unsure=True))
        await session.execute(saying.where(ArrivalRow.said_by != SaidBy.PUSH).values(**freed, push_at=now + TRIES_OVER))
        await session.commit()


async def waiting_senders(services: Services) -> list[str]:
    """Return the senders with a message that nobody has taken up."""
    async with services.work.read() as session:
        query = (
            select(ArrivalRow.sender_key)
            .where(ArrivalRow.state == State.RECEIVED, ArrivalRow.received_at < services.clock.now() - UNTOUCHED)
            .distinct()
        )
        return list(await session.scalars(query))


async def due_pushes(services: Services) -> list[str]:
    """Return the answers that may be pushed now, oldest first."""
    async with services.work.read() as session:
        query = (
            select(ArrivalRow.id)
            .where(ArrivalRow.state == State.ANSWERED, ArrivalRow.push_at <= services.clock.now())
            .order_by(ArrivalRow.push_at)
            .limit(AT_ONCE)
        )
        return list(await session.scalars(query))


async def claim_push(services: Services, arrival_id: str) -> Push | None:
    """Take an answer to push it, using one send of the address's window; without a window only the next reply can carry it."""
    now = services.clock.now()
    async with services.work.begin() as session:
        row = await session.get(ArrivalRow, arrival_id)
        if row is None or row.state != State.ANSWERED:
            return None
        try:
            handle = await addresses.take_push(session, services, row.sender_key)
        except SealBroken:
            handle = None  # sealed under another secret: until the person is seen again, nobody knows the handle
        values = (
            {"push_at": None}
            if handle is None
            else {"state": State.SAYING, "said_by": SaidBy.PUSH, "lease_until": now + 3 * LEASE}
        )
        moved = (
            await session.execute(
                update(ArrivalRow)
                .where(ArrivalRow.id == arrival_id, ArrivalRow.state == State.ANSWERED)
                .values(**values)
                .returning(ArrivalRow.reply, ArrivalRow.channel, ArrivalRow.sender_key)
            )
        ).first()
        if moved is None:
            return None
        await session.commit()
    if handle is None:
        return None
    return Push(arrival_id, moved.channel, moved.sender_key, handle, reply_of(moved.reply, arrival_id))


async def release(services: Services, holder: str) -> None:
    """Give back the turns of a process that stops in order, so that another need not wait for their leases."""
    async with services.work.begin() as session:
        await session.execute(
            update(ArrivalRow)
            .where(ArrivalRow.holder == holder, ArrivalRow.state == State.ANSWERING)
            .values(state=State.RECEIVED, holder=None, lease_until=None)
        )
        await session.commit()


async def forget_nonces(services: Services) -> None:
    """Delete the nonces that no request can bring any more."""
    async with services.work.begin() as session:
        await session.execute(delete(ArrivalNonce).where(ArrivalNonce.seen_at < services.clock.now() - NONCES_KEPT))
        await session.commit()
