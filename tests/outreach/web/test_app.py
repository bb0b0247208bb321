"""The public application under fire: any bytes, any path, and the same headers on whatever is answered."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
import yarl
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outreach.services.context import Services
from outreach.settings import Settings
from outreach.web.app import HEADERS, public_app
from tests.builders import heard_json, make_settings, post_body
from tests.conftest import House

URL = "/channels/web/messages"
GRANT = "高中助学金好多钱"
Client = TestClient[Any, Any]


def serve(house: House, wished: Settings) -> Client:
    """Return a client of the public application."""
    services: Services = house.services
    return TestClient(TestServer(public_app(wished, services, house.conversations, house.assistant)))


@pytest.fixture
async def client(small_house: House) -> AsyncIterator[Client]:
    """Yield a client of a demo deployment."""
    small_house.assistant.phrases = {GRANT: heard_json(topics={"senior-grant": 0.95})}
    async with serve(small_house, make_settings()) as made:
        yield made


async def told(response: Any) -> dict[str, Any]:
    """Return the error of a JSON answer, after looking that it is one fit to be shown."""
    assert response.content_type == "application/json"
    error: dict[str, Any] = (await response.json())["error"]
    assert error["code"] and re.search("[一-鿿]", error["message"])
    assert not re.search(r"Traceback|File \"|Error\b|\.py", error["message"])
    return error


@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf{}")
@example(b'{"text":"\\ud800"}')
@example(b'{"sender":"\\ud800","text":"a"}')
@example(b'{"text":1e999}')
@example(b'{"text":' + b"9" * 5000 + b"}")
@settings(max_examples=60)
async def test_any_bytes_are_answered_without_a_fault_of_ours(client: Client, body: bytes) -> None:
    response = await client.post(URL, data=body)
    assert response.status in (200, 400, 413, 429), await response.text()
    if response.status != 200:
        await told(response)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(("text", "payload", "sender", "more")), JSON, max_size=3))
@example({"payload": "topic:senior-grant~\ud800", "sender": "anna"})
@example({"payload": "\ud800~AAAAAAAAAAAA"})
@settings(max_examples=80)
async def test_any_json_is_answered_without_a_fault_of_ours(client: Client, body: dict[str, Any]) -> None:
    response = await client.post(URL, data=json.dumps(body).encode())
    assert response.status in (200, 400, 429), await response.text()
    if response.status != 200:
        await told(response)


@given(st.binary(max_size=30), st.binary(max_size=30))
@example(b"policies/", b"\x00")
@example(b"static/..", b"")
@example(b"policies", b"q=\xed\xa0\x80")
@settings(max_examples=80)
async def test_any_path_and_query_is_a_page_or_a_clear_error(client: Client, path: bytes, query: bytes) -> None:
    address = yarl.URL(f"/{quote_from_bytes(path.lstrip(b'/'))}?q={quote_from_bytes(query)}", encoded=True)
    response = await client.get(address, allow_redirects=False)
    assert response.status in (200, 302, 304, 400, 403, 404, 405), (response.status, await response.text())


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd", "/static/"]
)
async def test_nothing_but_static_files_is_served(client: Client, path: str) -> None:
    response = await client.get(yarl.URL(path, encoded=True))
    assert response.status in (403, 404)
    assert "import" not in await response.text()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"), ("GET", "/policies"), ("GET", "/policies/senior-grant"), ("GET", "/nowhere"), ("GET", URL), ("DELETE", URL),
        ("POST", URL), ("GET", "/healthz"), ("GET", "/static/chat.js"), ("GET", "/static/nothing.js"), ("HEAD", "/"), ("PUT", "/"),
    ],
)  # fmt: skip
async def test_every_answer_carries_the_headers_that_close_it(client: Client, method: str, path: str) -> None:
    response = await client.request(method, path)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert "unsafe" not in response.headers["Content-Security-Policy"]


async def test_an_unknown_page_is_a_page_in_chinese(client: Client) -> None:
    response = await client.get("/nowhere")
    page = await response.text()
    assert response.status == 404 and response.content_type == "text/html"
    assert "没有这个页面" in page and 'href="/"' in page


async def test_a_defect_of_ours_is_told_with_an_id_and_without_its_trace(
    client: Client, monkeypatch: pytest.MonkeyPatch, small_house: House
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(small_house.conversations, "converse", broken)
    response = await client.post(URL, json={"text": GRANT})
    error = await told(response)
    assert response.status == 500 and "broken" not in json.dumps(error)
    assert re.search(r"编号 [0-9A-F]{8}", error["message"])


@pytest.mark.parametrize("length", [1, 122, 123, 128])
async def test_a_sender_may_be_as_long_as_the_error_message_says(client: Client, length: int) -> None:
    response = await client.post(URL, json={"sender": "a" * length, "text": GRANT})
    assert response.status == 200, await response.text()


@pytest.mark.parametrize("sender", ["a" * 129, "", " ", "a\nb", None, 7, [], {}])
async def test_any_other_sender_is_refused(client: Client, sender: object) -> None:
    response = await client.post(URL, json={"sender": sender, "text": GRANT})
    assert (response.status, (await told(response))["code"]) == (400, "sender")


async def test_a_named_sender_speaks_for_nobody_where_the_setting_is_off(small_house: House) -> None:
    small_house.assistant.phrases = {GRANT: heard_json(topics={"senior-grant": 0.95})}
    async with serve(small_house, make_settings(accept_sender=False, mode="production")) as client:
        response = await client.post(URL, json={"sender": "anna", "text": GRANT})
        named = small_house.key("named:anna")
        assert response.status in (200, 400)
        assert named not in [row.sender_key for row in await small_house.rows()]


async def test_in_production_the_cookie_travels_over_tls_only(small_house: House) -> None:
    async with serve(small_house, make_settings(mode="production")) as client:
        response = await client.post(URL, json={"text": GRANT})
        assert "Secure" in response.headers["Set-Cookie"]


async def test_who_is_too_fast_gets_429_and_when_to_come_back(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(small_house, make_settings()) as client:
        monkeypatch.setattr(small_house.conversations._pace, "_burst", 1)
        answers = [await client.post(URL, json={"sender": "anna", "text": GRANT}) for _ in range(2)]
        monkeypatch.setattr(small_house.conversations._pace, "_rate", 0.001)
        answers.append(await client.post(URL, json={"sender": "anna", "text": GRANT}))
        assert answers[-1].status == 429 and int(answers[-1].headers["Retry-After"]) >= 1
        assert (await told(answers[-1]))["code"] == "too_fast"


async def test_a_body_without_end_is_cut_off(client: Client) -> None:
    response = await client.post(URL, data=post_body(text="问" * 200_000))
    assert (response.status, (await told(response))["code"]) == (413, "too_large")
