"""The HTTP routes of the callback: five seconds, three tries, once and only once. The inbox makes the turns."""

import asyncio
import logging
import time

from aiohttp import ClientError, web
from aiohttp.http import HttpProcessingError

from channels.base import Arrival, Inbox, Reply
from channels.wechat.callback import LONGEST_BODY, Callback, Opened, Refused
from channels.wechat.channel import WeChatChannel
from channels.wechat.events import arrival_of
from outreach.domain.errors import NotAllowed

log = logging.getLogger(__name__)

PATH = "/channels/wechat/callback"
# The platform hangs up after 5 s; what is ready by now still gets there.
ANSWER_WITHIN_S = 4.5
# A try that is not answered must last longer than the platform waits, or it would be taken as the answer.
HANGS_UP_S = 5.5
TRIES = 3
SUCCESS = "success"


class CallbackRoutes:
    """GET sets the address up, POST brings messages and events."""

    def __init__(self, callback: Callback, inbox: Inbox, channel: WeChatChannel) -> None:
        self._callback = callback
        self._inbox = inbox
        self._channel = channel

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get(PATH, self.get, allow_head=False), web.post(PATH, self.post)]

    async def get(self, request: web.Request) -> web.Response:
        """Give back ``echostr`` as it came."""
        try:
            return web.Response(text=self._callback.echo(request.query))
        except Refused as refused:
            return _refusal(refused)

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Take one message or event and answer it if the answer is ready in time."""
        began = time.monotonic()
        try:
            self._callback.admit(request.query)
            opened = self._callback.open(request.query, await _body(request))
            arrival = arrival_of(opened)
            taken = await self._inbox.take(arrival, ANSWER_WITHIN_S - (time.monotonic() - began))
        except Refused as refused:
            return _refusal(refused)
        except NotAllowed:
            return _refusal(Refused(403, "replay"))
        if taken.reply is not None:
            return await self._say(request, arrival, opened, taken.reply)
        if taken.pending and taken.tries < TRIES:
            # no answer at all makes the platform ask again, and the next try joins the turn
            await asyncio.sleep(max(0.0, HANGS_UP_S - (time.monotonic() - began)))
        elif taken.pending:
            await self._inbox.leave(arrival)
        return web.Response(text=SUCCESS)

    async def _say(self, request: web.Request, arrival: Arrival, opened: Opened, reply: Reply) -> web.StreamResponse:
        shown = self._channel.show(reply)
        text = self._callback.close(shown[0].text, opened) if shown else SUCCESS
        response = web.Response(text=text, content_type="application/xml" if shown else "text/plain")
        gone = request.transport is None or request.transport.is_closing()
        try:
            await response.prepare(request)
            await response.write_eof()
        except OSError:
            gone = True
        await (self._inbox.unsaid(arrival) if gone else self._inbox.said(arrival))
        return response


async def _body(request: web.Request) -> bytes:
    """Return the body; raises Refused (413) for a longer one than the platform sends, without reading on."""
    if (request.content_length or 0) > LONGEST_BODY:
        raise Refused(413, "size")
    raw = bytearray()
    try:
        async for chunk in request.content.iter_any():
            raw += chunk
            if len(raw) > LONGEST_BODY:
                raise Refused(413, "size")
    except (ClientError, HttpProcessingError, web.RequestPayloadError, ValueError) as error:
        raise Refused(400, "body") from error  # not what its headers say it is
    return bytes(raw)


def _refusal(refused: Refused) -> web.Response:
    log.warning("callback refused status=%s reason=%s", refused.status, refused.reason)
    return web.Response(status=refused.status, text=refused.reason)
