"""What every registered channel must keep, whatever it is: the suite that a new channel is put through first."""

from hypothesis import strategies as st

from channels.base import Channel, DeliveryError, Outbound, Reply
from outreach.domain.messages import Button, Kind, Link, Message, numbered

_TEXT = st.text(alphabet="助学金每年2300元。找学校老师，办！？\n<a>&😀", min_size=1, max_size=1500).filter(str.strip)
_TITLES = st.text(alphabet="看看能领哪些资助找谁办材料卡", min_size=2, max_size=24)
_BUTTONS = st.lists(st.builds(Button, _TITLES, st.uuids().map(lambda u: f"topic:{u}")), max_size=4, unique_by=lambda b: b.title)


@st.composite
def _messages(draw: st.DrawFn) -> Message:
    text, buttons = draw(_TEXT), tuple(draw(_BUTTONS))
    if buttons and draw(st.booleans()):
        return Message(f"{text}\n{numbered(buttons)}", Kind.CLARIFY, buttons)
    link = draw(st.sampled_from([None, Link("看全部内容和出处", "/policies/senior-grant")]))
    return Message(text, Kind.ANSWER, buttons, link=link, feedback=draw(st.booleans()), consultation_id="0" * 32)


REPLIES = st.lists(_messages(), min_size=1, max_size=3).map(lambda messages: Reply(tuple(messages)))


def shows_within_its_bounds(channel: Channel, reply: Reply) -> None:
    """A reply never has more bubbles or bytes than the channel takes, and never vanishes."""
    can, shown = channel.capabilities, channel.show(reply)
    assert shown and all(outbound.text.strip() for outbound in shown)
    assert can.most_messages is None or len(shown) <= can.most_messages
    assert can.longest_bytes is None or all(len(outbound.text.encode()) <= can.longest_bytes for outbound in shown)


def loses_no_choice(channel: Channel, reply: Reply) -> None:
    """Every suggestion of a short reply can be taken: as a button, or by its number in the text."""
    shown = channel.show(reply)
    text = "\n".join(outbound.text for outbound in shown)
    tapped = {button.act for outbound in shown for button in outbound.buttons}
    for number, button in enumerate(reply.suggestions(), 1):
        assert button.act in tapped or f"{number}. {button.title}" in text


def cuts_no_link(channel: Channel, reply: Reply) -> None:
    """A link of ours that was begun is whole."""
    for outbound in channel.show(reply):
        assert outbound.text.count('<a href="') == outbound.text.count("</a>") or not channel.capabilities.links


def shows_nothing_for_nothing(channel: Channel) -> None:
    """An empty reply is no bubble."""
    assert channel.show(Reply()) == ()


async def fails_only_in_its_own_words(channel: Channel, handle: str) -> None:
    """A sending that fails raises DeliveryError and nothing else; without push it is permanent."""
    try:
        await channel.send(handle, Outbound("您好"))
    except DeliveryError as error:
        assert error.reason and isinstance(error.permanent, bool)
        assert channel.capabilities.push or error.permanent
    else:
        assert channel.capabilities.push
