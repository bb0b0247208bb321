"""What a follower does with the phone: writes, speaks, follows, scans, taps. Each act becomes one message or event."""

import zlib
from typing import Any

from channels.wechat_sandbox.faults import hits
from channels.wechat_sandbox.followers import Follower
from channels.wechat_sandbox.world import World

Json = dict[str, Any]
MESSAGES = ("text", "voice", "image", "video", "location", "link")


class Impossible(Exception):
    """A person cannot do this with the phone as it is; the argument is a stable word for the page."""


def prepare(world: World, follower: Follower, act: Json) -> Json | None:
    """Do what the act changes on the phone and return the fields to deliver; None when nothing is to be sent.

    ``act`` has one of text, voice, image, video, location, link, event or raw. Raises Impossible.
    """
    given = [name for name in (*MESSAGES, "event", "raw") if name in act]
    if len(given) != 1:
        raise Impossible("one_act")
    kind = given[0]
    if kind == "event":
        return _event(world, follower, act)
    if not follower.following:
        raise Impossible("not_following")
    if kind == "raw":
        if not isinstance(act["raw"], dict) or "MsgType" not in act["raw"]:
            raise Impossible("raw")
        return _head(world, follower, act) | act["raw"]
    follower.open_window("message", world.now())
    more, shown = _message(kind, act)
    world.chats.show(follower.key, "me", kind, **shown)
    number = act.get("msg_id") or next(world.message_ids)
    fields = _head(world, follower, act) | {"MsgType": kind} | more | {"MsgId": int(number)}
    return fields | ({"bizmsgmenuid": str(act["menu_id"])} if act.get("menu_id") else {})


def _head(world: World, follower: Follower, act: Json) -> Json:
    created = act.get("create_time") or world.config.clock()
    return {"ToUserName": world.config.account.original_id, "FromUserName": follower.openid, "CreateTime": int(created)}


def _message(kind: str, act: Json) -> tuple[Json, Json]:
    """Return (fields of the message, fields of the chat item)."""
    value = act[kind]
    media = {"MediaId": f"sandbox-media-{zlib.crc32(str(value).encode()):08x}"}
    if kind == "text":
        if not isinstance(value, str) or not value:
            raise Impossible("text")
        return {"Content": value}, {"text": value}
    if kind == "voice":
        heard = value if isinstance(value, str) else ""
        spoken = str(act.get("spoken") or heard)
        # None: the account has no recognition; "": nothing was recognised
        return {**media, "Format": "amr"} | ({} if value is None else {"Recognition": heard}), {
            "text": spoken,
            "heard": bool(heard),
        }
    if kind == "image":
        return {"PicUrl": str(value), **media}, {"url": str(value)}
    if kind == "video":
        return {**media, "ThumbMediaId": "sandbox-thumb"}, {}
    if not isinstance(value, dict):
        raise Impossible(kind)
    if kind == "location":
        place = str(value.get("label", ""))
        fields = {"Location_X": value.get("lat", 29.84), "Location_Y": value.get("lng", 106.05), "Scale": 16, "Label": place}
        return fields, {"text": place}
    fields = {"Title": value.get("title", ""), "Description": value.get("description", ""), "Url": value.get("url", "")}
    return fields, {"text": fields["Title"], "url": fields["Url"]}


def _event(world: World, follower: Follower, act: Json) -> Json | None:
    name, key = act["event"], str(act.get("key") or "")
    do = {
        "subscribe": _subscribe,
        "unsubscribe": _unsubscribe,
        "scan": _scan,
        "click": _click,
        "view": _view,
        "popup": _popup,
        "change": _change,
    }.get(str(name))
    if do is None:
        raise Impossible("event")
    if name not in ("subscribe", "scan", "popup", "change") and not follower.following:
        raise Impossible("not_following")
    return _head(world, follower, act) | {"MsgType": "event"} | do(world, follower, key, act)


def _subscribe(world: World, follower: Follower, key: str, act: Json) -> Json:
    if follower.following and not act.get("again"):
        raise Impossible("following_already")
    follower.following, follower.followed_at = True, int(world.now())
    follower.open_window("act", world.now())
    world.chats.show(follower.key, "between", "followed")
    world.chats.tell({"type": "followers"})
    return {"Event": "subscribe", "EventKey": key}


def _unsubscribe(world: World, follower: Follower, _key: str, _act: Json) -> Json:
    follower.following = False
    follower.windows.clear()
    world.chats.show(follower.key, "between", "unfollowed")
    world.chats.tell({"type": "followers"})
    return {"Event": "unsubscribe", "EventKey": ""}


def _scan(world: World, follower: Follower, key: str, act: Json) -> Json:
    scene = world.scenes.find(key)
    if scene is None or not scene.good(world.now()):
        raise Impossible("no_such_code" if scene is None else "code_expired")
    world.chats.show(follower.key, "between", "scanned", scene=scene.scene)
    if not follower.following:
        return _subscribe(world, follower, f"qrscene_{scene.scene}", act) | {"Ticket": scene.ticket}
    follower.open_window("act", world.now())
    return {"Event": "SCAN", "EventKey": scene.scene, "Ticket": scene.ticket}


def _click(world: World, follower: Follower, key: str, act: Json) -> Json:
    follower.open_window("act", world.now())
    world.chats.show(follower.key, "between", "tapped", text=str(act.get("name") or key))
    return {"Event": "CLICK", "EventKey": key}


def _view(_world: World, _follower: Follower, key: str, _act: Json) -> Json:
    return {"Event": "VIEW", "EventKey": key, "MenuId": 424242}


def _choices(act: Json) -> Json:
    choices = act.get("templates")
    if not isinstance(choices, dict) or not choices or not set(choices.values()) <= {"accept", "reject"}:
        raise Impossible("templates")
    return choices


def _popup(world: World, follower: Follower, _key: str, act: Json) -> Json:
    entries = []
    for template_id, choice in _choices(act).items():
        long_term = any(t.template_id == template_id and t.long_term for t in world.templates.all)
        if choice == "accept":
            follower.opt(template_id, accepted=True, long_term=long_term)
        entries.append({"TemplateId": template_id, "SubscribeStatusString": choice, "PopupScene": int(act.get("popup_scene", 1))})
    world.chats.show(follower.key, "between", "opted", count=sum(entry["SubscribeStatusString"] == "accept" for entry in entries))
    return {"Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": entries}}


def _change(world: World, follower: Follower, _key: str, act: Json) -> Json:
    entries = []
    for template_id, choice in _choices(act).items():
        if choice == "reject":
            follower.opt(template_id, accepted=False, long_term=False)
        entries.append({"TemplateId": template_id, "SubscribeStatusString": choice})
    world.chats.show(follower.key, "between", "opted_out")
    return {"Event": "subscribe_msg_change_event", "SubscribeMsgChangeEvent": {"List": entries}}


def expects_answer(fields: Json) -> bool:
    """Tell whether the phone's owner waits for an answer to it."""
    return fields["MsgType"] != "event" or fields.get("Event") in ("subscribe", "SCAN", "CLICK")


def follower_shown(world: World, follower: Follower) -> Json:
    """Return a person as the page and tests see it."""
    now, faults = world.now(), world.faults
    return {
        "key": follower.key,
        "name": follower.name,
        "note": follower.note,
        "openid": follower.openid,
        "following": follower.following,
        "windows": {kind: window.left for kind, window in follower.windows.items() if window.ends_at > now},
        "opted": {**follower.opted, **dict.fromkeys(follower.always, -1)},
        "faults": [name for name in ("blocked", "blacklisted", "not_following", "frequency_limited", "snapshot")
                   if hits(getattr(faults, name), follower.key)],
    }  # fmt: skip
