"""The record of what families asked: opened before the answer, closed with it, rated afterwards."""

import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from outreach.domain.errors import Conflict
from outreach.domain.masking import mask
from outreach.domain.memory import Memory
from outreach.domain.messages import Kind, Message, Reply
from outreach.services.context import Services
from outreach.storage.consultations import Consultation, ConsultationTopic
from outreach.storage.conversations import Conversation

log = logging.getLogger(__name__)

# Longest text archived, in characters; longer messages are refused before they come here.
LONGEST_TEXT = 2000
FEEDBACK = ("useful", "useless")


@dataclass(frozen=True)
class Opened:
    """A turn that was recorded: its consultation id, the sender's memory, and the number of the turn, from 1."""

    consultation_id: str
    memory: Memory
    turn: int


async def open_turn(services: Services, channel: str, sender_key: str, text: str) -> Opened:
    """Record the question under a new id, masked, and count the turn; commits."""
    now = services.clock.now()
    consultation_id = uuid.uuid4().hex
    async with services.work.begin() as session:
        row = await session.get(Conversation, sender_key)
        if row is None:
            row = Conversation(sender_key=sender_key, channel=channel, turns=0, memory=Memory().to_json(), updated_at=now)
            session.add(row)
        row.turns += 1
        row.updated_at = now
        session.add(
            Consultation(
                id=consultation_id,
                asked_at=now,
                channel=channel,
                sender_key=sender_key,
                text=mask(text)[:LONGEST_TEXT],
                state="received",
            )
        )
        await session.commit()
        return Opened(consultation_id, Memory.from_json(row.memory), row.turns)


async def close(session: AsyncSession, services: Services, consultation_id: str, reply: Reply, intent: str) -> None:
    """Write into the open consultation what was answered; raises Conflict if it was closed before."""
    first = reply.messages[0]
    topics = [topic for message in reply.messages for topic in message.topics]
    answered = [t for m in reply.messages if m.kind == "answer" for t in m.topics]
    main = services.catalogue.topics.get(answered[0]) if answered else None
    opened_at = await session.scalar(select(Consultation.asked_at).where(Consultation.id == consultation_id))
    duration = services.clock.now() - opened_at if opened_at else timedelta()
    changed = await session.execute(
        update(Consultation)
        .where(Consultation.id == consultation_id, Consultation.state == "received")
        .values(
            state="answered",
            kind=str(first.kind),
            intent=intent,
            topic_id=main.id if main else None,
            score=first.score,
            policy_version=main.version if main else None,
            reply=archived(reply),
            duration_ms=max(0, round(duration.total_seconds() * 1000)),
        )
    )
    if getattr(changed, "rowcount", 0) != 1:
        raise Conflict(consultation=consultation_id)
    session.add_all(
        ConsultationTopic(
            consultation_id=consultation_id,
            position=position,
            topic_id=topic,
            policy_version=services.catalogue.topics[topic].version,
        )
        for position, topic in enumerate(dict.fromkeys(topics))
        if topic in services.catalogue.topics
    )


def archived(reply: Reply) -> list[dict[str, Any]]:
    """Return the reply as it is archived and shown again in the history: one object a bubble, unsigned acts."""
    return [
        {
            "text": message.text,
            "kind": str(message.kind),
            "topics": list(message.topics),
            "sources": list(message.sources),
            "buttons": [{"title": button.title, "act": button.act} for button in message.buttons],
            "link": {"title": message.link.title, "path": message.link.path} if message.link else None,
            "feedback": message.feedback,
            "intent": message.intent,
            "score": message.score,
        }
        for message in reply.messages
    ]


async def fail(services: Services, consultation_id: str, reply: Reply, error_id: str) -> None:
    """Mark the consultation as unanswered, with the id the person was shown; an answered one stays as it is."""
    async with services.work.begin() as session:
        await session.execute(
            update(Consultation)
            .where(Consultation.id == consultation_id, Consultation.state == "received")
            .values(state="failed", kind="error", error_id=error_id, reply=archived(reply))
        )
        await session.commit()


async def apologise(services: Services, consultation_id: str, say: str, reason: str) -> Reply:
    """Mark the consultation as failed and return the apology of phrase ``say`` with the id under which it was logged."""
    error_id = secrets.token_hex(4).upper()
    log.error("turn failed error_id=%s consultation=%s reason=%s", error_id, consultation_id, reason)
    text = services.catalogue.say(say, error_id=error_id)
    reply = Reply((Message(text, Kind.ERROR, consultation_id=consultation_id, intent="error"),))
    await fail(services, consultation_id, reply, error_id)
    return reply


async def rate(session: AsyncSession, sender_key: str, consultation_id: str, feedback: str, now: datetime) -> bool:
    """Store 有用 or 没用 for the sender's own consultation; returns whether there was one."""
    changed = await session.execute(
        update(Consultation)
        .where(Consultation.id == consultation_id, Consultation.sender_key == sender_key)
        .values(feedback=feedback, feedback_at=now)
    )
    return getattr(changed, "rowcount", 0) == 1


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
