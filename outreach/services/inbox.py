"""The inbox of channels that number their messages: one turn a message, a sender's turns in order, nothing lost or said twice.

The ledger (services/arrivals.py) decides; the workers and events here only make this process quick. Any process may die at any
point: its leases run out and ``sweep`` of another, or of the next start, goes on.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Mapping

from channels.base import Channel, Taken
from outreach.domain.arrivals import Arrival, ArrivalState
from outreach.domain.messages import Reply
from outreach.services import arrivals, leftovers, saying
from outreach.services.arrivals import Claimed, Recorded
from outreach.services.context import Services
from outreach.services.conversation import Conversations
from outreach.services.finished import Finished
from outreach.services.pushing import Pusher
from outreach.services.receiving import answer, late

log = logging.getLogger(__name__)

State = ArrivalState
BEAT_S = 1.5
# How soon the ledger is asked again while another process does, or says, the turn.
POLLS_S = (0.05, 0.1, 0.2, 0.4)
# While the sender's worker is here it tells; the ledger is asked only in case another process took the turn over. A
# hundred waiting requests that ask a few times a second would take the time that the turns themselves need.
OWN_POLL_S = 2.0


class TurnInbox:
    """The ``channels.base.Inbox`` of this house; ``channels`` are those that can push."""

    def __init__(self, services: Services, conversations: Conversations, channels: Mapping[str, Channel]) -> None:
        self._services = services
        self._conversations = conversations
        self._pusher = Pusher(services, channels)
        self._holder = secrets.token_hex(12)
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._claimed: dict[str, Claimed] = {}
        self._finished = Finished()
        self._busy: set[str] = set()
        self._again: set[str] = set()
        self._waiting: dict[str, list[asyncio.Future[Reply | None]]] = {}
        self._saying: dict[tuple[str, str], list[str]] = {}
        self._beat: asyncio.Task[None] | None = None

    async def take(self, arrival: Arrival, within_s: float) -> Taken:
        """Record ``arrival`` and wait at most ``within_s`` seconds for its answer; see ``channels.base.Inbox``."""
        end = time.monotonic() + within_s
        if self._finished.again(arrival):
            return Taken(tries=arrivals.MANY)
        recorded = await arrivals.record(self._services, arrival, self._holder)
        if recorded.state in (State.KEPT, State.SAID):
            self._finished.add(arrival)
            return Taken(tries=recorded.tries)
        self._work(recorded.sender_key, recorded.claimed)
        state, reply = await self._wait(recorded, end)
        if reply is None:
            return Taken(pending=state is not State.SAID, tries=recorded.tries)
        saying_now = self._saying[(arrival.channel, arrival.message_id)] = [recorded.id]
        if recorded.unheard:
            earlier = await saying.claim_earlier(self._services, recorded.id, recorded.sender_key)
            if earlier:
                saying_now.append(earlier.arrival_id)
                reply = late(self._services, earlier, reply)
        return Taken(reply, tries=recorded.tries)

    async def said(self, arrival: Arrival) -> None:
        """Note that the reply of ``take`` has left on the wire."""
        await saying.said(self._services, self._saying.pop((arrival.channel, arrival.message_id), []))
        self._finished.add(arrival)

    async def unsaid(self, arrival: Arrival) -> None:
        """Note that the reply of ``take`` could not leave: the next try gets it, or a push when there is none."""
        ids = self._saying.pop((arrival.channel, arrival.message_id), [])
        await saying.unsaid(self._services, ids, push_at=self._services.clock.now() + arrivals.TRIES_OVER)

    async def leave(self, arrival: Arrival) -> None:
        """Note that the platform will not ask again: the answer is pushed as soon as it is there."""
        if arrival_id := await arrivals.push_now(self._services, arrival):
            self._push(arrival_id)

    async def sweep(self) -> None:
        """Take up what was left behind: turns without a worker, answers nobody asked for again."""
        await arrivals.remember_nonces(self._services, self._finished.taken())
        await leftovers.put_back(self._services)
        for sender_key in await leftovers.waiting_senders(self._services):
            self._work(sender_key)
        for arrival_id in await leftovers.due_pushes(self._services):
            self._push(arrival_id)

    async def stop(self) -> None:
        """Stop the workers and give their turns back."""
        tasks = [*self._workers.values(), *([self._beat] if self._beat else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pusher.stop()
        await leftovers.release(self._services, self._holder)

    def _work(self, sender_key: str, claimed: Claimed | None = None) -> None:
        """See to it that somebody works on the sender's turns; ``claimed`` is one that this process has taken already."""
        self._again.add(sender_key)
        if claimed:
            self._claimed[sender_key] = claimed
        if sender_key not in self._workers:
            self._workers[sender_key] = asyncio.create_task(self._drain(sender_key))
        self._keep_beating()

    def _push(self, arrival_id: str) -> None:
        self._pusher.start(arrival_id)
        self._keep_beating()

    def _keep_beating(self) -> None:
        if self._beat is None or self._beat.done():
            self._beat = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        while self._workers or self._pusher.under_way:
            await asyncio.sleep(BEAT_S)
            with contextlib.suppress(Exception):  # a lease that is not renewed is only taken over
                await arrivals.renew(self._services, list(self._busy), self._holder)
                await saying.renew(self._services, list(self._pusher.under_way))

    async def _drain(self, sender_key: str) -> None:
        """Do the sender's turns one after another, oldest first, until none waits."""
        try:
            while sender_key in self._again:
                self._again.discard(sender_key)
                claimed = self._claimed.pop(sender_key, None)
                claimed = claimed or await arrivals.claim_next(self._services, sender_key, self._holder)
                while claimed:
                    claimed = await self._turn(claimed)
        except Exception:
            log.exception("worker stopped; the sweep takes its turns up again")
        finally:
            del self._workers[sender_key]
            self._again.discard(sender_key)
            self._claimed.pop(sender_key, None)

    async def _turn(self, claimed: Claimed) -> Claimed | None:
        """Do one turn and hand its answer to a request that waits for it; returns the sender's next one, taken already."""
        self._busy.add(claimed.id)
        try:
            reply = await answer(self._services, self._conversations, claimed)
            waiter = next((future for future in self._waiting.get(claimed.id, ()) if not future.done()), None)
            kept = await arrivals.answered(self._services, claimed, self._holder, reply, saying=waiter is not None)
            if kept and kept.following:
                self._busy.add(kept.following.id)
        finally:
            self._busy.discard(claimed.id)  # a turn that broke is not renewed, so another takes it up
        if kept and waiter:
            if waiter.done():  # it gave up while the answer was written down
                await saying.unsaid(self._services, [claimed.id], push_at=self._services.clock.now() + arrivals.TRIES_OVER)
            else:
                waiter.set_result(reply)
        for other in self._waiting.get(claimed.id, ()):
            if not other.done():
                other.set_result(None)
        if kept and kept.due:
            self._push(claimed.id)
        return kept.following if kept else None

    async def _wait(self, recorded: Recorded, end: float) -> tuple[State, Reply | None]:
        """Return (how far it came, the answer if it is ours to say now)."""
        state, polls = recorded.state, iter(POLLS_S)
        while True:
            if state in (State.ANSWERED, State.SAYING):
                reply = await saying.claim_saying(self._services, recorded.id)
                if reply is not None:
                    return state, reply
            left = end - time.monotonic()
            if state is State.SAID or left <= 0:
                return state, None
            if recorded.sender_key in self._workers and state in (State.RECEIVED, State.ANSWERING):
                reply = await self._handed(recorded.id, min(left, OWN_POLL_S))
                if reply is not None:
                    return State.SAYING, reply
            else:
                await asyncio.sleep(min(left, next(polls, POLLS_S[-1])))
            state = await arrivals.state_of(self._services, recorded.id)

    async def _handed(self, arrival_id: str, within_s: float) -> Reply | None:
        """Wait for this process's own worker; returns the answer if it was handed to us."""
        future: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(arrival_id, [])
        waiting.append(future)
        try:
            return await asyncio.wait_for(future, within_s)
        except TimeoutError:
            # both may come in one step of the loop
            return future.result() if future.done() and not future.cancelled() else None
        finally:
            waiting.remove(future)
            if not waiting:
                self._waiting.pop(arrival_id, None)
