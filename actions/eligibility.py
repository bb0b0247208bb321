"""The eligibility form: Rasa keeps the loop going, the service takes the answers and keeps them."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet

from actions.turn import ServiceAction, metadata_of
from outreach.domain.memory import Memory, Turn
from outreach.domain.messages import Reply
from outreach.domain.understanding import Understanding
from outreach.services import guide, memories
from outreach.services.turns import finish

FORM = "eligibility_form"
# The one slot of the form: unset while the service still asks, set when it is done.
SLOT = "eligibility_done"


class ValidateEligibility(ServiceAction):
    """Takes one answer, and asks the next question in the same breath."""

    action = "validate_eligibility_form"

    async def answer(self, turn: Turn, heard: Understanding, tracker: Tracker) -> tuple[Reply, list[dict[str, Any]]]:
        """Take the message; the slot is set when the guide has ended."""
        active = True

        def respond(turn: Turn) -> tuple[Reply, Memory]:
            nonlocal active
            step = guide.step(self.services, turn, heard)
            active = step.active
            return step.reply, step.memory

        reply = await finish(self.services, turn, respond, heard.intent)
        if active:
            # naming the slot tells Rasa that the message was taken, so that it does not look for another rule
            return reply, [SlotSet(SLOT, None), SlotSet("requested_slot", SLOT)]
        return reply, [SlotSet(SLOT, "done"), SlotSet("requested_slot", None)]


class AskEligibility(ServiceAction):
    """Rasa asks for the slot here; the question was asked by the validation already."""

    action = f"action_ask_{SLOT}"

    async def answer(self, turn: Turn, heard: Understanding, tracker: Tracker) -> tuple[Reply, list[dict[str, Any]]]:
        """Say nothing more."""
        return Reply(), []


class EligibilityEnd(ServiceAction):
    """Makes the form ready to be started again."""

    action = "action_eligibility_end"

    async def answer(self, turn: Turn, heard: Understanding, tracker: Tracker) -> tuple[Reply, list[dict[str, Any]]]:
        """Clear the slot."""
        return Reply(), [SlotSet(SLOT, None)]


class SessionStart(ServiceAction):
    """Starts a session of Rasa; a form that was under way before a restart goes on."""

    action = "action_session_start"

    async def answer(self, turn: Turn, heard: Understanding, tracker: Tracker) -> tuple[Reply, list[dict[str, Any]]]:
        """Return the events that restore the loop."""
        return Reply(), await self._restored(turn.sender_key)

    async def run(self, dispatcher: Any, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Restore what the metadata's sender had under way; without a sender start afresh."""
        sender_key = metadata_of(tracker).get("sender_key") or tracker.sender_id.rpartition(".")[0]
        return await self._restored(sender_key)

    async def _restored(self, sender_key: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = [SessionStarted()]
        async with self.services.work.read() as session:
            memory = await memories.recall(session, sender_key)
        if memory.form and not memory.form.paused:
            events += [ActiveLoop(FORM), SlotSet("requested_slot", SLOT)]
        return [*events, ActionExecuted("action_listen")]


def eligibility_actions(services: Any) -> list[ServiceAction]:
    """Return the actions of this module."""
    return [ValidateEligibility(services), AskEligibility(services), EligibilityEnd(services), SessionStart(services)]
