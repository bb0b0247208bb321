"""The client against the sandbox, which plays the whole platform and was written by others from its pages alone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from channels.base import DeliveryError
from channels.wechat import menu, qr
from channels.wechat.account import Account
from channels.wechat.client import WeChatClient
from channels.wechat.messages import (
    MenuMessage,
    SubscriptionMessage,
    TemplateMessage,
    TextMessage,
    send_custom,
    send_subscription,
    send_template,
)
from channels.wechat.pages import Pages
from channels.wechat.tokens import Tokens
from outreach.content.catalogue import Catalogue
from outreach.domain.clock import SystemClock
from outreach.wechat_settings import SANDBOX, SANDBOX_TEMPLATES
from tests.channels.wechat.platform import MemoryValues, no_pause
from tests.channels.wechat_sandbox.stand import Sandbox, running


@dataclass
class Try:
    """The sandbox and our client on it."""

    sandbox: Sandbox
    client: WeChatClient
    pages: Pages


@pytest.fixture
async def tried() -> AsyncIterator[Try]:
    """Yield our client on a fresh sandbox."""
    async with running() as sandbox, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        origin = sandbox.world.config.origins[0]
        hosts = {"api": sandbox.url, "authorize": sandbox.url, "console": sandbox.url}
        account = Account(
            SANDBOX["APPID"],
            SANDBOX["SECRET"],
            SANDBOX["TOKEN"],
            SANDBOX["AES_KEY"],
            origin=origin,
            templates=SANDBOX_TEMPLATES,
            **hosts,
        )
        clock = SystemClock()
        tokens = Tokens(account, http, MemoryValues(), clock)
        client = WeChatClient(account, http, tokens, clock, per_second=1e5, sleep=no_pause)
        yield Try(sandbox, client, Pages(account, http, tokens, clock, b"a key of the tests"))


def notice(tried: Try, key: str = "zhou-mother", **changes: str) -> TemplateMessage:
    """Return a notice to a follower."""
    values = {
        "thing1": "国家资助政策告知书",
        "thing2": "周小禾",
        "thing3": "示例第一小学",
        "time4": "2026年11月30日 18:00",
        **changes,
    }
    return TemplateMessage(tried.sandbox.person(key).openid, SANDBOX_TEMPLATES["notice"], values, client_msg_id="d1")


async def refusal(tried: Try, message: TemplateMessage) -> DeliveryError:
    """Return why a message is refused."""
    with pytest.raises(DeliveryError) as caught:
        await send_template(tried.client, message)
    return caught.value


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_two_hundred_who_meet_an_ended_token_refresh_it_once(tried: Try, code: int) -> None:
    await tried.client.tokens.get()
    await tried.sandbox.post("/sandbox/tokens", {"errcode": code})
    issued = tried.sandbox.world.tokens.issued
    await asyncio.gather(
        *(tried.client.call("/cgi-bin/menu/create", menu.payload([{"title": "甲", "act": "a"}], "")) for _ in range(200))
    )
    assert tried.sandbox.world.tokens.issued == issued + 1


async def test_a_template_message_is_accepted_with_a_number(tried: Try) -> None:
    accepted = await send_template(tried.client, notice(tried))
    assert accepted.provider_id.isdecimal()
    (event,) = await tried.sandbox.came(1)
    assert event["MsgID"] == accepted.provider_id


@pytest.mark.parametrize(
    ("fault", "reason", "permanent", "halts"),
    [
        ({"not_following": ["zhou-mother"]}, "not_following", True, False),
        ({"blacklisted": ["zhou-mother"]}, "blocklisted", True, False),
        ({"risky_words": ["告知书"]}, "risky_content", True, False),
        ({"busy_share": 1.0}, "busy", False, False),
        ({"lost_answer_share": 1.0}, "uncertain", False, False),
    ],
)
async def test_a_fault_of_the_platform_has_its_meaning(
    tried: Try, fault: dict[str, object], reason: str, permanent: bool, halts: bool
) -> None:
    await tried.client.tokens.get()
    await tried.sandbox.post("/sandbox/faults", fault)
    error = await refusal(tried, notice(tried))
    assert (error.reason, error.permanent, error.halts) == (reason, permanent, halts)


async def test_a_wrong_template_stops_the_batch(tried: Try) -> None:
    message = TemplateMessage(tried.sandbox.person().openid, "x" * 43, {"thing1": "告知书"})
    assert (await refusal(tried, message)).halts


async def test_without_an_opt_in_a_subscription_message_asks_for_one(tried: Try) -> None:
    message = SubscriptionMessage(
        tried.sandbox.person().openid, SANDBOX_TEMPLATES["reminder_opt_in"],
        {"thing1": "请确认已读", "thing2": "周小禾", "phrase3": "待确认", "time4": "2026年11月30日 18:00"},
    )  # fmt: skip
    with pytest.raises(DeliveryError) as caught:
        await send_subscription(tried.client, message)
    assert caught.value.reason == "opt_in_needed"


async def test_a_text_and_choices_reach_a_person_inside_the_window_only(tried: Try) -> None:
    openid = tried.sandbox.person().openid
    with pytest.raises(DeliveryError) as caught:
        await send_custom(tried.client, TextMessage(openid, "您好"))
    assert caught.value.reason == "window_closed"
    await tried.sandbox.act(text="高中助学金")
    await send_custom(tried.client, TextMessage(openid, "您好"))
    await send_custom(tried.client, MenuMessage(openid, "请选", (("1", "高中"), ("2", "中职"))))


async def test_a_code_with_a_scene_and_its_picture_come_from_the_platform(tried: Try) -> None:
    code = await qr.create(tried.client, "b-7f3kq9x2", seconds=600)
    async with tried.sandbox.http.get(code.image) as response:
        assert response.status == 200 and response.content_type.startswith("image/")


async def test_the_menu_of_the_content_is_taken_and_read_back(tried: Try, catalogue: Catalogue) -> None:
    assert await menu.read(tried.client) == []
    await menu.push(tried.client, catalogue.account.entries())
    assert await menu.read(tried.client) == menu.payload(catalogue.account.entries(), tried.client.account.origin)["button"]


async def test_the_ticket_signs_a_page(tried: Try) -> None:
    assert len((await tried.pages.js_config(tried.client.account.origin + "/notice")).signature) == 40


async def test_the_way_to_the_platform_carries_our_state(tried: Try) -> None:
    parts = urlsplit(tried.pages.authorize_url("/notice", "anna"))
    assert parts.path == "/connect/oauth2/authorize"
    tried.pages.check(parse_qs(parts.query)["state"][0], "/notice", "anna")
