"""One turn of a talk, from the message to the reply: record, ask Rasa, and never lose or double a question."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from outreach.assistant import Ask, Assistant
from outreach.domain.choosing import chosen
from outreach.domain.errors import AssistantUnavailable, Invalid, TooFast
from outreach.domain.intake import sender_taken, taken
from outreach.domain.memory import Memory
from outreach.domain.messages import Inbound, Reply
from outreach.domain.messages_json import message_of
from outreach.services import consultations
from outreach.services.context import Services

log = logging.getLogger(__name__)

# What a tapped button means to Rasa: the first word of the act → the intent that starts its rule.
INTENTS = {"topic": "policy", "form": "inform"}
# Senders whose pace is remembered; the longest silent are forgotten first.
REMEMBERED_SENDERS = 5000


# Rasa is not there (yet): nothing was asked, so it may be asked again.
AWAY = ("ClientConnectorError", "ClientOSError", "ServerDisconnectedError", "ConnectionResetError")
AGAIN_S = 0.5


@dataclass(frozen=True)
class Said:
    """What one sender said, taken and clean: ``text``, and the act of a tapped button."""

    channel: str
    sender_key: str
    text: str
    act: str | None = None


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
        text = title_of(services, act) if act else taken(inbound.text)
        async with self._turnstile.one(sender_key):
            return await self._turn(Said(inbound.channel, sender_key, text, act))

    async def turn(self, said: Said, consultation_id: str, patience_s: float) -> Reply:
        """Return the reply to a message that was taken and recorded elsewhere; the same id makes one turn, however often.

        A Rasa that is away is waited for, at most ``patience_s`` seconds. Nothing is raised: the reply may be an apology.
        """
        async with self._turnstile.one(said.sender_key):
            return await self._turn(said, consultation_id, patience_s)

    async def _turn(self, said: Said, consultation_id: str | None = None, patience_s: float = 0.0) -> Reply:
        services = self._services
        opened = await consultations.open_turn(services, said.channel, said.sender_key, said.text, consultation_id)
        if opened.reply is not None:
            return opened.reply
        ask = _ask(services, said, opened)
        end = time.monotonic() + patience_s
        while True:
            try:
                answers = await self._assistant.ask(ask)
                return Reply(tuple(message_of(answer) for answer in answers))
            except AssistantUnavailable as error:
                reason = str(error.data.get("reason"))
            except Exception as error:
                # whatever went wrong, the question is in the archive and the person is told its number
                log.exception("turn broke consultation=%s", opened.consultation_id)
                reason = type(error).__name__
            # the answer may be in the archive although the wire broke on its way back
            earlier = await consultations.answered(services, opened.consultation_id)
            if earlier is not None:
                return earlier
            if reason not in AWAY or time.monotonic() >= end:
                say = "input.failed" if reason == "empty" else "input.away"
                return await consultations.apologise(services, opened.consultation_id, say, reason)
            await asyncio.sleep(AGAIN_S)


def _ask(services: Services, said: Said, opened: consultations.Opened) -> Ask:
    act = said.act
    form = opened.memory.form
    if act is None and (form is None or form.paused):
        taken_choice = chosen(said.text, opened.memory.offered)
        act = taken_choice.act if taken_choice else None
    return Ask(
        conversation=f"{said.sender_key}.{(opened.turn - 1) // services.turns_per_session}",
        message=f"/{_intent_of(act)}" if act else said.text,
        metadata={
            "sender_key": said.sender_key,
            "consultation_id": opened.consultation_id,
            "asked_at": opened.asked_at.isoformat(),
            "channel": said.channel,
            "text": said.text,
            "act": act,
            "context": _context(services, opened.memory),
        },
    )


def _intent_of(act: str | None) -> str:
    kind, _, rest = (act or "").partition(":")
    if kind == "feedback":
        return f"feedback_{rest.partition(':')[0]}"
    if kind == "function":
        return rest
    return INTENTS.get(kind, "help")


def title_of(services: Services, act: str) -> str:
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
