"""Who says an answer of the ledger of arrivals, and when it counts as said: taken under a lease, then said or put back."""

from datetime import datetime

from sqlalchemy import or_, update

from outreach.domain.arrivals import ArrivalState, SaidBy
from outreach.domain.messages import Reply
from outreach.domain.messages_json import reply_of
from outreach.services.arrivals import LEASE, TRIES_OVER, move_one
from outreach.services.context import Services
from outreach.storage.arrivals import ArrivalRow

State = ArrivalState


async def claim_saying(services: Services, arrival_id: str, by: SaidBy) -> Reply | None:
    """Take the answer to say it; None when it is not there, was said, or is being said by somebody."""
    now = services.clock.now()
    async with services.work.begin() as session:
        found = (
            await session.execute(
                update(ArrivalRow)
                .where(
                    ArrivalRow.id == arrival_id,
                    or_(
                        ArrivalRow.state == State.ANSWERED,
                        # who took it to say it in a reply died before it had left
                        (ArrivalRow.state == State.SAYING) & (ArrivalRow.said_by != SaidBy.PUSH) & (ArrivalRow.lease_until < now),
                    ),
                )
                .values(state=State.SAYING, said_by=by, lease_until=now + LEASE)
                .returning(ArrivalRow.reply)
            )
        ).first()
        await session.commit()
    return reply_of(found.reply, arrival_id) if found else None


async def claim_earlier(services: Services, arrival_id: str, sender_key: str) -> list[tuple[str, Reply, bool]]:
    """Take the sender's answers that nobody asks for any more, oldest first: (id, reply, whether it may have been pushed)."""
    now = services.clock.now()
    async with services.work.begin() as session:
        found = (
            await session.execute(
                update(ArrivalRow)
                .where(
                    ArrivalRow.sender_key == sender_key,
                    ArrivalRow.id != arrival_id,
                    ArrivalRow.state == State.ANSWERED,
                    ArrivalRow.received_at < now - TRIES_OVER,
                )
                .values(state=State.SAYING, said_by=SaidBy.NEXT, lease_until=now + LEASE)
                .returning(ArrivalRow.id, ArrivalRow.reply, ArrivalRow.unsure, ArrivalRow.sent_at)
            )
        ).all()
        await session.commit()
    return [(row.id, reply_of(row.reply, row.id), row.unsure) for row in sorted(found, key=lambda row: row.sent_at)]


async def said(services: Services, arrival_ids: list[str]) -> None:
    """Note that the answers have left."""
    now = services.clock.now()
    await move_one(
        services,
        update(ArrivalRow)
        .where(ArrivalRow.id.in_(arrival_ids), ArrivalRow.state == State.SAYING)
        .values(state=State.SAID, said_at=now, lease_until=None),
    )


async def unsaid(services: Services, arrival_ids: list[str], *, push_at: datetime | None = None) -> None:
    """Put the answers back; ``push_at`` is when they may be pushed, None leaves them to the next try or the next reply."""
    await move_one(
        services,
        update(ArrivalRow)
        .where(ArrivalRow.id.in_(arrival_ids), ArrivalRow.state == State.SAYING)
        .values(state=State.ANSWERED, said_by=None, lease_until=None, push_at=push_at),
    )
