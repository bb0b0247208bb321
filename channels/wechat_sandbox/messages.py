"""The three calls that send: template, subscription and customer-service messages, and the receipts that follow."""

import asyncio
from typing import Any

from channels.wechat_sandbox.errors import ApiError
from channels.wechat_sandbox.faults import hits
from channels.wechat_sandbox.followers import Follower
from channels.wechat_sandbox.wire import LONGEST_TEXT_BYTES
from channels.wechat_sandbox.world import World

Json = dict[str, Any]
OK = {"errcode": 0, "errmsg": "ok"}
ONCE_S = 600
BY_MEDIA = ("image", "voice", "video", "music", "mpnews", "wxcard", "miniprogrampage", "mpnewsarticle")


def template(world: World, body: Json) -> Json:
    """message/template/send: returns msgid; the receipt follows as TEMPLATESENDJOBFINISH."""
    follower = world.followers.addressed(body.get("touser"))
    found = world.templates.find(body.get("template_id"), "template")
    once = (follower.openid, str(body.get("client_msg_id") or ""))
    seen = world.sent_once.get(once)
    if once[1] and seen and world.now() - seen[0] < ONCE_S:
        return {**OK, "msgid": seen[1]}
    _reachable(world, follower, body)
    lines = found.fill(body.get("data"))
    number = next(world.job_ids)
    if once[1]:
        world.sent_once[once] = (world.now(), number)
    card = {"title": found.title, "lines": lines, "url": _address(body), "msgid": str(number)}
    world.later(_finish(world, follower, number, card, f"{follower.key}:{follower.asked}"))
    return {**OK, "msgid": number}


def subscription(world: World, body: Json) -> Json:
    """message/subscribe/bizsend: uses up one opt-in; the receipt follows as subscribe_msg_sent_event."""
    follower = world.followers.addressed(body.get("touser"))
    found = world.templates.find(body.get("template_id"), "subscribe")
    _frequency(world, follower)
    _decent(world, body)
    lines = found.fill(body.get("data"))
    follower.use_opt(found.template_id)
    number = next(world.job_ids)
    card = {"title": found.title, "lines": lines, "url": str(body.get("page") or ""), "msgid": str(number)}
    world.later(_sent(world, follower, found.template_id, number, card))
    return dict(OK)  # the documented answer has no msgid: whoever wants the receipt matches person and template


def customer_service(world: World, body: Json) -> Json:
    """message/custom/send: text, msgmenu or one article inside an open window; what needs uploaded media has no media here."""
    follower = world.followers.addressed(body.get("touser"))
    if hits(world.faults.not_following, follower.key) or not follower.following:
        raise ApiError(45015)  # the platform names an ended subscription with this code
    if hits(world.faults.blacklisted, follower.key):
        raise ApiError(43019)
    if hits(world.faults.blocked, follower.key):
        raise ApiError(48002)
    item = _item(body)
    _decent(world, body)
    follower.use_window(world.now())
    world.chats.show(follower.key, "them", by="service", **item)
    return dict(OK)


def _item(body: Json) -> Json:
    """Return the chat item of a customer-service message; raises ApiError."""
    kind = body.get("msgtype")
    inside = body.get(str(kind))
    if kind not in ("text", "msgmenu", "news", *BY_MEDIA):
        raise ApiError(40008)
    if not isinstance(inside, dict):
        raise ApiError(44004 if kind == "text" else 40035)
    if kind in BY_MEDIA:
        raise ApiError(40007)
    if kind == "text":
        return {"kind": "text", "text": _text(inside.get("content"), required=True)}
    if kind == "news":
        articles = inside.get("articles")
        if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], dict):
            raise ApiError(45008)
        one = articles[0]
        return {"kind": "news", "articles": [{"title": one.get("title"), "text": one.get("description"), "url": one.get("url")}]}
    choices = inside.get("list")
    if not isinstance(choices, list) or not choices:
        raise ApiError(40035)
    shown = [{"id": str(one["id"]), "text": _text(one["content"], required=True)} for one in choices if _is_choice(one)]
    if len(shown) != len(choices):
        raise ApiError(40035)
    head, tail = (_text(inside.get(name)) for name in ("head_content", "tail_content"))
    return {"kind": "menu", "head": head, "choices": shown, "tail": tail}


def _is_choice(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("id"), str | int) and isinstance(one.get("content"), str)


def _text(value: Any, *, required: bool = False) -> str:
    if not isinstance(value, str | None):
        raise ApiError(47001)
    if required and not (value or "").strip():
        raise ApiError(44004)
    if len((value or "").encode()) > LONGEST_TEXT_BYTES:
        raise ApiError(45002)
    return value or ""


def _reachable(world: World, follower: Follower, body: Json) -> None:
    """Raise ApiError unless a template message may be begun; whether it arrives is decided later."""
    if not follower.following or hits(world.faults.not_following, follower.key):
        raise ApiError(43004)
    if hits(world.faults.blacklisted, follower.key):
        raise ApiError(43019)
    _frequency(world, follower)
    _decent(world, body)


def _frequency(world: World, follower: Follower) -> None:
    follower.asked += 1
    key = f"{follower.key}:{follower.asked}"
    if hits(world.faults.frequency_limited, follower.key) or world.dice.falls(world.faults.frequency_share, "frequency", key):
        raise ApiError(43117)


def _decent(world: World, body: Json) -> None:
    if world.faults.risky_words and any(word in str(body) for word in world.faults.risky_words):
        raise ApiError(87014)


def _address(body: Json) -> str:
    url = body.get("url")
    return url if isinstance(url, str) else ""


def _event(world: World, follower: Follower, name: str, **more: Any) -> Json:
    return {
        "ToUserName": world.config.account.original_id,
        "FromUserName": follower.openid,
        "CreateTime": int(world.config.clock()),
        "MsgType": "event",
        "Event": name,
        **more,
    }


async def _finish(world: World, follower: Follower, number: int, card: Json, key: str) -> None:
    faults = world.faults
    await asyncio.sleep(faults.finish_delay_s)
    status = "success"
    if hits(faults.blocked, follower.key):
        status = "failed:user block"
    elif world.dice.falls(faults.finish_share, "finish", key):
        status = faults.finish_status
    if status == "success":
        world.chats.show(follower.key, "them", "card", source="template", **card)
    event = _event(world, follower, "TEMPLATESENDJOBFINISH", MsgID=number, Status=status)
    await world.callbacks.deliver(follower, event, from_person=False)


async def _sent(world: World, follower: Follower, template_id: str, number: int, card: Json) -> None:
    await asyncio.sleep(world.faults.finish_delay_s)
    blocked = hits(world.faults.blocked, follower.key)
    if not blocked:
        world.chats.show(follower.key, "them", "card", source="subscribe", **card)
    entry = {
        "TemplateId": template_id,
        "MsgID": str(number),
        "ErrorCode": 48002 if blocked else 0,
        "ErrorStatus": "failed: user block" if blocked else "success",
    }
    event = _event(world, follower, "subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": [entry]})
    await world.callbacks.deliver(follower, event, from_person=False)
