"""The page of one answer in full: whoever has the address may read it, nobody can guess one."""

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from outreach.services.answer_pages import path_of
from outreach.web.app import public_app
from tests.builders import heard_json, make_settings
from tests.conftest import House

GRANT = "高中助学金好多钱"


async def _client(house: House) -> TestClient[web.Request, web.Application]:
    app = public_app(make_settings(), house.services, house.conversations, house.assistant)
    client = TestClient(TestServer(app))
    await client.start_server()
    return client


async def test_the_signed_address_shows_the_answer_and_a_changed_one_nothing(small_house: House) -> None:
    small_house.assistant.phrases = {GRANT: heard_json(topics={"senior-grant": 0.95})}
    reply = await small_house.say(GRANT)
    path = path_of(small_house.services, reply.messages[0].consultation_id or "")
    client = await _client(small_house)
    try:
        async with client.get(path) as response:
            text = await response.text()
            assert response.status == 200 and "2300" in text and GRANT not in text
            assert response.headers["Cache-Control"] == "no-store" and "noindex" in response.headers["X-Robots-Tag"]
        for wrong in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/answers/x", "/answers/" + "0" * 32, "/answers/%00~a"):
            async with client.get(wrong) as response:
                assert response.status == 404
    finally:
        await client.close()
