"""A fake of single endpoints of the platform, for codes and shapes; the whole platform is played by the sandbox."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.wechat.account import Account
from channels.wechat.client import WeChatClient
from channels.wechat.tokens import Tokens
from tests.builders import FixedClock

OK = {"errcode": 0, "errmsg": "ok"}
OPENID = "oZxNT6abcdefghijklmnopqrstuv"
FIXTURES = Path(__file__).parent / "fixtures"
ACCOUNT = Account(
    "wx0123456789abcdef", "s" * 32, "ourtoken", "k" * 43, origin="https://aid.example.cn", templates={"notice": "T1"}
)


def fixture(name: str) -> dict[str, Any]:
    """Return a recorded payload."""
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return found


class MemoryValues:
    """Shared values of one process, for tests that are not about them; ``dead`` names are held by somebody who is gone."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[str, datetime]] = {}
        self.held: dict[str, str] = {}

    async def get(self, name: str) -> tuple[str, datetime] | None:
        """Return the value."""
        await asyncio.sleep(0)
        return self.values.get(name)

    async def hold(self, name: str, holder: str, lease_s: float) -> bool:
        """Take the lease if it is free."""
        await asyncio.sleep(0)
        return self.held.setdefault(name, holder) == holder

    async def put(self, name: str, holder: str, value: str, expires_at: datetime) -> bool:
        """Store and end the lease."""
        if self.held.get(name) != holder:
            return False
        self.values[name] = (value, expires_at)
        del self.held[name]
        return True

    async def release(self, name: str, holder: str) -> None:
        """End the lease."""
        if self.held.get(name) == holder:
            del self.held[name]


@dataclass
class Platform:
    """What was asked (``calls``: path, query, body) and what is answered: the next of ``answers[path]``, the last one for ever.

    An answer is a JSON object, a status with a text, or a function of the request. Tokens are T1, T2, … and only the last is good.
    """

    url: str = ""
    calls: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    answers: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    forced: list[bool] = field(default_factory=list)
    token: int = 0
    prefix: str = "T"
    life_s: int = 7200
    latency_s: float = 0.0
    rejecting: int = 40001

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        raw = await request.read()
        body = json.loads(raw) if raw else None
        self.calls.append((request.path, dict(request.query), body))
        await asyncio.sleep(self.latency_s)
        if request.path == "/cgi-bin/stable_token" and not self.answers[request.path]:
            return self._stable(body)
        token = request.query.get("access_token")
        if token is not None and token != f"{self.prefix}{self.token}" and not request.path.startswith("/sns"):
            return web.json_response({"errcode": self.rejecting, "errmsg": "invalid credential, access_token is invalid"})
        given = self.answers[request.path]
        found = (given.pop(0) if len(given) > 1 else given[0]) if given else OK
        if callable(found):
            found = found(request)
        if isinstance(found, tuple):
            return web.Response(status=found[0], text=found[1])
        return web.json_response(found, content_type="text/plain")

    def _stable(self, body: dict[str, Any]) -> web.Response:
        self.forced.append(body["force_refresh"])
        if body["force_refresh"] or not self.token:
            self.token += 1
        return web.json_response({"access_token": f"{self.prefix}{self.token}", "expires_in": self.life_s})

    def asked(self, path: str) -> list[Any]:
        """Return the bodies sent to ``path``."""
        return [body for called, _query, body in self.calls if called == path]


@asynccontextmanager
async def playing(platform: Platform) -> AsyncIterator[aiohttp.ClientSession]:
    """Yield a session while the fake listens on loopback."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", platform.answer)
    async with TestServer(app) as server, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        platform.url = str(server.make_url("")).rstrip("/")
        yield http


async def no_pause(_seconds: float) -> None:
    """Let others run, without waiting."""
    await asyncio.sleep(0)


@dataclass
class Line:
    """A client on a fake, and all its parts."""

    platform: Platform
    http: aiohttp.ClientSession
    clock: FixedClock
    shared: MemoryValues
    account: Account
    tokens: Tokens
    client: WeChatClient


@asynccontextmanager
async def line(
    clock: FixedClock, *, platform: Platform | None = None, sleep: Callable[[float], Any] = no_pause, **options: Any
) -> AsyncIterator[Line]:
    """Yield a wired client; ``options`` go to it."""
    platform = platform or Platform()
    async with playing(platform) as http:
        account = replace(ACCOUNT, api=platform.url, authorize=platform.url, console=platform.url)
        shared = MemoryValues()
        tokens = Tokens(account, http, shared, clock, timeout_s=options.get("timeout_s", 5.0), sleep=sleep)
        given = {"per_second": 1e5, "at_once": 400, "sleep": sleep, **options}
        yield Line(platform, http, clock, shared, account, tokens, WeChatClient(account, http, tokens, clock, **given))


def hour(clock: FixedClock, hours: float = 1) -> datetime:
    """Return the moment some hours on."""
    return clock.now() + timedelta(hours=hours)
