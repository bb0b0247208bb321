"""What goes in and out of a conversation, whatever the channel."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Kind(StrEnum):
    """What an outgoing message is."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    FALLBACK = "fallback"
    CHITCHAT = "chitchat"
    FORM = "form"
    RESULT = "result"
    FUNCTION = "function"
    SAFETY = "safety"
    NOTICE = "notice"
    ERROR = "error"


@dataclass(frozen=True)
class Inbound:
    """One message of one sender: typed ``text``, or the ``payload`` of one of our own buttons."""

    channel: str
    sender: str
    text: str = ""
    payload: str | None = None


@dataclass(frozen=True)
class Button:
    """A choice the person can tap; ``act`` is the unsigned command it stands for, such as ``topic:senior-grant``."""

    title: str
    act: str


def numbered(buttons: tuple[Button, ...]) -> str:
    """Return the titles as numbered lines, for people who answer by number."""
    return "\n".join(f"{number}. {button.title}" for number, button in enumerate(buttons, 1))


@dataclass(frozen=True)
class Link:
    """A page of ours, as a path."""

    title: str
    path: str


@dataclass(frozen=True)
class Message:
    """One bubble: ``topics`` are ids, ``sources`` the documents named, ``intent`` what was understood, ``score`` 0–1."""

    text: str
    kind: Kind
    buttons: tuple[Button, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    intent: str = ""
    score: float | None = None
    link: Link | None = None
    feedback: bool = False
    consultation_id: str | None = None


@dataclass(frozen=True)
class Reply:
    """All bubbles that answer one inbound message."""

    messages: tuple[Message, ...] = field(default=())

    def tagged(self, consultation_id: str, intent: str) -> "Reply":
        """Return the reply with each message naming its consultation and, where it has none, the intent."""
        return Reply(tuple(replace(m, consultation_id=consultation_id, intent=m.intent or intent) for m in self.messages))

    def suggestions(self) -> tuple[Button, ...]:
        """Return the buttons that a channel without buttons lists by number under the reply, in that order.

        A bubble that numbers its own buttons is a question; beside it there are no suggestions, or "2" would mean two things.
        """
        if any(m.buttons and numbered(m.buttons) in m.text for m in self.messages):
            return ()
        return tuple({button.act: button for message in self.messages for button in message.buttons}.values())
