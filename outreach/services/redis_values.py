"""Values that all processes share, kept in Redis and sealed: for deployments of several processes that have one. Knows Redis."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError

from outreach.domain.clock import Clock
from outreach.domain.errors import Unavailable
from outreach.services.sealing import Sealer

# what is kept after a value expired: it is still returned, and then of no use to anybody
KEPT_S = 86400
# Compare and set in one step on the server; the lease's own time to live lets a dead holder's lease run out.
HOLD = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
PUT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[1])
return 1
"""
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


class RedisValues:
    """``channels.base.SharedValues`` on Redis.

    A lease that ran out is lost, even if nobody took it. Besides what the protocol says, every call may raise Unavailable
    (Redis does not answer) and ``get`` SealBroken (another secret). Whoever made the connection closes it.
    """

    def __init__(self, redis: Redis, sealer: Sealer, clock: Clock, prefix: str = "outreach") -> None:
        self._redis = redis
        self._sealer = sealer
        self._clock = clock
        self._prefix = prefix
        self._hold = redis.register_script(HOLD)
        self._put = redis.register_script(PUT)
        self._release = redis.register_script(RELEASE)

    async def get(self, name: str) -> tuple[str, datetime] | None:
        """Return (value, the moment it expires), or None; an expired value is returned for another day."""
        async with _reaching():
            raw = await self._redis.get(self._key("value", name))
        if raw is None:
            return None
        sealed, expires_at = json.loads(raw)
        return self._sealer.open(sealed, _context(name)), datetime.fromisoformat(expires_at)

    async def hold(self, name: str, holder: str, lease_s: float) -> bool:
        """Try to become the one who renews ``name``; False while another's lease runs. The holder itself may extend its lease."""
        async with _reaching():
            return bool(await self._hold(keys=[self._key("lease", name)], args=[holder, max(1, round(lease_s * 1000))]))

    async def put(self, name: str, holder: str, value: str, expires_at: datetime) -> bool:
        """Store the value and end the lease; False when the lease was lost meanwhile and nothing was stored."""
        stored = json.dumps([self._sealer.seal(value, _context(name)), expires_at.isoformat()])
        left = expires_at - self._clock.now() + timedelta(seconds=KEPT_S)
        keys = [self._key("lease", name), self._key("value", name)]
        async with _reaching():
            return bool(await self._put(keys=keys, args=[holder, stored, max(1, round(left.total_seconds() * 1000))]))

    async def release(self, name: str, holder: str) -> None:
        """End the lease without a new value."""
        async with _reaching():
            await self._release(keys=[self._key("lease", name)], args=[holder])

    def _key(self, kind: str, name: str) -> str:
        return f"{self._prefix}:{kind}:{name}"


@asynccontextmanager
async def _reaching() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable(part="redis") from error


def _context(name: str) -> str:
    return f"shared_values:{name}"
