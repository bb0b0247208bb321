"""One turn of a talk, from the message to the reply: record, ask Rasa, and never lose or double a question."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from outreach.assistant import Ask, Assistant
from outreach.domain.errors import AssistantUnavailable, Invalid, TooFast
from outreach.domain.intake import sender_taken, taken
from outreach.domain.memory import Memory
from outreach.domain.messages import Button, Inbound, Kind, Link, Message, Reply
from outreach.services import consultations
from outreach.services.context import Services

log = logging.getLogger(__name__)

# What a tapped button means to Rasa: the first word of the act → the intent that starts its rule.
INTENTS = {"topic": "policy", "form": "inform"}
# Senders whose pace is remembered; the longest silent are forgotten first.
REMEMBERED_SENDERS = 5000


class Pace:
    """A token bucket a sender: ``rate`` messages a second, ``burst`` at once."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, sender_key: str) -> None:
        """Count one message; raises TooFast with ``retry_after_s``."""
        now = time.monotonic()
        left, since = self._buckets.pop(sender_key, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._rate)
        if left < 1:
            self._buckets[sender_key] = (left, now)
            raise TooFast(retry_after_s=max(1, round((1 - left) / self._rate)))
        self._buckets[sender_key] = (left - 1, now)
        if len(self._buckets) > REMEMBERED_SENDERS:
            self._buckets.popitem(last=False)


class Turnstile:
    """Lets one turn of a sender through at a time, in order."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def one(self, sender_key: str) -> AsyncIterator[None]:
        """Hold the sender's place."""
        lock, waiting = self._locks.get(sender_key, (asyncio.Lock(), 0))
        self._locks[sender_key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[sender_key]
            if waiting == 1:
                del self._locks[sender_key]
            else:
                self._locks[sender_key] = (lock, waiting - 1)


class Conversations:
    """The use case ``converse``, with the in-process order and pace of senders."""

    def __init__(self, services: Services, assistant: Assistant, pace: Pace) -> None:
        self._services = services
        self._assistant = assistant
        self._pace = pace
        self._turnstile = Turnstile()

    async def converse(self, inbound: Inbound) -> Reply:
        """Return the reply to ``inbound``.

        Raises Invalid (reason: sender, empty, no_words, other_script, too_long, payload) and TooFast; a failing assistant is
        answered with an apology that names the consultation's error id.
        """
        services = self._services
        sender_key = services.sender_key(inbound.channel, sender_taken(inbound.sender))
        self._pace.take(sender_key)
        act = None
        if inbound.payload is not None:
            act = services.open(sender_key, inbound.payload)
            if act is None:
                raise Invalid(reason="payload")
        text = _title_of(services, act) if act else taken(inbound.text)
        async with self._turnstile.one(sender_key):
            return await self._turn(inbound.channel, sender_key, text, act)

    async def _turn(self, channel: str, sender_key: str, text: str, act: str | None) -> Reply:
        services = self._services
        opened = await consultations.open_turn(services, channel, sender_key, text)
        session_number = (opened.turn - 1) // services.turns_per_session
        ask = Ask(
            conversation=f"{sender_key}.{session_number}",
            message=f"/{_intent_of(act)}" if act else text,
            metadata={
                "sender_key": sender_key,
                "consultation_id": opened.consultation_id,
                "channel": channel,
                "text": text,
                "act": act,
                "context": _context(services, opened.memory),
            },
        )
        try:
            answers = await self._assistant.ask(ask)
            return Reply(tuple(message_of(answer) for answer in answers))
        except AssistantUnavailable as error:
            reason = str(error.data.get("reason"))
        except Exception as error:
            # whatever went wrong, the question is in the archive and the person is told its number
            log.exception("turn broke consultation=%s", opened.consultation_id)
            reason = type(error).__name__
        say = "input.failed" if reason == "empty" else "input.away"
        return await consultations.apologise(services, opened.consultation_id, say, reason)


def _intent_of(act: str | None) -> str:
    kind, _, rest = (act or "").partition(":")
    if kind == "feedback":
        return f"feedback_{rest.partition(':')[0]}"
    if kind == "function":
        return rest
    return INTENTS.get(kind, "help")


def _title_of(services: Services, act: str) -> str:
    """Return the words a tapped button stands for, as the archive keeps them."""
    kind, _, rest = act.partition(":")
    if kind == "topic" and rest in services.catalogue.topics:
        return services.catalogue.topics[rest].question
    if kind == "form":
        return str(services.catalogue.replies["eligibility"]["labels"].get(rest.rpartition(":")[2], rest))
    words = {"feedback:useful": "有用", "feedback:useless": "没用", "function:help": "你能做什么"}
    return words.get(":".join(act.split(":")[:2]), "看看能领哪些资助")


def _context(services: Services, memory: Memory) -> dict[str, Any]:
    """Return what the understanding may lean on: the words that name the topic last answered."""
    topic = services.catalogue.topics.get(memory.topic or "")
    return {"words": topic.short if topic else ""}


def wire(reply: Reply) -> list[dict[str, Any]]:
    """Return the messages as the JSON objects that travel through Rasa."""
    items = consultations.archived(reply)
    for item, message in zip(items, reply.messages, strict=True):
        item["consultation_id"] = message.consultation_id
    return items


def message_of(raw: dict[str, Any]) -> Message:
    """Return the message of one object of ``wire``."""
    link = raw.get("link")
    return Message(
        text=raw["text"],
        kind=Kind(raw["kind"]),
        buttons=tuple(Button(item["title"], item["act"]) for item in raw["buttons"]),
        topics=tuple(raw["topics"]),
        sources=tuple(raw["sources"]),
        intent=raw["intent"],
        score=raw["score"],
        link=Link(link["title"], link["path"]) if link else None,
        feedback=raw["feedback"],
        consultation_id=raw.get("consultation_id"),
    )
