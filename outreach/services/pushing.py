"""Answers that nobody asks for any more, pushed: a few at once, each under a lease that is renewed meanwhile."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from channels.base import Channel, DeliveryError
from outreach.services import addresses, leftovers, saying
from outreach.services.context import Services
from outreach.services.leftovers import Push

log = logging.getLogger(__name__)

AT_ONCE = 8
# When the platform does not say how long to wait.
BACK_OFF = timedelta(seconds=60)


class Pusher:
    """Pushes answers by the channels that can."""

    def __init__(self, services: Services, channels: Mapping[str, Channel]) -> None:
        self._services = services
        self._channels = channels
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.under_way: dict[str, asyncio.Task[None]] = {}

    def start(self, arrival_id: str) -> None:
        """Push the answer in a task of its own; one that is under way already is left to itself."""
        if arrival_id not in self.under_way:
            task = asyncio.create_task(self._push(arrival_id))
            self.under_way[arrival_id] = task
            task.add_done_callback(lambda _done: self.under_way.pop(arrival_id, None))

    async def _push(self, arrival_id: str) -> None:
        try:
            async with self._gate:
                push = await leftovers.claim_push(self._services, arrival_id)
                if push is not None:
                    await self._send(push)
        except Exception:
            # one answer that cannot be pushed must not keep the others; its lease runs out
            log.exception("push broke arrival=%s", arrival_id)

    async def _send(self, push: Push) -> None:
        channel = self._channels[push.channel]
        try:
            for outbound in channel.show(push.reply):
                await channel.send(push.handle, outbound)
        except DeliveryError as error:
            log.warning("push failed reason=%s provider_code=%s arrival=%s", error.reason, error.provider_code, push.arrival_id)
            await self._failed(push, error)
        else:
            await saying.pushed(self._services, push.arrival_id)

    async def _failed(self, push: Push, error: DeliveryError) -> None:
        ids = [push.arrival_id]
        if error.permanent:
            # nothing more gets to this person by a push: the next reply carries the answer
            await addresses.close_push(self._services, push.sender_key)
            await saying.unsaid(self._services, ids)
        elif error.reason == "uncertain":
            # the platform may have taken it: not again unasked, and then with a word about it
            await saying.unsure(self._services, push.arrival_id)
        else:
            wait = timedelta(seconds=error.retry_after_s) if error.retry_after_s is not None else BACK_OFF
            await saying.unsaid(self._services, ids, push_at=self._services.clock.now() + wait)

    async def stop(self) -> None:
        """Stop what is under way; what the platform has taken by then is told with the next reply."""
        tasks = list(self.under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
