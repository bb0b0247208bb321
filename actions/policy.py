"""Policy questions and what lies outside of them."""

from functools import partial
from typing import Any

from rasa_sdk import Tracker

from actions.turn import ServiceAction
from outreach.domain.memory import Turn
from outreach.domain.messages import Reply
from outreach.domain.understanding import Understanding
from outreach.services import policy
from outreach.services.turns import finish


class AnswerPolicy(ServiceAction):
    """Answers, asks which, or declines."""

    action = "action_policy"

    async def answer(self, turn: Turn, heard: Understanding, tracker: Tracker) -> tuple[Reply, list[dict[str, Any]]]:
        """Answer from the policy base."""
        reply = await finish(self.services, turn, lambda t: policy.respond(self.services, t, heard), _intent(turn, heard))
        return reply, []


class OutOfScope(ServiceAction):
    """Says that a question is no matter of student aid."""

    action = "action_out_of_scope"

    async def answer(self, turn: Turn, heard: Understanding, tracker: Tracker) -> tuple[Reply, list[dict[str, Any]]]:
        """Decline and offer what can be done."""
        respond = partial(policy.outside, self.services)
        return await finish(self.services, turn, lambda t: respond(t, heard), heard.intent), []


def _intent(turn: Turn, heard: Understanding) -> str:
    if turn.act and turn.act.startswith("topic:"):
        return f"policy/{turn.act.removeprefix('topic:')}"
    return f"policy/{heard.topics[0].topic}" if heard.topics else "policy"
