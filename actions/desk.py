"""Small talk, help, safety, choices, feedback and the functions."""

from collections.abc import Callable
from typing import Any

from rasa_sdk import Tracker

from actions.turn import ServiceAction
from outreach.domain.memory import Memory, Turn
from outreach.domain.messages import Reply
from outreach.domain.understanding import Understanding
from outreach.services import desk, feedback
from outreach.services.context import Services
from outreach.services.turns import finish

Use = Callable[[Services, Turn, Understanding], tuple[Reply, Memory]]


class Desk(ServiceAction):
    """One use case of the desk under its action name."""

    def __init__(self, services: Services, action: str, use: Use) -> None:
        super().__init__(services)
        self.action = action
        self._use = use

    async def answer(self, turn: Turn, heard: Understanding, tracker: Tracker) -> tuple[Reply, list[dict[str, Any]]]:
        """Carry the use case out and archive it."""
        reply = await finish(self.services, turn, lambda t: self._use(self.services, t, heard), heard.intent)
        return reply, []


class Feedback(ServiceAction):
    """Stores 有用 or 没用."""

    action = "action_feedback"

    async def answer(self, turn: Turn, heard: Understanding, tracker: Tracker) -> tuple[Reply, list[dict[str, Any]]]:
        """Store the verdict the intent names."""
        return await feedback.give(self.services, turn, heard.intent.removeprefix("feedback_")), []


def desk_actions(services: Services) -> list[ServiceAction]:
    """Return the actions of this module."""
    uses: dict[str, Use] = {
        "action_chitchat": desk.chitchat,
        "action_help": desk.show_help,
        "action_safety": desk.safety,
        "action_function": desk.function,
        "action_choose": desk.choose,
        "action_note_child": desk.note_child,
    }
    return [*(Desk(services, name, use) for name, use in uses.items()), Feedback(services)]
