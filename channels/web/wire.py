"""The JSON of the web channel: what the chat page and `outreach ask` send and get."""

from collections.abc import Callable
from typing import Any

from channels.base import Inbound, Message, Reply
from outreach.domain.errors import Invalid

CHANNEL = "web"
# {"sender": ≤128, "text": ≤1000 characters} is far below this, whatever the script.
LONGEST_BODY = 16 * 1024

LONGEST_SENDER = 128

Sign = Callable[[str], str]


def parse(body: object, sender: str, *, accept_sender: bool) -> Inbound:
    """Return the message in a decoded JSON body; ``sender`` is the cookie's, the body's own only where accepted.

    Raises Invalid with ``reason`` json, fields, text, payload or sender.
    """
    if not isinstance(body, dict):
        raise Invalid(reason="json")
    unknown = set(body) - {"sender", "text", "payload"}
    if unknown or ("text" in body) == ("payload" in body):
        raise Invalid(reason="fields")
    text, payload = body.get("text", ""), body.get("payload")
    if not isinstance(text, str):
        raise Invalid(reason="text")
    if "payload" in body and (not isinstance(payload, str) or not 0 < len(payload) <= 200):
        raise Invalid(reason="payload")
    if "sender" in body and accept_sender:
        return Inbound(CHANNEL, _named(body["sender"]), text, payload)
    return Inbound(CHANNEL, sender, text, payload)


def _named(sender: object) -> str:
    if not isinstance(sender, str) or not sender.strip() or len(sender) > LONGEST_SENDER:
        raise Invalid(reason="sender")
    # a name from the body never meets a name from a cookie
    return f"named:{sender}"


def render(reply: Reply, sign: Sign) -> dict[str, Any]:
    """Return ``{"messages": […]}``; every payload is signed for the reader."""
    return {"messages": [_message(message, sign) for message in reply.messages]}


def _message(message: Message, sign: Sign) -> dict[str, Any]:
    rated = message.consultation_id if message.feedback else None
    return {
        "id": message.consultation_id,
        "text": message.text,
        "buttons": [{"title": b.title, "payload": sign(b.act)} for b in message.buttons],
        "topics": list(message.topics),
        "sources": list(message.sources),
        "kind": str(message.kind),
        "intent": message.intent,
        "score": message.score,
        "link": {"title": message.link.title, "url": message.link.path} if message.link else None,
        "feedback": {verdict: sign(f"feedback:{verdict}:{rated}") for verdict in ("useful", "useless")} if rated else None,
    }


__all__ = ["CHANNEL", "LONGEST_BODY", "Reply", "parse", "render"]
