"""From the fields of a genuine request to an arrival: what a person said or tapped, and the facts the platform tells.

Knows the platform's words; everything is bounded and typed here, so that nothing behind this border meets a raw field.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from channels.base import Arrival, ChannelFact
from channels.wechat import codes
from channels.wechat.callback import Fields, Opened, Refused

CHANNEL = "wechat"
# What a person's own act lets us push: seconds, sends.
MESSAGE_WINDOW = (48 * 3600, 5)
TAP_WINDOW = (60, 3)
# Kinds we cannot read, each answered with a kind word of content/replies.yml.
UNREADABLE = {
    "image": "arrival.image",
    "video": "arrival.video",
    "shortvideo": "arrival.video",
    "location": "arrival.location",
    "link": "arrival.link",
}
SCENE = "qrscene_"
_SUBSCRIPTIONS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
_OPT_IN = {"accept": "accepted", "reject": "refused"}


def arrival_of(opened: Opened) -> Arrival:
    """Return the arrival of a request; raises Refused (400) for a kind's own field that is missing or of a wrong shape."""
    fields = opened.fields
    sender = _text(fields, "FromUserName", 64)
    sent_at = _moment(fields)
    kind = _text(fields, "MsgType", 24).lower()[:24]
    if not kind:
        raise Refused(400, "kind")
    if kind == "event":
        return _event(fields, sender, sent_at, opened.nonce)
    message_id = _text(fields, "MsgId", 64)
    if not message_id.isalnum():
        raise Refused(400, "message_id")
    text, say = _said(fields, kind)
    return Arrival(
        channel=CHANNEL,
        message_id=message_id,
        sender=sender,
        sent_at=sent_at,
        kind=kind,
        text=text,
        say=say,
        nonce=opened.nonce,
        digest=_digest(fields),
        window_s=MESSAGE_WINDOW[0],
        window_sends=MESSAGE_WINDOW[1],
    )


def _said(fields: Fields, kind: str) -> tuple[str, str | None]:
    """Return (what was typed or spoken, else "", the phrase that answers what cannot be read)."""
    if kind == "text":
        text = _text(fields, "Content", 8000)
        return text, None if text else "input.empty"
    if kind == "voice":
        text = _text(fields, "Recognition", 8000)
        return text, None if text else "arrival.voice"
    return "", UNREADABLE.get(kind, "arrival.unknown")


def _event(fields: Fields, sender: str, sent_at: datetime, nonce: str) -> Arrival:
    name = _text(fields, "Event", 48)
    if not name:
        raise Refused(400, "event")
    key = _text(fields, "EventKey", 512)
    act, say, window = None, None, (0, 0)
    facts = _facts(fields, name.lower(), key, sender, sent_at)
    match name.lower():
        case "subscribe":
            say, window = "arrival.welcome", TAP_WINDOW
        case "scan":
            say, window = "arrival.scanned", TAP_WINDOW
        case "click":
            act, window = key[:80] or None, TAP_WINDOW
    # an event has no number of its own; the message number keeps two receipts of one second apart
    identity = json.dumps([sender, fields.get("CreateTime"), name, key, fields.get("MsgID"), [f.subject for f in facts]])
    return Arrival(
        channel=CHANNEL,
        message_id=f"event.{hashlib.sha256(identity.encode()).hexdigest()[:48]}",
        sender=sender,
        sent_at=sent_at,
        kind=name.lower()[:24],
        act=act,
        say=say,
        nonce=nonce,
        digest=_digest(fields),
        facts=facts,
        window_s=window[0],
        window_sends=window[1],
    )


def _facts(fields: Fields, name: str, key: str, sender: str, at: datetime) -> tuple[ChannelFact, ...]:
    """Return what the platform tells by an event; an event we do not know is kept whole."""
    if name in _SUBSCRIPTIONS:
        return tuple(_subscription(item, name, sender, at) for item in _items(fields.get(_SUBSCRIPTIONS[name])))
    token = key.removeprefix(SCENE)[:64]
    scanned = (ChannelFact("scan", sender, at, subject=token),) if token else ()
    match name:
        case "subscribe":
            return (ChannelFact("follow", sender, at), *(scanned if key.startswith(SCENE) else ()))
        case "unsubscribe":
            return (ChannelFact("unfollow", sender, at),)
        case "scan":
            return scanned
        case "templatesendjobfinish":
            return (_delivery(sender, at, _text(fields, "MsgID", 64), _text(fields, "Status", 40), {}),)
    unknown = ChannelFact("unknown", sender, at, subject=name[:40], data={"fields": _kept(fields)})
    return () if name in ("click", "view") else (unknown,)


def _delivery(sender: str, at: datetime, number: str, status: str, data: dict[str, Any]) -> ChannelFact:
    """Return the platform's word on a message of ours as a fact: delivered or failed, never read; its own words beside it."""
    delivered, permanent, reason = codes.delivery(status)
    said = {"said": status, "permanent": permanent, "reason": reason, **data}
    return ChannelFact("delivery", sender, at, number, "delivered" if delivered else "failed", said)


def _subscription(item: Fields, name: str, sender: str, at: datetime) -> ChannelFact:
    template = _text(item, "TemplateId", 64)
    if name == "subscribe_msg_sent_event":
        code = _text(item, "ErrorCode", 12)
        data = {"template": template, "code": code}
        return _delivery(sender, at, _text(item, "MsgID", 64), "success" if code == "0" else f"failed:{code}", data)
    said = _text(item, "SubscribeStatusString", 24)
    return ChannelFact("opt_in", sender, at, template, _OPT_IN.get(said, said or "unknown"), {"by": name.split("_")[2]})


def _items(block: object) -> list[Fields]:
    """Return the ``List`` elements of a subscription event: one, or many."""
    inner = block.get("List") if isinstance(block, dict) else None
    if isinstance(inner, dict):
        return [inner]
    return [item for item in inner if isinstance(item, dict)][:50] if isinstance(inner, list) else []


def _kept(fields: Fields) -> dict[str, str]:
    """Return the flat fields of an unknown event, without who it is about."""
    named = ("FromUserName", "ToUserName")
    return {k[:40]: v[:200] for k, v in list(fields.items())[:30] if isinstance(v, str) and k not in named}


def _text(fields: Mapping[str, object], name: str, longest: int) -> str:
    """Return the field as text without blanks around it, "" if it is not there; raises Refused (400) if it is no text."""
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise Refused(400, f"field {name}")
    return value.strip()[:longest]


def _moment(fields: Fields) -> datetime:
    stamp = _text(fields, "CreateTime", 12)
    if not stamp.isascii() or not stamp.isdecimal():
        raise Refused(400, "time")
    return datetime.fromtimestamp(int(stamp[:11]), UTC)


def _digest(fields: Fields) -> str:
    said = {name: value for name, value in fields.items() if name != "Encrypt"}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")).hexdigest()
