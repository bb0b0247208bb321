"""The record of what families asked: opened before the answer, closed with it, rated afterwards."""

import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from outreach.domain.errors import Conflict
from outreach.domain.masking import mask
from outreach.domain.memory import Memory, Turn
from outreach.domain.messages import Kind, Message, Reply
from outreach.domain.messages_json import archived, reply_of
from outreach.services.context import Services
from outreach.storage import turn_statements as sql
from outreach.storage.consultations import Consultation
from outreach.storage.conversations import Conversation

log = logging.getLogger(__name__)

# Longest text archived, in characters; longer messages are refused before they come here.
LONGEST_TEXT = 2000
FEEDBACK = ("useful", "useless")


@dataclass(frozen=True)
class Opened:
    """A turn that was recorded: its consultation id, the sender's memory, and the number of the turn, from 1.

    ``reply``: what was answered already, when the turn was opened and closed before.
    """

    consultation_id: str
    memory: Memory
    turn: int
    asked_at: datetime
    reply: Reply | None = None


async def open_turn(services: Services, channel: str, sender_key: str, text: str, consultation_id: str | None = None) -> Opened:
    """Record the question, masked, under a new id or the given one, and count the turn; commits.

    A turn that was opened under this id before is not recorded or counted again.
    """
    now = services.clock.now()
    consultation_id = consultation_id or uuid.uuid4().hex
    row = {"id": consultation_id, "asked_at": now, "channel": channel, "sender_key": sender_key}
    async with services.work.begin_core() as connection:
        opened = (await connection.execute(sql.OPEN_CONSULTATION, {**row, "text": mask(text)[:LONGEST_TEXT]})).first()
        if opened:
            given = {"sender_key": sender_key, "channel": channel, "memory": Memory().to_json(), "now": now}
            talk = (await connection.execute(sql.COUNT_TURN, given)).one()
            await connection.commit()
    if opened is None:
        # asked outside of the block: twenty turns that each hold a connection and wait for another would wait for ever
        return await _opened_before(services, consultation_id)
    return Opened(consultation_id, Memory.from_json(talk.memory), talk.turns, now)


async def _opened_before(services: Services, consultation_id: str) -> Opened:
    async with services.work.read() as session:
        earlier = await session.get_one(Consultation, consultation_id)
        talk = await session.get_one(Conversation, earlier.sender_key)
        return Opened(earlier.id, Memory.from_json(talk.memory), talk.turns, earlier.asked_at, reply_in(earlier))


def reply_in(row: Consultation) -> Reply | None:
    """Return what was answered, each message naming its consultation; None while the row is open."""
    return reply_of(row.reply, row.id) if row.reply else None


async def answered(services: Services, consultation_id: str) -> Reply | None:
    """Return what the consultation was answered with; None while it is open or unknown."""
    async with services.work.read() as session:
        row = await session.get(Consultation, consultation_id)
        return reply_in(row) if row else None


async def close(connection: AsyncConnection, services: Services, turn: Turn, reply: Reply, intent: str) -> None:
    """Write into the turn's open consultation what was answered; raises Conflict if it was closed before."""
    first = reply.messages[0]
    topics = [topic for message in reply.messages for topic in message.topics]
    answered = [t for m in reply.messages if m.kind == "answer" for t in m.topics]
    main = services.catalogue.topics.get(answered[0]) if answered else None
    spent = services.clock.now() - turn.asked_at if turn.asked_at else timedelta()
    given = {
        "c_id": turn.consultation_id,
        "c_kind": str(first.kind),
        "c_intent": intent,
        "c_topic_id": main.id if main else None,
        "c_score": first.score,
        "c_policy_version": main.version if main else None,
        "c_reply": archived(reply),
        "c_duration_ms": max(0, round(spent.total_seconds() * 1000)),
    }
    if (await connection.execute(sql.CLOSE_CONSULTATION, given)).first() is None:
        raise Conflict(consultation=turn.consultation_id)
    known = services.catalogue.topics
    rows = [
        {"consultation_id": turn.consultation_id, "position": n, "topic_id": topic, "policy_version": known[topic].version}
        for n, topic in enumerate(dict.fromkeys(topics))
        if topic in known
    ]
    if rows:
        await connection.execute(sql.INSERT_TOPICS, rows)


async def fail(services: Services, consultation_id: str, reply: Reply, error_id: str) -> bool:
    """Mark the consultation as unanswered, with the id the person was shown; False when it was answered meanwhile."""
    async with services.work.begin() as session:
        changed = await session.execute(
            update(Consultation)
            .where(Consultation.id == consultation_id, Consultation.state == "received")
            .values(state="failed", kind="error", error_id=error_id, reply=archived(reply))
        )
        await session.commit()
    return getattr(changed, "rowcount", 0) == 1


async def apologise(services: Services, consultation_id: str, say: str, reason: str) -> Reply:
    """Mark the consultation as failed and return the apology of phrase ``say`` with the id under which it was logged.

    An answer that reached the archive meanwhile is returned instead.
    """
    error_id = secrets.token_hex(4).upper()
    log.error("turn failed error_id=%s consultation=%s reason=%s", error_id, consultation_id, reason)
    text = services.catalogue.say(say, error_id=error_id)
    reply = Reply((Message(text, Kind.ERROR, consultation_id=consultation_id, intent="error"),))
    if await fail(services, consultation_id, reply, error_id):
        return reply
    return await answered(services, consultation_id) or reply


async def rate(connection: AsyncConnection, sender_key: str, consultation_id: str, feedback: str, now: datetime) -> bool:
    """Store 有用 or 没用 for the sender's own consultation; returns whether there was one."""
    given = {"c_id": consultation_id, "c_sender": sender_key, "c_feedback": feedback, "c_now": now}
    return (await connection.execute(sql.RATE, given)).first() is not None


async def history(services: Services, sender_key: str, *, limit: int = 30) -> list[Consultation]:
    """Return the sender's last consultations, oldest first."""
    async with services.work.read() as session:
        rows = await session.scalars(
            select(Consultation)
            .where(Consultation.sender_key == sender_key, Consultation.reply.is_not(None))
            .order_by(Consultation.asked_at.desc())
            .limit(limit)
        )
        return list(reversed(rows.all()))
