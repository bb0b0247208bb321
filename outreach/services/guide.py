"""The eligibility guide (资助估算) as a conversation: take an answer, ask the next question, show what fits."""

from dataclasses import dataclass, replace

from outreach.content.rules import rule_of
from outreach.domain.dialogue import Decline
from outreach.domain.eligibility import certain_sum, entitled, next_question, take
from outreach.domain.memory import Asking, Child, Form, Memory, Turn, learn
from outreach.domain.messages import Button, Kind, Link, Message, Reply, numbered
from outreach.domain.understanding import Understanding
from outreach.services import desk, policy
from outreach.services.context import Services
from outreach.services.desk import said_of

LEAVING = ("cancel", "goodbye")
# Before anything else, whatever was asked.
URGENT = ("safety", "crisis")
# Functions of the product that somebody may name in the middle of the guide.
FUNCTIONS = (
    "notices", "confirm_notice", "refuse_aid", "withdraw_refusal", "bind", "quiz", "quiz_results", "complaint", "human",
    "staff_lookup", "report_fraud", "status",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step of the form: the bubbles, the memory after it, and whether the form goes on."""

    reply: Reply
    memory: Memory
    active: bool


def step(services: Services, turn: Turn, heard: Understanding) -> Step:
    """Take one message: start or resume the guide, take an answer, answer a question in between, stop, or finish."""
    memory = turn.memory
    form = memory.form
    starting = form is None or form.paused
    if not starting and heard.intent in LEAVING:
        return _stopped(services, memory)
    if form is None:
        form = _started(memory, heard)
        return _next(services, memory, form, services.catalogue.say("eligibility.intro"))
    if form.paused:
        return _resumed(services, memory, form, heard)
    return _taken(services, turn, memory, form, heard)


def _started(memory: Memory, heard: Understanding) -> Form:
    form = take(Form(), replace(memory.child, situations=()))
    return take(form, learn(Child(), heard.concepts))


def _resumed(services: Services, memory: Memory, form: Form, heard: Understanding) -> Step:
    form = take(replace(form, paused=False), learn(Child(), heard.concepts))
    said = said_of(services, replace(memory, child=form.child))
    text = services.catalogue.say("eligibility.resumed", what=said) if said else services.catalogue.say("eligibility.intro")
    return _next(services, memory, form, text)


def _stopped(services: Services, memory: Memory) -> Step:
    text = services.catalogue.say("eligibility.pressed_stop")
    paused = replace(memory.form or Form(), paused=True)
    return Step(Reply((Message(text, Kind.FORM),)), replace(memory, form=paused), active=False)


def _taken(services: Services, turn: Turn, memory: Memory, form: Form, heard: Understanding) -> Step:
    if heard.intent in URGENT:
        # nothing is asked of somebody in danger; the guide waits where it is
        reply, kept = desk.safety(services, turn, heard)
        return Step(reply, replace(kept, form=form), active=True)
    if _leads_elsewhere(turn, heard):
        return _aside(services, turn, memory, form, heard)
    said, none_of_them = _answer(services, turn, form, heard)
    if said == Child() and not none_of_them:
        return _aside(services, turn, memory, form, heard)
    corrected = any(
        old is not None and new is not None and old != new
        for old, new in ((form.child.stage, said.stage), (form.child.boarding, said.boarding), (form.child.school, said.school))
    )
    after = take(form, said, none_of_them=none_of_them)
    what = said_of(services, replace(memory, child=said)) or services.catalogue.say("eligibility.labels.none")
    noted = services.catalogue.say("eligibility.corrected" if corrected else "eligibility.noted", what=what)
    return _next(services, memory, after, noted)


def _leads_elsewhere(turn: Turn, heard: Understanding) -> bool:
    """Tell whether a tapped button or a function of the product has nothing to do with the question asked."""
    if turn.act:
        return not turn.act.startswith("form:")
    return heard.intent in FUNCTIONS


def _answer(services: Services, turn: Turn, form: Form, heard: Understanding) -> tuple[Child, bool]:
    """Return what the message says of the child, and whether it says 都没有."""
    asking = form.asking
    if turn.act and turn.act.startswith("form:"):
        return _value(turn.act.split(":")[-1])
    options = services.catalogue.reply(f"eligibility.options.{asking}") if asking else []
    if options and heard.choice:
        position = len(options) if heard.choice == -1 else heard.choice
        if 1 <= position <= len(options):
            return _value(options[position - 1]["value"])
    if options and heard.several:
        picked = [_value(options[n - 1]["value"])[0] for n in heard.several if 1 <= n <= len(options)]
        return Child(situations=tuple(name for child in picked for name in child.situations)), False
    names_stage = asking == "stage" and heard.named("stage") and heard.length <= 8
    if not names_stage and heard.asks and heard.intent == "policy" and heard.topics and heard.topics[0].score >= 0.5:
        return Child(), False
    said = learn(Child(), heard.concepts)
    if asking == "situation" and not said.situations and _denies(heard, turn):
        return said, True
    return said, False


def _value(value: str) -> tuple[Child, bool]:
    if value == "none":
        return Child(), True
    if value in ("boarding", "day"):
        return Child(boarding=value == "boarding"), False
    if value in ("public", "private"):
        return Child(school=value), False
    if value in ("preschool", "primary", "junior", "senior", "vocational", "college"):
        return Child(stage=value), False
    return Child(situations=(value,)), False


def _denies(heard: Understanding, turn: Turn) -> bool:
    return heard.intent == "deny" or any(word in turn.text for word in ("没有", "没得", "都不", "不是", "无", "莫得"))


def _aside(services: Services, turn: Turn, memory: Memory, form: Form, heard: Understanding) -> Step:
    """Answer a question asked in the middle, or say that the answer was not understood, and ask again."""
    aside: tuple[Reply, Memory] | None = None
    if turn.act and turn.act.startswith("topic:"):
        aside = policy.respond(services, turn, heard)
    elif turn.act == "function:help":
        aside = desk.show_help(services, turn, heard)
    elif (turn.act or "").startswith("function:") and turn.act != "function:eligibility" or heard.intent in FUNCTIONS:
        aside = desk.function(services, turn, heard)
    elif not turn.act and heard.intent == "policy" and not isinstance(services.guide.decide(heard, memory), Decline):
        aside = policy.respond(services, turn, heard)
    if aside is None:
        again = "eligibility.intro" if turn.act == "function:eligibility" else "eligibility.not_understood"
        return _next(services, memory, form, services.catalogue.say(again))
    reply, memory = aside
    step_on = _next(services, memory, form, services.catalogue.say("eligibility.question_kept"))
    # the suggestions of the aside are left out: its numbers would be taken for answers to the question
    said = tuple(replace(message, buttons=()) for message in reply.messages)
    return replace(step_on, reply=Reply((*said, *step_on.reply.messages)))


def _next(services: Services, memory: Memory, form: Form, before: str) -> Step:
    asking = next_question(form)
    form = replace(form, asking=asking)
    if asking is None:
        return _finished(services, memory, form)
    message = _question(services, asking, before)
    return Step(Reply((message,)), replace(memory, form=form, choices=()), active=True)


def _question(services: Services, asking: Asking, before: str) -> Message:
    options = services.catalogue.reply(f"eligibility.options.{asking}")
    buttons = tuple(Button(option["title"], f"form:{asking}:{option['value']}") for option in options)
    text = f"{before}\n{services.catalogue.say(f'eligibility.ask.{asking}')}\n{numbered(buttons)}"
    return Message(text.strip(), Kind.FORM, buttons)


def _finished(services: Services, memory: Memory, form: Form) -> Step:
    message = result(services, form.child)
    after = replace(memory, form=None, child=form.child, choices=())
    return Step(Reply((message,)), after, active=False)


def result(services: Services, child: Child) -> Message:
    """Return everything ``child`` may receive, with a sum of what is certain only."""
    say = services.catalogue.say
    entries = {entry.id: entry for entry in services.catalogue.benefits}
    rules = entitled((rule_of(entry) for entry in services.catalogue.benefits), child)
    said = said_of(services, Memory(child=child)) or say("eligibility.labels.none")
    if not rules:
        return Message(say("eligibility.result.none"), Kind.RESULT, topics=("hardship-scope",))
    lines = [say("eligibility.result.head", child=said)]
    for number, rule in enumerate(rules, 1):
        entry = entries[rule.id]
        status = say(
            "eligibility.status_line",
            likelihood=say(f"eligibility.result.likelihood.{entry.likelihood}"),
            certainty=say(f"eligibility.certainty.{entry.certainty}"),
        )
        lines.append(say("eligibility.result.line", number=number, name=entry.name, amount=entry.amount) + f"（{status}）")
        lines.append(f"  {entry.where}；{entry.when}；{entry.bring}")
    total = certain_sum(rules)
    lines.append(say("eligibility.result.sum", total=total) if total else say("eligibility.result.no_sum"))
    lines.append(say("eligibility.result.caution"))
    topics = tuple(dict.fromkeys(entries[rule.id].topic for rule in rules))
    buttons = tuple(Button(services.catalogue.topics[t].question, f"topic:{t}") for t in topics[:3])
    return Message(
        "\n".join(lines), Kind.RESULT, buttons, topics=topics, link=Link(say("answer.page"), "/policies"), feedback=True
    )
