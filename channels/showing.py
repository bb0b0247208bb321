"""What a channel cannot show degrades here and nowhere else: buttons to numbers, long text to a cut at a sentence and a link."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from channels.base import Capabilities, Link, Message, Outbound, Reply
from outreach.domain.messages import numbered

_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True)
class Phrases:
    """The words around a reply, from the content: over the suggestions, under an answer that may be rated, at a cut."""

    also: str
    rate: str
    whole: str
    cut: str


@dataclass(frozen=True)
class Showing:
    """How one channel shows replies: ``anchor`` writes a link that can be tapped, ``page`` the address of a path of ours.

    ``whole`` gives the page on which a reply can be read in full.
    """

    can: Capabilities
    phrases: Phrases
    page: Callable[[str], str]
    anchor: Callable[[str, str], str]
    whole: Callable[[Message], Link]

    def show(self, reply: Reply) -> tuple[Outbound, ...]:
        """Return the bubbles; a channel with buttons and without bounds gets the reply as it is."""
        if not reply.messages:
            return ()
        if self.can.buttons:
            return tuple(Outbound(self._fitted(m.text, "", m), m.buttons) for m in reply.messages)
        tail = self._tail(reply)
        if self.can.most_messages == 1:
            text = "\n\n".join(self._body(message) for message in reply.messages)
            # what was asked now stands last; what came late before it is short
            return (Outbound(self._fitted(text, tail, reply.messages[-1])),)
        *before, last = reply.messages
        bubbles = [Outbound(self._fitted(self._body(m), "", m)) for m in before]
        return (*bubbles, Outbound(self._fitted(self._body(last), tail, last)))

    def _body(self, message: Message) -> str:
        return f"{message.text}\n{self._link(message.link)}" if message.link else message.text

    def _link(self, link: Link) -> str:
        address = self.page(link.path)
        return self.anchor(link.title, address) if self.can.links else f"{link.title}：{address}"

    def _tail(self, reply: Reply) -> str:
        suggestions = reply.suggestions()
        lines = [f"{self.phrases.also}\n{numbered(suggestions)}"] if suggestions else []
        if any(message.feedback for message in reply.messages):
            lines.append(self.phrases.rate)
        return "\n".join(lines)

    def _fitted(self, text: str, tail: str, message: Message) -> str:
        """Return text and tail within the bound; what does not fit is cut from the text, at a sentence, and linked."""
        whole = f"{text}\n\n{tail}" if tail else text
        most = self.can.longest_bytes
        if most is None or len(whole.encode()) <= most:
            return whole
        end = f"{self.phrases.cut}\n{self._link(self.whole(message))}"
        end = f"{end}\n\n{tail}" if tail else end
        room = most - len(end.encode())
        if room < most // 4:
            # suggestions so long that the answer itself would not fit are left out
            end = f"{self.phrases.cut}\n{self._link(self.whole(message))}"
            room = most - len(end.encode())
        return cut(text, room) + end


def cut(text: str, most: int) -> str:
    """Return at most ``most`` bytes (UTF-8) from the start of ``text``, ended at a sentence if there is one, never in a link."""
    if len(text.encode()) <= most:
        return text
    kept = text.encode()[: max(0, most)].decode("utf-8", "ignore")
    opened = kept.rfind("<a ")
    if opened > kept.rfind("</a>"):
        kept = kept[:opened]
    ends = [match.end() for match in _SENTENCE_END.finditer(kept)]
    # a first sentence longer than half the room would leave too little: then it is cut inside
    return kept[: ends[-1]].rstrip() if ends and ends[-1] > len(kept) // 3 else kept.rstrip()
