"""The ledger of what arrived: every step is one conditional update in one unit of work, so that no crash doubles or loses a turn.

Knows the tables; who works when is the inbox's matter (services/inbox.py).
"""

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from outreach.domain.arrivals import Arrival, ArrivalState, SaidBy
from outreach.domain.errors import NotAllowed, SealBroken
from outreach.domain.messages import Reply
from outreach.domain.messages_json import archived
from outreach.services import addresses
from outreach.services.context import Services
from outreach.storage import arrival_statements as sql
from outreach.storage.arrivals import ArrivalRow

log = logging.getLogger(__name__)

State = ArrivalState
# A platform that gets no answer asks again at once, three times five seconds: after this nobody waits any more.
TRIES_OVER = timedelta(seconds=18)
# Renewed while its process lives; a dead process's work is taken over after this.
LEASE = timedelta(seconds=5)
# Messages of one sender that may wait for their turn; a person never has so many, a broken program does.
MOST_WAITING = 40
# The number of tries told of an arrival that was finished long ago.
MANY = 99
CONTENT = ("text", "act", "payload", "say")


@dataclass(frozen=True)
class Claimed:
    """An arrival whose turn this process does: ``content`` is what it asks for (text, act, payload, say)."""

    id: str
    channel: str
    sender_key: str
    content: dict[str, str]


@dataclass(frozen=True)
class Recorded:
    """An arrival in the ledger: its id, whose it is, how far it has come and how often it came in.

    ``claimed``: its turn, when nothing of the sender was waiting and ``record`` took it at once. ``unheard``: the sender has
    earlier answers that have not been said.
    """

    id: str
    sender_key: str
    state: State
    tries: int
    claimed: Claimed | None = None
    unheard: bool = False


async def record(services: Services, arrival: Arrival, holder: str) -> Recorded:
    """Write ``arrival`` down, or count one more try of it; raises NotAllowed for a replay.

    A replay is a nonce seen with another message, or a message number of somebody else's.
    """
    try:
        return await _record(services, arrival, holder)
    except IntegrityError:
        # another process wrote the same message, or took this sender's turn, at this moment: now that is to be seen
        return await _record(services, arrival, holder)


async def _record(services: Services, arrival: Arrival, holder: str) -> Recorded:
    now, sender_key = services.clock.now(), services.sender_key(arrival.channel, arrival.sender)
    async with services.work.begin_core() as connection:
        open_: dict[State, int] = {}
        if arrival.asks:
            rows = (await connection.execute(sql.OPEN_OF_SENDER, {"a_sender": sender_key})).all()
            open_ = {State(row.state): row.number for row in rows}
        row, content = _row(services, arrival, sender_key, open_)
        if row["state"] is State.ANSWERING:
            row |= {"holder": holder, "lease_until": now + LEASE}
        if arrival.nonce:
            first = await connection.execute(sql.REMEMBER_NONCE, _nonce(arrival, now))
            if first.scalar_one() != arrival.digest:
                raise NotAllowed(reason="replay")
        kept = (await connection.execute(sql.RECORD, row)).first()
        if kept is None:
            raise NotAllowed(reason="sender")
        if kept.tries == 1:
            await addresses.seen(connection, services, arrival, sender_key, now)
        await connection.commit()
    if kept.tries > 1:
        return Recorded(kept.id, sender_key, State(kept.state), kept.tries)
    claimed = Claimed(kept.id, arrival.channel, sender_key, content) if row["state"] is State.ANSWERING else None
    return Recorded(kept.id, sender_key, State(kept.state), 1, claimed, State.ANSWERED in open_)


def _row(services: Services, arrival: Arrival, sender_key: str, open_: dict[State, int]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return (the columns of a new arrival, what it asks for); its turn is taken at once when nothing of the sender is open."""
    now, arrival_id = services.clock.now(), uuid.uuid4().hex
    content = {name: value for name in CONTENT if (value := getattr(arrival, name))}
    state = State.KEPT
    if content:
        if open_.get(State.RECEIVED, 0) >= MOST_WAITING:
            content = {"say": "input.too_fast"}
        busy = State.RECEIVED in open_ or State.ANSWERING in open_
        state = State.RECEIVED if busy else State.ANSWERING
    row = {
        "id": arrival_id,
        "channel": arrival.channel,
        "message_id": arrival.message_id,
        "sender_key": sender_key,
        "kind": arrival.kind,
        "digest": arrival.digest,
        "sent_at": arrival.sent_at,
        "received_at": now,
        "state": state,
        "tries": 1,
        "content": services.sealer.seal(json.dumps(content), arrival_id) if content else None,
        "holder": None,
        "lease_until": None,
        "push_at": now + TRIES_OVER if content else None,
        "unsure": False,
    }
    return row, content


async def claim_next(services: Services, sender_key: str, holder: str) -> Claimed | None:
    """Take the sender's oldest waiting message; None when there is none or another's turn is under way."""
    try:
        async with services.work.begin_core() as connection:
            row = (await connection.execute(sql.CLAIM_NEXT, _claim(services, sender_key, holder))).first()
            await connection.commit()
    except DBAPIError as error:
        # uq_arrivals_answering, or a deadlock over it: another process is at this sender's turn; the sweep looks again
        if not isinstance(error, IntegrityError):
            log.warning("next turn not taken: %s", type(error.orig).__name__)
        return None
    return _claimed(services, sender_key, row)


@dataclass(frozen=True)
class Kept:
    """An answer written down: ``due`` when it may be pushed at once, ``following`` the sender's next message, taken with it."""

    due: bool
    following: Claimed | None = None


async def answered(services: Services, claimed: Claimed, holder: str, reply: Reply, *, saying: bool) -> Kept | None:
    """Keep the answer and take the sender's next message; ``saying``: somebody waits to say it, so it is taken for that.

    Returns None when the lease was lost and another process answers.
    """
    now = services.clock.now()
    given = {
        "a_id": claimed.id,
        "a_holder": holder,
        "a_reply": archived(reply),
        "a_state": State.SAYING if saying else State.ANSWERED,
        "a_by": SaidBy.REPLY if saying else None,
        "a_lease": now + LEASE if saying else None,
    }
    row = None
    try:
        async with services.work.begin_core() as connection:
            kept = (await connection.execute(sql.KEEP_ANSWER, given)).first()
            if kept:
                row = (await connection.execute(sql.CLAIM_NEXT, _claim(services, claimed.sender_key, holder))).first()
            await connection.commit()
    except DBAPIError:
        # another process took the next one at this moment, or waited for ours, which undid our keeping as well
        kept = await one(services, sql.KEEP_ANSWER, given)
        row = None
    if kept is None:
        return None
    due = not saying and kept.push_at is not None and kept.push_at <= now
    return Kept(due, _claimed(services, claimed.sender_key, row))


def _claim(services: Services, sender_key: str, holder: str) -> dict[str, Any]:
    return {"a_sender": sender_key, "a_holder": holder, "a_lease": services.clock.now() + LEASE}


def _claimed(services: Services, sender_key: str, row: Any) -> Claimed | None:
    if row is None:
        return None
    try:
        content = json.loads(services.sealer.open(row.content or "", row.id))
    except SealBroken:
        # the secret was changed meanwhile: the person is asked to say it again
        content = {"say": "arrival.again"}
    return Claimed(row.id, row.channel, sender_key, content)


async def renew(services: Services, arrival_ids: list[str], holder: str) -> None:
    """Renew the leases of the turns ``holder`` is at."""
    await run(services, sql.RENEW, {"a_ids": arrival_ids, "a_holder": holder, "a_lease": services.clock.now() + LEASE})


async def remember_nonces(services: Services, arrivals: list[Arrival]) -> None:
    """Write down the nonces of repetitions that were acknowledged from memory."""
    if not arrivals:
        return
    now = services.clock.now()
    async with services.work.begin_core() as connection:
        for arrival in arrivals:
            await connection.execute(sql.REMEMBER_NONCE, _nonce(arrival, now))
        await connection.commit()


def _nonce(arrival: Arrival, now: datetime) -> dict[str, Any]:
    return {"channel": arrival.channel, "nonce": arrival.nonce, "digest": arrival.digest, "seen_at": now}


async def push_now(services: Services, arrival: Arrival) -> str | None:
    """Let the answer be pushed as soon as it is there; returns its id when it is there already."""
    given = {"a_channel": arrival.channel, "a_message_id": arrival.message_id, "a_now": services.clock.now()}
    row = await one(services, sql.PUSH_NOW, given)
    return row.id if row and State(row.state) is State.ANSWERED else None


async def state_of(services: Services, arrival_id: str) -> State:
    """Return how far an arrival has come."""
    async with services.work.read() as session:
        return State(await session.scalar(select(ArrivalRow.state).where(ArrivalRow.id == arrival_id)) or State.KEPT)


async def run(services: Services, statement: Any, given: dict[str, Any]) -> None:
    """Carry out one prepared statement and commit."""
    async with services.work.begin_core() as connection:
        await connection.execute(statement, given)
        await connection.commit()


async def one(services: Services, statement: Any, given: dict[str, Any]) -> Any:
    """Carry out one prepared statement that returns at most one row, and commit; returns the row or None."""
    async with services.work.begin_core() as connection:
        row = (await connection.execute(statement, given)).first()
        await connection.commit()
    return row
