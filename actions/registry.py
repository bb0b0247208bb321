"""All actions, ready to be run by rasa_sdk's executor."""

from rasa_sdk.executor import ActionExecutor

from actions.desk import desk_actions
from actions.eligibility import eligibility_actions
from actions.policy import AnswerPolicy, OutOfScope
from outreach.services.context import Services


def executor(services: Services) -> ActionExecutor:
    """Return the executor that knows every action of the domain."""
    runner = ActionExecutor()
    for action in (AnswerPolicy(services), OutOfScope(services), *desk_actions(services), *eligibility_actions(services)):
        runner.register_action(action)
    return runner
