"""A tiny account for the sandbox to call, and short words for what its tests do. Reads messages with wechatpy, not with our code."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import xmltodict
from aiohttp import ClientSession, web
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from channels.wechat_sandbox.account import Account, Config, Security, read_account
from channels.wechat_sandbox.app import serving
from channels.wechat_sandbox.followers import Follower
from channels.wechat_sandbox.world import World

ACCOUNT = read_account(None)
FIELDS = {
    "thing1": {"value": "国家资助政策告知书"},
    "thing2": {"value": "周小禾"},
    "thing3": {"value": "示例第一小学"},
    "time4": {"value": "2026年11月30日 18:00"},
}
Say = Callable[[dict[str, str]], Awaitable[bytes]]


class MovableClock:
    """A clock that tests move by hand."""

    def __init__(self) -> None:
        self.at = 1_795_000_000.0

    def __call__(self) -> float:
        return self.at


def text_reply(message: dict[str, str], content: str, **changes: str) -> bytes:
    """Return a passive text reply in plain XML."""
    fields = {
        "ToUserName": message["FromUserName"],
        "FromUserName": message["ToUserName"],
        "CreateTime": "1795000000",
        "MsgType": "text",
        "Content": content,
    } | changes
    return xmltodict.unparse({"xml": fields}, full_document=False).encode()


async def nothing(_message: dict[str, str]) -> bytes:
    """Answer nothing."""
    return b"success"


@dataclass
class Stand:
    """The account's side: what came, and what it says. ``slow``: seconds to wait before each answer, in order."""

    account: Account
    security: Security = Security.SAFE
    say: Say = nothing
    status: int = 200
    slow: list[float] = field(default_factory=list)
    came: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    platform: str = ""

    async def post(self, request: web.Request) -> web.Response:
        """Take one message."""
        query, body = request.query, await request.read()
        check_signature(self.account.token, query["signature"], query["timestamp"], query["nonce"])
        crypto = WeChatCrypto(self.account.token, self.account.aes_key, self.account.appid)
        if self.security is not Security.PLAIN:
            text = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        else:
            text = body.decode()
        message = xmltodict.parse(text)["xml"]
        self.came.append(message)
        self.bodies.append(body)
        if self.slow:
            await asyncio.sleep(self.slow.pop(0))
        answer = await self.say(message)
        if self.security is not Security.PLAIN and answer.startswith(b"<xml>"):
            answer = crypto.encrypt_message(answer.decode(), "12345", str(int(time.time()))).encode()
        return web.Response(body=answer, status=self.status)

    async def get(self, request: web.Request) -> web.Response:
        """Answer the console's check."""
        return web.Response(text=request.query["echostr"])

    async def notice(self, request: web.Request) -> web.Response:
        """Show a page as the service does: signed in by the platform, remembered by a cookie, never to be framed."""
        here = f"http://{request.host}/notice"
        if code := request.query.get("code"):
            query = {"appid": self.account.appid, "secret": self.account.secret, "code": code, "grant_type": "authorization_code"}
            async with ClientSession() as http, http.get(self.platform + "/sns/oauth2/access_token", params=query) as response:
                found = web.HTTPFound(here)
                found.set_cookie("who", (await response.json(content_type=None))["openid"], samesite="Lax", httponly=True)
                raise found
        if "who" not in request.cookies:
            query = {
                "appid": self.account.appid,
                "redirect_uri": here,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": "s",
            }
            raise web.HTTPFound(f"{self.platform}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect")
        self.came.append({"page": request.cookies["who"], "agent": request.headers["User-Agent"], "host": request.host})
        text = (
            f'<!doctype html><html lang="zh-CN"><h1>告知书</h1><p id="who">{request.cookies["who"]}</p><a href="{here}">再看</a>'
        )
        headers = {"X-Frame-Options": "DENY", "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}
        return web.Response(text=text, content_type="text/html", headers=headers)


@dataclass
class Sandbox:
    """A running sandbox: its address, its state, its account, and a client."""

    url: str
    world: World
    stand: Stand
    http: ClientSession
    token: str = ""

    def person(self, key: str = "zhou-mother") -> Follower:
        """Return a follower."""
        return self.world.followers.by_key[key]

    async def post(self, path: str, body: Any, **query: str) -> dict[str, Any]:
        """Call the API or the admin's side."""
        async with self.http.post(self.url + path, json=body, params=query) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            return answer

    async def get(self, path: str, /, **query: str) -> Any:
        """Ask the API or the admin's side."""
        async with self.http.get(self.url + path, params=query) as response:
            return await response.json(content_type=None)

    async def fetch_token(self, *, force: bool = False) -> str:
        """Return a stable token."""
        given = {"grant_type": "client_credential", "appid": ACCOUNT.appid, "secret": ACCOUNT.secret, "force_refresh": force}
        self.token = (await self.post("/cgi-bin/stable_token", given))["access_token"]
        return self.token

    async def call(self, path: str, body: Any) -> dict[str, Any]:
        """Call the API with a token."""
        token = self.token or await self.fetch_token()
        return await self.post("/cgi-bin" + path, body, access_token=token)

    async def send_template(self, key: str = "zhou-mother", **changes: Any) -> dict[str, Any]:
        """Send a template message."""
        body = {"touser": self.person(key).openid, "template_id": ACCOUNT.templates[0].template_id, "data": FIELDS, **changes}
        return await self.call("/message/template/send", body)

    async def act(self, person: str = "zhou-mother", /, **act: Any) -> dict[str, Any]:
        """Act as a follower and wait for what comes of it."""
        return await self.post("/sandbox/say", {"follower": person, "wait": True, **act})

    async def came(self, count: int) -> list[dict[str, Any]]:
        """Wait until the account has got ``count`` messages, and return them."""
        async with asyncio.timeout(5):
            while len(self.stand.came) < count:
                await asyncio.sleep(0.005)
        return self.stand.came


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[Sandbox]:
    """Yield a sandbox on a free port, with three people, whose callback is a Stand; ``settings`` are those of Config."""
    stand = Stand(ACCOUNT, settings.get("security", Security.SAFE))
    app = web.Application()
    app.add_routes([web.post("/callback", stand.post), web.get("/callback", stand.get), web.get("/notice", stand.notice)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    callback = f"http://127.0.0.1:{runner.addresses[0][1]}/callback"
    config = Config(**{"account": ACCOUNT, "callback": callback, "faults": {"finish_delay_s": 0.0}, "limit_s": 2.0} | settings)
    try:
        async with serving(config) as (url, world), ClientSession() as http:
            for key, name in (("zhou-mother", "吴小满"), ("zhou-father", "周立夏"), ("stranger", "钱小雪")):
                world.followers.add(key, name)
            stand.platform = url
            yield Sandbox(url, world, stand, http)
    finally:
        await runner.cleanup()
