"""Who says an answer of the ledger of arrivals, and when it counts as said: taken under a lease, then said or put back."""

from dataclasses import dataclass
from datetime import datetime

from outreach.domain.arrivals import SaidBy
from outreach.domain.messages import Reply
from outreach.domain.messages_json import reply_of
from outreach.services.arrivals import LEASE, TRIES_OVER, one, run
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


async def claim_earlier(services: Services, arrival_id: str, sender_key: str) -> list[Earlier]:
    """Take the sender's other answers that nobody asks for any more, oldest first."""
    now = services.clock.now()
    given = {"a_id": arrival_id, "a_sender": sender_key, "a_over": now - TRIES_OVER, "a_lease": now + LEASE}
    async with services.work.begin_core() as connection:
        rows = (await connection.execute(sql.CLAIM_EARLIER, given)).all()
        await connection.commit()
    return [Earlier(row.id, reply_of(row.reply, row.id), row.unsure) for row in sorted(rows, key=lambda row: row.sent_at)]


async def said(services: Services, arrival_ids: list[str]) -> None:
    """Note that the answers have left."""
    await run(services, sql.SAID, {"a_ids": arrival_ids, "a_now": services.clock.now()})


async def unsaid(services: Services, arrival_ids: list[str], *, push_at: datetime | None = None) -> None:
    """Put the answers back; ``push_at`` is when they may be pushed, None leaves them to the next try or the next reply."""
    await run(services, sql.UNSAID, {"a_ids": arrival_ids, "a_push_at": push_at})
