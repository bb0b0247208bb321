"""The account's access token and page ticket: how the platform gives them, and when a token may be forced to be new."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from channels.base import DeliveryError, SharedValues
from channels.wechat import codes
from channels.wechat.account import Account
from channels.wechat.renewal import Renewal, Value
from channels.wechat.wire import Answer, ask
from outreach.domain.clock import Clock, day_of

# The platform's bounds for force_refresh.
FORCED_A_DAY = 20
FORCED_APART = timedelta(seconds=30)


class Tokens:
    """Hands out the token and the ticket; every method raises DeliveryError, temporary or halting, and nothing else.

    ``lease_s``: how long one may take to renew before another does; ``wait_s``: how long the others wait for it.
    """

    def __init__(
        self,
        account: Account,
        http: aiohttp.ClientSession,
        shared: SharedValues,
        clock: Clock,
        *,
        timeout_s: float = 10.0,
        lease_s: float = 30.0,
        wait_s: float = 45.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._account = account
        self._http = http
        self._clock = clock
        self._timeout_s = timeout_s
        self._renewal = Renewal(shared, clock, lease_s=lease_s, wait_s=wait_s, sleep=sleep)
        self._forced_at: datetime | None = None

    async def get(self) -> str:
        """Return the access token; renewed by one holder when it is about to end."""
        return await self._renewal.value(f"{self._account.appid}:token", self._make_token)

    async def renew(self, rejected: str) -> str:
        """Return a token other than ``rejected``, which the platform refused; renews only if that one is still current."""
        return await self._renewal.value(f"{self._account.appid}:token", self._make_token, rejected)

    async def ticket(self) -> str:
        """Return the ticket that signs pages for the JS-SDK."""
        return await self._renewal.value(f"{self._account.appid}:ticket", self._make_ticket)

    async def _make_token(self, stored: Value | None, rejected: str | None) -> Value:
        now = self._clock.now()
        notes = stored.notes if stored else {}
        # a token that we believe good is only replaced by force; where that is not allowed, the platform may still know another
        force = stored is not None and stored.text == rejected and now < stored.expires_at and self._may_force(notes, now)
        if force:
            day = day_of(now).isoformat()
            notes = {"day": day, "forced": _forced_on(notes, now) + 1, "at": now.isoformat()}
            self._forced_at = now
        known = {"appid": self._account.appid, "secret": self._account.secret}
        answer = await ask(
            self._http,
            "POST",
            f"{self._account.api}/cgi-bin/stable_token",
            body={"grant_type": "client_credential", **known, "force_refresh": force},
            timeout_s=self._timeout_s,
        )
        if codes.rule(answer.get("errcode", 0)).reason == "token":
            # asked with the secret, these codes do not speak of a token: the secret is wrong
            raise codes.error(codes.WRONG_SECRET, now)
        made = self._made(answer, "access_token", now, notes)
        if made.text == rejected:
            raise DeliveryError(permanent=False, reason="token", retry_after_s=FORCED_APART.total_seconds(), detail="not forced")
        return made

    def _may_force(self, notes: dict[str, Any], now: datetime) -> bool:
        last = [self._forced_at, datetime.fromisoformat(notes["at"]) if notes else None]
        return _forced_on(notes, now) < FORCED_A_DAY and all(now - moment >= FORCED_APART for moment in last if moment)

    async def _make_ticket(self, _stored: Value | None, _rejected: str | None) -> Value:
        token = await self.get()
        answer = await self._ask_ticket(token)
        if codes.rule(answer.get("errcode", 0)).first is codes.First.RENEW:
            answer = await self._ask_ticket(await self.renew(token))
        return self._made(answer, "ticket", self._clock.now(), {})

    async def _ask_ticket(self, token: str) -> Answer:
        return await ask(
            self._http,
            "GET",
            f"{self._account.api}/cgi-bin/ticket/getticket",
            params={"access_token": token, "type": "jsapi"},
            timeout_s=self._timeout_s,
        )

    def _made(self, answer: Answer, key: str, now: datetime, notes: dict[str, Any]) -> Value:
        if answer.get("errcode", 0):
            raise codes.error(answer["errcode"], now)
        text, life_s = answer.get(key), answer.get("expires_in")
        if not isinstance(text, str) or not text or not isinstance(life_s, int) or life_s <= 0:
            raise DeliveryError(permanent=False, reason="bad_answer", detail=f"no {key}")
        return Value.until(text, now + timedelta(seconds=life_s), now, notes)


def _forced_on(notes: dict[str, Any], now: datetime) -> int:
    return int(notes["forced"]) if notes and notes["day"] == day_of(now).isoformat() else 0
