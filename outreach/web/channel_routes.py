"""The HTTP routes of the web channel."""

import json
from typing import Any

from aiohttp import web

from channels.web import wire
from outreach.domain.errors import Invalid
from outreach.services import consultations
from outreach.services.context import Services
from outreach.services.conversation import Conversations
from outreach.web.visitor import Visitors


class WebChannel:
    """POST a message, GET the history."""

    def __init__(self, services: Services, conversations: Conversations, visitors: Visitors, *, accept_sender: bool) -> None:
        self._services = services
        self._conversations = conversations
        self._visitors = visitors
        self._accept_sender = accept_sender

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of this channel."""
        return [
            web.post("/channels/web/messages", self.post),
            web.get("/channels/web/messages", self.history),
        ]

    async def post(self, request: web.Request) -> web.Response:
        """Answer one message; errors of the sender become JSON errors in the app's middleware."""
        visitor, new = self._visitors.named(request)
        inbound = wire.parse(await _body(request), visitor, accept_sender=self._accept_sender)
        reply = await self._conversations.converse(inbound)
        sender_key = self._services.sender_key(inbound.channel, inbound.sender)
        response = web.json_response(wire.render(reply, lambda act: self._services.sign(sender_key, act)), dumps=_dumps)
        if new and inbound.sender == visitor:
            self._visitors.remember(response, visitor)
        return response

    async def history(self, request: web.Request) -> web.Response:
        """Return the visitor's last turns, oldest first."""
        visitor = self._visitors.known(request)
        turns: list[dict[str, Any]] = []
        if visitor:
            sender_key = self._services.sender_key(wire.CHANNEL, visitor)
            for row in await consultations.history(self._services, sender_key):
                rendered = wire.render(
                    consultations.reply_in(row) or wire.Reply(), lambda act: self._services.sign(sender_key, act)
                )
                turns.append({"asked_at": row.asked_at.isoformat(), "text": row.text, **rendered})
        return web.json_response({"turns": turns}, dumps=_dumps)


async def _body(request: web.Request) -> object:
    """Return the decoded JSON body; raises Invalid (reason json)."""
    raw = await request.content.read(wire.LONGEST_BODY + 1)
    while len(raw) <= wire.LONGEST_BODY and not request.content.at_eof():
        more = await request.content.read(wire.LONGEST_BODY + 1 - len(raw))
        if not more:
            break
        raw += more
    if len(raw) > wire.LONGEST_BODY:
        raise Invalid(reason="too_large")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Invalid(reason="json") from None


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
