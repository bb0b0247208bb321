"""What every action shares: the turn it belongs to, an answer on the wire, and no exception that Rasa would swallow."""

import logging
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from outreach.domain.errors import Conflict
from outreach.domain.memory import Turn
from outreach.domain.messages import Reply
from outreach.domain.messages_json import wire
from outreach.domain.understanding import Understanding
from outreach.services import consultations
from outreach.services.context import Services

log = logging.getLogger(__name__)


def turn_of(tracker: Tracker) -> Turn:
    """Return the turn named in the message's metadata; raises KeyError when Rasa was asked by somebody else."""
    metadata = metadata_of(tracker)
    return Turn(
        sender_key=metadata["sender_key"],
        consultation_id=metadata["consultation_id"],
        channel=metadata["channel"],
        text=metadata["text"],
        act=metadata.get("act"),
        asked_at=datetime.fromisoformat(metadata["asked_at"]),
    )


def metadata_of(tracker: Tracker) -> dict[str, Any]:
    """Return the metadata of the latest message."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return dict(event.get("metadata") or {})
    return {}


def heard_in(tracker: Tracker) -> Understanding:
    """Return what the component understood; a tapped button was understood by its intent alone."""
    latest = tracker.latest_message
    raw = dict(latest.get("understanding") or {})
    if str(latest.get("text", "")).startswith("/"):
        raw = {}
    raw["intent"] = (latest.get("intent") or {}).get("name") or "out_of_scope"
    return Understanding.parse(raw)


class ServiceAction(Action):  # type: ignore[misc]
    """An action that answers through the services; on an exception it apologises and the consultation keeps the error id."""

    action = ""

    def __init__(self, services: Services) -> None:
        self.services = services

    def name(self) -> str:
        """Return the name in the domain."""
        return self.action

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Answer; returns the events for Rasa."""
        try:
            reply, events = await self.answer(turn_of(tracker), heard_in(tracker), tracker)
        except Conflict:
            # this turn was answered before: the earlier answer stands
            return []
        except Exception:
            reply, events = await self._apologise(tracker), []
        for item in wire(reply):
            dispatcher.utter_message(json_message=item)
        return events

    async def answer(self, turn: Turn, heard: Understanding, tracker: Tracker) -> tuple[Reply, list[dict[str, Any]]]:
        """Return the reply and the events; raises whatever goes wrong."""
        raise NotImplementedError

    async def _apologise(self, tracker: Tracker) -> Reply:
        consultation_id = str(metadata_of(tracker).get("consultation_id", ""))
        log.exception("action failed action=%s consultation=%s", self.action, consultation_id)
        return await consultations.apologise(self.services, consultation_id, "input.failed", self.action)
