"""What arrives on a channel that numbers its messages, and how far it has come. Plain values; knows no platform."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ArrivalState(StrEnum):
    """received → answering → answered → saying → said, as MOVES says; what needs no answer is kept at once."""

    RECEIVED = "received"
    ANSWERING = "answering"
    ANSWERED = "answered"
    SAYING = "saying"
    SAID = "said"
    KEPT = "kept"


# State → the states it may move to. A lease that ran out moves back; an answer is handed straight to a request that waits for it;
# a push that outlived its lease was put back and turns out to be said.
MOVES: dict[ArrivalState, tuple[ArrivalState, ...]] = {
    ArrivalState.RECEIVED: (ArrivalState.ANSWERING,),
    ArrivalState.ANSWERING: (ArrivalState.ANSWERED, ArrivalState.SAYING, ArrivalState.RECEIVED),
    ArrivalState.ANSWERED: (ArrivalState.SAYING, ArrivalState.SAID),
    ArrivalState.SAYING: (ArrivalState.SAID, ArrivalState.ANSWERED),
    ArrivalState.SAID: (),
    ArrivalState.KEPT: (),
}


class SaidBy(StrEnum):
    """How an answer reached the person: in the reply to its own message, pushed afterwards, or with the next reply."""

    REPLY = "reply"
    PUSH = "push"
    NEXT = "next"


@dataclass(frozen=True)
class ChannelFact:
    """Something a platform tells us outside a talk: ``kind`` follow, unfollow, scan, delivery or opt_in.

    ``subject``: what it is about (a QR token, the platform's message number, a template id). ``status``: our word for it.
    """

    kind: str
    sender: str
    occurred_at: datetime
    subject: str = ""
    status: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrival:
    """One message or event of one sender, under the platform's own number.

    What it asks for is one of: ``text`` typed or spoken, ``act`` of one of our own menu keys or buttons (unsigned), ``say`` the
    key of a phrase to answer with; none of them when it needs no answer. ``nonce`` is the request's own random word and
    ``digest`` the SHA-256 of the message as it came, both to tell a retry from a replay.
    """

    channel: str
    message_id: str
    sender: str
    sent_at: datetime
    kind: str
    text: str = ""
    act: str | None = None
    payload: str | None = None
    say: str | None = None
    nonce: str = ""
    digest: str = ""
    facts: tuple[ChannelFact, ...] = ()
    # how long, and how often, the platform lets us push to the sender because of this arrival
    window_s: int = 0
    window_sends: int = 0

    @property
    def asks(self) -> bool:
        """Tell whether something is to be said in return."""
        return bool(self.text or self.act or self.payload or self.say)
