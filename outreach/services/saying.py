"""Who says an answer of the ledger of arrivals, and when it counts as said: taken under a lease, then said or put back."""

from dataclasses import dataclass
from datetime import datetime

from outreach.domain.arrivals import SaidBy
from outreach.domain.messages import Reply
from outreach.domain.messages_json import reply_of
from outreach.services.arrivals import LEASE, one, run
from outreach.services.context import Services
from outreach.storage import arrival_statements as sql


@dataclass(frozen=True)
class Earlier:
    """An answer of the same sender that came too late; ``unsure``: it may have been pushed."""

    arrival_id: str
    reply: Reply
    unsure: bool


async def claim_saying(services: Services, arrival_id: str) -> Reply | None:
    """Take the answer to say it in a reply; None when it is not there, was said, or is being said by somebody."""
    now = services.clock.now()
    given = {"a_id": arrival_id, "a_by": SaidBy.REPLY, "a_now": now, "a_lease": now + LEASE}
    found = await one(services, sql.CLAIM_SAYING, given)
    return reply_of(found.reply, arrival_id) if found else None


async def claim_earlier(services: Services, arrival_id: str, sender_key: str) -> Earlier | None:
    """Take the sender's oldest other answer that has not been said; the rest waits for the replies after this one."""
    given = {"a_id": arrival_id, "a_sender": sender_key, "a_lease": services.clock.now() + LEASE}
    row = await one(services, sql.CLAIM_EARLIER, given)
    return Earlier(row.id, reply_of(row.reply, row.id), row.unsure) if row else None


async def pushed(services: Services, arrival_id: str) -> None:
    """Note that the platform has taken a push, even if its lease ran out meanwhile."""
    await run(services, sql.PUSHED, {"a_id": arrival_id, "a_now": services.clock.now()})


async def unsure(services: Services, arrival_id: str) -> None:
    """Put back an answer that the platform may have taken: only the next reply carries it, with a word about that."""
    await run(services, sql.UNSURE, {"a_id": arrival_id})


async def renew(services: Services, arrival_ids: list[str]) -> None:
    """Renew the leases of pushes under way."""
    if arrival_ids:
        await run(services, sql.RENEW_SAYING, {"a_ids": arrival_ids, "a_lease": services.clock.now() + LEASE})


async def said(services: Services, arrival_ids: list[str]) -> None:
    """Note that the answers have left."""
    await run(services, sql.SAID, {"a_ids": arrival_ids, "a_now": services.clock.now()})


async def unsaid(services: Services, arrival_ids: list[str], *, push_at: datetime | None = None) -> None:
    """Put the answers back; ``push_at`` is when they may be pushed, None leaves them to the next try or the next reply."""
    await run(services, sql.UNSAID, {"a_ids": arrival_ids, "a_push_at": push_at})
