"""Pages: a state serves one browser, one page and ten minutes; a code serves once; a snapshot user is nobody."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import DeliveryError
from channels.wechat.pages import Pages, js_signature
from outreach.domain.errors import Invalid, NotAllowed
from tests.builders import FixedClock
from tests.channels.wechat.platform import ACCOUNT, OPENID, Line, fixture, line

KEY = b"a key of the tests"
CODE = "/sns/oauth2/access_token"
PAGE = "/notices/a1b2"


@pytest.fixture
async def one(clock: FixedClock) -> AsyncIterator[Line]:
    """Yield a client on a fake that knows a person."""
    async with line(clock) as made:
        made.platform.answers[CODE] = [fixture("oauth_access_token")["person"]]
        yield made


def pages(one: Line) -> Pages:
    """Return the pages of one process."""
    return Pages(one.account, one.http, one.tokens, one.clock, KEY)


async def refused(made: Pages, *, code: str = "0a1B2c", state: str | None = None, path: str = PAGE, browser: str = "anna") -> str:
    """Return why the way back is refused."""
    with pytest.raises(NotAllowed) as caught:
        await made.openid(code, made.state(PAGE, "anna") if state is None else state, path=path, browser=browser)
    return str(caught.value.data["reason"])


def test_the_address_is_as_the_platform_reads_it(clock: FixedClock) -> None:
    url = Pages(ACCOUNT, None, None, clock, KEY).authorize_url(PAGE, "anna")  # type: ignore[arg-type]
    parts = urlsplit(url)
    assert (parts.netloc, parts.path, parts.fragment) == ("open.weixin.qq.com", "/connect/oauth2/authorize", "wechat_redirect")
    query = parse_qs(parts.query)
    assert list(query) == ["appid", "redirect_uri", "response_type", "scope", "state"]
    assert query["redirect_uri"] == ["https://aid.example.cn" + PAGE] and query["scope"] == ["snsapi_base"]
    assert len(query["state"][0]) <= 128 and query["state"][0].isalnum() and query["state"][0].isascii()


@pytest.mark.parametrize("path", ["", "notices", "//elsewhere.cn", "https://elsewhere.cn"])
def test_nobody_is_sent_to_another_site(clock: FixedClock, path: str) -> None:
    with pytest.raises(Invalid):
        Pages(ACCOUNT, None, None, clock, KEY).authorize_url(path, "anna")  # type: ignore[arg-type]


async def test_a_code_becomes_the_person(one: Line) -> None:
    made = pages(one)
    assert await made.openid("0a1B2c", made.state(PAGE, "anna"), path=PAGE, browser="anna") == OPENID
    (called,) = one.platform.calls
    assert called[1] == {
        "appid": one.account.appid, "secret": one.account.secret, "code": "0a1B2c", "grant_type": "authorization_code",
    }  # fmt: skip


async def test_a_state_serves_only_its_browser_its_page_and_ten_minutes(one: Line) -> None:
    made = pages(one)
    assert await refused(made, browser="bert") == "state"
    assert await refused(made, path="/other") == "state"
    state = made.state(PAGE, "anna")
    assert await refused(Pages(one.account, one.http, one.tokens, one.clock, b"another"), state=state) == "state"
    one.clock.advance(seconds=601)
    assert await refused(made, state=state) == "state_expired"
    assert not one.platform.calls


@given(state=st.one_of(st.text(max_size=140), st.text("0123456789abcdef", min_size=64, max_size=64)))
def test_a_state_of_a_stranger_is_refused_whatever_it_is(state: str) -> None:
    made = Pages(ACCOUNT, None, None, FixedClock(), KEY)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        made.check(state, PAGE, "anna")


@given(at=st.integers(0, 63), char=st.sampled_from("0123456789abcdef"), path=st.text(max_size=20), browser=st.text(max_size=20))
def test_a_changed_state_is_refused_and_an_unchanged_one_passes(at: int, char: str, path: str, browser: str) -> None:
    made = Pages(ACCOUNT, None, None, FixedClock(), KEY)  # type: ignore[arg-type]
    state = made.state(path, browser)
    made.check(state, path, browser)
    changed = state[:at] + char + state[at + 1 :]
    if changed != state:
        with pytest.raises(NotAllowed):
            made.check(changed, path, browser)


async def test_a_snapshot_user_is_nobody(one: Line) -> None:
    one.platform.answers[CODE] = [fixture("oauth_access_token")["snapshot"]]
    assert await refused(pages(one)) == "snapshot"


async def test_a_code_serves_once_here_and_at_the_platform(one: Line) -> None:
    made = pages(one)
    state = made.state(PAGE, "anna")
    found: list[Any] = await asyncio.gather(
        *(made.openid("0a1B2c", state, path=PAGE, browser="anna") for _ in range(5)), return_exceptions=True
    )
    assert [result for result in found if isinstance(result, str)] == [OPENID] and len(one.platform.calls) == 1
    one.platform.answers[CODE] = [fixture("oauth_access_token")["used"]]
    assert await refused(pages(one)) == "code"


@pytest.mark.parametrize("code", ["", "码", "x" * 513])
async def test_a_code_that_is_none_is_refused_without_asking(one: Line, code: str) -> None:
    assert await refused(pages(one), code=code) == "code" and not one.platform.calls


@pytest.mark.parametrize("answer", [{"errcode": -1, "errmsg": "system error"}, (502, ""), {"openid": ""}])
async def test_a_platform_in_trouble_is_no_verdict_on_the_person(one: Line, answer: Any) -> None:
    one.platform.answers[CODE] = [answer]
    made = pages(one)
    with pytest.raises(DeliveryError) as caught:
        await made.openid("0a1B2c", made.state(PAGE, "anna"), path=PAGE, browser="anna")
    assert not caught.value.permanent and len(one.platform.calls) == 1


def test_the_signature_is_the_one_of_the_platforms_own_example() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    found = js_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value#fragment")
    assert found == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


async def test_a_page_of_ours_is_signed_and_no_other(one: Line) -> None:
    one.platform.answers["/cgi-bin/ticket/getticket"] = [{"errcode": 0, "ticket": "J1", "expires_in": 7200}]
    made = pages(one)
    config = await made.js_config(one.account.origin + PAGE + "?a=1#top")
    url = one.account.origin + PAGE + "?a=1"
    assert config.signature == js_signature("J1", config.nonce, config.timestamp, url)
    assert (config.appid, config.timestamp) == (one.account.appid, int(one.clock.now().timestamp()))
    for strange in ("https://elsewhere.cn/", one.account.origin + ".elsewhere.cn/", "javascript:1"):
        with pytest.raises(Invalid):
            await made.js_config(strange)
