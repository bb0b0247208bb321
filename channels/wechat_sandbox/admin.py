"""The calls under /sandbox by which tests and the page steer it. Only from this machine, and from no other site's page."""

from typing import Any

from aiohttp import web

from channels.wechat_sandbox.acting import Impossible, expects_answer, follower_shown, prepare
from channels.wechat_sandbox.callbacks import Outcome
from channels.wechat_sandbox.faults import FINISHES
from channels.wechat_sandbox.followers import Follower
from channels.wechat_sandbox.world import WORLD, World

Json = dict[str, Any]
ENDINGS = {"expired": 42001, "ended": 40001, "invalid": 40014}


class Refused(Exception):
    """An admin call that cannot be done; answered 400 with ``error`` and ``what``."""

    def __init__(self, error: str, what: str = "") -> None:
        super().__init__(error)
        self.error, self.what = error, what


def routes() -> list[web.RouteDef]:
    """Return the admin routes."""
    return [
        web.get("/sandbox/account", _account),
        web.get("/sandbox/followers", _followers),
        web.post("/sandbox/followers", _add_followers),
        web.get("/sandbox/faults", _get_faults),
        web.post("/sandbox/faults", _set_faults),
        web.post("/sandbox/tokens", _end_tokens),
        web.post("/sandbox/clock", _move_clock),
        web.post("/sandbox/say", _say),
        web.get("/sandbox/record", _record),
        web.post("/sandbox/reset", _reset),
        web.post("/sandbox/verify", _verify),
    ]


async def _json(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError as error:
        raise Refused("json") from error
    if not isinstance(body, dict):
        raise Refused("json")
    return body


async def _account(request: web.Request) -> web.Response:
    config = request.app[WORLD].config
    account = config.account
    templates = [
        {"template_id": t.template_id, "title": t.title, "kind": t.kind, "long_term": t.long_term, "fields": list(t.fields)}
        for t in account.templates
    ]
    return web.json_response(
        {
            "appid": account.appid,
            "secret": account.secret,
            "token": account.token,
            "aes_key": account.aes_key,
            "original_id": account.original_id,
            "name": account.name,
            "templates": templates,
            "security": config.security,
            "callback": config.callback,
            "seed": config.seed,
        }
    )


async def _followers(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    return web.json_response([follower_shown(world, follower) for follower in world.followers.by_key.values()])


async def _add_followers(request: web.Request) -> web.Response:
    """Add people: {"follower": key, "name": …} or {"count": n, "prefix": "load"} for load-0001 and so on.

    {"opened": true} opens the window that a message of theirs would, for tests that speak to the callback themselves.
    """
    world, body = request.app[WORLD], await _json(request)
    try:
        if "follower" in body:
            keys = [(body["follower"], str(body.get("name", body["follower"])))]
        else:
            keys = [(f"{body['prefix']}-{n:04d}",) * 2 for n in range(1, int(body["count"]) + 1)]
        made = [world.followers.add(key, name, "added", following=bool(body.get("following", True))) for key, name in keys]
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("followers", str(error)) from error
    for follower in made if body.get("opened") else ():
        follower.open_window("message", world.now())
    world.chats.tell({"type": "followers"})
    return web.json_response([{"key": follower.key, "openid": follower.openid} for follower in made])


async def _get_faults(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    return web.json_response({"faults": world.faults.shown(), "active": world.faults.active(), "finishes": FINISHES})


async def _set_faults(request: web.Request) -> web.Response:
    """Put the given faults over those in force; {"end_tokens": "expired"} ends the tokens as well."""
    world, body = request.app[WORLD], await _json(request)
    ending = body.pop("end_tokens", None)
    try:
        world.put_faults(world.faults.changed(body))
    except ValueError as error:
        raise Refused("faults", str(error)) from error
    if ending:
        _end(world, ending)
    return web.json_response({"faults": world.faults.shown(), "active": world.faults.active()})


async def _end_tokens(request: web.Request) -> web.Response:
    world, body = request.app[WORLD], await _json(request)
    _end(world, body.get("how", "expired"))
    return web.json_response({"issued": world.tokens.issued})


def _end(world: World, how: Any) -> None:
    if how not in ENDINGS:
        raise Refused("how", ", ".join(ENDINGS))
    world.tokens.end(ENDINGS[how])


async def _move_clock(request: web.Request) -> web.Response:
    """Move the rules' clock forward: tokens, windows and quotas see it, time stamps of messages do not."""
    world, body = request.app[WORLD], await _json(request)
    seconds = body.get("advance_s")
    if not isinstance(seconds, int | float) or seconds < 0:
        raise Refused("advance_s")
    world.shift_s += seconds
    return web.json_response({"shift_s": world.shift_s})


async def _say(request: web.Request) -> web.Response:
    """Act as a follower; with ``wait`` the answer holds what came of it, otherwise it is on its way."""
    world, body = request.app[WORLD], await _json(request)
    follower = world.followers.find(body.get("follower"))
    if follower is None:
        raise Refused("follower", str(body.get("follower")))
    try:
        fields = prepare(world, follower, body)
    except Impossible as error:
        raise Refused(str(error)) from error
    if fields is None:
        return web.json_response({"status": "nothing_sent"})
    work = _deliver(world, follower, fields)
    sent = {"msg_id": str(fields.get("MsgId", "")), "create_time": fields["CreateTime"]}
    if not body.get("wait"):
        world.later(work)
        return web.json_response({"status": "sent", **sent})
    outcome = await work
    return web.json_response({**vars(outcome), **sent})


async def _deliver(world: World, follower: Follower, fields: Json) -> Outcome:
    return await world.callbacks.deliver(follower, fields, from_person=expects_answer(fields))


async def _record(request: web.Request) -> web.Response:
    """Answer the newest entries: ``since``, ``limit``, and any key of an entry as a filter; ``counts=1`` for numbers only."""
    world, query = request.app[WORLD], dict(request.query)
    tokens = {"issued": world.tokens.issued, "quota": world.quotas.counts(), "clear_quota": world.quotas.clearings}
    if query.pop("counts", ""):
        return web.json_response({"counts": world.record.counts(), **tokens})
    try:
        since, limit = int(query.pop("since", 0)), int(query.pop("limit", 1000))
    except ValueError as error:
        raise Refused("number") from error
    return web.json_response({"entries": world.record.find(since=since, limit=limit, **query), **tokens})


async def _reset(request: web.Request) -> web.Response:
    await request.app[WORLD].reset()
    return web.json_response({"status": "ok"})


async def _verify(request: web.Request) -> web.Response:
    return web.json_response({"verified": await request.app[WORLD].callbacks.verify()})
