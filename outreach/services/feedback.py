"""Store whether an answer helped: 有用 or 没用, tapped under an answer or typed after it."""

from dataclasses import replace

from outreach.domain.memory import Turn
from outreach.domain.messages import Kind, Message, Reply
from outreach.services import consultations, memories
from outreach.services.context import Services


async def give(services: Services, turn: Turn, verdict: str) -> Reply:
    """Store ``verdict`` (useful or useless) on the answer named by the button, else on the last one; returns thanks."""
    async with services.work.begin_core() as connection:
        memory = await memories.recall(connection, turn.sender_key)
        rated = _named(turn.act) or memory.answered_by
        known = rated is not None and await consultations.rate(connection, turn.sender_key, rated, verdict, services.clock.now())
        text = services.catalogue.say(f"feedback.{verdict}" if known else "feedback.nothing")
        intent = f"feedback_{verdict}"
        reply = Reply((Message(text, Kind.CHITCHAT),)).tagged(turn.consultation_id, intent)
        await consultations.close(connection, services, turn, reply, intent)
        await memories.keep(connection, turn.sender_key, replace(memory, choices=()), services.clock.now())
        await connection.commit()
    return reply


def _named(act: str | None) -> str | None:
    """Return the consultation id in ``feedback:useful:<id>``."""
    return act.split(":", 2)[2] if act and act.count(":") == 2 else None
