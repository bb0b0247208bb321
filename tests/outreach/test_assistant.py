"""The client of Rasa: whatever comes back over the wire is an answer or AssistantUnavailable, nothing else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from outreach.assistant import Ask, RasaAssistant
from outreach.domain.errors import AssistantUnavailable

ASK = Ask("anna.0", "高中助学金", {"text": "高中助学金"})
Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Yield a way to run a server that plays Rasa's REST channel."""
    servers = []

    async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        app = web.Application()
        app.router.add_route("*", "/webhooks/rest/{rest:.*}", handler)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return str(server.make_url("")).rstrip("/")

    yield start
    for server in servers:
        await server.close()


async def test_only_the_custom_objects_are_handed_on_in_order(serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        body = await request.json()
        assert body == {"sender": ASK.conversation, "message": ASK.message, "metadata": ASK.metadata}
        return web.json_response([{"custom": {"n": 1}}, {"text": "no"}, {"custom": "no"}, "no", {"custom": {"n": 2}}])

    async with aiohttp.ClientSession() as http:
        assert await RasaAssistant(http, await serve(handler), 2).ask(ASK) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("body", ["[]", "{}", "null", "7", '"words"', "not json", "", '{"status":"failure"}', "[null]"])
async def test_an_answer_without_a_custom_object_is_a_failure(serve: Serve, body: str) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="application/json")

    async with aiohttp.ClientSession() as http:
        with pytest.raises(AssistantUnavailable):
            await RasaAssistant(http, await serve(handler), 2).ask(ASK)


@pytest.mark.parametrize("status", [204, 400, 404, 500, 503])
async def test_an_error_status_is_a_failure(serve: Serve, status: int) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with aiohttp.ClientSession() as http:
        rasa = RasaAssistant(http, await serve(handler), 2)
        with pytest.raises(AssistantUnavailable):
            await rasa.ask(ASK)
        assert not await rasa.ready()


async def test_bytes_that_are_no_text_are_a_failure(serve: Serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=b"\xff\xfe\x00[", content_type="application/json", charset="utf-8")

    async with aiohttp.ClientSession() as http:
        with pytest.raises(AssistantUnavailable):
            await RasaAssistant(http, await serve(handler), 2).ask(ASK)


async def test_a_silent_rasa_is_given_up_after_the_timeout() -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession() as http:
        with pytest.raises(AssistantUnavailable) as caught:
            await RasaAssistant(http, f"http://127.0.0.1:{port}", 0.05).ask(ASK)
    assert "Timeout" in str(caught.value.data["reason"])


async def test_nobody_listening_is_a_failure_and_not_ready() -> None:
    async with aiohttp.ClientSession() as http:
        rasa = RasaAssistant(http, "http://127.0.0.1:9", 1)
        with pytest.raises(AssistantUnavailable):
            await rasa.ask(ASK)
        assert not await rasa.ready()
