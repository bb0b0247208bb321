"""Messages: the JSON is what the platform documents, the number comes back, and nothing out of bounds leaves."""

from typing import Any

import pytest

from channels.base import Accepted, DeliveryError
from channels.wechat.fields import FieldError
from channels.wechat.messages import (
    MenuMessage,
    SubscriptionMessage,
    TemplateMessage,
    TextMessage,
    payload,
    send_custom,
    send_subscription,
    send_template,
)
from tests.builders import FixedClock
from tests.channels.wechat.platform import OPENID, fixture, line

TEMPLATE = TemplateMessage(
    to=OPENID,
    template_id="ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY",
    fields={"thing1": "国家资助政策告知书", "thing2": "周小禾", "time4": "2026年11月30日 18:00"},
    url="https://aid.example.cn/notices/a1b2",
    client_msg_id="delivery-000001",
)
SUBSCRIPTION = SubscriptionMessage(
    to=OPENID,
    template_id="xsGIzk5HTrxjNjC2Wob0YWTYRPgaLqwRK1kTz-K4lM0",
    fields={"thing1": "请确认已读告知书", "phrase3": "待确认"},
    url="https://aid.example.cn/notices/a1b2",
)
TEXT = TextMessage(OPENID, "普通高中国家助学金平均每年2300元。")
MENU = MenuMessage(OPENID, "您想问的是哪一个？", (("101", "高中助学金多少钱"), ("102", "中职助学金多少钱")), "也可以直接打字。")


@pytest.mark.parametrize(
    ("send", "message", "name", "path"),
    [
        (send_template, TEMPLATE, "template_send", "/cgi-bin/message/template/send"),
        (send_subscription, SUBSCRIPTION, "subscribe_bizsend", "/cgi-bin/message/subscribe/bizsend"),
        (send_custom, TEXT, "custom_text", "/cgi-bin/message/custom/send"),
        (send_custom, MENU, "custom_msgmenu", "/cgi-bin/message/custom/send"),
    ],
)
async def test_a_message_goes_out_as_recorded_and_its_number_comes_back(
    clock: FixedClock, send: Any, message: Any, name: str, path: str
) -> None:
    recorded = fixture(name)
    async with line(clock) as one:
        one.platform.answers[path] = [recorded["response"]]
        accepted = await send(one.client, message)
        assert one.platform.asked(path) == [recorded["request"]]
    number = recorded["response"].get("msgid")
    assert accepted == Accepted(str(number) if number else "")


def test_what_is_not_given_is_left_out() -> None:
    bare = payload(TemplateMessage(OPENID, "T", {"thing1": "告知书"}))
    assert set(bare) == {"touser", "template_id", "data"}
    assert "page" not in payload(SubscriptionMessage(OPENID, "T", {"thing1": "告知书"}))
    assert "tail_content" not in payload(MenuMessage(OPENID, "请选", (("1", "甲"),)))["msgmenu"]


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (TemplateMessage(OPENID, "T", {"phrase3": "not chinese"}), "phrase3"),
        (TemplateMessage(OPENID, "T", {}), "data"),
        (SubscriptionMessage(OPENID, "T", {"thing1": ""}), "thing1"),
        (TextMessage(OPENID, " "), "text"),
        (TextMessage(OPENID, "字" * 683), "text"),
        (MenuMessage(OPENID, "", (("1", "甲"),)), "head"),
        (MenuMessage(OPENID, "请选", ()), "choices"),
        (MenuMessage(OPENID, "请选", (("1", "甲"), ("1", "乙"))), "choices"),
        (MenuMessage(OPENID, "请选", tuple((str(n), "甲") for n in range(11))), "choices"),
    ],
)
async def test_what_would_be_refused_is_named_and_never_sent(clock: FixedClock, message: Any, key: str) -> None:
    async with line(clock) as one:
        with pytest.raises(FieldError) as caught:
            await send_custom(one.client, message)
        assert caught.value.data["key"] == key and not one.platform.calls


async def test_a_refusal_keeps_its_meaning(clock: FixedClock) -> None:
    async with line(clock) as one:
        one.platform.answers["/cgi-bin/message/subscribe/bizsend"] = [
            {"errcode": 43101, "errmsg": "user refuse to accept the msg"}
        ]
        with pytest.raises(DeliveryError) as caught:
            await send_subscription(one.client, SUBSCRIPTION)
        assert caught.value.permanent and caught.value.reason == "opt_in_needed"
