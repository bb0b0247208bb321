"""A stand-in for Rasa: understands what it was told to, follows the rules of `data/rules`, and calls the real actions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from rasa_sdk.executor import ActionExecutor

from actions.registry import executor
from outreach.assistant import Ask
from outreach.domain.errors import AssistantUnavailable
from outreach.services.context import Services
from outreach.settings import ROOT
from tests.builders import heard_json

FORM = "eligibility_form"
Hears = Callable[[str], dict[str, Any]]


def _rules() -> dict[str, str]:
    """Return intent → first action, as the rule files say."""
    first = {}
    for path in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            if "intent" in rule["steps"][0]:
                first[rule["steps"][0]["intent"]] = rule["steps"][1]["action"]
    return first


@dataclass
class _Talk:
    events: list[dict[str, Any]] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    loop: str | None = None


class FakeAssistant:
    """Plays Rasa in this process. ``phrases`` maps a text to what the component hears in it; others are out of scope."""

    def __init__(self, services: Services, phrases: dict[str, dict[str, Any]] | None = None) -> None:
        self.phrases = phrases or {}
        self.asked: list[Ask] = []
        self.fails: Exception | None = None
        self.before: Callable[[Ask], Any] | None = None
        self._executor: ActionExecutor = executor(services)
        self._rules = _rules()
        self._talks: dict[str, _Talk] = {}

    async def ready(self) -> bool:
        """Tell whether it would answer."""
        return self.fails is None

    def forget(self) -> None:
        """Lose all trackers, as Rasa does when it is restarted."""
        self._talks.clear()

    async def ask(self, ask: Ask) -> list[dict[str, Any]]:
        """Return the custom objects of the actions; raises AssistantUnavailable when told to, or when none spoke."""
        self.asked.append(ask)
        if self.before:
            await self.before(ask)
        if self.fails:
            raise self.fails
        talk = self._talks.get(ask.conversation)
        if talk is None:
            talk = self._talks[ask.conversation] = _Talk()
            await self._call("action_session_start", ask, talk, {})
        heard = self._hears(ask.message)
        latest = {"text": ask.message, "intent": {"name": heard["intent"]}, "understanding": heard, "metadata": ask.metadata}
        talk.events.append({"event": "user", "text": ask.message, "metadata": ask.metadata, "parse_data": latest})
        customs = await self._follow_rules(ask, talk, latest)
        if not customs:
            raise AssistantUnavailable(reason="empty")
        return customs

    def _hears(self, message: str) -> dict[str, Any]:
        if message.startswith("/"):
            return {"intent": message[1:]}
        return self.phrases.get(message) or heard_json(intent="out_of_scope")

    async def _follow_rules(self, ask: Ask, talk: _Talk, latest: dict[str, Any]) -> list[dict[str, Any]]:
        first = self._rules.get(latest["intent"]["name"], "action_out_of_scope")
        if talk.loop is None and first != FORM:
            return await self._call(first, ask, talk, latest)
        talk.loop = FORM
        customs = await self._call(f"validate_{FORM}", ask, talk, latest)
        if talk.slots.get("eligibility_done"):
            talk.loop = None
            customs += await self._call("action_eligibility_end", ask, talk, latest)
        return customs

    async def _call(self, action: str, ask: Ask, talk: _Talk, latest: dict[str, Any]) -> list[dict[str, Any]]:
        tracker = {
            "sender_id": ask.conversation, "slots": dict(talk.slots), "latest_message": latest, "events": list(talk.events),
            "paused": False, "active_loop": {"name": talk.loop} if talk.loop else {}, "latest_action_name": "action_listen",
        }  # fmt: skip
        result = await self._executor.run(
            {"next_action": action, "sender_id": ask.conversation, "tracker": tracker, "domain": {}}
        )
        assert result is not None
        for event in result.events:
            talk.events.append(event)
            if event["event"] == "slot":
                talk.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                talk.loop = event["name"]
        return [answer["custom"] for answer in result.responses if answer.get("custom")]
