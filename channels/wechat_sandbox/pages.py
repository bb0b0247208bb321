"""The pages: phones, their live stream, sign-in as the platform does it, and QR pictures. All words are in static/."""

import asyncio
import contextlib
import html
import json
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.wechat_sandbox.account import HERE, origin
from channels.wechat_sandbox.acting import follower_shown
from channels.wechat_sandbox.faults import FINISHES, hits
from channels.wechat_sandbox.oauth import SCOPES, with_query
from channels.wechat_sandbox.qr_picture import svg
from channels.wechat_sandbox.world import WORLD, World

STATIC = HERE / "static"
ALIVE_S = 15
OWNER = web.RequestKey("owner", str)  # whose phone a request comes from


def routes() -> list[web.RouteDef]:
    """Return the routes of the pages."""
    return [
        web.get("/", _phones),
        web.get("/sandbox/state", _state),
        web.get("/sandbox/chat", _chat),
        web.get("/sandbox/events", _events),
        web.get("/cgi-bin/showqrcode", _picture),
        web.get("/connect/oauth2/authorize", authorize),
    ]


async def _phones(_request: web.Request) -> web.StreamResponse:
    return page("phones.html")


def page(name: str, status: int = 200, **fills: str) -> web.Response:
    """Return a page of static/ with its {{names}} filled in, escaped."""
    text = (STATIC / name).read_text(encoding="utf-8")
    for key, value in fills.items():
        text = text.replace("{{" + key + "}}", html.escape(value))
    return web.Response(text=text, content_type="text/html", status=status, headers={"Cache-Control": "no-store"})


async def _state(request: web.Request) -> web.Response:
    """Answer all the page needs beside the chats."""
    world = request.app[WORLD]
    templates = [
        {"id": t.template_id, "title": t.title, "long_term": t.long_term} for t in world.templates.all if t.kind == "subscribe"
    ]
    scenes = [
        {"scene": s.scene, "ticket": s.ticket, "url": s.url, "permanent": s.expires_at is None}
        for s in world.scenes.usable(world.now())
    ]
    state = {
        "account": world.config.account.name,
        "callback": world.config.callback,
        "origins": world.config.origins,
        "followers": [follower_shown(world, follower) for follower in world.followers.by_key.values()],
        "menu": world.menu.buttons,
        "templates": templates,
        "scenes": scenes,
        "faults": world.faults.shown(),
        "active": world.faults.active(),
        "finishes": FINISHES,
    }
    return web.json_response(state)


async def _chat(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    return web.json_response(world.chats.of(request.query.get("follower", "")))


async def _events(request: web.Request) -> web.StreamResponse:
    """Stream every change to the page (server-sent events)."""
    world = request.app[WORLD]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    with world.chats.listening() as queue, contextlib.suppress(ConnectionResetError):
        await response.write(b"retry: 1000\n\n")
        while True:
            try:
                async with asyncio.timeout(ALIVE_S):
                    event: Any = await queue.get()
                line = f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
            except TimeoutError:
                line = ": alive\n\n"
            await response.write(line.encode())
    return response


async def _picture(request: web.Request) -> web.StreamResponse:
    scene = request.app[WORLD].scenes.find(request.query.get("ticket", ""))
    if scene is None:
        raise web.HTTPNotFound
    return web.Response(text=svg(scene.url), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


async def authorize(request: web.Request) -> web.StreamResponse:
    """connect/oauth2/authorize: back to the account's page with a code for the phone's owner, silently.

    The owner is known by the host of the phone's browser (see browser.py), or in tests by ``sandbox_follower``. Anybody else gets
    the page that tells to open the link inside the app.
    """
    world = request.app[WORLD]
    query = request.query
    target = query.get("redirect_uri", "")
    if (
        query.get("appid") != world.config.account.appid
        or query.get("response_type") != "code"
        or query.get("scope") not in SCOPES
    ):
        return page("refused.html", 400, code="10012")
    if origin(target) not in world.config.origins:
        return page("refused.html", 400, code="10003")
    follower = world.followers.find(request.get(OWNER) or query.get("sandbox_follower"))
    if follower is None:
        return _outside(world, request)
    snapshot = hits(world.faults.snapshot, follower.key)
    openid = world.followers.openid_of(f"{follower.key}/snapshot") if snapshot else follower.openid
    code = world.codes.give(openid, world.now(), snapshot=snapshot)
    world.record.add(
        "page", "/connect/oauth2/authorize", "snapshot" if snapshot else "code", follower=follower.key, target=target
    )
    raise web.HTTPFound(with_query(target, code=code, state=query.get("state", "")))


def _outside(world: World, request: web.Request) -> web.Response:
    people = {key: follower.name for key, follower in world.followers.by_key.items() if follower.note != "added"}
    here = "/connect/oauth2/authorize?" + urlencode(list(request.query.items()))
    return page("outside.html", 200, here=here, people=json.dumps(people, ensure_ascii=False))
