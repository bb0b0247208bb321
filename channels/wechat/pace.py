"""How fast we call the platform: so many at once, so many a second. In one process; several share the account's quota."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Pace:
    """Lets ``at_once`` calls run together and starts at most ``per_second`` of them in any second, evenly spread.

    Reports from the field: -1 at about 400 calls at once; 20–50 sends a second an account are safe.
    """

    def __init__(self, at_once: int, per_second: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._gate = asyncio.Semaphore(at_once)
        self._gap_s = 1 / per_second
        self._next = 0.0
        self._sleep = sleep

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and keep it for the block."""
        async with self._gate:
            now = asyncio.get_running_loop().time()
            start = max(now, self._next)
            self._next = start + self._gap_s
            if start > now:
                await self._sleep(start - now)
            yield
