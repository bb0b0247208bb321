"""The web channel as HTTP: good messages, bad input, and nobody speaking as somebody else."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from channels.web import wire
from outreach.domain.errors import Invalid
from outreach.web.app import public_app
from tests.builders import heard_json, make_settings
from tests.conftest import House

URL = "/channels/web/messages"
GRANT = "高中助学金好多钱"


@pytest.fixture
async def client(small_house: House) -> AsyncIterator[TestClient]:
    """Yield a client of the public application in demo mode."""
    small_house.assistant.phrases = {GRANT: heard_json(topics={"senior-grant": 0.95})}
    app = public_app(make_settings(), small_house.services, small_house.conversations, small_house.assistant)
    async with TestClient(TestServer(app)) as made:
        yield made


async def test_a_message_is_answered_in_the_shape_the_page_reads(client: TestClient) -> None:
    response = await client.post(URL, json={"sender": "anna", "text": GRANT})
    (message,) = (await response.json())["messages"]
    assert message["kind"] == "answer" and message["topics"] == ["senior-grant"] and message["sources"]
    assert message["link"]["url"] == "/policies/senior-grant" and set(message["feedback"]) == {"useful", "useless"}
    tapped = await client.post(URL, json={"sender": "anna", "payload": message["buttons"][0]["payload"]})
    assert (await tapped.json())["messages"][0]["kind"] == "answer"
    stolen = await client.post(URL, json={"sender": "bert", "payload": message["buttons"][0]["payload"]})
    assert stolen.status == 400


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"sender":"a","text":""}', 400, "empty"),
        (json.dumps({"sender": "a", "text": "问" * 5000}).encode(), 413, "too_large"),
        (json.dumps({"sender": "a", "text": "问" * 5000}, ensure_ascii=False).encode(), 400, "too_long"),
        ('{"sender":"a","text":"😀😀"}'.encode(), 400, "no_words"),
        (b'{"sender":"a","text":"\\u0000\\u0007"}', 400, "empty"),
        ('{"sender":"a","text":"Привет"}'.encode(), 400, "other_script"),
        (b'{"sender":"a","text":', 400, "json"),
        (b"[1,2]", 400, "json"),
        (b'{"sender":"a","text":7}', 400, "text"),
        (b'{"sender":7,"text":"x"}', 400, "sender"),
        (b'{"sender":"a"}', 400, "fields"),
        (b'{"sender":"a","text":"x","more":1}', 400, "fields"),
        (b'{"sender":"a","payload":"topic:senior-grant~forged"}', 400, "payload"),
        (b"\xff\xfe", 400, "json"),
        (b"[" * 9000, 400, "json"),
    ],
)
async def test_bad_input_gets_a_clear_error_and_the_next_message_works(
    client: TestClient, body: bytes, status: int, code: str
) -> None:
    response = await client.post(URL, data=body, headers={"Content-Type": "application/json"})
    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (status, code)
    assert error["message"] and "Traceback" not in error["message"]
    assert (await client.post(URL, json={"sender": "a", "text": GRANT})).status == 200


async def test_the_cookie_is_the_sender_and_a_forged_one_is_a_stranger(client: TestClient) -> None:
    first = await client.post(URL, json={"text": GRANT})
    assert "HttpOnly" in first.headers["Set-Cookie"] and "SameSite=Lax" in first.headers["Set-Cookie"]
    assert len((await (await client.get(URL)).json())["turns"]) == 1
    client.session.cookie_jar.clear()
    assert (await (await client.get(URL)).json())["turns"] == []
    forged = await client.get(URL, headers={"Cookie": first.cookies["visitor"].OutputString()[:-40] + "x; visitor=forged.value"})
    assert (await forged.json())["turns"] == []


def test_a_named_sender_counts_only_where_the_setting_allows_it() -> None:
    body = {"sender": "bert", "text": GRANT}
    assert wire.parse(body, "cookie", accept_sender=False).sender == "cookie"
    assert wire.parse(body, "cookie", accept_sender=True).sender == "named:bert"


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=9) | st.integers(),
        lambda c: st.lists(c) | st.dictionaries(st.text(max_size=9), c),
    )
)
def test_any_json_is_taken_or_refused_as_invalid(body: object) -> None:
    try:
        wire.parse(body, "cookie", accept_sender=True)
    except Invalid as error:
        assert error.data["reason"] in ("json", "fields", "text", "payload", "sender")


async def test_pages_are_closed_to_other_sites_and_errors_are_pages(client: TestClient) -> None:
    page = await client.get("/")
    assert page.status == 200 and "default-src 'self'" in page.headers["Content-Security-Policy"]
    missing = await client.get("/policies/no-such-topic")
    assert missing.status == 404 and "没有" in await missing.text()
    wrong = await client.delete(URL)
    assert wrong.status == 405 and (await wrong.json())["error"]["code"] == "method"


async def test_health_tells_whether_a_question_would_be_answered(client: TestClient, small_house: House) -> None:
    assert (await client.get("/healthz")).status == 200
    small_house.assistant.fails = RuntimeError()
    assert (await client.get("/healthz")).status == 503
