"""Every registered channel, put through the contract."""

import pytest
from hypothesis import given

from channels.base import Accepted, Channel, DeliveryError, Reply
from channels.registry import CHANNELS, channel_class
from channels.showing import Phrases, Showing
from channels.web.channel import WebChannel
from channels.wechat.channel import CAPABILITIES, WeChatChannel, anchor
from outreach.domain.messages import Kind, Link, Message
from tests.channels import contract

PHRASES = Phrases("还可以问（回复数字）：", "答得对不对？回复“有用”或“没用”。", "看全文", "……")


class NoDesk:
    """Customer service that takes nothing."""

    async def send_text(self, openid: str, text: str) -> Accepted:
        raise DeliveryError(permanent=False, reason="busy")


def wechat() -> WeChatChannel:
    """Return the channel without a platform behind it."""
    showing = Showing(
        CAPABILITIES, PHRASES, lambda path: f"https://zizhu.example{path}", anchor, lambda _m: Link("看全文", "/answers/x")
    )
    return WeChatChannel(showing, NoDesk())


MADE: dict[str, Channel] = {"web": WebChannel(), "wechat": wechat()}


def test_every_registered_channel_is_tried_here() -> None:
    assert set(MADE) == set(CHANNELS)
    assert all(isinstance(channel, channel_class(kind)) and channel.kind == kind for kind, channel in MADE.items())


@pytest.mark.parametrize("kind", CHANNELS)
@given(reply=contract.REPLIES)
def test_replies_are_shown_as_the_contract_says(kind: str, reply: Reply) -> None:
    contract.shows_within_its_bounds(MADE[kind], reply)
    contract.cuts_no_link(MADE[kind], reply)
    if sum(len(message.text) for message in reply.messages) < 300:
        contract.loses_no_choice(MADE[kind], reply)


@pytest.mark.parametrize("kind", CHANNELS)
async def test_nothing_is_shown_for_nothing_and_failures_are_its_own(kind: str) -> None:
    contract.shows_nothing_for_nothing(MADE[kind])
    await contract.fails_only_in_its_own_words(MADE[kind], "nobody")


def test_a_long_answer_is_cut_at_a_sentence_and_linked() -> None:
    reply = Reply((Message("每年2300元。" * 200, Kind.ANSWER, link=Link("看全部", "/policies/senior-grant")),))
    [shown] = wechat().show(reply)
    assert shown.text.split("……")[0].endswith("元。")
    assert '<a href="https://zizhu.example/answers/x">看全文</a>' in shown.text


def test_a_question_keeps_its_own_numbers_and_gets_no_second_list() -> None:
    house = wechat()
    asking = Message(
        "读哪个阶段？\n1. 小学\n2. 初中", Kind.FORM, tuple(contract.Button(t, f"form:{t}") for t in ("小学", "初中"))
    )
    answer = Message("每年2300元。", Kind.ANSWER, (contract.Button("找谁办", "topic:where-to-apply"),))
    [shown] = house.show(Reply((answer, asking)))
    assert "还可以问" not in shown.text and shown.text.endswith("2. 初中")
