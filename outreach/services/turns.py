"""Finish a turn: write the answer into the archive and keep what is remembered, in one unit of work."""

from collections.abc import Callable
from dataclasses import replace

from outreach.domain.memory import Choice, Memory, Turn
from outreach.domain.messages import Reply
from outreach.services import consultations, memories
from outreach.services.context import Services

# A use case of the chat: from the turn (with its memory) to the reply and the memory after it. Pure but for the content.
Responder = Callable[[Turn], tuple[Reply, Memory]]


async def finish(services: Services, turn: Turn, respond: Responder, intent: str) -> Reply:
    """Recall, respond, archive and keep; returns the reply with its consultation named.

    Raises Conflict when the turn was closed before: the same turn is never answered twice.
    """
    async with services.work.begin_core() as connection:
        memory = await memories.recall(connection, turn.sender_key)
        reply, after = respond(turn.remembering(**vars(memory)))
        reply = reply.tagged(turn.consultation_id, intent)
        await consultations.close(connection, services, turn, reply, intent)
        offered = tuple(Choice(button.title, button.act) for button in reply.suggestions())
        await memories.keep(connection, turn.sender_key, replace(after, offered=offered), services.clock.now())
        await connection.commit()
    return reply
