"""The inbox of one process with a channel that pushes, for tests: short words for what arrives."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

from channels.base import Accepted, Arrival, DeliveryError, Outbound, Reply
from outreach.services.inbox import TurnInbox
from tests.builders import NOW
from tests.conftest import House

GRANT = "高中助学金好多钱"


class Pushes:
    """A channel that keeps what it is given, or fails as told."""

    kind = "wechat"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.fails: DeliveryError | None = None

    def show(self, reply: Reply) -> tuple[Outbound, ...]:
        return (Outbound("\n\n".join(message.text for message in reply.messages)),)

    async def send(self, handle: str, outbound: Outbound) -> Accepted:
        if self.fails:
            raise self.fails
        self.sent.append((handle, outbound.text))
        return Accepted()


class Desk:
    """The inbox of one process on the house's database, with short words for the tests."""

    def __init__(self, house: House, pushes: Pushes | None = None) -> None:
        self.house = house
        self.pushes = pushes or Pushes()
        self.inbox = TurnInbox(house.services, house.conversations, {"wechat": self.pushes})

    async def sweep(self) -> None:
        """Sweep, and wait for the pushes it started."""
        await self.inbox.sweep()
        await asyncio.gather(*self.inbox._pusher.under_way.values())

    async def ask(self, number: int, *, within_s: float = 3.0, said: bool = True, **more: Any) -> str | None:
        """Let a message arrive; returns what is said to it, None for nothing."""
        arrival = make_arrival(number, **more)
        taken = await self.inbox.take(arrival, within_s)
        if taken.reply is None:
            return None
        if said:
            await self.inbox.said(arrival)
        return "\n\n".join(message.text for message in taken.reply.messages)


def make_arrival(number: int, **changes: Any) -> Arrival:
    """Return the message with this number, by default a question."""
    given: dict[str, Any] = {
        "channel": "wechat", "message_id": f"{number:020}", "sender": "oAnna", "sent_at": NOW + timedelta(seconds=number),
        "kind": "text", "text": GRANT, "window_s": 48 * 3600, "window_sends": 5,
    }  # fmt: skip
    whole = {**given, **changes}
    digest = hashlib.sha256(f"{whole['message_id']}{whole['text']}".encode()).hexdigest()
    return Arrival(**{"digest": digest, **whole})
