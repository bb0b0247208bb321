"""The small talk and the functions: greetings, help, safety, choosing, feedback, and what is not open yet."""

from dataclasses import replace

from outreach.domain.memory import Memory, Turn, learn
from outreach.domain.messages import Button, Kind, Message, Reply
from outreach.domain.understanding import Ranked, Understanding
from outreach.services import policy
from outreach.services.context import Services


def chitchat(services: Services, turn: Turn, heard: Understanding) -> tuple[Reply, Memory]:
    """Return the phrase for greetings, thanks, insults and the like."""
    text = services.catalogue.say(f"chitchat.{heard.intent}")
    buttons = policy.buttons_of(services, "help.buttons") if heard.intent in ("greet", "mood", "bot") else ()
    return Reply((Message(text, Kind.CHITCHAT, buttons),)), replace(turn.memory, choices=())


def show_help(services: Services, turn: Turn, _heard: Understanding) -> tuple[Reply, Memory]:
    """Return what the assistant can do."""
    message = Message(services.catalogue.say("help.text"), Kind.CHITCHAT, policy.buttons_of(services, "help.buttons"))
    return Reply((message,)), replace(turn.memory, choices=())


def safety(services: Services, turn: Turn, heard: Understanding) -> tuple[Reply, Memory]:
    """Return the warning for somebody who is being asked for money or a code, or help for somebody in despair."""
    key = "crisis" if heard.intent == "crisis" else "safety"
    buttons = policy.buttons_of(services, f"{key}.buttons")
    # the warning says what its first button asks: that aid never costs anything
    topics = (buttons[0].act.removeprefix("topic:"),) if key == "safety" else ()
    message = Message(services.catalogue.say(f"{key}.text"), Kind.SAFETY, buttons, topics=topics)
    return Reply((message,)), replace(turn.memory, choices=())


def function(services: Services, turn: Turn, heard: Understanding) -> tuple[Reply, Memory]:
    """Return what a function answers here; where a policy topic helps, its answer follows."""
    name = turn.act.removeprefix("function:") if turn.act else heard.intent
    entry = services.catalogue.reply(f"function.{name}")
    message = Message(services.catalogue.say(f"function.{name}.text"), Kind.FUNCTION)
    memory = replace(turn.memory, choices=())
    if not entry["topic"]:
        return Reply((message,)), memory
    answer, memory = policy.answer_topic(services, memory, entry["topic"], turn.consultation_id)
    return Reply((replace(message, topics=(entry["topic"],)), *answer.messages)), memory


def choose(services: Services, turn: Turn, heard: Understanding) -> tuple[Reply, Memory]:
    """Return the answer of the choice that was named by number, or the choices again."""
    memory = turn.memory
    if not memory.choices:
        return show_help(services, turn, heard)
    number = heard.choice or 0
    position = len(memory.choices) if number == -1 else number
    if not 1 <= position <= len(memory.choices):
        topics = tuple(Ranked(c.act.removeprefix("topic:"), 0.0) for c in memory.choices if c.act.startswith("topic:"))
        reply, memory = policy.choices(services, memory, topics, "clarify.ask", Kind.CLARIFY, turn.consultation_id)
        again = services.catalogue.say("clarify.again", number=number or "这")
        first = reply.messages[0]
        return Reply((replace(first, text=again + "\n" + first.text.split("\n", 1)[1]),)), memory
    act = memory.choices[position - 1].act
    return policy.answer_topic(services, memory, act.removeprefix("topic:"), turn.consultation_id)


def note_child(services: Services, turn: Turn, heard: Understanding) -> tuple[Reply, Memory]:
    """Remember what was said of the child and offer what fits; a clear question in it is answered instead."""
    if (heard.moves and turn.memory.topic) or turn.memory.choices:
        return policy.respond(services, turn, heard)
    child = learn(turn.memory.child, heard.concepts)
    memory = replace(turn.memory, child=child, choices=())
    said = said_of(services, memory)
    if not said:
        return policy.respond(services, turn, heard)
    text = services.catalogue.say("eligibility.noted", what=said)
    buttons = (Button("看看能领哪些资助", "function:eligibility"),)
    return Reply((Message(text, Kind.CHITCHAT, buttons),)), memory


def said_of(services: Services, memory: Memory) -> str:
    """Return the child as remembered, in words: 初中、住校、低保."""
    child = memory.child
    parts = [child.stage, {True: "boarding", False: "day"}.get(child.boarding) if child.boarding is not None else None]
    parts += [child.school, *child.situations]
    return "、".join(services.catalogue.say(f"eligibility.labels.{part}") for part in parts if part)
