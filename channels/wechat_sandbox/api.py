"""The gate every API call goes through: latency, busy, method, token, quota, body; then the call itself, and its record."""

import asyncio
import json
import time
from typing import Any

from aiohttp import web

from channels.wechat_sandbox.calls import ENDPOINTS, Call, Endpoint
from channels.wechat_sandbox.errors import ApiError
from channels.wechat_sandbox.world import WORLD, World

Json = dict[str, Any]
_ANY = ("/cgi-bin/menu/delete",)  # documented as GET, and taken as POST too


def routes() -> list[web.RouteDef]:
    """Return the routes of the API."""
    return [web.route("*", endpoint.path, _handler(endpoint)) for endpoint in ENDPOINTS]


def _handler(endpoint: Endpoint) -> Any:
    async def handle(request: web.Request) -> web.StreamResponse:
        world = request.app[WORLD]
        number = world.calls[endpoint.path] = world.calls.get(endpoint.path, 0) + 1
        key, faults, dice = f"{endpoint.path}:{number}", world.faults, world.dice
        began = time.perf_counter()
        raw = await request.read()
        if faults.api_latency_s or faults.api_jitter_s:
            await asyncio.sleep(faults.api_latency_s + faults.api_jitter_s * dice.draw("latency", key))
        body: Any = None
        try:
            if dice.falls(faults.busy_share, "busy", key):
                raise ApiError(-1)
            body = _admitted(world, endpoint, request, raw)
            answer = endpoint.run(world, Call(request.query, body))
        except ApiError as error:
            answer = error.answer()
        lost = dice.falls(faults.lost_answer_share, "lost", key)
        world.record.add(
            "api",
            endpoint.path,
            str(answer.get("errcode", 0)),
            follower=_person(world, body),
            query={name: value for name, value in request.query.items() if name not in ("access_token", "secret")},
            body=body,
            answer=answer,
            lost=lost,
            ms=round((time.perf_counter() - began) * 1000, 2),
        )
        if lost and request.transport:
            request.transport.abort()
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        return web.Response(text=text, content_type="text/plain" if endpoint.plain else "application/json")

    return handle


def _admitted(world: World, endpoint: Endpoint, request: web.Request, raw: bytes) -> Json:
    """Return the JSON body of a call that may go on; raises ApiError."""
    if request.method != endpoint.method and endpoint.path not in _ANY:
        raise ApiError(43001 if endpoint.method == "GET" else 43002)
    for end, errcode in world.faults.refuse.items():
        if end == "*" or endpoint.path.endswith(end):
            raise ApiError(errcode)
    if endpoint.token:
        world.tokens.check(request.query.get("access_token"), world.now())
    world.quotas.take(endpoint.path, world.now(), world.faults.quotas)
    if endpoint.method == "GET":
        return {}
    if not raw:
        raise ApiError(44002)
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ApiError(47001) from error
    if not isinstance(body, dict):
        raise ApiError(47001)
    return body


def _person(world: World, body: Any) -> str:
    found = world.followers.find(body.get("touser")) if isinstance(body, dict) else None
    return found.key if found else ""
