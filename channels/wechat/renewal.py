"""Values with an end (token, ticket): one holder of all processes renews each under a lock, all others wait and read.

Knows SharedValues; knows no platform. Each process remembers what it read until shortly before its end, so that a sending asks
neither the platform nor the database.
"""

import asyncio
import json
import logging
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from channels.base import DeliveryError, SharedValues
from outreach.domain.clock import Clock
from outreach.domain.errors import SealBroken, Unavailable

log = logging.getLogger(__name__)

# The platform hands out the next token 5 minutes before the end of this one; both are good meanwhile.
AHEAD = timedelta(minutes=5)
# how long a value that is nearly over is used before somebody looks for the next one again
LOOK_AGAIN = timedelta(seconds=30)


@dataclass(frozen=True)
class Value:
    """A value of the platform. ``look_at``: when to look for its successor. ``notes``: what its maker keeps beside it."""

    text: str = field(repr=False)
    expires_at: datetime
    look_at: datetime
    notes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def until(cls, text: str, expires_at: datetime, now: datetime, notes: dict[str, Any]) -> "Value":
        """Return the value as read or made at ``now``."""
        return cls(text, expires_at, max(expires_at - AHEAD, min(now + LOOK_AGAIN, expires_at)), notes)


# makes a new value from the stored one, if any, and the text that the platform rejected, if it did
Make = Callable[[Value | None, str | None], Awaitable[Value]]


class Renewal:
    """Hands out values by name.

    ``lease_s``: longer than making one takes; after it a dead holder is replaced. ``wait_s``: how long the others wait.
    """

    def __init__(
        self,
        shared: SharedValues,
        clock: Clock,
        *,
        lease_s: float = 30.0,
        wait_s: float = 45.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shared = shared
        self._clock = clock
        self._lease_s = lease_s
        self._wait_s = wait_s
        self._sleep = sleep
        self._known: dict[str, Value] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._failed: dict[str, tuple[int, DeliveryError]] = {}
        self._attempts: defaultdict[str, int] = defaultdict(int)

    async def value(self, name: str, make: Make, rejected: str | None = None) -> str:
        """Return the value that is good now, other than ``rejected``; ``make`` is called when there is none.

        Raises DeliveryError as ``make`` does, or a temporary one when the shared values do not answer.
        """
        if self._good(name, rejected):
            return self._known[name].text
        before = self._attempts[name]
        async with self._locks[name]:  # one of this process; the others find what it brought, or share its failure
            if self._good(name, rejected):
                return self._known[name].text
            attempt, failure = self._failed.get(name, (0, None))
            if failure and attempt > before:
                raise failure
            self._attempts[name] += 1
            try:
                self._known[name] = await self._renewed(name, make, rejected)
                return self._known[name].text
            except DeliveryError as error:
                failure = error
            except Unavailable as error:
                failure = DeliveryError(permanent=False, reason="shared_values", detail=error.code)
            self._failed[name] = (self._attempts[name], failure)
        raise failure

    def _good(self, name: str, rejected: str | None) -> bool:
        known = self._known.get(name)
        return known is not None and known.text != rejected and self._clock.now() < known.look_at

    async def _renewed(self, name: str, make: Make, rejected: str | None) -> Value:
        holder, loop = secrets.token_hex(8), asyncio.get_running_loop()
        until, pause_s = loop.time() + self._wait_s, 0.02
        while loop.time() < until:
            stored = await self._stored(name)
            if stored and self._serves(stored, rejected, AHEAD):
                return stored
            if await self._shared.hold(name, holder, self._lease_s):
                return await self._made(name, holder, make, rejected)
            if stored and self._serves(stored, rejected):  # another brings the next one, this one serves meanwhile
                return stored
            await self._sleep(pause_s)
            pause_s = min(pause_s * 2, 0.5)
        raise DeliveryError(permanent=False, reason="token", detail="another holder did not finish")

    async def _made(self, name: str, holder: str, make: Make, rejected: str | None) -> Value:
        stored, kept = None, False
        try:
            stored = await self._stored(name)  # the holder before us may have brought it
            if stored and self._serves(stored, rejected, AHEAD):
                return stored
            made = await make(stored, rejected)
            # not kept when our lease ran out and another renews: it is good all the same, the platform gave it
            kept = await self._shared.put(name, holder, json.dumps([made.text, made.notes]), made.expires_at)
            return made
        except DeliveryError as error:
            if stored is None or not self._serves(stored, rejected):
                raise
            log.warning("%s is not renewed yet reason=%s code=%s", name, error.reason, error.provider_code)
            return replace(stored, look_at=self._clock.now() + LOOK_AGAIN)
        finally:
            if not kept:
                await self._shared.release(name, holder)

    async def _stored(self, name: str) -> Value | None:
        try:
            stored = await self._shared.get(name)
            if stored is None:
                return None
            text, notes = json.loads(stored[0])
            return Value.until(str(text), stored[1], self._clock.now(), dict(notes))
        except (SealBroken, ValueError, TypeError):
            log.warning("%s was written under another secret or release and is made anew", name)
            return None

    def _serves(self, value: Value, rejected: str | None, ahead: timedelta = timedelta()) -> bool:
        return value.text != rejected and self._clock.now() < value.expires_at - ahead
