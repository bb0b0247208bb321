"""The platform under load, for `make bench`: many followers, retries, doubles, messages out of order, a service that is killed.

Plays the platform's side of the callback with the independent signatures and encryption of tests/channels/wechat/by_hand.py.
"""

import asyncio
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from channels.wechat.routes import PATH
from tests.channels.wechat import by_hand

TRIES, WAITS_S = 3, 5.0
LATE = ("（前面您问过的，现在答复）", "（前面的答复您可能已经收到，再说一遍）")


@dataclass
class Seen:
    """What came back: message number → the replies to it; how long each took, in milliseconds; requests that failed."""

    replies: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    doubled: int = 0


class Platform:
    """Sends messages of followers to a callback."""

    def __init__(self, http: aiohttp.ClientSession, url: str, account: dict[str, str]) -> None:
        self.http, self.url, self.seen = http, url + PATH, Seen()
        self.token, self.key, self.appid = account["token"], account["aes_key"], account["appid"]

    async def deliver(self, fields: dict[str, Any], number: int, *, patient: bool = True) -> str | None:
        """Send one message until it is answered, three tries as the platform does; a dead service is tried until it is back."""
        tries, until = 0, time.monotonic() + 90
        while tries < TRIES and time.monotonic() < until:
            began = time.perf_counter()
            try:
                status, text = await self._post(fields)
            except TimeoutError:
                tries += 1
                continue
            except aiohttp.ClientError:
                if not patient:
                    break
                await asyncio.sleep(0.5)
                continue
            self.seen.latencies.append((time.perf_counter() - began) * 1000)
            if status != 200:
                self.seen.refused += 1
                return None
            if text not in ("success", ""):
                words = by_hand.opened_reply(text, self.token, self.key)
                self.seen.replies[number].append(words)
                return words
            return None
        return None

    async def _post(self, fields: dict[str, Any]) -> tuple[int, str]:
        body = by_hand.xml(fields)
        query, sealed = by_hand.signed(body, time.time(), token=self.token, key=self.key, appid=self.appid)
        async with self.http.post(self.url, params=query, data=sealed, timeout=aiohttp.ClientTimeout(total=WAITS_S)) as response:
            return response.status, await response.text()


@dataclass(frozen=True)
class Plan:
    """``messages`` in all from ``followers`` (openids); shares of 0–1 are sent again, and swapped with the one after."""

    messages: int
    followers: list[str]
    again: float = 0.3
    swapped: float = 0.1
    at_once: int = 24
    seed: int = 7


async def storm(platform: Platform, plan: Plan, texts: list[str], progress: Any) -> None:
    """Send the plan's messages: each follower's one after another, some doubled, some pairs overtaking one another."""
    chance = random.Random(plan.seed)
    gate, each = asyncio.Semaphore(plan.at_once), plan.messages // len(plan.followers)
    done = 0

    async def one(number: int, follower: int) -> None:
        nonlocal done
        text = texts[number % len(texts)]
        fields = by_hand.text_message(text, number, plan.followers[follower])
        again = chance.random() < plan.again
        at_the_same_time = again and chance.random() < 0.5
        twin = asyncio.create_task(platform.deliver(fields, number)) if at_the_same_time else None
        await platform.deliver(fields, number)
        if twin:
            await twin
        elif again:
            await platform.deliver(fields, number)
        done += 1
        progress(done)

    async def talk(follower: int) -> None:
        async with gate:
            numbers = [follower * each + n for n in range(each)]
            while numbers:
                number = numbers.pop(0)
                if numbers and chance.random() < plan.swapped:
                    later = numbers.pop(0)
                    overtaking = asyncio.create_task(one(later, follower))
                    await asyncio.sleep(0.002)
                    await asyncio.gather(one(number, follower), overtaking)
                else:
                    await one(number, follower)

    await asyncio.gather(*(talk(follower) for follower in range(len(plan.followers))))


async def steady(platform: Platform, messages: list[dict[str, Any]], per_second: float) -> list[float]:
    """Send messages at a fixed rate, whether answered or not; returns the latencies in milliseconds."""
    platform.seen = Seen()
    started = time.perf_counter()

    async def at(number: int, fields: dict[str, Any]) -> None:
        await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
        await platform.deliver(fields, number, patient=False)

    await asyncio.gather(*(at(number, fields) for number, fields in enumerate(messages)))
    return platform.seen.latencies
