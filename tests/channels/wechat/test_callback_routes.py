"""The callback as the platform sees it: over HTTP, with signatures and encryption of an independent hand, on a real database."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from channels.base import Taken
from channels.wechat import routes
from channels.wechat.account import Security
from channels.wechat.callback import Callback
from outreach.services import addresses
from outreach.services.inbox import TurnInbox
from outreach.storage.arrivals import ArrivalRow
from tests.builders import heard_json
from tests.channels.test_contract import wechat
from tests.channels.wechat import by_hand
from tests.channels.wechat.by_hand import event, make_account, text_message
from tests.conftest import House

GRANT = "高中助学金好多钱"
Client = TestClient[web.Request, web.Application]


@dataclass
class Phone:
    """The platform with one account: sends messages and reads replies."""

    client: Client
    house: House
    security: Security = Security.SAFE

    async def post(self, query: dict[str, str], body: bytes) -> tuple[int, str]:
        """Return (status, text)."""
        async with self.client.post(routes.PATH, params=query, data=body) as response:
            return response.status, await response.text()

    async def send(self, fields: dict[str, Any], **more: Any) -> str:
        """Return the words that come back to a message, or ``success``."""
        query, body = by_hand.signed(by_hand.xml(fields), time.time(), security=self.security, **more)
        status, text = await self.post(query, body)
        assert status == 200, text
        if text == "success":
            return text
        return by_hand.plain_reply(text) if self.security is Security.PLAIN else by_hand.opened_reply(text)


Dial = Callable[..., Any]


@pytest.fixture
async def dial(small_house: House) -> AsyncIterator[Dial]:
    """Yield a maker of phones on a service whose account has the given security."""
    small_house.assistant.phrases = {GRANT: heard_json(topics={"senior-grant": 0.95})}
    clients: list[Client] = []

    async def make(security: Security = Security.SAFE) -> Phone:
        inbox = TurnInbox(small_house.services, small_house.conversations, {"wechat": wechat()})
        callback = Callback(
            make_account(security=security, aes_key="" if security is Security.PLAIN else by_hand.AES_KEY), time.time
        )
        app = web.Application()
        app.add_routes(routes.CallbackRoutes(callback, inbox, wechat()).routes())
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return Phone(client, small_house, security)

    yield make
    for client in clients:
        await client.close()


@pytest.mark.parametrize("security", list(Security))
async def test_a_question_is_answered_in_each_mode(dial: Dial, security: Security) -> None:
    phone = await dial(security)
    answer = await phone.send(text_message(GRANT))
    assert "2300" in answer and "https://zizhu.example/policies/senior-grant" in answer
    assert await phone.send(text_message(GRANT)) == "success"


async def test_the_address_is_set_up_by_its_echo(dial: Dial) -> None:
    phone = await dial()
    query, _ = by_hand.signed("<xml/>", time.time(), security=Security.PLAIN)
    async with phone.client.get(routes.PATH, params={**query, "echostr": "8123746"}) as response:
        assert (response.status, await response.text()) == (200, "8123746")
    async with phone.client.get(routes.PATH, params={**query, "signature": "0" * 40, "echostr": "1"}) as response:
        assert response.status == 403


async def test_forged_stale_and_replayed_requests_are_refused(dial: Dial) -> None:
    phone = await dial()
    message = by_hand.xml(text_message(GRANT))
    query, body = by_hand.signed(message, time.time())
    assert (await phone.post({**query, "signature": "f" * 40}, body))[0] == 403
    assert (await phone.post({**query, "msg_signature": "f" * 40}, body))[0] == 403
    assert (await phone.post(*by_hand.signed(message, time.time() - 900)))[0] == 403
    assert (await phone.post(*by_hand.signed(message, time.time() + 900)))[0] == 403
    assert (await phone.post(*by_hand.signed(message, time.time(), security=Security.PLAIN)))[0] == 403
    assert await phone.house.rows(ArrivalRow) == []
    first = by_hand.signed(message, time.time(), nonce="same")
    other = by_hand.signed(by_hand.xml(text_message("换一句", 2)), time.time(), nonce="same")
    assert (await phone.post(*first))[0] == 200
    assert other[0]["timestamp"] != first[0]["timestamp"] or (await phone.post(*other))[0] == 403


async def test_a_body_over_the_limit_is_refused_before_it_is_parsed(dial: Dial) -> None:
    phone = await dial(Security.PLAIN)
    query, _ = by_hand.signed("", time.time(), security=Security.PLAIN)
    assert (await phone.post(query, b"<xml>" + b"x" * 70_000))[0] == 413


async def test_a_body_that_is_not_what_its_headers_say_gets_400(dial: Dial) -> None:
    phone = await dial(Security.PLAIN)
    query, body = by_hand.signed(by_hand.xml(text_message(GRANT)), time.time(), security=Security.PLAIN)
    odd = {"Content-Encoding": "gzip", "Connection": "close"}
    async with phone.client.post(routes.PATH, params=query, data=body, headers=odd) as response:
        assert response.status == 400
    assert "2300" in await phone.send(text_message(GRANT))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<xml>", b"no xml", b"\x00\xff", b"<xml></xml>", b"<a><b/></a>", b"<xml><FromUserName>o</FromUserName></xml>",
        b'<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY e "x">]><xml><FromUserName>&e;</FromUserName></xml>',
        b'<!DOCTYPE xml SYSTEM "http://127.0.0.1/x"><xml/>',
        b"<xml><FromUserName>o</FromUserName><MsgType>text</MsgType><CreateTime>1</CreateTime></xml>",
        b"<xml><FromUserName>o</FromUserName><MsgType>event</MsgType><CreateTime>now</CreateTime></xml>",
        b"<xml>" + b"<a>" * 500 + b"</a>" * 500 + b"</xml>",
        "<xml><FromUserName>o</FromUserName><MsgType>text</MsgType></xml>".encode("utf-16"),
    ],
)  # fmt: skip
async def test_malformed_bodies_get_400(dial: Dial, body: bytes) -> None:
    phone = await dial(Security.PLAIN)
    query, _ = by_hand.signed("", time.time(), security=Security.PLAIN)
    assert (await phone.post(query, body))[0] == 400
    assert "2300" in await phone.send(text_message(GRANT))


@given(body=st.binary(max_size=400), encrypted=st.booleans(), inside=st.booleans())
async def test_no_bytes_bring_a_500(body: bytes, encrypted: bool, inside: bool) -> None:
    callback = Callback(make_account(security=Security.COMPATIBLE), time.time)
    app = web.Application()
    app.add_routes(routes.CallbackRoutes(callback, NoInbox(), wechat()).routes())
    async with TestClient(TestServer(app)) as client:
        wrapped = body if not inside else b"<xml><FromUserName>o</FromUserName>" + body + b"</xml>"
        query, sealed = by_hand.signed(
            wrapped.decode("latin-1"), time.time(), security=Security.SAFE if encrypted else Security.PLAIN
        )
        async with client.post(routes.PATH, params=query, data=sealed if encrypted else wrapped) as response:
            assert response.status in (200, 400, 403)


class NoInbox:
    """An inbox that has nothing to say."""

    async def take(self, arrival: Any, within_s: float) -> Taken:
        return Taken()

    async def said(self, arrival: Any) -> None: ...

    async def unsaid(self, arrival: Any) -> None: ...

    async def leave(self, arrival: Any) -> None: ...


async def test_a_slow_answer_reaches_the_next_try(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "ANSWER_WITHIN_S", 0.2)
    monkeypatch.setattr(routes, "HANGS_UP_S", 0.4)
    phone = await dial()
    gate = asyncio.Event()
    phone.house.assistant.before = lambda _ask: gate.wait()
    assert await phone.send(text_message(GRANT)) == "success"
    asyncio.get_running_loop().call_later(0.1, gate.set)
    assert "2300" in await phone.send(text_message(GRANT))
    assert len(phone.house.assistant.asked) == 1


async def test_events_are_facts_and_their_repetition_is_none(dial: Dial) -> None:
    phone = await dial()
    assert "欢迎关注" in await phone.send(event("subscribe", EventKey="qrscene_TOKEN1"))
    assert "扫码收到" in await phone.send(event("SCAN", EventKey="TOKEN2"))
    for _ in range(3):
        assert await phone.send(event("TEMPLATESENDJOBFINISH", MsgID=7, Status="failed:user block")) == "success"
    assert await phone.send(event("TEMPLATESENDJOBFINISH", MsgID=8, Status="success")) == "success"
    items = [{"TemplateId": t, "SubscribeStatusString": s, "PopupScene": 0} for t, s in (("T1", "accept"), ("T2", "reject"))]
    assert await phone.send(event("subscribe_msg_popup_event", SubscribeMsgPopupEvent=items)) == "success"
    sent = [{"TemplateId": "T1", "MsgID": 99, "ErrorCode": 0, "ErrorStatus": "success"}]
    assert await phone.send(event("subscribe_msg_sent_event", SubscribeMsgSentEvent=sent)) == "success"
    assert await phone.send(event("unsubscribe")) == "success"
    assert await phone.send(event("card_pass_check", CardId="c1")) == "success"
    assert await phone.send(event("VIEW", EventKey="https://zizhu.example/")) == "success"
    services = phone.house.services
    assert {f.subject for f in await addresses.facts(services, "scan")} == {"TOKEN1", "TOKEN2"}
    delivered = {(f.subject, f.status, f.data["permanent"]) for f in await addresses.facts(services, "delivery")}
    assert delivered == {("7", "failed", True), ("8", "delivered", False), ("99", "delivered", False)}
    assert {(f.subject, f.status) for f in await addresses.facts(services, "opt_in")} == {("T1", "accepted"), ("T2", "refused")}
    assert [f.subject for f in await addresses.facts(services, "unknown")] == ["card_pass_check"]
    assert len(await addresses.facts(services, "follow")) == len(await addresses.facts(services, "unfollow")) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"MsgType": "voice", "MediaId": "m", "Recognition": GRANT}, "2300"),
        ({"MsgType": "voice", "MediaId": "m", "Recognition": ""}, "没有转成文字"),
        ({"MsgType": "image", "PicUrl": "http://127.0.0.1/p", "MediaId": "m"}, "图片"),
        ({"MsgType": "video", "MediaId": "m"}, "视频"),
        ({"MsgType": "location", "Location_X": "29.8", "Location_Y": "106.0"}, "位置"),
        ({"MsgType": "link", "Title": "领补贴", "Url": "http://127.0.0.1/"}, "链接"),
        ({"MsgType": "file"}, "看不懂"),
    ],
)
async def test_each_kind_of_message_gets_a_helpful_reply(dial: Dial, fields: dict[str, Any], words: str) -> None:
    phone = await dial()
    assert words in await phone.send({**text_message(""), **fields})


async def test_a_menu_key_starts_the_guide_and_numbers_answer_it(dial: Dial) -> None:
    phone = await dial()
    assert "读哪个阶段" in await phone.send(event("CLICK", EventKey="function:eligibility"))
