"""What is said to something that arrived: a turn of the talk, a phrase, or an apology; and answers that come late."""

import logging
import re
import secrets

from outreach.domain.errors import Invalid
from outreach.domain.intake import taken
from outreach.domain.memory import Choice
from outreach.domain.messages import Button, Kind, Link, Message, Reply
from outreach.services import memories, policy
from outreach.services.answer_pages import path_of
from outreach.services.arrivals import Claimed
from outreach.services.context import Services
from outreach.services.conversation import Conversations, Said, title_of
from outreach.services.saying import Earlier
from outreach.services.wording import told

log = logging.getLogger(__name__)

# A Rasa that is away is waited for: the answer then follows by a push. Beyond this the person is told that it is away.
PATIENCE_S = 180.0
# Of an answer that comes late beside another; the rest stands on its page.
LATE_CHARACTERS = 160
_SENTENCE_END = re.compile(r"[。！？\n]")


async def answer(services: Services, conversations: Conversations, claimed: Claimed) -> Reply:
    """Return what to say; raises nothing."""
    try:
        return await _answer(services, conversations, claimed)
    except Exception:
        error_id = secrets.token_hex(4).upper()
        log.exception("arrival failed error_id=%s arrival=%s", error_id, claimed.id)
        return Reply((Message(services.catalogue.say("input.failed", error_id=error_id), Kind.ERROR, intent="error"),))


async def _answer(services: Services, conversations: Conversations, claimed: Claimed) -> Reply:
    content = claimed.content
    act = content.get("act")
    if payload := content.get("payload"):
        act = services.open(claimed.sender_key, payload)
    if act and known(services, act):
        said = Said(claimed.channel, claimed.sender_key, title_of(services, act), act)
    elif "text" in content:
        try:
            said = Said(claimed.channel, claimed.sender_key, taken(content["text"]))
        except Invalid as error:
            return Reply((Message(told(services.catalogue, error), Kind.ERROR, intent="error"),))
    else:
        return await _phrase(services, claimed, content.get("say", "arrival.unknown"))
    return await conversations.turn(said, claimed.id, PATIENCE_S)


def known(services: Services, act: str) -> bool:
    """Tell whether ``act`` is one of ours that may be started from outside a talk: a topic, or a function."""
    kind, _, name = act.partition(":")
    if kind == "topic":
        return name in services.catalogue.topics
    return kind == "function" and (name in ("help", "eligibility") or name in services.catalogue.replies["function"])


async def _phrase(services: Services, claimed: Claimed, key: str) -> Reply:
    """Return a phrase of ``replies.yml``, with the buttons listed beside it, which may then be taken by number."""
    entry = services.catalogue.reply(key)
    buttons: tuple[Button, ...] = ()
    text_key = key
    if isinstance(entry, dict):
        text_key = f"{key}.text"
        buttons = policy.buttons_of(services, f"{key}.buttons") if entry.get("buttons") else ()
    reply = Reply((Message(services.catalogue.say(text_key), Kind.CHITCHAT, buttons, intent=key),))
    if buttons:
        offered = tuple(Choice(button.title, button.act) for button in buttons)
        await memories.offer(services, claimed.channel, claimed.sender_key, offered)
    return reply


def late(services: Services, earlier: Earlier, reply: Reply) -> Reply:
    """Return ``reply`` after the answer that could not be said in its time: a word about that, its beginning, and its page."""
    lead = services.catalogue.say("arrival.late_unsure" if earlier.unsure else "arrival.late")
    text = "\n".join(message.text for message in earlier.reply.messages)
    begun = beginning(text, LATE_CHARACTERS)
    link = None
    if begun != text and earlier.reply.messages[0].consultation_id:
        link = Link(services.catalogue.say("shown.whole"), path_of(services, earlier.arrival_id))
    return Reply((Message(f"{lead}\n{begun}", Kind.CHITCHAT, link=link), *reply.messages))


def beginning(text: str, most: int) -> str:
    """Return ``text``, or its whole sentences within ``most`` characters, at least one."""
    if len(text) <= most:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    fitting = [end for end in ends if end <= most] or ends[:1] or [most]
    return text[: fitting[-1]].rstrip()
