"""The seam of all channels: what comes in, what goes out, what a channel can show, and how a sending fails.

Knows no platform. Whoever serves a channel implements ``Channel``; what it needs from the house (the inbox that makes turns, the
values that several processes share) is handed to it as the protocols below.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from outreach.domain.arrivals import Arrival, ChannelFact
from outreach.domain.errors import OutreachError
from outreach.domain.messages import Button, Inbound, Link, Message, Reply


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show and do.

    ``buttons``: taps come back as the button's payload. ``links``: a title can carry an address. ``push``: it can send without
    being asked. ``longest_bytes``: of one text, in UTF-8; ``most_messages``: in one reply; None where there is no bound.
    """

    buttons: bool
    links: bool
    rich_text: bool
    push: bool
    longest_bytes: int | None = None
    most_messages: int | None = None


@dataclass(frozen=True)
class Outbound:
    """One bubble as a channel shows it: ``text`` is whole without its buttons where the channel has none."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """The platform took the message, which is no delivery yet; ``provider_id`` is its own number for it, "" if it gives none."""

    provider_id: str = ""


class DeliveryError(OutreachError):
    """A message could not be handed over. ``permanent`` alone decides whether it is tried again.

    ``retry_after_s``: seconds to wait, None where the caller's own schedule decides. ``reason``: a stable word of ours;
    ``code``: the platform's own code, for the log. ``halts``: nothing more may be sent on this channel until an operator looks.
    """

    code = "delivery"

    def __init__(
        self,
        *,
        permanent: bool,
        reason: str,
        retry_after_s: float | None = None,
        provider_code: str = "",
        halts: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(reason=reason, provider_code=provider_code, detail=detail)
        self.permanent = permanent
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.provider_code = provider_code
        self.halts = halts


class Channel(Protocol):
    """A way to reach a person. ``kind`` is its word in the registry and in the archive."""

    kind: str
    capabilities: Capabilities

    def show(self, reply: Reply) -> tuple[Outbound, ...]:
        """Return ``reply`` as this channel shows it, degraded to what it can, in order."""
        ...

    async def send(self, handle: str, outbound: Outbound) -> Accepted:
        """Hand one bubble to the person at ``handle``; raises DeliveryError and nothing else."""
        ...


@dataclass(frozen=True)
class Taken:
    """What the inbox has for one request that brought an arrival.

    ``reply``: to be said now, None when there is nothing to say. ``pending``: the turn is still under way. ``tries``: how often
    this arrival has come in, from 1.
    """

    reply: Reply | None = None
    pending: bool = False
    tries: int = 1


class Inbox(Protocol):
    """Takes what arrives on a channel, once and only once, and gives back what is to be said."""

    async def take(self, arrival: Arrival, within_s: float) -> Taken:
        """Record ``arrival`` and wait at most ``within_s`` seconds for its answer.

        The same message id makes one turn, however often and wherever it comes in, and its answer is handed out once. Whoever
        says it calls ``said``, or ``unsaid`` if it could not leave. Raises NotAllowed for a nonce seen with another message.
        """
        ...

    async def said(self, arrival: Arrival) -> None:
        """Note that the reply of ``take`` has left on the wire."""
        ...

    async def unsaid(self, arrival: Arrival) -> None:
        """Note that the reply of ``take`` could not leave: the next try gets it."""
        ...

    async def leave(self, arrival: Arrival) -> None:
        """Note that the platform will not ask again: the answer is pushed as soon as it is there."""
        ...


class SharedValues(Protocol):
    """Small secret values that all processes of a deployment share, each renewed by one holder at a time."""

    async def get(self, name: str) -> tuple[str, datetime] | None:
        """Return (value, the moment it expires), or None; an expired value is returned too."""
        ...

    async def hold(self, name: str, holder: str, lease_s: float) -> bool:
        """Try to become the one who renews ``name``; False while another's lease runs."""
        ...

    async def put(self, name: str, holder: str, value: str, expires_at: datetime) -> bool:
        """Store the value and end the lease; False when the lease was lost meanwhile and nothing was stored."""
        ...

    async def release(self, name: str, holder: str) -> None:
        """End the lease without a new value."""
        ...


__all__ = [
    "Accepted",
    "Arrival",
    "Button",
    "Capabilities",
    "Channel",
    "ChannelFact",
    "DeliveryError",
    "Inbound",
    "Inbox",
    "Link",
    "Message",
    "Outbound",
    "Reply",
    "SharedValues",
    "Taken",
]
