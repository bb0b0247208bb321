"""Messages as JSON: in the archive, on the wire through Rasa, and back."""

from collections.abc import Sequence
from typing import Any

from outreach.domain.messages import Button, Kind, Link, Message, Reply


def archived(reply: Reply) -> list[dict[str, Any]]:
    """Return the reply as it is archived and shown again in the history: one object a bubble, unsigned acts."""
    return [
        {
            "text": message.text,
            "kind": str(message.kind),
            "topics": list(message.topics),
            "sources": list(message.sources),
            "buttons": [{"title": button.title, "act": button.act} for button in message.buttons],
            "link": {"title": message.link.title, "path": message.link.path} if message.link else None,
            "feedback": message.feedback,
            "intent": message.intent,
            "score": message.score,
        }
        for message in reply.messages
    ]


def wire(reply: Reply) -> list[dict[str, Any]]:
    """Return the messages as the JSON objects that travel through Rasa: as archived, each with its consultation."""
    items = archived(reply)
    for item, message in zip(items, reply.messages, strict=True):
        item["consultation_id"] = message.consultation_id
    return items


def message_of(raw: dict[str, Any]) -> Message:
    """Return the message of one object of ``archived``, which may name its consultation."""
    link = raw.get("link")
    return Message(
        text=raw["text"],
        kind=Kind(raw["kind"]),
        buttons=tuple(Button(item["title"], item["act"]) for item in raw["buttons"]),
        topics=tuple(raw["topics"]),
        sources=tuple(raw["sources"]),
        intent=raw["intent"],
        score=raw["score"],
        link=Link(link["title"], link["path"]) if link else None,
        feedback=raw["feedback"],
        consultation_id=raw.get("consultation_id"),
    )


def reply_of(raws: Sequence[dict[str, Any]], consultation_id: str | None) -> Reply:
    """Return the reply of ``archived``, each message naming ``consultation_id``."""
    return Reply(tuple(message_of({**raw, "consultation_id": consultation_id}) for raw in raws))
