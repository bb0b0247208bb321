"""Answer a policy question from the content: one topic, two at once, a choice to make, or an honest no."""

from dataclasses import replace

from outreach.content.answer import Asked, compose
from outreach.domain.clock import day_of
from outreach.domain.dialogue import Answer, Clarify, Decision, Decline, policy_stage
from outreach.domain.memory import Choice, Memory, Turn, learn
from outreach.domain.messages import Button, Kind, Link, Message, Reply, numbered
from outreach.domain.understanding import Ranked, Understanding
from outreach.services.context import Services

SUGGESTIONS = 3


def respond(services: Services, turn: Turn, heard: Understanding) -> tuple[Reply, Memory]:
    """Return the reply to an understood message or a tapped topic, and the memory after it."""
    memory = replace(turn.memory, child=learn(turn.memory.child, heard.concepts))
    if turn.act and turn.act.startswith("topic:"):
        return answer_topic(services, memory, turn.act.removeprefix("topic:"), turn.consultation_id)
    decision = services.guide.decide(heard, memory)
    return _carry_out(services, turn, heard, memory, decision)


def answer_topic(services: Services, memory: Memory, topic_id: str, consultation_id: str) -> tuple[Reply, Memory]:
    """Return the answer of one chosen topic; the question it clarifies lends its aspect."""
    message = _bubble(services, memory, Ranked(topic_id, 1.0), Asked(memory.aspect if memory.choices else None), ())
    return Reply((message,)), replace(memory, topic=topic_id, choices=(), answered_by=consultation_id)


def _carry_out(services: Services, turn: Turn, heard: Understanding, memory: Memory, decision: Decision) -> tuple[Reply, Memory]:
    match decision:
        case Answer(topics=topics, also=also, aspect=aspect):
            bubbles = tuple(
                _bubble(services, memory, item, asked, also)
                for item, asked in zip(topics, _asked(turn, heard, aspect), strict=False)
            )
            after = replace(memory, topic=topics[0].topic, aspect=aspect, choices=(), answered_by=turn.consultation_id)
            return Reply(bubbles), after
        case Clarify(topics=topics):
            return choices(services, memory, topics, "clarify.ask", Kind.CLARIFY, turn.consultation_id)
        case Decline(maybe=maybe) if maybe:
            return choices(services, memory, maybe, "decline.maybe", Kind.FALLBACK, turn.consultation_id)
        case _:
            return _nothing(services, "decline.nothing"), replace(memory, choices=())


def _asked(turn: Turn, heard: Understanding, aspect: str | None) -> list[Asked]:
    """Return what is wanted of each topic: of one, all that was said; of two, the words of its own question."""
    if len(heard.parts) > 1:
        return [Asked(words=part.text) for part in heard.parts]
    return [Asked(aspect, heard.figures, heard.years, turn.text)]


def choices(
    services: Services, memory: Memory, topics: tuple[Ranked, ...], say: str, kind: Kind, consultation_id: str
) -> tuple[Reply, Memory]:
    """Return a numbered question that offers ``topics``, and the memory in which they are open."""
    buttons = tuple(Button(services.catalogue.topics[item.topic].question, f"topic:{item.topic}") for item in topics)
    message = Message(
        f"{services.catalogue.say(say)}\n{numbered(buttons)}",
        kind,
        buttons,
        topics=tuple(item.topic for item in topics) if kind is Kind.CLARIFY else (),
        score=topics[0].score,
    )
    after = replace(memory, choices=tuple(Choice(b.title, b.act) for b in buttons), answered_by=consultation_id)
    return Reply((message,)), after


def outside(services: Services, turn: Turn, _heard: Understanding) -> tuple[Reply, Memory]:
    """Return the reply to what is no matter of student aid."""
    return _nothing(services, "decline.outside"), replace(turn.memory, choices=())


def _nothing(services: Services, say: str) -> Reply:
    return Reply((Message(services.catalogue.say(say), Kind.FALLBACK, buttons_of(services, "decline.buttons")),))


def buttons_of(services: Services, key: str) -> tuple[Button, ...]:
    """Return the buttons that ``replies.yml`` lists at ``key``."""
    return tuple(Button(entry["title"], entry["act"]) for entry in services.catalogue.reply(key))


def _bubble(services: Services, memory: Memory, item: Ranked, asked: Asked, also: tuple[str, ...]) -> Message:
    topic = services.catalogue.topic(item.topic)
    composed = compose(services.catalogue, topic, asked, day_of(services.clock.now()))
    known = services.catalogue.topics
    suggested = [known[t] for t in dict.fromkeys((*also[:1], *topic.related, *also[1:])) if t != topic.id and t in known]
    # whoever has said that the child is in junior school is asked about college last
    at = policy_stage(memory.child.stage) if memory.child.stage else None
    suggested.sort(key=lambda one: at is not None and one.stage not in ("general", at, topic.stage))
    buttons = tuple(Button(one.question, f"topic:{one.id}") for one in suggested[:SUGGESTIONS])
    return Message(
        composed.text,
        Kind.ANSWER,
        buttons,
        topics=(topic.id,),
        sources=composed.sources,
        score=item.score,
        link=Link(services.catalogue.say("answer.page"), f"/policies/{topic.id}"),
        feedback=True,
        intent=f"policy/{topic.id}",
    )
