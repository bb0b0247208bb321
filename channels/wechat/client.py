"""The client of the platform's API. Each code's meaning is data in ``codes.py``; the token is the business of ``tokens.py``."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import aiohttp

from channels.base import DeliveryError
from channels.wechat import codes
from channels.wechat.account import Account
from channels.wechat.codes import First
from channels.wechat.pace import Pace
from channels.wechat.tokens import Tokens
from channels.wechat.wire import Answer, ask, scrubbed, strings
from outreach.domain.clock import Clock

log = logging.getLogger(__name__)

# before the first, second and third repetition of a call that met a busy platform
PAUSES_S = (0.2, 0.8, 2.5)


class WeChatClient:
    """Calls the platform with the account's token, at most ``at_once`` together and ``per_second`` a second.

    Holds nothing that belongs to one call, so one is shared by the whole process. The session ``http`` is not closed here; its
    connector should allow ``at_once`` connections.
    """

    def __init__(
        self,
        account: Account,
        http: aiohttp.ClientSession,
        tokens: Tokens,
        clock: Clock,
        *,
        timeout_s: float = 10.0,
        at_once: int = 40,
        per_second: float = 50.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.account = account
        self.tokens = tokens
        self.clock = clock
        self._http = http
        self._timeout_s = timeout_s
        self._pace = Pace(at_once, per_second, sleep)
        self._sleep = sleep

    async def call(
        self, path: str, body: Mapping[str, Any] | None = None, *, method: str = "POST", params: Mapping[str, str] | None = None
    ) -> Answer:
        """Return the platform's answer to ``path`` (with its slash) once its code is 0.

        A busy platform is asked again at most three times, a rejected token renewed once; every other code, and all that can go
        wrong on the way, is raised as DeliveryError. ``reason`` "uncertain": the platform may have taken the message.
        """
        token = await self.tokens.get()
        renewed, repeated = False, 0
        while True:
            answer = await self._once(method, path, token, body, params)
            code = answer.get("errcode", 0)
            if code == 0:
                return answer
            first = codes.rule(code).first
            if first is First.RENEW and not renewed:
                token, renewed = await self.tokens.renew(token), True
            elif first is First.REPEAT and repeated < len(PAUSES_S):
                await self._sleep(PAUSES_S[repeated])
                repeated += 1
            else:
                raise self._failure(code, path, answer, (token, *strings(body), *strings(params)))

    async def _once(
        self, method: str, path: str, token: str, body: Mapping[str, Any] | None, params: Mapping[str, str] | None
    ) -> Answer:
        async with self._pace.turn():
            return await ask(
                self._http,
                method,
                self.account.api + path,
                params={"access_token": token, **(params or {})},
                body=body,
                timeout_s=self._timeout_s,
            )

    def _failure(self, code: int, path: str, answer: Answer, ours: Iterable[str]) -> DeliveryError:
        error = codes.error(code, self.clock.now())
        known = code in codes.RULES
        log.log(
            logging.WARNING if known else logging.ERROR,
            "platform refused path=%s code=%s reason=%s answer=%s",
            path,
            code,
            error.reason,
            # what we sent may come back in the answer's words; it is somebody's and stays out of the log
            scrubbed(answer, (self.account.secret, *ours)),
        )
        return error
