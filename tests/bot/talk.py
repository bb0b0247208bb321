"""Hold a written conversation with the running service and tell which turns were right."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import yaml


@dataclass
class Turn:
    """One turn: what was said, what came back, and what was wrong with it (empty if right)."""

    conversation: str
    number: int
    said: str
    faults: list[str]
    messages: list[dict[str, Any]] = field(default_factory=list)


def conversations(path: Path) -> list[dict[str, Any]]:
    """Return the conversations of a YAML file; their shape is described at its head."""
    loaded: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


async def hold(http: aiohttp.ClientSession, url: str, conversation: dict[str, Any]) -> list[Turn]:
    """Hold one conversation as a new sender; returns its turns."""
    sender = f"talk-{uuid4().hex}"
    turns: list[Turn] = []
    buttons: list[dict[str, str]] = []
    for number, turn in enumerate(conversation["turns"], 1):
        said = turn.get("say", turn)
        body: dict[str, Any] = {"sender": sender}
        if isinstance(said, dict) or "tap" in turn:
            position = (said if isinstance(said, dict) else turn)["tap"]
            if position > len(buttons):
                turns.append(Turn(conversation["name"], number, str(said), [f"no button {position}"]))
                break
            body["payload"] = buttons[position - 1]["payload"]
        else:
            body["text"] = said
        async with http.post(f"{url}/channels/web/messages", json=body) as response:
            raw = await response.json()
        messages = raw.get("messages") or [{"text": raw["error"]["message"], "kind": "error", "buttons": [], "topics": []}]
        buttons = [button for message in messages for button in message["buttons"]]
        turns.append(Turn(conversation["name"], number, str(said), faults(turn["expect"], messages), messages))
    return turns


def faults(expect: dict[str, Any], messages: list[dict[str, Any]]) -> list[str]:
    """Return what in ``messages`` is not as ``expect`` says."""
    found = []
    text = "\n".join(message["text"] for message in messages)
    kinds = _listed(expect.get("kind"))
    if kinds and messages[0]["kind"] not in kinds:
        found.append(f"kind {messages[0]['kind']} instead of {kinds}")
    topics = _listed(expect.get("topic"))
    if topics and not set(topics) & set(messages[0]["topics"]):
        found.append(f"topic {messages[0]['topics']} instead of {topics}")
    second = _listed(expect.get("second_topic"))
    if second and not set(second) & {topic for message in messages for topic in message["topics"]}:
        found.append(f"second topic {[m['topics'] for m in messages]} lacks {second}")
    found += [f"text lacks {part}" for part in _listed(expect.get("contains")) if part not in text]
    found += [f"text has {part}" for part in _listed(expect.get("lacks")) if part in text]
    offered = expect.get("offers")
    if offered and not any(f"topic:{offered}" in b["payload"] for m in messages for b in m["buttons"]):
        found.append(f"does not offer {offered}")
    return found


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
