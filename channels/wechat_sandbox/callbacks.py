"""Hands messages and events to the account's callback: signed, encrypted, waited for, tried again, and the reply understood."""

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from channels.wechat_sandbox import wire
from channels.wechat_sandbox.account import Config, Security
from channels.wechat_sandbox.chats import Chats
from channels.wechat_sandbox.crypto import Envelope, Undecipherable, matches, signature
from channels.wechat_sandbox.faults import Dice, Faults
from channels.wechat_sandbox.followers import Follower
from channels.wechat_sandbox.record import Record

SILENT = (b"", b"success")


@dataclass(frozen=True)
class Outcome:
    """What came of a callback. ``status``: replied, silent, unavailable or dropped; ``reply``: the chat item, if any."""

    status: str
    tries: int = 0
    reply: dict[str, Any] | None = None
    why: str = ""
    ms: float = 0.0


class Callbacks:
    """Delivers to one callback address. ``faults`` may be changed between messages."""

    def __init__(self, config: Config, record: Record, chats: Chats) -> None:
        self._config, self._record, self._chats = config, record, chats
        self._envelope = Envelope(config.account.aes_key, config.account.appid)
        self._dice = Dice(config.seed)
        self._http: aiohttp.ClientSession | None = None
        self.faults = Faults()

    async def start(self) -> None:
        """Open the connection pool."""
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
        self._http = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None))

    async def close(self) -> None:
        """Close the connection pool."""
        if self._http:
            await self._http.close()

    async def verify(self) -> bool:
        """Do what the console does when the address is saved: GET with echostr; True if it comes back as it was."""
        echo = str(random.randint(10**17, 10**18))
        stamp, nonce = str(int(time.time())), _nonce()
        query = {
            "signature": signature(self._config.account.token, stamp, nonce),
            "echostr": echo,
            "timestamp": stamp,
            "nonce": nonce,
        }
        try:
            async with asyncio.timeout(self._config.limit_s), self._session.get(self._url(query)) as response:
                said = (await response.read()).decode(errors="replace")
                good = response.status == 200 and said == echo
        except (TimeoutError, aiohttp.ClientError) as error:
            said, good = type(error).__name__, False
        self._record.add("callback", "verify", "ok" if good else "failed", answer=said[:200])
        return good

    async def deliver(self, follower: Follower, fields: dict[str, Any], *, from_person: bool) -> Outcome:
        """Deliver one message or event with the faults it meets; show its reply, or that the account is out of order.

        ``from_person``: the phone's owner waits for an answer (False for receipts, which are never answered in the chat).
        """
        follower.sent += 1
        key, faults, dice = f"{follower.key}:{follower.sent}", self.faults, self._dice
        name = str(fields.get("Event") or fields["MsgType"])
        if dice.falls(faults.drop_share, "drop", key):
            self._record.add("callback", name, "dropped", follower=follower.key, fields=fields)
            return Outcome("dropped")
        wait_s = faults.callback_delay_s + faults.callback_jitter_s * dice.draw("jitter", key)
        if dice.falls(faults.held_share, "held", key):
            wait_s += faults.held_s
        if from_person:
            self._chats.waiting(follower.key, +1)
        try:
            if wait_s:
                await asyncio.sleep(wait_s)
            url, body = self._packed(follower, fields)
            copies = 2 if dice.falls(faults.double_share, "double", key) else 1
            outcomes = await asyncio.gather(*(self._tries(follower, name, url, body, fields) for _ in range(copies)))
        finally:
            if from_person:
                self._chats.waiting(follower.key, -1)
        best = min(outcomes, key=lambda outcome: ("replied", "silent", "unavailable").index(outcome.status))
        if best.reply and from_person:
            self._chats.show(follower.key, "them", **best.reply)
        elif best.status == "unavailable" and from_person:
            self._chats.show(follower.key, "between", "unavailable", why=best.why)
        return best

    async def _tries(self, follower: Follower, name: str, url: str, body: bytes, fields: dict[str, Any]) -> Outcome:
        """Send the same request until it is answered within the limit, at most ``tries`` times."""
        began = time.perf_counter()
        status, why, reply, number = "unavailable", "timeout", None, 0
        for number in range(1, self._config.tries + 1):
            answer = b""
            try:
                async with asyncio.timeout(self._config.limit_s), self._session.post(url, data=body, headers=_XML) as response:
                    answer = await response.read()
                    code = response.status
            except TimeoutError:
                why = "timeout"
            except aiohttp.ClientError as error:
                why = "refused" if isinstance(error, aiohttp.ClientConnectorError) else "disconnected"
            else:
                status, reply, why = self._understood(follower, code, answer)
            ms = round((time.perf_counter() - began) * 1000, 1)
            self._record.add(
                "callback", name, why or status, follower=follower.key, tried=number, ms=ms, fields=fields, url=url,
                answer=answer[:4000].decode(errors="replace"), reply=reply,
            )  # fmt: skip
            if why not in ("timeout", "refused", "disconnected"):
                break
        return Outcome(status, number, reply, why, round((time.perf_counter() - began) * 1000, 1))

    def _understood(self, follower: Follower, code: int, answer: bytes) -> tuple[str, dict[str, Any] | None, str]:
        if code != 200:
            return "unavailable", None, f"status {code}"
        if answer.strip() in SILENT:
            return "silent", None, ""
        try:
            reply = wire.reply(self._opened(answer), follower.openid, self._config.account.original_id)
        except (wire.Malformed, Undecipherable) as error:
            return "unavailable", None, f"malformed: {error}"
        return ("replied", reply, "") if reply else ("silent", None, "")

    def _opened(self, answer: bytes) -> Any:
        root = wire.parse(answer)
        sealed = root.findtext("Encrypt")
        if self._config.security is Security.PLAIN or (sealed is None and self._config.security is Security.COMPATIBLE):
            return root
        parts = [root.findtext(name) or "" for name in ("MsgSignature", "TimeStamp", "Nonce")]
        if sealed is None or not matches(parts[0], self._config.account.token, parts[1], parts[2], sealed):
            raise wire.Malformed("MsgSignature")
        return wire.parse(self._envelope.open(sealed))

    def _packed(self, follower: Follower, fields: dict[str, Any]) -> tuple[str, bytes]:
        """Return address and body of the request, the same for every try."""
        account, stamp, nonce = self._config.account, str(int(time.time())), _nonce()
        query = {
            "signature": signature(account.token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": follower.openid,
        }
        if self._config.security is Security.PLAIN:
            return self._url(query), wire.xml(fields)
        sealed = self._envelope.seal(wire.xml(fields))
        query |= {"encrypt_type": "aes", "msg_signature": signature(account.token, stamp, nonce, sealed)}
        shown = fields if self._config.security is Security.COMPATIBLE else {"ToUserName": account.original_id}
        return self._url(query), wire.xml({**shown, "Encrypt": sealed})

    def _url(self, query: dict[str, str]) -> str:
        return f"{self._config.callback}{'&' if '?' in self._config.callback else '?'}{urlencode(query)}"

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            raise RuntimeError("not started")
        return self._http


_XML = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"}


def _nonce() -> str:
    return str(random.randint(10**8, 10**10))
