"""Many senders at once, each asking one question after another: the load of `make bench`. Python 3.12."""

import asyncio
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

# Builds the body of one message from (sender, text), and tells from the decoded answer whether it is a real one.
Body = Callable[[str, str], dict[str, str]]
Good = Callable[[Any], bool]


@dataclass(frozen=True)
class Target:
    """One server under load."""

    url: str
    body: Body
    good: Good


@dataclass
class Load:
    """``senders`` at once, ``messages`` in all after ``warm_up`` uncounted ones; a talk ends after ``talk`` messages."""

    texts: Sequence[str]
    messages: int
    warm_up: int
    senders: int = 16
    talk: int = 5


@dataclass
class Outcome:
    """Latencies in milliseconds of the counted messages, the seconds they took together, and what went wrong."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    errors: int = 0

    @property
    def per_second(self) -> float:
        """Return the counted messages a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Return the latency that ``share`` of the messages stay within, in milliseconds (nearest rank)."""
        ordered = sorted(self.latencies)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


async def run(target: Target, load: Load) -> Outcome:
    """Put ``load`` on ``target``: first the warm-up, then what counts."""
    connector = aiohttp.TCPConnector(limit=load.senders)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60)) as http:
        warm = await _phase(http, target, load, load.warm_up, "warm")
        outcome = await _phase(http, target, load, load.messages, "count")
    outcome.errors += warm.errors
    return outcome


async def _phase(http: aiohttp.ClientSession, target: Target, load: Load, count: int, name: str) -> Outcome:
    outcome = Outcome()
    numbers = iter(range(count))
    started = time.perf_counter()

    async def sender(place: int) -> None:
        for turn, number in enumerate(numbers):
            talk = turn // load.talk if load.talk else 0
            # senders do not walk through the questions in step
            text = load.texts[(number + place * 37) % len(load.texts)]
            await _ask(http, target, f"bench-{name}-{place}-{talk}", text, outcome)

    await asyncio.gather(*(sender(place) for place in range(load.senders)))
    outcome.seconds = time.perf_counter() - started
    return outcome


async def _ask(http: aiohttp.ClientSession, target: Target, sender: str, text: str, outcome: Outcome) -> None:
    began = time.perf_counter()
    try:
        async with http.post(target.url, json=target.body(sender, text)) as response:
            raw = await response.read()
            good = response.status == 200 and target.good(json.loads(raw))
    except (aiohttp.ClientError, TimeoutError, ValueError):
        good = False
    outcome.latencies.append((time.perf_counter() - began) * 1000)
    outcome.errors += not good
