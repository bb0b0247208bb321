"""The browser of a phone: pages of the service with that follower's cookies, signed in, and nothing else of the network."""

from aiohttp import ClientResponse

from tests.channels.wechat_sandbox.stand import Sandbox, running


async def opened(sandbox: Sandbox, person: str, path: str = "/notice", *, hops: int = 4) -> ClientResponse:
    """Open a page on a phone and follow its redirects, each of which must stay on the phone's host."""
    host = f"{person}.localhost:{sandbox.url.rpartition(':')[2]}"
    for _ in range(hops):
        response = await sandbox.http.get(sandbox.url + path, headers={"Host": host}, allow_redirects=False)
        if response.status != 302:
            return response
        where = response.headers["Location"]
        assert where.startswith(f"http://{host}/"), where
        path = where.removeprefix(f"http://{host}").partition("#")[0]
    raise AssertionError("too many redirects")


async def test_two_phones_are_two_people_with_sign_in_done(sandbox: Sandbox) -> None:
    for person in ("zhou-mother", "zhou-father", "zhou-mother"):
        response = await opened(sandbox, person)
        assert sandbox.person(person).openid in await response.text()
    assert [page["page"] for page in sandbox.stand.came] == [
        sandbox.person(person).openid for person in ("zhou-mother", "zhou-father", "zhou-mother")
    ]
    assert "MicroMessenger" in sandbox.stand.came[0]["agent"]


async def test_the_page_may_be_framed_and_its_links_stay_in_the_phone(sandbox: Sandbox) -> None:
    response = await opened(sandbox, "zhou-mother")
    assert "X-Frame-Options" not in response.headers and "Set-Cookie" not in response.headers
    assert response.headers["Content-Security-Policy"] == "default-src 'self'"
    assert 'href="http://zhou-mother.localhost' in await response.text()


async def test_a_phone_nobody_has_shows_nothing(sandbox: Sandbox) -> None:
    assert (await opened(sandbox, "nobody")).status == 404


async def test_the_sandboxs_own_calls_are_not_on_the_phones_host(sandbox: Sandbox) -> None:
    assert (await opened(sandbox, "zhou-mother", "/sandbox/account")).status == 404, "the service has no such page"


async def test_a_service_that_is_away_is_said_in_the_phone() -> None:
    async with running(callback="http://127.0.0.1:9/callback") as sandbox:
        response = await opened(sandbox, "zhou-mother")
        assert response.status == 502 and "网页无法打开" in await response.text()
